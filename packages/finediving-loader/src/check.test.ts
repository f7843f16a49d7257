import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fixtureFolder, temporaryFolder, writeAllImages, writeImages } from '@mcore/testing/finediving-frames';
import { fixturePath } from '@mcore/testing/fixtures';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFineDiving, formatFineDivingCheck } from './index.js';

let root: string;
beforeAll(async () => {
  root = await temporaryFolder();
});
afterAll(() => rm(root, { recursive: true }));

describe('checkFineDiving', () => {
  it('finds what is wrong with images, clip by clip, and ends with counts', async () => {
    const folder = join(root, 'images');
    await cp(fixtureFolder('list-pickles'), folder, { recursive: true });
    const frames = join(folder, 'FineDiving');
    await writeAllImages(frames);
    await rm(join(frames, '01', '2'), { recursive: true });
    await rm(join(frames, 'Cup_Men3m_final_r1', '0', '00493.jpg'));
    await rm(join(frames, 'Cup_Men3m_final_r1', '11'), { recursive: true });
    await mkdir(join(frames, 'Cup_Men3m_final_r1', '11'));
    await writeImages(join(frames, 'Cup_Men3m_final_r2', '0'), 13, 77);
    await writeImages(join(frames, 'Cup_Men3m_final_r2', '0'), 1, 77, 30, 16);
    await writeFile(join(frames, '26', '5', '00009.jpg'), 'no image');
    const live: string[] = [];
    const check = await checkFineDiving(folder, {
      onProblem: ({ clip }) => live.push(clip),
      onClip: (done, total) => live.push(`${done}/${total}`),
    });
    expect(formatFineDivingCheck(check).replaceAll(frames, 'FRAMES').split('\n')).toEqual([
      'error 01__2: no folder of images and no video',
      'error Cup_Men3m_final_r1__0: 11 images, labelled with 12 frames',
      'note  Cup_Men3m_final_r1__0: images are not numbered without gaps: 00494.jpg follows 00492.jpg',
      'note  Cup_Men3m_final_r1__11: the flight is empty: both transitions at frame 6',
      'error Cup_Men3m_final_r1__11: no image in FRAMES/Cup_Men3m_final_r1/11',
      'note  Cup_Men3m_final_r2__0: transition frames are not sorted: 9, 4',
      'note  Cup_Men3m_final_r2__0: 13 images, labelled with 11 frames: the last ones are not used',
      'error Cup_Men3m_final_r2__0: images of different sizes: 00077.jpg 30 x 16, 00089.jpg 24 x 16',
      'error 26__5: only one stage is labelled',
      "error 26__5: expected an image (jpg, png), got FRAMES/26/5/00009.jpg, which can't be read: Input buffer contains unsupported image format",
      'FineDiving, 6 clips, labels from pickle files',
      'frames below FRAMES',
      '6 clips (4 train, 2 test) of 5 dive numbers at 4 competitions',
      '4 clips have images, 42 in all, 11 of them decoded',
      '6 errors in 5 clips, 4 notes',
    ]);
    expect(live.filter((line) => line.includes('/'))).toEqual(['1/6', '2/6', '3/6', '4/6', '5/6', '6/6']);
    expect(live.filter((line) => !line.includes('/'))).toEqual(check.problems.map(({ clip }) => clip));
    const all = await checkFineDiving(folder, { decode: 'all' });
    expect(all.counts).toMatchObject({ images: 42, decoded: 41, errors: 6 });
    expect((await checkFineDiving(folder, { decode: 'none' })).counts).toMatchObject({
      images: 42,
      decoded: 0,
      errors: 4,
    });
  });

  it('finds implausible labels', async () => {
    const folder = join(root, 'labels');
    await mkdir(folder);
    const entry = (video: string, action_type: string, dive_score: number, difficulty: number, last = 60) => ({
      video,
      num_frames: 100,
      num_events: 2,
      events: [{ frame: 30 }, { frame: last }],
      _source_info: { action_type, dive_score, difficulty },
    });
    const train = [
      entry('01__1', '407c', 96, 3.2),
      entry('01__2', '9999z', 50, 3.2),
      entry('01__3', '407c', 96.5, 3.2),
      entry('01__4', '407c', 50, 32),
      entry('01__5', '407c', -1, 3.2),
      entry('01__6', '407c', 50, 3.2, 99),
    ];
    await writeFile(join(folder, 'train.json'), JSON.stringify(train));
    await writeFile(join(folder, 'test.json'), '[]');
    const { problems, counts, framesDirectory } = await checkFineDiving(folder);
    expect(framesDirectory).toBeUndefined();
    expect(problems.filter(({ problem }) => problem !== 'no folder of images and no video')).toEqual([
      { clip: '01__2', kind: 'error', problem: 'unknown dive number 9999z' },
      { clip: '01__3', kind: 'error', problem: 'implausible score 96.5: at most 30 x 3.2 = 96.0 can be given' },
      { clip: '01__4', kind: 'error', problem: 'implausible difficulty 32' },
      { clip: '01__5', kind: 'error', problem: 'implausible score -1: at most 30 x 3.2 = 96.0 can be given' },
      { clip: '01__6', kind: 'error', problem: 'a transition at frame 100 of 100 frames' },
    ]);
    expect(counts).toMatchObject({ clips: 6, present: 0, errors: 11, notes: 0, unusable: 6 });
  });

  it('finds nothing to note in the labels of FineDiving itself', async () => {
    const folder = join(root, 'none');
    await mkdir(folder);
    const { problems, counts } = await checkFineDiving(folder, { labels: 'bundled' });
    expect(problems.filter(({ problem }) => problem !== 'no folder of images and no video')).toEqual([]);
    expect(counts).toMatchObject({ clips: 3000, train: 2251, test: 749, diveNumbers: 52, present: 0 });
    const [first, ...others] = formatFineDivingCheck(await checkFineDiving(folder, { labels: 'bundled' })).split('\n');
    expect(first).toBe('error 3000 clips: no folder of images and no video (01__10, 01__101, 01__104, ...)');
    expect(others).toHaveLength(5);
  });

  it('opens videos and counts their frames', async () => {
    const folder = join(root, 'videos');
    await mkdir(join(folder, '01'), { recursive: true });
    await cp(fixturePath('video', 'h264-three-frames.mp4'), join(folder, '01', '10.mp4'));
    await writeFile(join(folder, '01', '101.mp4'), 'no video');
    const { problems, counts } = await checkFineDiving(folder, { presentOnly: true });
    expect(problems.map(({ clip, kind }) => [clip, kind])).toEqual([
      ['01__10', 'error'],
      ['01__101', 'error'],
    ]);
    expect(problems[0]!.problem).toBe('3 frames in its video, labelled with 111 frames');
    expect(problems[1]!.problem).toMatch(/^expected a video \(mp4, .*101\.mp4/);
    expect(counts).toMatchObject({ clips: 2, present: 1, images: 3, decoded: 3, errors: 2 });
  });
});
