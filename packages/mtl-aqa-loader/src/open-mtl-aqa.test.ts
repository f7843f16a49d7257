import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { equalParts } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import golden from './__fixtures__/labels.json' with { type: 'json' };
import { isMtlAqa, openMtlAqa, parseMtlAqa } from './index.js';

type Id = keyof typeof golden.annotations;
const fixture = (name: string) => fileURLToPath(new URL(`./__fixtures__/${name}`, import.meta.url));
let folder: string;

async function image(path: string, grey: number): Promise<void> {
  await sharp({ create: { width: 12, height: 8, channels: 3, background: { r: grey, g: grey, b: grey } } })
    .jpeg({ quality: 95 })
    .toFile(path);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mcore-mtl-aqa-'));
  await cp(fixture('plain'), folder, { recursive: true });
  const { start_frame } = golden.annotations['01__01'];
  const event = join(folder, 'whole_videos_frames', '01');
  await mkdir(event, { recursive: true });
  // as the release's own script names them, with other frames of the event around
  for (let index = -2; index < 5; index++) {
    await image(join(event, `${String(start_frame + index).padStart(6, '0')}.jpg`), 100 + 20 * index);
  }
  const own = join(folder, 'whole_videos_frames', '07_25');
  await mkdir(own);
  await image(join(own, `${String(golden.annotations['07__25'].start_frame).padStart(8, '0')}.jpg`), 50);
});
afterAll(() => rm(folder, { recursive: true }));

