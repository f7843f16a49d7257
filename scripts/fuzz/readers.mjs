import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, isAbsolute, join, relative } from 'node:path';
import { readMat } from '@mcore/aqa7-loader';
import { chooseExemplars, formatExemplars, parseExemplars } from '@mcore/clips';
import { McoreError } from '@mcore/errors';
import { openArrayFile, parseFeatureManifest, sequenceOf } from '@mcore/features-loader';
import { openFineDiving } from '@mcore/finediving-loader';
import { parseManifest } from '@mcore/manifest-loader';
import { decodeCheckpoint, ExemplarBank, importReleased, modelFromCheckpoint, presetConfig } from '@mcore/model';
import { parseMtlAqa } from '@mcore/mtl-aqa-loader';
import { readPickle, readTorchCheckpoint } from '@mcore/pickle';
import { Random } from '@mcore/random';
import { readSafetensors, writeSafetensors } from '@mcore/safetensors';
import { parseRunConfig, parseSetting } from '@mcore/training/node';
import { openFrameFolder, openVideo } from '@mcore/video/node';
import * as tf from '@tensorflow/tfjs';
import { unzipSync, zipSync } from 'fflate';
import { configOfSizes } from '../../packages/testing/src/config-of-sizes.mjs';
import { root } from '../packages.mjs';
import { mutateBytes, mutateJson, mutateJsonText, mutateText, pick } from './mutate.mjs';

/**
 * What is fed with damaged input: how inputs are made, how they are read, and what must hold of whatever comes out. The script
 * `scripts/fuzz.mjs` runs long campaigns of them, `test/fuzz.test.ts` short ones.
 *
 * @typedef {import('@mcore/random').Random} RandomNumbers
 *
 * @typedef {object} Reader
 * @property {string} name - As `--reader` takes it.
 * @property {string} reads - What is read, and by which function, for the table.
 * @property {string} limits - Of the reader, in words, for the table.
 * @property {number} seconds - Longest an input may take.
 * @property {number} megabytes - Most that reading an input may allocate, above the input itself.
 * @property {(random: RandomNumbers) => unknown} make - A damaged input; the same for the same numbers.
 * @property {(input: any) => unknown} read - Reads it; throws a McoreError for what is wrong.
 * @property {string[]} found - What campaigns have found, now fixed and kept as tests.
 */

const packages = join(root, 'packages');
/** @param {string} name @param {RegExp} files */
function fixtures(name, files) {
  const folder = join(packages, name, 'src', '__fixtures__');
  return readdirSync(folder, { recursive: true })
    .map(String)
    .filter((file) => files.test(file))
    .sort()
    .map((file) => ({ file: basename(file), bytes: new Uint8Array(readFileSync(join(folder, file))) }));
}

/** Small files are tried more often: most of a large one is data, which may be anything. */
const bytesOf = (/** @type {{ bytes: Uint8Array }[]} */ files) => files.map(({ bytes }) => bytes);

const pickles = bytesOf([
  ...fixtures('pickle', /\.pickle$/),
  ...fixtures('finediving-loader', /\.pkl$/),
  ...fixtures('mtl-aqa-loader', /\.pkl$/),
]);
const torches = bytesOf(fixtures('pickle', /\.pth$/));
const tensors = bytesOf(fixtures('safetensors', /\.safetensors$/));
const mats = bytesOf(fixtures('aqa7-loader', /\.mat$/));
const npys = bytesOf(fixtures('pickle', /\.npy$/));
const npzs = bytesOf(fixtures('pickle', /\.npz$/));

/** @param {RandomNumbers} random @param {readonly Uint8Array[]} seeds */
const damaged = (random, seeds) => mutateBytes(random, pick(random, seeds), pick(random, seeds));

/** Every opcode of pickle, with the argument it takes, in a random order: hardly ever a value, always a program. */
function randomPickle(/** @type {RandomNumbers} */ random) {
  const opcodes = [...'().012FNIJKLMPQRSTUVXacbdeghijloqrpstu}]'].map((each) => each.charCodeAt(0));
  for (let code = 0x80; code <= 0x98; code++) opcodes.push(code);
  const parts = [];
  for (let count = 1 + random.integer(60); count > 0; count--) {
    parts.push(pick(random, opcodes));
    for (let length = random.chance(0.5) ? random.integer(6) : 0; length > 0; length--) {
      parts.push(random.chance(0.6) ? random.integer(8) : random.chance(0.3) ? 0x0a : random.integer(256));
    }
  }
  parts.push(0x2e);
  return Uint8Array.from(parts);
}

