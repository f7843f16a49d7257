import { cp, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chooseExemplars, sampleIndices, sampleTransitions } from '@mcore/clips';
import { ArgumentError, DataError } from '@mcore/errors';
import {
  fixtureFolder,
  goldenClips,
  officialTransitions,
  temporaryFolder,
  writeAllImages,
  writeImages,
  writeMasks,
} from '@mcore/testing/finediving-frames';
import { fixturePath } from '@mcore/testing/fixtures';
import { openVideo } from '@mcore/video/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openFineDiving } from './index.js';
import { fineDivingLabels } from './labels.js';

let root: string;
let dataset: string;
beforeAll(async () => {
  root = await temporaryFolder();
  dataset = join(root, 'data');
  await cp(fixtureFolder('list-pickles'), dataset, { recursive: true });
  await writeAllImages(join(dataset, 'FineDiving'));
});
afterAll(() => rm(root, { recursive: true }));

const ids = Object.keys(goldenClips);

describe.each(['list-pickles', 'dict-pickles'] as const)('openFineDiving on %s', (style) => {
  it('reads numbers, scores, splits and transitions as the per-frame labels say', async () => {
    const { clips, labels, description } = await openFineDiving(fixtureFolder(style));
    expect(labels).toBe('pickle');
    expect(description).toBe('FineDiving, 6 clips, labels from pickle files');
    expect(clips.map(({ id }) => id)).toEqual(ids);
    for (const clip of clips) {
      const { start, sampledTransitions, transitions, ...expected } = goldenClips[clip.id]!;
      const last = expected.frameCount - 1;
      expect(clip).toMatchObject({ ...expected, transitions: transitions ?? [last, last] });
      if (style === 'list-pickles') expect(clip).toMatchObject({ start, awards: [8.5, 8.5, 8] });
      const indices = sampleIndices(clip.frameCount, 96, start);
      expect(sampleTransitions(clip.transitions, indices)).toEqual(sampledTransitions ?? [95, 95]);
    }
  });

  it('reports oddities: unsorted transitions, a single stage', async () => {
    const opened = await openFineDiving(fixtureFolder(style));
    expect(opened.oddities('Cup_Men3m_final_r2__0')).toEqual(['transition frames are not sorted: 9, 4']);
    expect(opened.oddities('26__5')).toEqual(['only one stage is labelled']);
    expect(opened.oddities('01__1')).toEqual([]);
  });
});

describe('openFineDiving on official annotations', () => {
  it('reads pickles as the bundled labels have the same clips: transitions, score, difficulty, awards and place', async () => {
    const { clips } = await openFineDiving(fixtureFolder('official-pickles'));
    const bundled = new Map((await openFineDiving(root, { labels: 'bundled' })).clips.map((clip) => [clip.id, clip]));
    expect(clips.map(({ id }) => id)).toEqual(Object.keys(officialTransitions));
    for (const clip of clips) {
      const { diveNumber, split, ...expected } = bundled.get(clip.id)!;
      expect(clip).toMatchObject(expected);
      expect(clip.transitions, clip.id).toEqual(officialTransitions[clip.id]);
    }
  });
});

