import { Random } from '@mcore/random';
import { project, type Viewpoint } from './camera.js';
import type { PictureMap } from './diver.js';
import { splashHeight } from './execution.js';
import type { DrawingContext } from './surface.js';
import { clamp, smoothstep, type Vector } from './vector.js';

interface Drop {
  readonly velocity: Vector;
  readonly delay: number;
  readonly size: number;
}

/** The water thrown up by one entry. */
export interface Splash {
  readonly drops: readonly Drop[];
  readonly height: number;
  /** Heights of the crown's tips, 0 .. 1. */
  readonly tips: readonly number[];
}

const gravity = 9.81;

/** Plans a splash; its size comes from the deduction alone, its shape from the seed. */
export function planSplash(deduction: number, seed: number | string, id: string, partner: number): Splash {
  const random = Random.for(seed, 'splash', id, partner);
  const height = splashHeight(deduction);
  const drops = Array.from({ length: 72 }, (_, index): Drop => {
    const jet = index % 4 === 0;
    const up = Math.sqrt(2 * gravity * height * random.uniform(0.15, 1) * (jet ? 1.15 : 0.8));
    const out = (jet ? 0.25 : 0.9) * Math.sqrt(height) * random.uniform(0.15, 1);
    const around = random.uniform(0, 2 * Math.PI);
    return {
      velocity: [Math.cos(around) * out, up, Math.sin(around) * out],
      delay: jet ? random.uniform(0.12, 0.32) : random.uniform(0, 0.1),
      size: random.uniform(0.014, 0.04) * (0.8 + 0.35 * height),
    };
  });
  return { drops, height, tips: Array.from({ length: 17 }, () => random.uniform(0.35, 1)) };
}

/** Foam and rings on the surface; belongs behind the diver. */
export function drawFoam(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  splash: Splash,
  at: Vector,
  seconds: number,
): void {
  if (seconds < 0) {
    return;
  }
  const { u, v, scale } = project(view, at);
  const flat = clamp(view.position[1] / view.distance, 0.05, 0.8);
  const unit = map.unit * scale;
  const size = (0.35 + 0.55 * splash.height) * (0.5 + smoothstep(0, 0.7, seconds) + 0.25 * seconds);
  for (const [part, alpha] of [
    [1, 0.22],
    [0.82, 0.3],
    [0.6, 0.45],
  ] as const) {
    context.fillStyle = `rgba(240,250,255,${(alpha * clamp(1.5 - seconds * 0.45, 0.25, 1)).toFixed(3)})`;
    context.beginPath();
    context.ellipse(
      map.x(u),
      map.y(v),
      size * part * unit,
      Math.max(0.6, size * part * unit * flat),
      0,
      0,
      2 * Math.PI,
    );
    context.fill();
  }
  for (const start of [0.05, 0.3]) {
    const radius = 0.4 + (seconds - start) * 1.5;
    const alpha = 0.4 * (1 - smoothstep(0.2, 1.8, seconds - start));
    if (seconds > start && alpha > 0.02) {
      context.strokeStyle = `rgba(235,248,255,${alpha.toFixed(3)})`;
      context.lineWidth = Math.max(0.7, 0.07 * unit);
      context.beginPath();
      context.ellipse(map.x(u), map.y(v), radius * unit, Math.max(0.6, radius * unit * flat), 0, 0, 2 * Math.PI);
      context.stroke();
    }
  }
}

/**
 * Water kept moving by a spray, so that divers can see the surface: foam and drops that are there all the time, in some pools.
 */
export function drawSpray(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  at: Vector,
  strength: number,
  frame: number,
): void {
  const { u, v, scale } = project(view, at);
  const unit = map.unit * scale;
  const flat = clamp(view.position[1] / view.distance, 0.05, 0.8);
  const random = Random.for('spray', frame);
  context.fillStyle = `rgba(240,250,255,${(0.5 * strength).toFixed(3)})`;
  context.beginPath();
  for (let patch = 0; patch < 22; patch++) {
    const angle = random.uniform(0, 2 * Math.PI);
    const far = Math.sqrt(random.uniform()) * 1.1;
    const size = random.uniform(0.03, 0.16) * unit;
    const x = map.x(u) + Math.cos(angle) * far * unit;
    const y = map.y(v) + Math.sin(angle) * far * unit * flat - random.uniform(0, 0.12) * unit;
    context.moveTo(x + size, y);
    context.ellipse(x, y, size, Math.max(0.5, size * (0.3 + 0.5 * flat)), 0, 0, 2 * Math.PI);
  }
  context.fill();
}