/** A checkpoint whose pickle or other member is damaged inside a zip archive that is whole. */
function rezipped(/** @type {RandomNumbers} */ random, seeds = torches) {
  const seed = pick(
    random,
    seeds.filter((bytes) => bytes[0] === 0x50),
  );
  const members = unzipSync(seed);
  const names = Object.keys(members);
  const name = random.chance(0.8) ? names.find((each) => each.endsWith('data.pkl')) : pick(random, names);
  const changed = {
    ...members,
    [/** @type {string} */ (name)]: mutateBytes(random, members[/** @type {string} */ (name)] ?? seed),
  };
  return zipSync(changed, { level: random.chance(0.5) ? 0 : 6 });
}

/** A .npy file whose header is damaged as text, its length still right. */
function relabelled(/** @type {RandomNumbers} */ random, /** @type {Uint8Array} */ file) {
  const [start, length] = file[6] === 1 ? [10, file[8] ?? 0] : [12, file[8] ?? 0];
  const header = Buffer.from(file.subarray(start, start + length)).toString('latin1');
  const damage = random.chance(0.5)
    ? mutateText(random, header, pick(random, npyHeaders))
    : pick(random, npyHeaders).replace('4', `${random.integer(2 ** 31)}`);
  const text = Buffer.from(damage.slice(0, 60_000), 'latin1');
  return Uint8Array.from([
    ...file.subarray(0, 6),
    ...[2, 0, text.length & 255, text.length >> 8, 0, 0],
    ...text,
    ...file.subarray(start + length),
  ]);
}
const npyHeaders = [
  "{'descr': '<f4', 'fortran_order': False, 'shape': (4, 3), }",
  "{'descr': '>f8', 'fortran_order': True, 'shape': (2, 3, 4), }",
  "{'descr': '|O', 'fortran_order': False, 'shape': (4,), }",
  "{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (4L,), }",
  "{'descr': '<f2', 'fortran_order': False, 'shape': (4, 9007199254740991, 0), }",
];

/** A safetensors file whose header is damaged as JSON, its length still right. */
function reheaded(/** @type {RandomNumbers} */ random, /** @type {Uint8Array} */ file) {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(file.subarray(8, 8 + length)));
  const text = new TextEncoder().encode(mutateJsonText(random, header));
  const result = new Uint8Array(8 + text.length + file.length - 8 - length);
  new DataView(result.buffer).setBigUint64(0, BigInt(text.length), true);
  result.set(text, 8);
  result.set(file.subarray(8 + length), 8 + text.length);
  return result;
}

/** Labelled clips, for what refers to them. */
const clips = Array.from({ length: 24 }, (_, index) => ({
  id: `0${index % 3}__${index}`,
  competition: `0${index % 3}`,
  diveNumber: index % 2 ? '107b' : '407c',
  score: 60 + index,
  difficulty: 3,
  frameCount: 90,
  transitions: [30, 60],
  split: /** @type {'train' | 'test'} */ (index < 18 ? 'train' : 'test'),
}));
const exemplarFile = formatExemplars(chooseExemplars(clips.slice(18), clips.slice(0, 18), { count: 4, seed: 1 }));

const csvSeeds = [
  'path,score,class,difficulty,transitions,split,event,frames\na/1.mp4,81.6,407C,3.2,23 63,train,final,111\n"b,2.mp4",60,107B,3,20 50,test,"semi ""final""",90\n',
  'video;score;transition_seconds\r\na.mp4;7;0.5 1.25\r\nb.mp4;8;0.25 2\r\n',
  '\uFEFFpath\tscore\na.mp4\t7\nb\t8\n',
];
const jsonSeeds = [
  [
    { path: 'a/1.mp4', score: 81.6, class: '407C', difficulty: 3.2, transitions: [23, 63], split: 'train', event: 'x' },
    { path: 'b.mp4', score: 60, class: '107B', difficulty: 3, transitions: [20, 50], split: 'test', frames: 90 },
  ],
  { clips: [{ file: 'a.mp4', score: '7', transition_seconds: [0.5, 1.5] }] },
];

