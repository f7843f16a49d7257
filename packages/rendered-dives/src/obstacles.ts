import { Random } from '@mcore/random';
import type { Framing } from './camera.js';
import type { DrawingContext } from './surface.js';
import { css, type Venue } from './venue.js';

/** Something between the camera and the diver. */
export interface Obstacle {
  draw(context: DrawingContext, framing: Framing, width: number, height: number): void;
}

/** What stands in the way of one clip's main camera: in about a third of the clips heads, a pole, flags or a camera crew. */
export function planObstacles(
  id: string,
  seed: number | string,
  venue: Venue,
  start: Framing,
  end: Framing,
): Obstacle[] {
  const random = Random.for(seed, 'obstacles', id);
  const kind = random.pick(['none', 'none', 'none', 'none', 'heads', 'pole', 'flags', 'crew'] as const);
  if (kind === 'none') {
    return [];
  }
  if (kind === 'pole') {
    return [pole(random, start)];
  }
  if (kind === 'flags') {
    return [flags(random, venue, start, end)];
  }
  return [kind === 'heads' ? heads(random) : crew(random, end)];
}

/** Metres in the picture's plane to pixels; near things move `parallax` times as far. */
const place = (framing: Framing, start: Framing, parallax: number, width: number, height: number) => {
  const unit = height / framing.height;
  return {
    unit,
    x: (u: number) => width / 2 + (u - (framing.u - start.u) * parallax) * unit,
    y: (v: number) => height / 2 - (v - (framing.v - start.v) * parallax) * unit,
  };
};

function heads(random: Random): Obstacle {
  const people = Array.from({ length: 5 }, (_, index) => ({
    x: (index + random.uniform(0.1, 0.9)) / 5,
    top: random.uniform(0.8, 0.97),
    size: random.uniform(0.05, 0.075),
  }));
  return {
    draw: (context, _framing, width, height) => {
      context.fillStyle = 'rgba(16,18,24,0.94)';
      for (const { x, top, size } of people) {
        context.beginPath();
        context.arc(x * width, (top + size) * height, size * height, 0, 2 * Math.PI);
        context.ellipse(
          x * width,
          (top + 3.4 * size) * height,
          2 * size * height,
          1.6 * size * height,
          0,
          0,
          2 * Math.PI,
        );
        context.fill();
      }
    },
  };
}

function pole(random: Random, start: Framing): Obstacle {
  const u = random.uniform(-3, 3);
  const wide = random.uniform(0.12, 0.3);
  return {
    draw: (context, framing, width, height) => {
      const { x, unit } = place(framing, start, 1.5, width, height);
      context.fillStyle = css([58, 62, 70], 1, 0.95);
      context.fillRect(x(u), 0, wide * unit, height);
      context.fillStyle = css([120, 126, 134], 1, 0.7);
      context.fillRect(x(u), 0, wide * unit * 0.25, height);
    },
  };
}

function flags(random: Random, venue: Venue, start: Framing, end: Framing): Obstacle {
  const v = random.uniform(0.25, 1.05) * (end.v - start.v) * 1.25;
  const first = random.uniform(0, 1);
  return {
    draw: (context, framing, width, height) => {
      const { x, y, unit } = place(framing, start, 1.25, width, height);
      const line = y(v);
      if (line < -unit || line > height + unit) {
        return;
      }
      for (let index = -12; index <= 12; index++) {
        const left = x((index + first) * 0.62);
        const sag = line + Math.abs(((index + 40) % 8) - 4) * -0.035 * unit;
        context.fillStyle = css(index % 2 === 0 ? venue.banner : [244, 244, 240], 0.9);
        context.beginPath();
        context.moveTo(left, sag);
        context.lineTo(left + 0.4 * unit, sag);
        context.lineTo(left + 0.2 * unit, sag + 0.5 * unit);
        context.fill();
      }
    },
  };
}

function crew(random: Random, end: Framing): Obstacle {
  const u = random.uniform(-2.4, 2.4);
  const v = -random.uniform(0.5, 1.2);
  return {
    draw: (context, framing, width, height) => {
      const { x, y, unit } = place(framing, end, 1.2, width, height);
      if (y(v) > height + unit) {
        return;
      }
      context.fillStyle = 'rgba(22,24,30,0.96)';
      context.beginPath();
      context.arc(x(u), y(v), 0.16 * unit, 0, 2 * Math.PI);
      context.fill();
      context.fillRect(x(u - 0.26), y(v - 0.16), 0.52 * unit, height + unit);
      context.fillRect(x(u + 0.1), y(v + 0.05), 0.62 * unit, 0.26 * unit);
    },
  };
}
