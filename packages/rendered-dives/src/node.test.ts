import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { because, NOT_BUILT } from '@mcore/testing/skips';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { ALL_FORMATS, BufferSource, Input, VideoSampleSink } from 'mediabunny';
import { afterAll, describe, expect, it } from 'vitest';
import { RenderedDives } from './index.js';
import { nodeCanvas, writeFineDivingLayout, writeVideo } from './node.js';

const directory = mkdtempSync(join(tmpdir(), 'rendered-dives-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const clips = [...fineDivingLabels.filter((clip) => clip.competition === '01').slice(0, 2), fineDivingLabels.at(-1)!];
const source = new RenderedDives({ canvas: nodeCanvas, height: 64 });

const difference = (a: Uint8Array, b: Uint8Array) => {
  expect(a.length).toBe(b.length);
  return a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0) / a.length;
};
const withoutAlpha = (rgba: Uint8Array | Uint8ClampedArray) =>
  Uint8Array.from(rgba.filter((_, index) => index % 4 !== 3));

describe('writeFineDivingLayout', () => {
  it('writes the frames of RenderedDives, up to JPEG (mean difference under 4 levels)', async () => {
    const target = join(directory, 'dives');
    await writeFineDivingLayout(target, { clips, height: 64, quality: 92, workers: 1 });
    for (const clip of clips) {
      const folder = join(target, clip.competition, String(clip.diveIndex));
      const names = readdirSync(folder).sort();
      expect(names).toHaveLength(clip.frameCount);
      expect([names[0], names.at(-1)]).toEqual(['00001.jpg', `${String(clip.frameCount).padStart(5, '0')}.jpg`]);
      for (const frame of [0, 30, clip.frameCount - 1]) {
        const image = await loadImage(readFileSync(join(folder, names[frame]!)));
        const canvas = createCanvas(image.width, image.height);
        canvas.getContext('2d').drawImage(image, 0, 0);
        const drawn = await source.readFrames(clip.id, [frame]);
        expect(difference(withoutAlpha(canvas.data()), drawn.data)).toBeLessThan(4);
      }
    }
  });

  it('writes the labels beside them and says that they are rendered', () => {
    const read = (name: string) => JSON.parse(readFileSync(join(directory, 'dives', name), 'utf8'));
    expect(read('rendered.json')).toEqual({
      rendered: true,
      note: "Drawn from FineDiving's labels by @mcore/rendered-dives; these are not FineDiving's videos.",
      seed: 0,
      width: 114,
      height: 64,
      quality: 92,
      version: 2,
    });
    expect(read('train.json')[0]).toEqual({
      video: '01__10',
      num_frames: 111,
      num_events: 2,
      events: [
        { comment: 'Inward -> 3.5 Soms.Tuck', frame: 23, label: 'Som(s).Tuck' },
        { comment: '3.5 Soms.Tuck -> Entry', frame: 63, label: 'Entry' },
      ],
      fps: -1,
      width: 114,
      height: 64,
      _source_info: { action_type: '407c', difficulty: 3.2, dive_score: 81.6 },
    });
    expect(read('test.json')).toHaveLength(1);
    expect(read('val.json')).toEqual([]);
  });

  it('resumes where it was interrupted and keeps what is complete', async () => {
    const target = join(directory, 'dives');
    const kept = join(target, '01', '10', '00001.jpg');
    const before = statSync(kept).mtimeMs;
    rmSync(join(target, '01', '101'), { recursive: true });
    writeFileSync(join(target, '01', '.101.partial'), 'cut off');
    const progress: unknown[] = [];
    const onProgress = (step: unknown) => progress.push(step);
    await writeFineDivingLayout(target, { clips, height: 64, quality: 92, workers: 1, onProgress });
    expect(progress).toEqual([
      { done: 1, total: 3, id: '01__10', drawn: false },
      { done: 2, total: 3, id: '01__101', drawn: true },
      { done: 3, total: 3, id: clips[2]!.id, drawn: false },
    ]);
    expect(statSync(kept).mtimeMs).toBe(before);
    expect(readdirSync(join(target, '01')).sort()).toEqual(['10', '101']);
  });

  it('refuses to mix two benchmarks, and bad options', async () => {
    const target = join(directory, 'dives');
    await expect(writeFineDivingLayout(target, { clips, seed: 1, height: 64, quality: 92 })).rejects.toThrow(
      `writeFineDivingLayout: ${join(target, 'rendered.json')} belongs to other dives: expected seed 1, got 0.`,
    );
    await expect(writeFineDivingLayout(target, { quality: 0 })).rejects.toThrow(
      'writeFineDivingLayout: expected a quality of 1 to 100, got 0.',
    );
    await expect(writeFineDivingLayout(target, { workers: 0 })).rejects.toThrow(
      'writeFineDivingLayout: expected one worker or more, got 0.',
    );
  });

  const unbuilt = existsSync(new URL('../dist/worker.js', import.meta.url)) ? null : NOT_BUILT;
  it.skipIf(unbuilt !== null)(`draws in two threads${because(unbuilt)}`, async () => {
    const target = join(directory, 'threads');
    await writeFineDivingLayout(target, { clips, height: 32, workers: 2 });
    for (const clip of clips) {
      expect(readdirSync(join(target, clip.competition, String(clip.diveIndex)))).toHaveLength(clip.frameCount);
    }
  });
});

describe('writeVideo', () => {
  it.each(['avc', 'vp9'] as const)(
    'writes %s that mediabunny reads: every frame, a mean difference under 9 levels',
    async (codec) => {
      const path = join(directory, `${codec}.mp4`);
      const clip = { ...clips[0]!, frameCount: 70 };
      await writeVideo(path, clip, { height: 64, codec, bitrate: 400_000 });
      const input = new Input({ source: new BufferSource(readFileSync(path)), formats: ALL_FORMATS });
      const track = (await input.getPrimaryVideoTrack())!;
      expect([track.codec, track.displayWidth, track.displayHeight]).toEqual([codec, 114, 64]);
      let count = 0;
      for await (const sample of new VideoSampleSink(track).samples()) {
        if (count === 40) {
          const rgba = new Uint8Array(sample.allocationSize({ format: 'RGBA' }));
          await sample.copyTo(rgba, { format: 'RGBA' });
          const drawn = await source.readFrames(clip.id, [40]);
          expect(difference(withoutAlpha(rgba), drawn.data)).toBeLessThan(9);
        }
        count += 1;
        sample.close();
      }
      expect(count).toBe(70);
    },
  );

  it('refuses odd heights', async () => {
    await expect(writeVideo(join(directory, 'odd.mp4'), clips[0]!, { height: 65 })).rejects.toThrow(
      'writeVideo: expected an even height, as video codecs need, got 65.',
    );
  });
});