const featureCsvSeeds = [
  'path,target_tes,target_pcs,awards,passed,subject,group_rink,transitions,split\na.npy;b.npz#pose,30.5,12,7 8 8.5,pass,S1,north,10 20,train\nc.npy,3,1,7 8 8.5,fail,S2,south,1 2,test\n',
  'file\tscore\tuser\na/1.txt\t7\tB\nb.json\t8\tC\n',
];
const featureJsonSeeds = [
  [{ path: ['a.npy', 'b.npz#x'], target_a: 1, target_b: 2, awards: [7, 8], passed: true, subject: 'S1', trial: 2 }],
  {
    clips: [
      { poses: 'a.npz#one', label: 'correct', fold: 1 },
      { poses: 'a.npz#two', label: 0, fold: 2 },
    ],
  },
];
const arrayTexts = [
  '1,2,3\n4,5,6\n',
  'left knee;right knee\r\n1.5;-2e-3\r\n.5;7.\r\n',
  '# kinematics\n 1.0   2.0\t3 \n 4 nan inf\n',
];
const arrayJsonSeeds = [
  [
    [1, 2],
    [3, 4.5],
  ],
  {
    fps: 30,
    poses: [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [
        [7, 8, 9],
        [10, 11, 12],
      ],
    ],
  },
];

/** What is read must be finite and as large as it says. */
function assertSequence(/** @type {{ data: Float32Array, steps: number, channels: number }} */ sequence) {
  const { data, steps, channels } = sequence;
  if (data.length !== steps * channels || steps < 1 || channels < 1 || !data.every(Number.isFinite)) {
    throw new Error(`a sequence of ${steps} x ${channels} with ${data.length} numbers`);
  }
}

const e2eSpot = {
  'train.json': [label('01__1', 30, 60), label('01__2', 31, 61)],
  'val.json': [label('02__3', 32, 62)],
  'test.json': [label('Cup_Men3m_final_r2__0', 33, 63)],
};
function label(/** @type {string} */ video, /** @type {number} */ first, /** @type {number} */ second) {
  return {
    video,
    num_frames: 100,
    num_events: 2,
    events: [
      { frame: first, label: 'Som(s).Tuck', comment: '' },
      { frame: second, label: 'Entry', comment: '' },
    ],
    _source_info: { action_type: '407C', dive_score: 80, difficulty: 3.2 },
  };
}

const officialPickles = Object.fromEntries(
  fixtures('finediving-loader', /list-pickles.*\.pkl$/).map(({ file, bytes }) => [file, bytes]),
);
const mtlPickles = fixtures('mtl-aqa-loader', /plain.*\.pkl$/).map(({ bytes }) => bytes);

const bankFile = new ExemplarBank(
  clips.slice(0, 5).map(({ id, diveNumber, score, difficulty }) => ({
    id,
    diveNumber,
    score,
    difficulty,
    stages: Float32Array.from({ length: 12 }, (_, index) => index),
  })),
  { stages: 3, steps: 2, channels: 2 },
  'abc',
).encode();

/** A checkpoint of a model that is as small as one can be. */
function smallCheckpoint() {
  const { config, weights } = JSON.parse(readFileSync(new URL('small-checkpoint.json', import.meta.url), 'utf8'));
  const metadata = {
    format: 'mcore checkpoint 1',
    preset: config.preset,
    config: JSON.stringify(config),
    label_range: '{"min":20,"max":100}',
    training: '{"trainedOn":"nothing","seed":0,"step":3}',
    calibration: '{"level":0.9,"halfWidth":8,"clips":80}',
  };
  const entries = weights.map((/** @type {[string, number[]]} */ [name, shape]) => [
    name,
    { dtype: 'F32', shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.01) },
  ]);
  return { file: writeSafetensors(new Map(entries), metadata), config, metadata };
}
const small = smallCheckpoint();

/** A safetensors file, or nothing where the writer refuses such metadata (halves of characters). */
function written(
  /** @type {Parameters<typeof writeSafetensors>[0]} */ all,
  /** @type {Record<string, string>} */ metadata,
) {
  try {
    return writeSafetensors(all, metadata);
  } catch (error) {
    if (error instanceof McoreError) return undefined;
    throw error;
  }
}

/** A checkpoint whose configuration, or another piece of its metadata, is damaged as JSON. */
function reconfigured(/** @type {RandomNumbers} */ random) {
  const { tensors: all } = readSafetensors(small.file);
  const metadata = { ...small.metadata };
  const key = random.chance(0.7)
    ? 'config'
    : pick(random, /** @type {const} */ (['label_range', 'training', 'calibration']));
  metadata[key] = random.chance(0.8)
    ? (JSON.stringify(mutateJson(random, JSON.parse(metadata[key]))) ?? 'null')
    : mutateText(random, metadata[key]);
  return written(all, metadata) ?? damaged(random, [small.file]);
}

