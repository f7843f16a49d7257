import type { EngineChoice, UseEngineOptions } from '@mcore/engines';
import { ArgumentError, DataError } from '@mcore/errors';
import { type Checkpoint, decodeCheckpoint, ExemplarBank } from '@mcore/model';
import { leaseEngine } from './engine-lease.js';
import { LazyFinder } from './find/lazy-finder.js';
import { Spotter } from './find/spotter.js';
import { Judge, type JudgeProgress } from './judge.js';
import { BANK_NAME, type FileInput, type NamedBytes, type Platform, SPOTTER_NAME } from './platform.js';
import { Scorer, type ScoringNetwork } from './scorer.js';

/** Options of `loadJudge`; nothing is needed. */
export interface LoadJudgeOptions {
  /** A checkpoint: path (in Node), URL, File or bytes; the shipped one, which was trained on rendered dives, unless given. */
  readonly weights?: FileInput;
  /** The exemplar bank of these weights; the `bank.safetensors` beside them unless given. Exemplar-free weights need none. */
  readonly bank?: FileInput;
  /** What finds dives in films with these weights; the `spotter.safetensors` beside them unless given. Only `judge.find` needs it. */
  readonly spotter?: FileInput;
  /** What computes; the fastest that works and passes its self-test unless given. */
  readonly engine?: EngineChoice;
  /** For what starts the engine. */
  readonly engineOptions?: UseEngineOptions;
  /** Of the draw of exemplars; 0 unless given. */
  readonly seed?: number;
  /** Called when a part of the work begins. */
  readonly onProgress?: (progress: JudgeProgress) => void;
  /** Makes another network of the checkpoint that computes in place of the engine, such as ONNX Runtime; the caller disposes it. */
  readonly network?: (checkpoint: Checkpoint) => Promise<ScoringNetwork>;
}

/** Loads a judge on a platform. */
export async function loadJudgeOn(platform: Platform, options: LoadJudgeOptions): Promise<Judge> {
  const { engine = 'auto', engineOptions = {}, seed = 0, onProgress = () => {}, network } = options;
  if (!Number.isSafeInteger(seed)) throw new ArgumentError(`loadJudge: expected a whole number as seed, got ${seed}.`);
  // files come while the engine starts
  const reading = readWeights(platform, options);
  reading.catch(() => {});
  onProgress({ phase: 'engine' });
  const lease = await leaseEngine(() => platform.useEngine(engine, engineOptions));
  try {
    onProgress({ phase: 'weights' });
    const { checkpoint, bank } = await reading;
    const other = network ? { network: await network(checkpoint) } : {};
    const scorer = await Scorer.create(checkpoint, bank, { seed, ...other });
    const finder = new LazyFinder(scorer.model, checkpoint, () => readSpotter(platform, options));
    return new Judge({ platform, lease, scorer, finder, onProgress });
  } catch (error) {
    await lease.release();
    throw error;
  }
}

/** The checkpoint and its bank, the shipped ones unless others are named. */
async function readWeights(
  platform: Platform,
  { weights, bank }: LoadJudgeOptions,
): Promise<{ checkpoint: Checkpoint; bank: ExemplarBank | undefined }> {
  if (weights === undefined) {
    if (bank !== undefined)
      throw new ArgumentError('loadJudge: expected weights with the bank, got a bank alone. Give both, or neither.');
    const shipped = await platform.readShipped();
    return {
      checkpoint: decodeCheckpoint(shipped.weights.bytes, shipped.weights.name),
      bank: ExemplarBank.decode(shipped.bank.bytes),
    };
  }
  const file = await bytesOf(platform, weights, 'a checkpoint');
  const checkpoint = decodeCheckpoint(file.bytes, file.name);
  if (checkpoint.info.config.regression === 'exemplar-free') return { checkpoint, bank: undefined };
  const place = bank ?? beside(platform, weights, BANK_NAME);
  if (place === undefined) return { checkpoint, bank: undefined };
  const { bytes, name } = await bytesOf(platform, place, 'an exemplar bank');
  return { checkpoint, bank: ExemplarBank.decode(bytes, name) };
}

/** The spotter of these weights. */
async function readSpotter(platform: Platform, { weights, spotter }: LoadJudgeOptions): Promise<Spotter> {
  const place = spotter ?? (weights === undefined ? undefined : beside(platform, weights, SPOTTER_NAME));
  if (weights !== undefined && place === undefined) {
    throw new DataError(
      'judge.find: expected a spotter of these weights, got none. Give loadJudge one as spotter; scripts/train-spotter.mjs makes it.',
    );
  }
  const file = place === undefined ? await platform.readShippedSpotter() : await bytesOf(platform, place, 'a spotter');
  return Spotter.decode(file.bytes, file.name);
}

function beside(platform: Platform, weights: FileInput, name: string): FileInput | undefined {
  return typeof weights === 'string' || weights instanceof URL ? platform.besides(weights, name) : undefined;
}

async function bytesOf(platform: Platform, input: FileInput, what: string): Promise<NamedBytes> {
  if (typeof input === 'string' || input instanceof URL) return notEmpty(await platform.readFile(input, what), what);
  if (!(input instanceof Blob)) return notEmpty({ name: `the bytes of ${what}`, bytes: new Uint8Array(input) }, what);
  const name = 'name' in input && typeof input.name === 'string' ? input.name : `the file of ${what}`;
  return notEmpty({ name, bytes: new Uint8Array(await input.arrayBuffer()) }, what);
}

function notEmpty(file: NamedBytes, what: string): NamedBytes {
  if (file.bytes.length === 0) {
    throw new DataError(`loadJudge: expected ${what} (a safetensors file), got ${file.name}, which is empty.`);
  }
  return file;
}
