import { readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { DataError } from '@mcore/errors';
import { holdsClips, someImages } from './clip-media.js';
import { bundledLabels, readJsonLabels } from './json-labels.js';
import type { LabelSource, Labels } from './labelled-clip.js';
import { wrong } from './labelled-clip.js';
import { areMasks, isNamedMasks } from './masks.js';
import { type PickleFiles, readPickleLabels } from './pickle-labels.js';

/** Where labels may be below the data set's folder, in the order of the search. */
const usualPlaces = [
  'Annotations',
  'annotations',
  '.',
  'train_test_split',
  'labels',
  'FineDiving/Annotations',
  'FineDiving',
];

const pickleNames = {
  annotation: [
    'fine-grained_annotation_aqa.pkl',
    'fine-grained_annotation_for_aqa.pkl',
    'FineDiving_fine-grained_annotation.pkl',
  ],
  trainSplit: ['train_split.pkl'],
  testSplit: ['test_split.pkl'],
  coarse: ['FineDiving_coarse_annotation.pkl'],
} as const;

/** Names of the entries of a folder; empty if there is no such folder. */
async function listing(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

/**
 * Finds and reads the labels of a data set.
 *
 * @param directory - The data set's folder; must exist.
 * @param annotations - A folder to look in instead of the usual places.
 * @param expected - Which kind to read; `'auto'` takes the first there is of pickles, JSON and the bundled ones.
 */
export async function findLabels(
  directory: string,
  annotations: string | undefined,
  expected: LabelSource | 'auto',
): Promise<Labels> {
  await readdir(directory).catch((cause: NodeJS.ErrnoException) => {
    const got = cause.code === 'ENOENT' ? 'nothing there' : cause.code === 'ENOTDIR' ? 'a file' : cause.message;
    throw new DataError(`openFineDiving: expected a folder at ${directory}, got ${got}.`, { cause });
  });
  if (expected === 'bundled') return bundledLabels();
  const folders = annotations === undefined ? usualPlaces.map((place) => join(directory, place)) : [annotations];
  const lists = await Promise.all(folders.map(async (folder) => ({ folder, names: await listing(folder) })));
  const find = (names: readonly string[]) => {
    const places = names.flatMap((name) =>
      lists.filter((list) => list.names.includes(name)).map(({ folder }) => join(folder, name)),
    );
    return places[0];
  };
  if (expected !== 'json') {
    const annotation = find(pickleNames.annotation);
    const trainSplit = find(pickleNames.trainSplit);
    const testSplit = find(pickleNames.testSplit);
    if (annotation && trainSplit && testSplit) {
      const files: PickleFiles = { annotation, trainSplit, testSplit, coarse: find(pickleNames.coarse) };
      return readPickleLabels(files);
    }
    if (annotation || expected === 'pickle') {
      throw wrong(
        `${pickleNames.annotation[0]}, train_split.pkl and test_split.pkl in ${folders.join(' or ')}`,
        [annotation, trainSplit, testSplit].filter(Boolean).join(', ') || 'none of them',
      );
    }
  }
  const json = lists.find(({ names }) => names.includes('train.json') && names.includes('test.json'));
  if (json) return readJsonLabels(json.folder, json.names);
  if (expected === 'json' || annotations !== undefined) {
    throw wrong(`train.json and test.json in ${folders.join(' or ')}`, 'none there');
  }
  return bundledLabels();
}

/** What {@link findFrames} found. */
interface FoundFrames {
  /** Undefined if no folder has frames. */
  readonly directory: string | undefined;
  /** Folders in the same layout that hold masks of the divers instead of frames. */
  readonly masks: readonly string[];
}

/**
 * Finds the folder that holds the frames: the first of the data set's folder and those one and two levels below it that holds a
 * labelled competition, or a `<competition>__<dive index>` as the E2E-Spot project lays them out, as folders of images or video files. Masks, which
 * FineDiving-HM has in the same layout, are skipped; they are recognized by their folder's name or by their pixels.
 */
export async function findFrames(directory: string, { clips }: Labels): Promise<FoundFrames> {
  const known = new Set(clips.flatMap(({ clip }) => [clip.competition, clip.id]));
  const masks: string[] = [];
  let level = [directory];
  for (let depth = 0; depth <= 2; depth++) {
    const below: string[] = [];
    for (const folder of level) {
      if (await holdsClips(folder, known)) {
        // the folder that the user named may have any name
        const named = folder !== directory && isNamedMasks(relative(directory, folder));
        if (!named && !(await areMasks(await someImages(folder, known)))) return { directory: folder, masks };
        masks.push(folder);
        continue;
      }
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      const folders = entries.filter((entry) => entry.isDirectory() || entry.isSymbolicLink()).map(({ name }) => name);
      below.push(...folders.sort().map((name) => join(folder, name)));
    }
    level = below.slice(0, 200);
  }
  return { directory: undefined, masks };
}