const configs = [
  'preset: laptop # small\nloss:\n  contrastive: { weight: 0 }\nrun:\n  seed: 3\n  steps: 40\n  out: runs/first\n',
  'base: &base\n  learningRate: 1e-4\noptimiser:\n  <<: *base\n  schedule: cosine\nbackbone:\n  widths: [24, 56]\n',
  'input:\n  transform:\n    resize: { height: 112, width: 200 }\nregressor:\n  hidden:\n    - 64\n    - 32\nstagewise: no\n',
  'run:\n  data: "videos.csv"\n  videos: |\n    folder\n  cache: >-\n    a\n    b\n...\n---\n!!map { ? stages : 4 }\n',
];
const configJson = {
  preset: 'paper',
  loss: { contrastive: { weight: 0.5, form: 'paper' } },
  run: { steps: 3, seed: 1 },
};
/** What YAML has and JSON has not, and what makes readers of it trip. */
const yamlPieces = [
  '&a [*a]',
  '&a { b: *a }',
  '*a',
  '<<: *base',
  '<<: [*base, *base]',
  '!!binary AAAA',
  '!!set { a, b }',
  '!!omap [a: 1]',
  '!!timestamp 2001-12-14',
  '!!js/function "() => 1"',
  '!<tag:yaml.org,2002:str> 1',
  '%YAML 1.1\n---\n',
  '.nan',
  '-.inf',
  '0o17',
  '1_000',
  '? [complex, key]\n: 1',
  '{ __proto__: { polluted: true } }',
  '---\n',
  '\t',
  "'",
  '|+\n  text\n',
];

/** A configuration with pieces of YAML put in, aliases that multiply, or brackets beyond any depth. */
function damagedConfig(/** @type {RandomNumbers} */ random) {
  const kind = random.integer(12);
  if (kind === 0) {
    const [open, close] = pick(random, [
      ['[', ']'],
      ['{a: ', '}'],
      ['- ', ''],
      ['? ', ''],
    ]);
    const depth = 1 + random.integer(5000);
    return `stages: ${random.chance(0.5) ? '\n  ' : ''}${open?.repeat(depth)}1${random.chance(0.8) ? close?.repeat(depth) : ''}`;
  }
  if (kind === 1) {
    const levels = 1 + random.integer(12);
    const lines = Array.from(
      { length: levels },
      (_, level) =>
        `a${level}: &a${level} [${(level === 0 ? 'x, ' : `*a${level - 1}, `).repeat(1 + random.integer(12))}]`,
    );
    return `${lines.join('\n')}\nstages: *a${levels - 1}\n`;
  }
  if (kind < 4) return mutateJsonText(random, configJson);
  const text = mutateText(random, pick(random, configs), pick(random, configs));
  if (kind < 8) return text;
  const places = [...pick(random, configs).matchAll(/[:\n-] ?/g)];
  const at = Number(pick(random, places)?.index) + 1;
  return `${text.slice(0, at)} ${pick(random, yamlPieces)} ${text.slice(random.chance(0.5) ? at : at + random.integer(20))}`;
}

/** Files under the names of the original, and the sizes of the model they fit. */
const importable = fixtures('model', /^(released.*|timm)\.(pth|safetensors)$/);
const importConfig = (() => {
  const { bytes } = /** @type {{ bytes: Uint8Array }} */ (
    importable.find(({ file }) => file === 'released.safetensors')
  );
  return configOfSizes(readSafetensors(bytes).metadata, presetConfig('released'));
})();

/** Weights of the original, damaged in their archive, their header or anywhere. */
function damagedWeights(/** @type {RandomNumbers} */ random) {
  const all = bytesOf(importable);
  const kind = random.integer(4);
  if (kind === 0) return rezipped(random, all);
  const headed = all.filter((bytes) => bytes[8] === 0x7b);
  if (kind === 1) return reheaded(random, pick(random, headed));
  return mutateBytes(random, pick(random, all), pick(random, all), random.chance(0.7) ? 12_000 : undefined);
}

const videos = fixtures('video', /\.(mp4|mov|mkv|webm)$/);
const images = fixtures('video', /\.(jpg|png)$/);

/** Where an mp4's tables are, or a webm's head: damage in the pictures themselves is the decoder's daily bread. */
function damagedVideo(/** @type {RandomNumbers} */ random) {
  const { bytes } = pick(random, videos);
  if (random.chance(0.15)) return bytes.slice(0, random.integer(bytes.length));
  const other = pick(random, videos).bytes;
  if (random.chance(0.3)) return mutateBytes(random, bytes, other);
  const text = Buffer.from(bytes).toString('latin1');
  const boxes = [
    'moov',
    'mvhd',
    'tkhd',
    'stsd',
    'stts',
    'ctts',
    'stsc',
    'stsz',
    'stco',
    'stss',
    'elst',
    'avcC',
    'hvcC',
  ];
  const found = boxes.flatMap((box) => (text.includes(box) ? [text.indexOf(box)] : []));
  const at = found.length > 0 ? Math.max(0, pick(random, found) - 4) : 0;
  const part = mutateBytes(random, bytes.slice(at), other, found.length > 0 ? 120 : 600);
  const result = new Uint8Array(at + part.length);
  result.set(bytes.subarray(0, at));
  result.set(part, at);
  return result;
}

