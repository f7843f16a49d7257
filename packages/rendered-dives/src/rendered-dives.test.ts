import { createHash } from 'node:crypto';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { describe, expect, it } from 'vitest';
import { DiveRenderer, RenderedDives } from './index.js';
import { nodeCanvas } from './node.js';

const hash = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const dives = () => new RenderedDives({ canvas: nodeCanvas, height: 64 });

describe('RenderedDives', () => {
  it('has the 3,000 labelled clips and says that they are rendered', () => {
    const source = dives();
    expect(source.clips).toHaveLength(3000);
    expect(source.description).toBe("rendered dives (FineDiving's real labels, re-rendered; seed 0, 114x64)");
  });

  it('gives RGB frames in the order asked for', async () => {
    const source = dives();
    const both = await source.readFrames('01__10', [40, 3]);
    expect([both.count, both.height, both.width, both.data.length]).toEqual([2, 64, 114, 2 * 64 * 114 * 3]);
    const area = 64 * 114 * 3;
    expect(hash((await dives().readFrames('01__10', [3])).data)).toBe(hash(both.data.subarray(area)));
    expect(hash((await source.readFrames('01__10', [40])).data)).toBe(hash(both.data.subarray(0, area)));
  });

  it('draws a frame alike whatever was drawn before it', async () => {
    const source = dives();
    const ids = fineDivingLabels.filter((_, index) => index % 250 === 0).map((label) => label.id);
    const alone = await Promise.all(ids.map(async (id) => hash((await dives().readFrames(id, [30, 50])).data)));
    for (const id of [...ids].reverse()) {
      await source.readFrames(id, [60, 5]);
    }
    const after = await Promise.all(ids.map(async (id) => hash((await source.readFrames(id, [30, 50])).data)));
    expect(after).toEqual(alone);
  });

  it('names the clip it does not have', async () => {
    await expect(dives().readFrames('01__999', [0])).rejects.toThrow(
      'RenderedDives: expected one of 3000 clips, got id "01__999".',
    );
  });
});

describe('DiveRenderer', () => {
  it('refuses frames and sizes that are not there', () => {
    expect(() => new DiveRenderer({ canvas: nodeCanvas, height: 7.5 })).toThrow(
      'DiveRenderer: expected a height of at least 16 whole pixels, got 7.5.',
    );
    const renderer = new DiveRenderer({ canvas: nodeCanvas, height: 32 });
    expect(() => renderer.draw(fineDivingLabels[0]!, 111)).toThrow(
      'DiveRenderer.draw: expected a frame of 01__10 from 0 to 110, got 111.',
    );
  });
});