describe('openFineDiving on JSON labels', () => {
  const entry = (video: string, events: { frame: number }[], parts: object = {}) => ({
    video,
    num_frames: 100,
    num_events: events.length,
    events: events.map((event) => ({ label: 'Entry', comment: 'a -> b', ...event })),
    _source_info: { action_type: '407c', difficulty: 3.2, dive_score: 81.6 },
    ...parts,
  });
  const write = async (name: string, files: Record<string, unknown>) => {
    const folder = join(root, name);
    await mkdir(folder, { recursive: true });
    for (const [file, value] of Object.entries(files)) {
      await writeFile(join(folder, file), typeof value === 'string' ? value : JSON.stringify(value));
    }
    return folder;
  };

  it('reads the events of all 3,000 clips as frames before the sub-actions begin', async () => {
    const files: Record<string, unknown[]> = { 'train.json': [], 'val.json': [], 'test.json': [] };
    for (const { id, diveNumber, score, difficulty, frameCount, subActions, portion } of fineDivingLabels) {
      const events = subActions.slice(1).map(({ frame }) => ({ frame: frame - 1 }));
      const _source_info = { action_type: diveNumber, difficulty, dive_score: score };
      files[`${portion}.json`]!.push(entry(id, events, { num_frames: frameCount, _source_info }));
    }
    const { clips, labels, description } = await openFineDiving(await write('real', files));
    expect({ labels, description }).toEqual({
      labels: 'json',
      description: 'FineDiving, 3000 clips, labels from json files',
    });
    expect(clips.filter(({ split }) => split === 'train')).toHaveLength(2251);
    for (const [index, { id, diveNumber, score, transitions, frameCount, split }] of fineDivingLabels.entries()) {
      expect(clips[index]).toMatchObject({ id, diveNumber, score, transitions, frameCount, split });
    }
    // every test clip has exemplars of its own number, and five numbers have a single training clip
    const training = clips.filter(({ split }) => split === 'train');
    const { lists } = chooseExemplars(
      clips.filter(({ split }) => split === 'test'),
      training,
    );
    expect([...lists.values()].every(({ match }) => match === 'same')).toBe(true);
  });

  it('reads the clips whose labels are odd', async () => {
    const odd = [
      entry('01__121', [{ frame: 0 }, { frame: 37 }]),
      entry('03__24', [{ frame: 47 }], { num_events: 2 }),
      entry('03__67', [{ frame: 51 }, { frame: 35 }], { num_events: 3 }),
      entry('03__99', []),
    ];
    const opened = await openFineDiving(await write('odd', { 'train.json': odd, 'test.json': [] }));
    expect(opened.clips.map(({ transitions }) => transitions)).toEqual([
      [1, 38],
      [48, 48],
      [36, 52],
      [99, 99],
    ]);
    expect(opened.clips.map(({ id }) => opened.oddities(id))).toEqual([
      [],
      ['2 events declared, 1 listed'],
      ['events are not sorted: frames 51, 35', '3 events declared, 2 listed'],
      ['only one stage is labelled'],
    ]);
  });

  const good = entry('01__1', [{ frame: 3 }, { frame: 9 }]);
  it.each<[string, unknown, string]>([
    ['syntax', '[', 'JSON in train.json, got Unexpected end of JSON input.'],
    ['no-list', {}, 'a list in train.json, got an object.'],
    ['no-object', [3], 'an object as train.json, entry 0, got 3.'],
    ['no-video', [entry(3 as never, [])], 'text as video in train.json, entry 0, got 3.'],
    ['no-index', [entry('01', [])], '<competition>__<dive index> as video in train.json, entry 0, got 01.'],
    [
      'upwards',
      [entry('../../etc__1', [])],
      'the name of a folder as a competition in train.json, entry 0 (../../etc__1), got ../../etc.',
    ],
    ['dots', [entry('01__..', [])], 'the name of a folder as a dive index in train.json, entry 0 (01__..), got ...'],
    [
      'backslash',
      [entry('a\\b__1', [])],
      'the name of a folder as a competition in train.json, entry 0 (a\\b__1), got a\\b.',
    ],
    ['events', [entry('01__1', [], { events: 'x' })], 'a list as events in train.json, entry 0 (01__1), got x.'],
    [
      'event',
      [entry('01__1', [{ frame: -1 }])],
      'whole numbers of 0 or more as frames of events in train.json, entry 0 (01__1), got -1.',
    ],
    ['info', [{ ...good, _source_info: null }], 'an object as _source_info of train.json, entry 0 (01__1), got null.'],
    ['frames', [{ ...good, num_frames: 0 }], 'at least one frame in train.json, entry 0 (01__1), got 0.'],
    [
      'score',
      [{ ...good, _source_info: { action_type: '1', difficulty: 3 } }],
      'a number as score in train.json, entry 0 (01__1), got nothing.',
    ],
    ['twice', [good, good], 'one annotation a clip in %, got two for 01__1.'],
  ])('says what is wrong: %s', async (name, train, message) => {
    const folder = await write(`bad-${name}`, { 'train.json': train, 'test.json': [] });
    await expect(openFineDiving(folder, { annotations: folder })).rejects.toThrow(
      new DataError(`openFineDiving: expected ${message.replace('%', folder)}`),
    );
  });

  it('says which files are missing', async () => {
    const folder = await write('half', { 'train.json': [good] });
    await expect(openFineDiving(folder, { annotations: folder })).rejects.toThrow(
      new DataError(`openFineDiving: expected train.json and test.json in ${folder}, got none there.`),
    );
    await expect(openFineDiving(folder, { annotations: folder, labels: 'pickle' })).rejects.toThrow(
      new DataError(
        `openFineDiving: expected fine-grained_annotation_aqa.pkl, train_split.pkl and test_split.pkl in ${folder}, got none of them.`,
      ),
    );
    await expect(openFineDiving(join(root, 'nowhere'))).rejects.toThrow(
      new DataError(`openFineDiving: expected a folder at ${join(root, 'nowhere')}, got nothing there.`),
    );
  });
});