/** A folder of its own for readers that open files, emptied for every input. */
let folder = '';
function inFolder(/** @type {Record<string, Uint8Array | string>} */ files) {
  if (folder === '') {
    folder = mkdtempSync(join(tmpdir(), 'mcore-fuzz-'));
    process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** @param {string} path */
function assertBelow(path) {
  const way = relative('/data', join('/data', path));
  if (way.startsWith('..') || isAbsolute(way) || path.includes('\0'))
    throw new Error(`a way out: ${JSON.stringify(path)}`);
}

/** @param {readonly { id: string, score: number, frameCount?: number, transitions: readonly number[] }[]} read */
function assertClips(read) {
  for (const { id, score, frameCount = 1 } of read) {
    assertBelow(`${id}.rgb`);
    if (id.includes('/') || id.includes('\\')) throw new Error(`an id that is a path: ${id}`);
    if (!Number.isFinite(score) || !Number.isSafeInteger(frameCount))
      throw new Error(`clip ${id} of ${score}, ${frameCount}`);
  }
}

/** @type {Reader[]} */
export const readers = [
  {
    name: 'pickle',
    reads: 'Python pickles, `readPickle`',
    limits: '2,000,000 values, 200 deep, 1 GiB of copies (here 200,000, 200 and 16 MiB)',
    seconds: 2,
    megabytes: 96,
    make: (random) => (random.chance(0.3) ? randomPickle(random) : damaged(random, pickles)),
    read: (input) => readPickle(input, { maxItems: 200_000, maxBytes: 2 ** 24 }),
    found: [],
  },
  {
    name: 'pth',
    reads: 'PyTorch checkpoints, `readTorchCheckpoint`',
    limits: 'as pickles; deflated members count against the copies; nothing is unpacked to disk',
    seconds: 2,
    megabytes: 96,
    make: (random) => (random.chance(0.5) ? rezipped(random) : damaged(random, torches)),
    read: (input) => readTorchCheckpoint(input, { maxItems: 200_000, maxBytes: 2 ** 24 }),
    found: [],
  },
  {
    name: 'safetensors',
    reads: 'safetensors files, `readSafetensors`',
    limits: 'header of 10 MB, 100,000 tensors of 32 dimensions; tensors are views on the file',
    seconds: 2,
    megabytes: 32,
    make: (random) => (random.chance(0.6) ? reheaded(random, pick(random, tensors)) : damaged(random, tensors)),
    read(input) {
      const { metadata } = readSafetensors(input);
      if (Object.getPrototypeOf(metadata) !== null) throw new Error('metadata with a prototype');
    },
    found: [],
  },
  {
    name: 'npy',
    reads: 'numpy arrays as features, `readNpy` and `sequenceOf`',
    limits: 'header of 64 KiB, 64 dimensions, no more numbers than the file has, copies of 1 GiB; objects are refused',
    seconds: 2,
    megabytes: 32,
    make: (random) => (random.chance(0.5) ? relabelled(random, pick(random, npys)) : damaged(random, npys)),
    read: (input) => assertSequence(sequenceOf(openArrayFile(input, 'npy'))),
    found: [],
  },
  {
    name: 'npz',
    reads: 'archives of numpy arrays as features, `readNpz` and `sequenceOf`',
    limits: 'as `.npy`; deflated members count against the copies; nothing is unpacked to disk',
    seconds: 2,
    megabytes: 96,
    make(random) {
      if (random.chance(0.5)) return damaged(random, npzs);
      const members = { features: relabelled(random, pick(random, npys)), other: damaged(random, npys) };
      const entries = Object.entries(members).map(([name, bytes]) => [
        random.chance(0.9) ? `${name}.npy` : name,
        bytes,
      ]);
      const whole = zipSync(Object.fromEntries(entries), { level: random.chance(0.5) ? 0 : 6 });
      return random.chance(0.7) ? whole : mutateBytes(random, whole, pick(random, npzs));
    },
    read(input) {
      const file = openArrayFile(input, 'npz');
      for (const name of file.names) assertSequence(sequenceOf(file, name));
    },
    found: [],
  },
  {
    name: 'feature-text',
    reads: 'features as text (.csv, .txt, .json), `openArrayFile` and `sequenceOf`',
    limits: '256 MiB, 1,000,000 steps, 65,536 channels, 2^28 numbers',
    seconds: 2,
    megabytes: 64,
    make(random) {
      const seed = pick(random, arrayJsonSeeds);
      const json = random.chance(0.5);
      const text = !json
        ? mutateText(random, pick(random, arrayTexts), pick(random, arrayTexts))
        : random.chance(0.7)
          ? mutateJsonText(random, seed)
          : mutateText(random, JSON.stringify(seed));
      return { format: json ? 'json' : 'csv', text };
    },
    read: (input) => assertSequence(sequenceOf(openArrayFile(new TextEncoder().encode(input.text), input.format))),
    found: [],
  },
  {
    name: 'feature-manifest',
    reads: 'manifests of features, CSV and JSON, `parseFeatureManifest`',
    limits: 'as manifests of videos; paths stay below one folder, whatever array they name',
    seconds: 2,
    megabytes: 32,
    make(random) {
      const seed = pick(random, featureJsonSeeds);
      const json = random.chance(0.5);
      const text = !json
        ? mutateText(random, pick(random, featureCsvSeeds), pick(random, featureCsvSeeds))
        : random.chance(0.7)
          ? mutateJsonText(random, seed)
          : mutateText(random, JSON.stringify(seed));
      return { format: json ? 'json' : 'csv', text };
    },
    read(input) {
      const { entries } = parseFeatureManifest(input.text, input.format);
      for (const { paths } of entries) for (const path of paths) assertBelow(path.split('#')[0] ?? '');
      assertClips(entries.map((entry) => ({ ...entry, transitions: entry.transitions ?? [] })));
    },
    found: [],
  },
  {
    name: 'manifest-csv',
    reads: 'CSV manifests, `parseManifest`',
    limits: '64 MiB, 1,000,000 clips, 200 columns, 100,000 characters a line, 500 a text, 1,000 transitions',
    seconds: 2,
    megabytes: 32,
    make: (random) => mutateText(random, pick(random, csvSeeds), pick(random, csvSeeds)),
    read(input) {
      const { entries } = parseManifest(input, 'csv');
      for (const { path } of entries) assertBelow(path);
      assertClips(entries.map((entry) => ({ ...entry, transitions: [] })));
    },
    found: [],
  },
  {
    name: 'manifest-json',
    reads: 'JSON manifests, `parseManifest`',
    limits: 'as CSV',
    seconds: 2,
    megabytes: 32,
    make(random) {
      const seed = pick(random, jsonSeeds);
      return random.chance(0.7) ? mutateJsonText(random, seed) : mutateText(random, JSON.stringify(seed));
    },
    read(input) {
      const { entries } = parseManifest(input, 'json');
      for (const { path } of entries) assertBelow(path);
      assertClips(entries.map((entry) => ({ ...entry, transitions: [] })));
    },
    found: [],
  },
  {
    name: 'labels-json',
    reads: "FineDiving's labels as JSON, `openFineDiving`",
    limits: '64 MiB a file; names are one segment of a path; frames and transitions are whole numbers',
    seconds: 2,
    megabytes: 32,
    make(random) {
      const name = pick(random, /** @type {const} */ (['train.json', 'val.json', 'test.json']));
      const files = Object.fromEntries(Object.entries(e2eSpot).map(([key, value]) => [key, JSON.stringify(value)]));
      const seed = e2eSpot[name];
      return {
        ...files,
        [name]: random.chance(0.8) ? mutateJsonText(random, seed) : mutateText(random, files[name] ?? ''),
      };
    },
    async read(input) {
      const dataset = await openFineDiving(inFolder(input), { labels: 'json' });
      assertClips(dataset.clips);
      for (const { competition } of dataset.clips) assertBelow(competition);
    },
    found: ['text of the file in messages, over several lines and without bound (`packages/errors`)'],
  },
  {
    name: 'labels-pickle',
    reads: "FineDiving's pickles, `openFineDiving`",
    limits: 'as pickles; 64 MiB a file; names are one segment of a path',
    seconds: 2,
    megabytes: 96,
    make(random) {
      const name = pick(random, Object.keys(officialPickles));
      return {
        ...officialPickles,
        [name]: damaged(random, [/** @type {Uint8Array} */ (officialPickles[name]), ...pickles]),
      };
    },
    async read(input) {
      const dataset = await openFineDiving(inFolder(input), { labels: 'pickle' });
      assertClips(dataset.clips);
      for (const { competition } of dataset.clips) assertBelow(competition);
    },
    found: [],
  },
  {
    name: 'mtl-aqa',
    reads: "MTL-AQA's pickles, `parseMtlAqa`",
    limits: '64 MiB a file and of copies, 4,000,000 values, 20 deep; videos and dives are whole numbers',
    seconds: 2,
    megabytes: 96,
    make(random) {
      const [annotations, testSplit, trainSplit] = /** @type {[Uint8Array, Uint8Array, Uint8Array]} */ (mtlPickles);
      const files = { annotations, trainSplit, testSplit };
      const name = pick(random, /** @type {const} */ (['annotations', 'annotations', 'trainSplit', 'testSplit']));
      return { ...files, [name]: damaged(random, [files[name]]) };
    },
    read(input) {
      for (const { firstFrame, lastFrame, score } of parseMtlAqa(input).labels) {
        if (!(lastFrame >= firstFrame) || !Number.isFinite(score)) throw new Error('a label that makes no sense');
      }
    },
    found: [],
  },
  {
    name: 'mat',
    reads: 'MAT-files of AQA-7 and UNLV-Dive, `readMat`',
    limits: '16 MiB a file, and of unpacked data',
    seconds: 2,
    megabytes: 64,
    make: (random) => damaged(random, mats),
    read(input) {
      for (const { rows, columns, data } of readMat(input, 'a.mat').values()) {
        if (rows * columns !== data.length) throw new Error('a matrix without all of its numbers');
      }
    },
    found: [],
  },
  {
    name: 'exemplars',
    reads: 'exemplar lists, `parseExemplars`',
    limits: 'as many exemplars a query as the file says, all of them training clips of the data set',
    seconds: 2,
    megabytes: 32,
    make: (random) =>
      random.chance(0.7) ? mutateJsonText(random, JSON.parse(exemplarFile)) : mutateText(random, exemplarFile),
    read(input) {
      const known = new Set(clips.filter(({ split }) => split === 'train').map(({ id }) => id));
      for (const { exemplars } of parseExemplars(input, clips).lists.values()) {
        for (const id of exemplars) if (!known.has(id)) throw new Error(`an unknown exemplar: ${id}`);
      }
    },
    found: ['text of the file in messages, over several lines and without bound (`packages/errors`)'],
  },
  {
    name: 'bank',
    reads: 'exemplar banks, `ExemplarBank.decode`',
    limits: 'as safetensors; as many features as the file has numbers',
    seconds: 2,
    megabytes: 32,
    make: (random) => (random.chance(0.7) ? rebanked(random) : damaged(random, [bankFile])),
    read(input) {
      const bank = ExemplarBank.decode(input);
      bank.draw('107b', 3, new Random(1));
    },
    found: ['text of the file in messages, over several lines and without bound (`packages/errors`)'],
  },
  {
    name: 'checkpoint',
    reads: 'checkpoints with their configuration, `decodeCheckpoint` and `modelFromCheckpoint`',
    limits: 'as safetensors; every field of the configuration has a range; no model of more numbers than the file has',
    seconds: 5,
    megabytes: 96,
    make: (random) =>
      random.chance(0.7)
        ? reconfigured(random)
        : random.chance(0.5)
          ? reheaded(random, small.file)
          : damaged(random, [small.file]),
    async read(input) {
      await tf.setBackend('cpu');
      const before = tf.memory().numTensors;
      const [outcome] = await Promise.allSettled([
        (async () => modelFromCheckpoint(decodeCheckpoint(input)).dispose())(),
      ]);
      const left = tf.memory().numTensors - before;
      if (left !== 0) throw new Error(`${left} tensors left`);
      if (outcome.status === 'rejected') throw outcome.reason;
    },
    found: [],
  },
  {
    name: 'config',
    reads: 'configuration files of `mcore train`, YAML and JSON, and the value of `--set`',
    limits: '64 KiB a file, 50 collections within each other, 100 aliases; every field is known and has a range',
    seconds: 5,
    megabytes: 96,
    make: damagedConfig,
    read(input) {
      try {
        parseSetting(`stages=${input}`);
      } catch (error) {
        if (!(error instanceof McoreError) || /[\n\r]/.test(error.message)) throw error;
      }
      parseRunConfig(input, 'a.yaml');
    },
    found: [
      'collections within each other, which ended the process (`packages/training/src/config/read-config.test.ts`)',
      "the library's own errors for aliases that multiply, that hold themselves and that stand for nothing (there too)",
    ],
  },
  {
    name: 'import',
    reads: 'weights of the original and of timm, `importReleased`',
    limits: 'as `.pth` and safetensors; every tensor of the model and no other, in its shape',
    seconds: 5,
    megabytes: 96,
    make: damagedWeights,
    async read(input) {
      await tf.setBackend('cpu');
      const before = tf.memory().numTensors;
      const [outcome] = await Promise.allSettled([importReleased(input, { config: importConfig })]);
      const left = tf.memory().numTensors - before;
      if (left !== 0) throw new Error(`${left} tensors left`);
      if (outcome.status === 'rejected') throw outcome.reason;
    },
    found: [],
  },
  {
    name: 'video',
    reads: 'video files (mp4, mov, mkv, webm), `openVideo`',
    limits: '1,000,000 frames of 8192 x 4320, results of 2 GiB, 30 s to open and for each frame (here 3 s)',
    seconds: 20,
    megabytes: 256,
    make: damagedVideo,
    async read(input) {
      const video = await openVideo(new Blob([input]), { timeoutSeconds: 3 });
      try {
        const last = video.frameCount - 1;
        await video.readFrames([0, last >> 1, last], { size: { height: 16, width: 16 } });
      } finally {
        video.close();
      }
    },
    found: [
      'chunks that claim four billion frames, which hung (`packages/video/src/open-path.test.ts`)',
      'tables that claim more than their box holds, which filled the memory (there too)',
    ],
  },
  {
    name: 'images',
    reads: 'folders of images (jpg, png), `openFrameFolder`',
    limits: '8192 x 4320 pixels an image, 30 s each (here 3 s)',
    seconds: 10,
    megabytes: 256,
    make: (random) => {
      const { file, bytes } = pick(random, images);
      return {
        [file]: mutateBytes(random, bytes, pick(random, images).bytes, random.chance(0.5) ? 400 : bytes.length),
      };
    },
    async read(input) {
      const video = await openFrameFolder(inFolder(input), { timeoutSeconds: 3 });
      await video.readFrames([0], { size: { height: 16, width: 16 } });
    },
    found: [],
  },
];

/** A bank whose list of exemplars is damaged as JSON. */
function rebanked(/** @type {RandomNumbers} */ random) {
  if (random.chance(0.3)) return reheaded(random, bankFile);
  const { tensors: all, metadata } = readSafetensors(bankFile);
  const rows = mutateJsonText(random, JSON.parse(/** @type {string} */ (metadata.exemplars)));
  return written(all, { ...metadata, exemplars: rows }) ?? damaged(random, [bankFile]);
}

/**
 * One input of a campaign.
 *
 * @param {Reader} reader
 * @param {number | string} seed
 * @param {number} index
 */
export function makeInput(reader, seed, index) {
  return reader.make(Random.for(seed, 'fuzz', reader.name, index));
}

/** Names that a polluted prototype would have more of. */
const prototypes = [Object.prototype, Array.prototype, Map.prototype, String.prototype, Function.prototype];
const cleanNames = prototypes.map((prototype) => Reflect.ownKeys(prototype).length);

/**
 * Reads one input and says what is wrong with how that went: nothing, if it was read or refused with an error of our own within
 * the bounds, and nothing else has changed.
 *
 * @param {Reader} reader
 * @param {unknown} input
 * @returns {Promise<{ problem?: string, accepted: boolean, milliseconds: number, megabytes: number }>}
 */
export async function tryInput(reader, input) {
  const memory = process.memoryUsage();
  const start = performance.now();
  let accepted = true;
  let problem;
  try {
    await reader.read(input);
  } catch (error) {
    accepted = false;
    if (!(error instanceof McoreError))
      problem = `${String(/** @type {Error} */ (error)?.stack ?? error)}`.slice(0, 600);
    else if (error.message.length > (error.code === 'ERR_MCORE_WEIGHTS' ? 100_100 : 2100))
      problem = `a message of ${error.message.length} characters`;
    else if (/[\n\r]/.test(error.message)) problem = `a message of several lines: ${error.message.slice(0, 300)}`;
  }
  const milliseconds = performance.now() - start;
  const after = process.memoryUsage();
  const megabytes = Math.max(0, after.arrayBuffers - memory.arrayBuffers + after.heapUsed - memory.heapUsed) / 2 ** 20;
  if (prototypes.some((prototype, index) => Reflect.ownKeys(prototype).length !== cleanNames[index])) {
    problem = 'a prototype has changed';
  }
  if (problem === undefined && milliseconds > 1000 * reader.seconds)
    problem = `took ${(milliseconds / 1000).toFixed(1)} s`;
  if (problem === undefined && megabytes > reader.megabytes) problem = `allocated ${megabytes.toFixed(0)} MB`;
  return { ...(problem === undefined ? {} : { problem }), accepted, milliseconds, megabytes };
}