describe('openMtlAqa', () => {
  it.each(['plain', 'numpy'] as const)('reads the annotations and the split: %s numbers', async (kind) => {
    const { clips, transitionsFrom } = await openMtlAqa(fixture(kind));
    expect(clips.map(({ id, split }) => [id, split])).toEqual([
      ...golden.train.map((id) => [id, 'train']),
      ...golden.test.map((id) => [id, 'test']),
    ]);
    for (const clip of clips) {
      const { start_frame, end_frame, final_score, difficulty, ...codes } = golden.annotations[clip.id as Id];
      const frameCount = end_frame - start_frame + 1;
      expect(clip).toMatchObject({ score: final_score, difficulty, frameCount, start: start_frame });
      expect(clip.transitions).toEqual(equalParts(frameCount, 3));
      expect(clip.competition).toBe(clip.id.slice(0, 2));
      expect(clip.diveNumber).toBe(
        kind === 'numpy'
          ? golden.numbers[clip.id as Id].toLowerCase()
          : `position${codes.position}-armstand${codes.armstand}-rotation${codes.rotation_type}-somersaults${codes.ss_no}-twists${codes.tw_no}`,
      );
    }
    expect(transitionsFrom).toBe('equal parts');
  });

  it("reads jumps as dive numbers and the judges' awards, in the file of MUSDL's data folder", async () => {
    const text = (python: string) => new TextEncoder().encode(python);
    const info = join(folder, 'musdl', 'MTL-AQA', 'data', 'info');
    await mkdir(info, { recursive: true });
    const fields = "S'start_frame'\nI5\nsS'end_frame'\nI104\nsS'final_score'\nF41.4\nsS'difficulty'\nF1.8\ns";
    const dive = (index: number, number: string) =>
      `(I9\nI${index}\nt(d${fields}S'dive_number'\nS'${number}'\nsS'judge_scores'\n(lF7.5\naF8.0\nass`;
    const numbers = ['100B', '200B', '200D', '300B', '300D'];
    await writeFile(
      join(info, 'augmented_final_annotations_dict.pkl'),
      text(`(d${numbers.map((number, index) => dive(index, number)).join('')}.`),
    );
    await writeFile(
      join(info, 'train_split_0.pkl'),
      text(`(l${numbers.map((_, index) => `(I9\nI${index}\nta`).join('')}.`),
    );
    await writeFile(join(info, 'test_split_0.pkl'), text('(l.'));
    expect(isMtlAqa(join(folder, 'musdl'))).toBe(true);
    const { clips } = await openMtlAqa(join(folder, 'musdl'));
    expect(clips.map(({ diveNumber, awards }) => [diveNumber, awards])).toEqual(
      numbers.map((number) => [number.toLowerCase(), [7.5, 8]]),
    );
  });

  it("takes images of a dive's own folder in their order where they are numbered otherwise", async () => {
    const frames = join(folder, 'own-folders');
    await mkdir(join(frames, '01_01'), { recursive: true });
    for (const index of [1, 2, 3]) await image(join(frames, '01_01', `img_${index}.jpg`), 50 * index);
    const { data } = await (await openMtlAqa(folder, { frames })).readFrames('01__01', [0, 2], {
      size: { height: 1, width: 1 },
    });
    for (const [place, grey] of [50, 150].entries()) expect(Math.abs(data[3 * place]! - grey)).toBeLessThanOrEqual(1);
  });

  it('says what stands in for missing labels', async () => {
    const { notes, clips } = await openMtlAqa(fixture('plain'), { stages: 5 });
    expect(notes).toEqual([
      'MTL-AQA labels no transitions: every clip is cut into 5 parts of the same length',
      '1 annotated dives are in neither list of the split and are left out',
    ]);
    expect(clips[0]!.transitions).toHaveLength(4);
  });

  it('reads the images that the annotation numbers, from the folder of the event or of the dive', async () => {
    const dataset = await openMtlAqa(folder);
    const { data, count, height, width } = await dataset.readFrames('01__01', [0, 0, 3]);
    expect([count, height, width]).toEqual([3, 8, 12]);
    for (const [place, grey] of [100, 100, 160].entries()) {
      expect(Math.abs(data[place * 8 * 12 * 3]! - grey)).toBeLessThanOrEqual(1);
    }
    const [pixel] = (await dataset.readFrames('07__25', [0], { size: { height: 1, width: 1 } })).data;
    expect(Math.abs(pixel! - 50)).toBeLessThanOrEqual(1);
  });

  it('names what is missing', async () => {
    const dataset = await openMtlAqa(folder);
    const { start_frame, end_frame } = golden.annotations['01__01'];
    await expect(dataset.readFrames('01__01', [5])).rejects.toThrow(
      new DataError(
        `readFrames: expected image ${start_frame + 5} of clip 01__01 in ${join(folder, 'whole_videos_frames', '01')}, got none of that number.`,
      ),
    );
    await expect(dataset.readFrames('01__01', [end_frame - start_frame + 1])).rejects.toThrow(ArgumentError);
    await expect(dataset.readFrames('26__104', [0])).rejects.toThrow('got nothing there.');
    await expect(dataset.readFrames('99__1', [0])).rejects.toThrow(
      new ArgumentError('MtlAqaDataset: expected the id of one of its 5 clips, got 99__1.'),
    );
    await expect((await openMtlAqa(fixture('plain'))).readFrames('01__01', [0])).rejects.toThrow(
      'readFrames: expected the images of clip 01__01 below a folder of frames, which was not found, got none.',
    );
    await expect(openMtlAqa(fixture('.'))).rejects.toThrow(
      /^openMtlAqa: expected final_annotations_dict_with_dive_number.pkl or/,
    );
    expect([isMtlAqa(folder), isMtlAqa(fixture('.'))]).toEqual([true, false]);
  });

  it('names a damaged pickle', async () => {
    const other = join(folder, 'other', 'info');
    await cp(fixture('plain/info'), other, { recursive: true });
    await writeFile(join(other, 'train_split_0.pkl'), Uint8Array.of(0x80, 2, 0x5d));
    await expect(openMtlAqa(join(folder, 'other'))).rejects.toThrow(
      /^openMtlAqa: expected a pickle as the train split, got one that can't be read: /,
    );
  });
});

describe('parseMtlAqa', () => {
  const text = (python: string) => new TextEncoder().encode(python);
  // protocol 0: {(1, 2): {'start_frame': 5}}
  const annotations = text("(d(I1\nI2\nt(dS'start_frame'\nI5\nss.");
  const list = text('(l(I1\nI2\nta.');
  const empty = text('(l.');

  it.each([
    [{ annotations: list, trainSplit: list, testSplit: empty }, 'expected a dict as the annotations, got a list of 1'],
    [{ annotations, trainSplit: annotations, testSplit: empty }, 'expected a list as the train split, got a dict of 1'],
    [{ annotations, trainSplit: list, testSplit: list }, 'expected a number as end_frame of 01__02, got nothing'],
    [
      { annotations, trainSplit: text('(l(I1\nI3\nta.'), testSplit: empty },
      'expected a dict as the annotation of 01__03, got nothing',
    ],
    [
      { annotations, trainSplit: text('(lI1\na.'), testSplit: empty },
      'expected pairs (video, dive) of whole numbers as the train split, got 1',
    ],
    [{ annotations, trainSplit: empty, testSplit: empty }, 'expected at least one dive in the split, got none'],
  ])('says what is wrong (%#)', (files, message) => {
    expect(() => parseMtlAqa(files)).toThrow(new DataError(`openMtlAqa: ${message}.`));
  });
});
