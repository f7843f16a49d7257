import { createHash } from 'node:crypto';
import type { Frames } from '@mcore/clips';

/** One digest a frame, as goldens/video.py writes them. */
export function frameDigests({ data, count, height, width }: Frames): string[] {
  const size = height * width * 3;
  return Array.from({ length: count }, (_, frame) =>
    createHash('sha256')
      .update(data.subarray(frame * size, (frame + 1) * size))
      .digest('hex')
      .slice(0, 16),
  );
}

/** 0, 1, ..., count - 1 */
export const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);