/** Crown and drops; belongs before the diver. */
export function drawSplash(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  splash: Splash,
  at: Vector,
  seconds: number,
): void {
  if (seconds < 0 || seconds > 2) {
    return;
  }
  const { u, v, scale } = project(view, at);
  const unit = map.unit * scale;
  crown(context, map.x(u), map.y(v), unit, splash, seconds);
  const spray = (alpha: number, size: number, share: number) => {
    context.fillStyle = `rgba(246,252,255,${alpha})`;
    context.beginPath();
    splash.drops.forEach((drop, index) => {
      const time = seconds - drop.delay;
      const up = drop.velocity[1] * time - (gravity * time * time) / 2;
      if (time > 0 && up > -0.02 && (index % 3) / 3 < share) {
        const seen = project(view, [at[0] + drop.velocity[0] * time, up, at[2] + drop.velocity[2] * time]);
        const radius = Math.max(0.45, drop.size * size * unit);
        const [x, y] = [map.x(seen.u), map.y(seen.v)];
        context.moveTo(x + radius, y);
        context.ellipse(x, y, radius * 0.8, radius * 1.35, 0, 0, 2 * Math.PI);
      }
    });
    context.fill();
  };
  spray(0.22, 3, 0.34);
  spray(0.85, 1, 1);
}

function crown(context: DrawingContext, x: number, y: number, unit: number, splash: Splash, seconds: number): void {
  const life = Math.sqrt((2 * splash.height) / gravity) * 2;
  const phase = seconds / (life * 0.95);
  if (phase >= 1) {
    return;
  }
  const tall = splash.height * 0.8 * 4 * phase * (1 - phase) * unit;
  const wide = (0.2 + 0.28 * splash.height) * (0.6 + 1.1 * phase) * unit;
  for (const [part, alpha] of [
    [1, 0.58],
    [0.66, 0.68],
  ] as const) {
    context.fillStyle = `rgba(238,249,255,${(alpha * (1 - 0.45 * phase)).toFixed(3)})`;
    context.beginPath();
    context.moveTo(x - wide * 0.7 * part, y + 0.03 * unit);
    splash.tips.forEach((tip, index) => {
      const side = (index / (splash.tips.length - 1)) * 2 - 1;
      const sharp = index % 2 === 0 ? 1 : 0.62;
      context.lineTo(x + side * wide * part, y - tall * part * tip * sharp * (1 - 0.55 * side * side));
    });
    context.lineTo(x + wide * 0.7 * part, y + 0.03 * unit);
    context.fill();
  }
}

/** Bubbles that trail a diver, as seen under water. */
export function drawBubbles(
  context: DrawingContext,
  view: Viewpoint,
  map: PictureMap,
  splash: Splash,
  at: Vector,
  seconds: number,
): void {
  if (seconds < 0) {
    return;
  }
  const depth = 2.6 * (1 - Math.exp(-2.6 * seconds));
  context.fillStyle = `rgba(240,250,255,${(0.5 * Math.exp(-0.5 * seconds)).toFixed(3)})`;
  context.beginPath();
  splash.drops.forEach((drop, index) => {
    const share = index / splash.drops.length;
    const rising = 0.35 * Math.max(0, seconds - 0.3) * (0.5 + share);
    const down = Math.min(-0.05, -depth * share * (0.85 + drop.delay) + rising);
    const spread = (0.25 + 0.22 * splash.height) * (0.5 + seconds * 0.5);
    const seen = project(view, [
      at[0] + drop.velocity[0] * spread * 0.5,
      down,
      at[2] + drop.velocity[2] * spread * 0.5,
    ]);
    const radius = drop.size * 1.5 * map.unit * seen.scale * (1 + splash.height * 0.35);
    const [x, y] = [map.x(seen.u), map.y(seen.v)];
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  });
  context.fill();
}
