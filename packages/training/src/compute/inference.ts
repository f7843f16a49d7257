import { type Clip, type ClipSource, type Frames, type FrameTransform, transformFrames } from '@mcore/clips';
import { type EncodedClip, type Exemplar, ExemplarBank, type StageShape } from '@mcore/model';
import type { PreparedClips } from '../clips/prepared-clips.js';
import type { Replica } from './replica.js';

/** The frames the model sees of a prepared clip when it is not being trained. */
export function centreFrames(prepared: Frames, transform: FrameTransform): Frames {
  return transformFrames(prepared, transform, 'center');
}

/**
 * Encodes many clips, spread over replicas.
 *
 * @param onProgress - Called after each clip with the number done.
 * @returns By clip id.
 */
export async function encodeClips(
  clips: readonly Clip[],
  prepared: PreparedClips,
  transform: FrameTransform,
  replicas: readonly Replica[],
  onProgress: (done: number) => void = () => {},
): Promise<Map<string, EncodedClip>> {
  const encoded = new Map<string, EncodedClip>();
  await spreadOver(replicas, clips, async (replica, { id }) => {
    encoded.set(id, await replica.encode(centreFrames(await prepared.get(id), transform)));
    onProgress(encoded.size);
  });
  return encoded;
}

/** Has every worker take one item after another until all are done; results in the order of the items. */
export async function spreadOver<W, T, R>(
  workers: readonly W[],
  items: readonly T[],
  work: (worker: W, item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const takeAll = async (worker: W) => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(worker, items[index]!);
    }
  };
  await Promise.all(workers.map(takeAll));
  return results;
}

/** A bank of the given training clips; `source` says what their frames depend on. */
export async function buildBank(
  { clips, source }: { clips: readonly Clip[]; source: Pick<ClipSource, 'frameKey'> },
  shape: StageShape,
  weights: string,
  encode: (clips: readonly Clip[]) => Promise<ReadonlyMap<string, EncodedClip>>,
): Promise<ExemplarBank> {
  const encoded = await encode(clips);
  const exemplars: Exemplar[] = [];
  for (const { id, diveNumber, score, difficulty } of clips) {
    const key = source.frameKey ? { frameKey: await hashOf(await source.frameKey(id)) } : {};
    exemplars.push({ id, diveNumber, score, difficulty, stages: encoded.get(id)!.stages, ...key });
  }
  return new ExemplarBank(exemplars, shape, weights);
}

/**
 * The exemplars of a bank whose features are those of the source's present frames, by id: features need not be computed again.
 *
 * @param clips - Training clips; a label that differs from the bank's takes a clip out.
 */
export async function presentExemplars(
  bank: ExemplarBank,
  clips: readonly Clip[],
  source: Pick<ClipSource, 'frameKey'>,
): Promise<Map<string, Exemplar>> {
  const present = new Map<string, Exemplar>();
  if (!source.frameKey || bank.precision !== 'single') return present;
  const byId = new Map(bank.exemplars.map((exemplar) => [exemplar.id, exemplar]));
  for (const { id, diveNumber, score } of clips) {
    const exemplar = byId.get(id);
    if (exemplar?.frameKey === undefined || exemplar.diveNumber !== diveNumber || exemplar.score !== score) continue;
    if (exemplar.frameKey === (await hashOf(await source.frameKey(id)))) present.set(id, exemplar);
  }
  return present;
}

/** 16 hexadecimal digits of SHA-256: keys may be long. */
async function hashOf(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return [...digest.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