describe('openFineDiving on frames', () => {
  it('falls back to the bundled labels if there are frames and no labels', async () => {
    const bare = join(root, 'bare');
    await writeImages(join(bare, '01', '10'), 4, 100);
    const opened = await openFineDiving(bare, { presentOnly: true });
    expect(opened.labels).toBe('bundled');
    expect(opened.clips).toHaveLength(1);
    expect(opened.clips[0]).toMatchObject({ id: '01__10', diveNumber: '407c', start: 100, transitions: [24, 64] });
    expect(opened.description).toBe('FineDiving, 1 clips, labels from @mcore/finediving-loader');
    expect((await openFineDiving(bare)).clips).toHaveLength(3000);
  });

  it('decodes frames in the order asked for, from any layout it finds', async () => {
    const nested = join(root, 'nested');
    await cp(fixtureFolder('dict-pickles'), nested, { recursive: true });
    await writeAllImages(join(nested, 'Trimmed_Video_Frames', 'all'), '__');
    for (const folder of [dataset, nested]) {
      const opened = await openFineDiving(folder);
      const frames = await opened.readFrames('Cup_Men3m_final_r1__0', [11, 0, 3, 3]);
      expect(frames).toMatchObject({ count: 4, height: 16, width: 24 });
      const greys = [0, 1, 2, 3].map((place) => frames.data[place * 16 * 24 * 3]!);
      for (const [place, grey] of [220, 0, 60, 60].entries())
        expect(Math.abs(greys[place]! - grey)).toBeLessThanOrEqual(1);
      expect(opened.clip('Cup_Men3m_final_r1__0').start).toBe(489);
    }
  });

  it('leaves clips out by id', async () => {
    const opened = await openFineDiving(dataset, { exclude: ['26__5'] });
    expect(opened.clips).toHaveLength(5);
    await expect(openFineDiving(dataset, { exclude: ['27__5'] })).rejects.toThrow(
      new ArgumentError('openFineDiving: exclude must name clips of the data set, got 27__5.'),
    );
  });

  it('follows links that the user made, which are not names from annotations', async () => {
    const linked = join(root, 'linked');
    await cp(fixtureFolder('list-pickles'), linked, { recursive: true });
    await mkdir(join(linked, 'frames'));
    await symlink(join(dataset, 'FineDiving', '01'), join(linked, 'frames', '01'));
    const opened = await openFineDiving(linked);
    expect((await opened.readFrames('01__1', [0])).count).toBe(1);
  });

  it('says in one line what is missing', async () => {
    const broken = join(root, 'broken');
    await cp(dataset, broken, { recursive: true });
    const folder = join(broken, 'FineDiving', '01', '1');
    await rename(join(broken, 'FineDiving', '26'), join(broken, 'FineDiving', '27'));
    await rm(join(folder, '00009.jpg'));
    await writeFile(join(folder, '00004.jpg'), 'no image');
    const opened = await openFineDiving(broken);
    await expect(opened.readFrames('01__1', [9])).rejects.toThrow(
      new DataError(
        'readFrames: expected frame 9 of clip 01__1, which is labelled with 10 frames, got a folder of 9 images.',
      ),
    );
    await expect(opened.readFrames('01__1', [3, 4])).rejects.toThrow(
      new DataError(
        `readImage: expected an image (jpg, png), got ${join(folder, '00004.jpg')}, which can't be read: Input buffer contains unsupported image format.`,
      ),
    );
    await expect(opened.readFrames('26__5', [0])).rejects.toThrow(
      new DataError(
        `readFrames: expected the images or the video of clip 26__5 below ${join(broken, 'FineDiving')}, got none.`,
      ),
    );
    await expect(opened.readFrames('01__3', [0])).rejects.toThrow(
      new ArgumentError('FineDivingDataset: expected the id of one of its 6 clips, got 01__3.'),
    );
    expect((await openFineDiving(broken, { presentOnly: true })).clips).toHaveLength(5);
  });

  it('reads videos in the same layout like folders of images, 3 frames of one known video', async () => {
    const videos = join(root, 'videos');
    await mkdir(join(videos, '01'), { recursive: true });
    await cp(fixturePath('video', 'h264-three-frames.mp4'), join(videos, '01', '10.mp4'));
    await cp(fixturePath('video', 'h264-three-frames.mp4'), join(videos, '01__101.mp4'));
    const opened = await openFineDiving(videos, { presentOnly: true });
    expect(opened.clips.map(({ id, start }) => [id, start])).toEqual([
      ['01__10', 19_697],
      ['01__101', expect.any(Number)],
    ]);
    expect(await opened.clipMedia('01__10')).toEqual({ kind: 'video', path: join(videos, '01', '10.mp4') });
    const video = await openVideo(fixturePath('video', 'h264-three-frames.mp4'));
    for (const id of ['01__10', '01__101']) {
      const frames = await opened.readFrames(id, [2, 0]);
      expect(frames).toEqual(await video.readFrames([2, 0]));
    }
    video.close();
    expect((await opened.readFrames('01__10', [1], { size: { height: 4, width: 6 } })).width).toBe(6);
    await expect(opened.readFrames('01__10', [3])).rejects.toThrow(
      new DataError(
        'readFrames: expected frame 3 of clip 01__10, which is labelled with 111 frames, got a video of 3 frames.',
      ),
    );
  });

  it('never takes masks for frames, whatever their name', async () => {
    const folder = join(root, 'with-masks');
    // both names come before the frames'
    for (const name of ['FineDiving-HM', 'A_silhouettes']) await writeMasks(join(folder, name, '01', '10'));
    await expect(openFineDiving(folder)).rejects.toThrow(
      `Folders of masks were skipped: ${join(folder, 'A_silhouettes')}, ${join(folder, 'FineDiving-HM')}.`,
    );
    await writeImages(join(folder, 'Frames', '01', '10'), 4, 100);
    const opened = await openFineDiving(folder, { presentOnly: true });
    expect(opened.framesDirectory).toBe(join(folder, 'Frames'));
    expect(opened.clips).toHaveLength(1);
    // masks inside a clip's own folder are not its images
    await writeMasks(join(folder, 'Frames', '01', '10', 'masks'));
    await expect(opened.readFrames('01__10', [4])).rejects.toThrow('got a folder of 4 images.');
    // masks that are named explicitly as frames are used
    expect((await openFineDiving(folder, { frames: join(folder, 'FineDiving-HM') })).framesDirectory).toMatch(/-HM$/);
  });
});

