import { ArgumentError } from '@mcore/errors';
import { type Backdrop, drawBackdrop, zoomRange } from './backdrop.js';
import { type Framing, project } from './camera.js';
import { type ClipPlan, planClip, type Shot } from './clip-plan.js';
import type { PictureMap } from './diver.js';
import { drawExposedDiver } from './exposed-diver.js';
import { remember } from './remember.js';
import { drawRipples } from './ripples.js';
import { drawBubbles, drawFoam, drawSplash, drawSpray } from './splash.js';
import { drawSurface, type Surface, type SurfaceFactory } from './surface.js';
import { noiseTile, rippleTile } from './textures.js';
import { drawPlatformEdge, drawSpringboard } from './tower.js';
import { clamp } from './vector.js';
import { css } from './venue.js';
import type { RenderableClip } from './visible-events.js';

/** Options of {@link DiveRenderer}. */
export interface RenderOptions {
  /** Makes canvases: `browserCanvas`, or `nodeCanvas` of `@mcore/rendered-dives/node`. */
  readonly canvas: SurfaceFactory;
  /** Another seed is another benchmark: other venues, cameras, noise of the cues. */
  readonly seed?: number | string;
  /** Height of the pictures in pixels, 16 or more; 256 is FineDiving's own. */
  readonly height?: number;
}

/** Height of FineDiving's frames in pixels. */
export const nativeHeight = 256;

/** Width in pixels of pictures of this height: 16 to 9, the next even number. */
export const widthFor = (height: number): number => 2 * Math.round((height * 8) / 9);

/** How many backdrops (about 4 MB each at the native size) and plans of clips are kept. */
const kept = { backdrops: 10, plans: 6 } as const;

/**
 * Draws frames of dives, one at a time, onto a surface of its own.
 *
 * A frame depends on its clip, its index, the seed and the height, and on nothing that was drawn before; what is kept between frames
 * (backdrops, textures, plans) only saves time.
 */
export class DiveRenderer {
  readonly seed: number | string;
  readonly height: number;
  readonly width: number;
  readonly #factory: SurfaceFactory;
  readonly #picture: Surface;
  readonly #noise: Surface;
  readonly #ripples: Surface;
  readonly #soft = new Map<number, Surface>();
  readonly #backdrops = new Map<string, Backdrop>();
  readonly #plans = new Map<string, ClipPlan>();

  /**
   * @throws `ArgumentError` if the height is not a whole number of at least 16.
   */
  constructor(options: RenderOptions) {
    const { canvas: factory, seed = 0, height = nativeHeight } = options;
    if (!Number.isInteger(height) || height < 16) {
      throw new ArgumentError(`DiveRenderer: expected a height of at least 16 whole pixels, got ${height}.`);
    }
    this.seed = seed;
    this.height = height;
    this.width = widthFor(height);
    this.#factory = factory;
    this.#picture = factory(this.width, height);
    this.#noise = noiseTile(factory);
    this.#ripples = rippleTile(factory);
  }

  /**
   * Draws one frame.
   *
   * @param frame - Native index, 0 .. frameCount - 1.
   * @returns The renderer's own surface, which the next call draws over.
   * @throws `ArgumentError` if the clip has no such frame.
   */
  draw(clip: RenderableClip, frame: number): Surface {
    if (!Number.isInteger(frame) || frame < 0 || frame >= clip.frameCount) {
      throw new ArgumentError(
        `DiveRenderer.draw: expected a frame of ${clip.id} from 0 to ${clip.frameCount - 1}, got ${frame}.`,
      );
    }
    const plan = this.#plan(clip);
    return this.drawMoment(plan, plan.shots.findLast((candidate) => candidate.from <= frame)!, frame);
  }

