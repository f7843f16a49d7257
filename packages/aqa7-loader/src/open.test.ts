import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equalParts } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import { fixturePath } from '@mcore/testing/fixtures';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
// computed by goldens/aqa7-loader.py with SciPy
import golden from './__fixtures__/labels.json' with { type: 'json' };
import { isAqa7, isUnlvDive, openAqa7, openUnlvDive } from './index.js';

const fixture = (name: string) => fileURLToPath(new URL(`./__fixtures__/${name}`, import.meta.url));
let root: string;
let seven: string;
let unlv: string;

/** Images of one grey each: 40 x their index from 1. */
async function writeImages(folder: string, count: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let index = 1; index <= count; index++) {
    const level = 40 * index;
    const image = sharp({
      create: { width: 12, height: 8, channels: 3, background: { r: level, g: level, b: level } },
    });
    await image.jpeg({ quality: 95 }).toFile(join(folder, `img_${String(index).padStart(5, '0')}.jpg`));
  }
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'mcore-aqa7-'));
  [seven, unlv] = [join(root, 'seven'), join(root, 'unlv')];
  await cp(fixture('aqa-7'), seven, { recursive: true });
  await cp(fixture('unlv-dive'), unlv, { recursive: true });
  for (const folder of [join(seven, 'diving-out'), join(unlv, 'frames')]) {
    await writeImages(join(folder, '001'), 6);
    await writeImages(join(folder, '002'), 5);
    await cp(fixturePath('video', 'h264-three-frames.mp4'), join(folder, '003.mp4'));
  }
  for (const name of ['001', '002']) await writeImages(join(seven, 'snowboard_big_air-out', name), 4);
});
afterAll(() => rm(root, { recursive: true }));

describe('openAqa7', () => {
  it('reads scores and splits of the dives as SciPy wrote them, frames from images and videos', async () => {
    const opened = await openAqa7(seven);
    const scores = new Map(
      [...golden.train, ...golden.test].filter(([kind]) => kind === 1).map(([, index, score]) => [index, score]),
    );
    expect(opened.clips).toEqual(
      [
        [2, 5, 'train'],
        [3, 3, 'train'],
        [1, 6, 'test'],
      ].map(([index, frameCount, split]) => ({
        id: `diving__00${index}`,
        competition: 'diving',
        diveNumber: 'diving',
        score: scores.get(index as number),
        difficulty: 1,
        frameCount,
        transitions: equalParts(frameCount as number, 3),
        split,
      })),
    );
    expect([opened.description, opened.transitionsFrom]).toEqual(['AQA-7, diving, 3 clips', 'equal parts']);
    expect(opened.notes).toEqual(['AQA-7 labels no transitions: every clip is cut into 3 parts of the same length']);
    const { data, width } = await opened.readFrames('diving__001', [5, 0], { size: { height: 1, width: 2 } });
    expect(width).toBe(2);
    for (const [place, level] of [240, 40].entries()) expect(Math.abs(data[6 * place]! - level)).toBeLessThanOrEqual(1);
    expect((await opened.readFrames('diving__003', [2])).count).toBe(1);
  });

  it('opens another action by option or by its folder', async () => {
    const expected = ['snowboard_big_air__001', 'snowboard_big_air__002'];
    const byOption = await openAqa7(seven, { action: 'snowboard_big_air', stages: 2 });
    expect(byOption.clips.map(({ id }) => id)).toEqual(expected);
    expect(byOption.clips[0]!.transitions).toEqual([2]);
    expect((await openAqa7(join(seven, 'snowboard_big_air-out'))).clips.map(({ id }) => id)).toEqual(expected);
    expect([seven, join(seven, 'diving-out'), unlv].map(isAqa7)).toEqual([true, true, false]);
  });

  it('says what is missing', async () => {
    const folder = join(root, 'avi');
    await cp(fixture('aqa-7'), folder, { recursive: true });
    const stem = join(folder, 'diving-out', '002');
    await expect(openAqa7(folder)).rejects.toThrow(
      new DataError(`openAqa7: expected a folder of images ${stem} or a video ${stem}.mp4, got neither.`),
    );
    await mkdir(join(folder, 'diving-out'));
    await writeFile(`${stem}.avi`, '');
    await expect(openAqa7(folder)).rejects.toThrow(
      new DataError(
        `openAqa7: expected a folder of images ${stem} or a video ${stem}.mp4, got ${stem}.avi. Convert AVI first, for example with: ` +
          `ffmpeg -i ${stem}.avi -crf 12 ${stem}.mp4.`,
      ),
    );
    await expect(openAqa7(folder, { action: 'rowing' as never })).rejects.toThrow(
      new ArgumentError(
        'openAqa7: expected an action (diving, gym_vault, ski_big_air, snowboard_big_air, sync_diving_3m, sync_diving_10m), got rowing.',
      ),
    );
    await expect(openAqa7(folder, { stages: 1 })).rejects.toThrow(
      new ArgumentError('openAqa7: expected stages to be a whole number of 2 to 1000, got 1.'),
    );
    const list = join(folder, 'Split_4', 'split_4_test_list.mat');
    await rename(join(folder, 'Split_4', 'split_4_train_list.mat'), list);
    const train = join(folder, 'Split_4', 'split_4_train_list.mat');
    await expect(openAqa7(folder)).rejects.toThrow(
      new DataError(`openAqa7: expected a MAT-file at ${train}, got nothing there.`),
    );
    await cp(list, train);
    await expect(openAqa7(folder)).rejects.toThrow(
      new DataError(`openAqa7: expected the matrix consolidated_test_list in ${list}, got consolidated_train_list.`),
    );
    await expect((await openAqa7(seven)).readFrames('diving__009', [0])).rejects.toThrow(
      new ArgumentError('ScoredVideos: expected the id of one of its 3 clips, got diving__009.'),
    );
  });
});

describe('openUnlvDive', () => {
  it('reads scores, difficulties and the split as SciPy wrote them', async () => {
    const { clips, description } = await openUnlvDive(unlv);
    expect(description).toBe('UNLV-Dive, 3 clips');
    expect(clips.map(({ id, split }) => [id, split])).toEqual([
      ['diving__002', 'train'],
      ['diving__003', 'train'],
      ['diving__001', 'test'],
    ]);
    for (const { id, score, difficulty, diveNumber } of clips) {
      const index = Number(id.slice(-3)) - 1;
      expect([score, diveNumber]).toEqual([golden.scores[index], 'diving']);
      expect(difficulty).toBeCloseTo(golden.difficulties[index]!, 6);
    }
    expect([unlv, seven].map(isUnlvDive)).toEqual([true, false]);
  });

  it('says what is missing', async () => {
    const folder = join(root, 'bare');
    await cp(fixture('unlv-dive'), folder, { recursive: true });
    await expect(openUnlvDive(folder)).rejects.toThrow(
      new DataError(
        `openUnlvDive: expected videos in frames or diving_samples_len_ori or diving_samples_len_151_lstm in ${folder}, got none of them.`,
      ),
    );
  });
});