describe('openFineDiving on other folders', () => {
  const looked =
    'its annotations (fine-grained_annotation_aqa.pkl, or train.json and test.json), or frames or videos named <competition>/<dive index>';
  const own =
    'For your own videos, name a list of them with the columns path and score instead; mcore data init FOLDER writes one to fill in.';
  it.each([
    ['an-empty', [], 'an empty folder', own],
    ['my-videos', ['b.mp4', 'a.mp4', 'notes/'], '1 folder and 2 files (a.mp4, b.mp4, notes)', own],
    [
      'many',
      ['1.avi', '2.avi', '3.avi', '4.avi', '5.avi', '6.avi'],
      '6 files (1.avi, 2.avi, 3.avi, 4.avi, 5.avi, ...)',
      own,
    ],
    [
      'aqa-7',
      ['Split_4/', 'diving-out/'],
      '2 folders (Split_4, diving-out)',
      'This looks like AQA-7, which @mcore/aqa7-loader reads: its root holds Split_4 and folders such as diving-out.',
    ],
    [
      'unlv',
      ['diving_overall_scores.mat'],
      '1 file (diving_overall_scores.mat)',
      'This looks like UNLV-Dive, which @mcore/aqa7-loader reads: its root holds diving_overall_scores.mat.',
    ],
    [
      'musdl',
      ['JIGSAWS/', 'models/'],
      '2 folders (JIGSAWS, models)',
      'This looks like JIGSAWS, as MUSDL prepares it, or a copy of MUSDL; list its videos with their scores in a CSV.',
    ],
    [
      'listed',
      ['a.mp4', 'scores.csv'],
      '2 files (a.mp4, scores.csv)',
      'It holds scores.csv: if that lists its videos, name the file instead.',
    ],
    [
      'mtl',
      ['whole_videos_frames/'],
      '1 folder (whole_videos_frames)',
      'This looks like MTL-AQA, which @mcore/mtl-aqa-loader reads: it needs final_annotations_dict.pkl and both split lists.',
    ],
  ])('says what was looked for and found: %s', async (name, entries, found, advice) => {
    const folder = join(root, name);
    await mkdir(folder);
    for (const entry of entries) {
      if (entry.endsWith('/')) await mkdir(join(folder, entry));
      else await writeFile(join(folder, entry), '');
    }
    await expect(openFineDiving(folder)).rejects.toThrow(
      new DataError(
        `openFineDiving: expected FineDiving in ${folder}: ${looked}; got ${found}. ${advice.replace('FOLDER', folder)}`,
      ),
    );
    expect((await openFineDiving(folder, { labels: 'bundled' })).clips).toHaveLength(3000);
  });
});