  /**
   * Draws any moment of a dive as one of its cameras, or another, shows it: before the clip begins, after it ends, between two frames (slow
   * motion), from another side.
   *
   * @param shot - A camera; one of `plan.shots` for what {@link draw} shows.
   * @param frame - In frames of the clip from its beginning; any finite number.
   * @returns The renderer's own surface, which the next call draws over.
   */
  drawMoment(plan: ClipPlan, shot: Shot, frame: number): Surface {
    const target = this.#target(plan.sharpness);
    this.#drawScene(target, plan, shot, frame);
    if (target !== this.#picture) {
      drawSurface(this.#picture.context, target, [0, 0, target.width, target.height], [0, 0, this.width, this.height]);
    }
    this.#finish(plan, frame);
    return this.#picture;
  }

  #drawScene(target: Surface, plan: ClipPlan, shot: Shot, frame: number): void {
    const { context, width, height } = target;
    const { view } = shot;
    const backdrop = this.#backdrop(plan, shot);
    const framing = inside(shot.operator.framing(frame), backdrop, view.viewHeight, width / height);
    const unit = height / framing.height;
    const map: PictureMap = {
      x: (u) => (u - framing.u) * unit + width / 2,
      y: (v) => height / 2 - (v - framing.v) * unit,
      unit,
    };
    const wide = (framing.height * width) / height;
    // nothing of the frame before may shine through at the edges, and no state of the context may differ
    context.globalAlpha = 1;
    context.lineJoin = 'round';
    context.lineCap = 'butt';
    context.fillStyle = css(plan.venue.deepWater);
    context.fillRect(0, 0, width, height);
    drawSurface(
      context,
      backdrop.surface,
      [
        (framing.u - wide / 2 - backdrop.left) * backdrop.density,
        (backdrop.top - framing.v - framing.height / 2) * backdrop.density,
        wide * backdrop.density,
        framing.height * backdrop.density,
      ],
      [0, 0, width, height],
    );
    const seconds = plan.divers[0]!.motion.seconds(frame);
    const under = view.kind === 'underwater';
    if (!under) {
      drawRipples(target, this.#ripples, view, map, {
        waterline: backdrop.waterline,
        left: framing.u - width / map.unit / 2,
        seconds,
      });
    }
    if (!under && plan.venue.spray > 0) {
      drawSpray(
        context,
        view,
        map,
        [1.9, 0, plan.divers[0]!.motion.entryPoint[2]],
        plan.venue.spray,
        Math.floor(frame),
      );
    }
    const divers = [...plan.divers].sort(
      (a, b) => project(view, a.motion.entryPoint).scale - project(view, b.motion.entryPoint).scale,
    );
    for (const { motion, splash } of divers) {
      const wet = seconds - motion.flightSeconds;
      if (plan.springboard && !under) {
        drawSpringboard(context, view, map, motion.entryPoint[2], motion.press(seconds), plan.venue);
      }
      if (under) {
        drawBubbles(context, view, map, splash, motion.entryPoint, wet);
      } else {
        drawFoam(context, view, map, splash, motion.entryPoint, wet);
      }
      drawExposedDiver(target, view, map, motion, plan.look, motion.seconds(frame));
      if (!under) {
        drawSplash(context, view, map, splash, motion.entryPoint, wet);
      }
    }
    if (!plan.springboard && seconds < 0 && view.position[1] < 10 && !under) {
      drawPlatformEdge(context, view, map, plan.venue);
    }
    for (const obstacle of shot.obstacles) {
      obstacle.draw(context, framing, width, height);
    }
  }

  #finish(plan: ClipPlan, frame: number): void {
    const { context } = this.#picture;
    const { width, height } = this;
    if (plan.venue.lightStrength > 0.02) {
      context.fillStyle = css(plan.venue.light, 1, plan.venue.lightStrength);
      context.fillRect(0, 0, width, height);
    }
    if (Math.abs(plan.exposure) > 0.015) {
      context.fillStyle = plan.exposure > 0 ? `rgba(255,255,255,${plan.exposure})` : `rgba(0,0,0,${-plan.exposure})`;
      context.fillRect(0, 0, width, height);
    }
    // grains are of the picture's own pixels at every size; made from larger pictures, small ones would have fainter noise
    context.globalAlpha = plan.noise * (height >= 160 ? 1 : 0.7);
    const grain = Math.abs(Math.floor(frame));
    const [dx, dy] = [(grain * 97) % 256, (grain * 61) % 256];
    for (let x = -dx; x < width; x += 256) {
      for (let y = -dy; y < height; y += 256) {
        drawSurface(context, this.#noise, [0, 0, 256, 256], [x, y, 256, 256]);
      }
    }
    context.globalAlpha = 1;
  }

  #target(sharpness: number): Surface {
    if (sharpness >= 1) {
      return this.#picture;
    }
    let soft = this.#soft.get(sharpness);
    if (soft === undefined) {
      soft = this.#factory(Math.round(this.width * sharpness), Math.round(this.height * sharpness));
      this.#soft.set(sharpness, soft);
    }
    return soft;
  }

  #plan(clip: RenderableClip): ClipPlan {
    return remember(this.#plans, clip.id, kept.plans, () => planClip(clip, this.seed));
  }

  #backdrop(plan: ClipPlan, shot: Shot): Backdrop {
    return remember(this.#backdrops, shot.key, kept.backdrops, () =>
      drawBackdrop(this.#factory, shot.view, plan.venue, plan.springboard, this.height, `${this.seed} ${shot.key}`),
    );
  }
}

/** Keeps the picture within what was drawn. */
function inside(framing: Framing, backdrop: Backdrop, viewHeight: number, aspect: number): Framing {
  const { surface, left, top, density } = backdrop;
  const [wide, tall] = [surface.width / density, surface.height / density];
  const height = Math.min(
    clamp(framing.height, viewHeight * zoomRange[0], viewHeight * zoomRange[1]),
    tall,
    wide / aspect,
  );
  const half = (height * aspect) / 2;
  return {
    u: clamp(framing.u, left + half, left + wide - half),
    v: clamp(framing.v, top - tall + height / 2, top - height / 2),
    height,
  };
}
