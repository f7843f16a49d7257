import type { FrameSize, Frames } from '@mcore/clips';
import type { Random } from '@mcore/random';

/** How another camera would have framed a clip. */
export interface Camera {
  flip: boolean;
  /** Width and height of the part that is shown, in parts of the frame's; above 1 the frame's edge is continued around it. */
  width: number;
  height: number;
  /** In radians. */
  roll: number;
  /** Where the part's middle is at a moment in [0, 1], in parts of the frame. */
  middle: (moment: number) => readonly [x: number, y: number];
  /** Factor of the size at a moment. */
  zoom: (moment: number) => number;
}

/**
 * Draws a camera: mirrored or not, 0.6 to 1.35 times the frame, stretched by up to a fifth, rolled by up to 4 degrees, with a slow pan, a slow
 * zoom and a shaking hand.
 */
export function drawCamera(random: Random): Camera {
  const size = random.chance(0.3) ? random.uniform(0.95, 1.35) : random.uniform(0.6, 1);
  const stretch = random.uniform(0.85, 1.2);
  const free = Math.max(0.08, 1 - size);
  const [fromX, fromY, toX, toY] = Array.from({ length: 4 }, () => random.uniform(-0.35, 0.35) * free) as [
    number,
    number,
    number,
    number,
  ];
  const isPanned = random.chance(0.4);
  const shake = random.chance(0.4) ? random.uniform(0, 0.02) : 0;
  const [phaseX, phaseY] = [random.uniform(0, 9), random.uniform(0, 9)];
  const zoomEnd = random.chance(0.3) ? random.uniform(0.8, 1.25) : 1;
  return {
    flip: random.chance(0.5),
    width: size * Math.sqrt(stretch),
    height: size / Math.sqrt(stretch),
    roll: random.chance(0.3) ? random.uniform(-0.07, 0.07) : 0,
    middle: (moment) => {
      const share = isPanned ? moment : 0;
      return [
        0.5 + fromX + (toX - fromX) * share + shake * Math.sin(43 * moment + phaseX),
        0.5 + fromY + (toY - fromY) * share + shake * Math.sin(57 * moment + phaseY),
      ];
    },
    zoom: (moment) => zoomEnd ** moment,
  };
}

/** Films frames with a camera, by bilinear interpolation; what lies beyond a frame continues its edge. */
export function filmed(frames: Frames, camera: Camera, { height, width }: FrameSize): Frames {
  const data = new Uint8Array(frames.count * height * width * 3);
  const area = frames.height * frames.width * 3;
  for (let frame = 0; frame < frames.count; frame++) {
    const from = frames.data.subarray(frame * area, (frame + 1) * area);
    filmFrame(from, frames, camera, frame / Math.max(1, frames.count - 1), {
      ...{ height, width, data: data.subarray(frame * height * width * 3, (frame + 1) * height * width * 3) },
    });
  }
  return { data, count: frames.count, height, width };
}

function filmFrame(
  from: Uint8Array,
  size: FrameSize,
  camera: Camera,
  moment: number,
  to: FrameSize & { data: Uint8Array },
): void {
  const [middleX, middleY] = camera.middle(moment);
  const zoom = camera.zoom(moment);
  const [right, bottom] = [size.width - 1, size.height - 1];
  const across = ((camera.flip ? -1 : 1) * camera.width * zoom * size.width) / to.width;
  const down = (camera.height * zoom * size.height) / to.height;
  const [sin, cos] = [Math.sin(camera.roll), Math.cos(camera.roll)];
  let at = 0;
  for (let row = 0; row < to.height; row++) {
    const y = (row + 0.5 - to.height / 2) * down;
    for (let column = 0; column < to.width; column++) {
      const x = (column + 0.5 - to.width / 2) * across;
      const sourceX = Math.max(0, Math.min(right, middleX * size.width + cos * x - sin * y - 0.5));
      const sourceY = Math.max(0, Math.min(bottom, middleY * size.height + sin * x + cos * y - 0.5));
      const [left, top] = [Math.floor(sourceX), Math.floor(sourceY)];
      const [partX, partY] = [sourceX - left, sourceY - top];
      const a = (top * size.width + left) * 3;
      const b = left < right ? a + 3 : a;
      const next = top < bottom ? size.width * 3 : 0;
      for (let channel = 0; channel < 3; channel++) {
        const upper = from[a + channel]! * (1 - partX) + from[b + channel]! * partX;
        const lower = from[a + next + channel]! * (1 - partX) + from[b + next + channel]! * partX;
        to.data[at++] = upper * (1 - partY) + lower * partY + 0.5;
      }
    }
  }
}
