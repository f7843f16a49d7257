import { type Clip, type ExemplarList, ExemplarPool } from '@mcore/clips';
import { DataError, formatShape } from '@mcore/errors';
import type { Random } from '@mcore/random';
import { float32ToFloat16, type SafeTensor, toFloat32, writeSafetensors } from '@mcore/safetensors';
import { readNamedSafetensors } from './read-named-safetensors.js';

/** A training clip that others are compared with. */
export interface Exemplar {
  /** The clip's id. */
  id: string;
  diveNumber: string;
  /** In points. */
  score: number;
  difficulty: number;
  /** Stages x steps x channels features, in that order. */
  stages: Float32Array;
  /** What the features were computed of: the clip's `ClipSource.frameKey`, where its source has one. */
  frameKey?: string;
}

/** Sizes of the features of every exemplar. */
export interface StageShape {
  stages: number;
  steps: number;
  channels: number;
}

const FORMAT = 'mcore exemplar bank 1';

/**
 * Stage features of training clips, computed once: scoring a query then takes one pass through the backbone; the released code takes two
 * per exemplar.
 */
export class ExemplarBank {
  readonly exemplars: readonly Exemplar[];
  readonly shape: StageShape;
  /** Identifies the weights the features were computed with. */
  readonly weightsId: string;
  /** Of the features as they were kept. */
  readonly precision: 'single' | 'half';
  readonly #byId: ReadonlyMap<string, Exemplar>;
  readonly #pool: ExemplarPool;

  /**
   * @param exemplars - Training clips only.
   * @param shape - Shape of the features of each exemplar.
   * @param weightsId - Id of the weights that computed the features.
   * @param precision - Of the features; `single` unless given.
   * @throws {@link DataError} if an exemplar's features don't fit the shape, an exemplar occurs twice, or the list is empty.
   */
  constructor(
    exemplars: readonly Exemplar[],
    shape: StageShape,
    weightsId: string,
    precision: 'single' | 'half' = 'single',
  ) {
    if (exemplars.length === 0) throw new DataError('ExemplarBank: expected at least one exemplar, got none.');
    const size = shape.stages * shape.steps * shape.channels;
    for (const { id, stages } of exemplars) {
      if (stages.length !== size) {
        throw new DataError(
          `ExemplarBank: expected ${size} features for every exemplar, got ${stages.length} for ${id}.`,
        );
      }
    }
    this.#byId = new Map(exemplars.map((exemplar) => [exemplar.id, exemplar]));
    if (this.#byId.size < exemplars.length) {
      const twice = exemplars.find(({ id }, index) => exemplars.findIndex((other) => other.id === id) < index)!;
      throw new DataError(`ExemplarBank: expected every exemplar once, got ${twice.id} twice.`);
    }
    this.exemplars = exemplars;
    this.shape = shape;
    this.weightsId = weightsId;
    this.precision = precision;
    this.#pool = new ExemplarPool(exemplars.map(asClip));
  }

  /** Dive numbers that have exemplars. */
  get diveNumbers(): string[] {
    return [...new Set(this.exemplars.map(({ diveNumber }) => diveNumber))].sort();
  }

  /**
   * Draws exemplars of a dive number, or of the nearest numbers if the bank has no exemplar of it.
   *
   * @param diveNumber - In upper or lower case, such as `107B`.
   * @param count - Maximum number of exemplars.
   * @param difficulty - Difficulty of the dive, for its distance to other dive numbers; default that of the exemplars.
   * @throws {@link ArgumentError} if it is not a dive number.
   */
  draw(
    diveNumber: string,
    count: number,
    random: Random,
    difficulty?: number,
  ): { exemplars: Exemplar[]; match: ExemplarList['match'] } {
    const number = diveNumber.toLowerCase();
    const own = difficulty ?? this.#pool.withNumber(number)[0]?.difficulty ?? this.#meanDifficulty();
    const { exemplars, match } = this.#pool.draw({ diveNumber: number, difficulty: own }, count, random);
    return { exemplars: exemplars.map((id) => this.#byId.get(id)!), match };
  }

  #meanDifficulty(): number {
    return this.exemplars.reduce((sum, { difficulty }) => sum + difficulty, 0) / this.exemplars.length;
  }

  /**
   * Encodes the bank as a safetensors file: the features in one tensor, the rest in its metadata.
   *
   * @param precision - `half` needs half the space, for distribution.
   */
  encode(precision: 'single' | 'half' = 'single'): Uint8Array {
    const { stages, steps, channels } = this.shape;
    const data = new Float32Array(this.exemplars.length * stages * steps * channels);
    this.exemplars.forEach((exemplar, index) => {
      data.set(exemplar.stages, index * exemplar.stages.length);
    });
    const shape = [this.exemplars.length, stages, steps, channels];
    const tensor: SafeTensor =
      precision === 'half' ? { dtype: 'F16', shape, data: float32ToFloat16(data) } : { dtype: 'F32', shape, data };
    const rows = this.exemplars.map(({ stages: _, ...facts }) => facts);
    return writeSafetensors(new Map([['stages', tensor]]), {
      format: FORMAT,
      weights: this.weightsId,
      exemplars: JSON.stringify(rows),
    });
  }

  /**
   * Decodes a file of {@link encode}.
   *
   * @param name - Of the file, for errors.
   * @throws {@link DataError} if it is not such a file.
   */
  static decode(bytes: Uint8Array, name = 'the file'): ExemplarBank {
    const { tensors, metadata } = readNamedSafetensors(bytes, 'ExemplarBank.decode', name);
    const tensor = tensors.get('stages');
    if (metadata.format !== FORMAT) {
      throw new DataError(
        `ExemplarBank.decode: expected ${name} to be of format "${FORMAT}", got "${metadata.format ?? 'none'}".`,
      );
    }
    if (tensor?.shape.length !== 4 || (tensor.dtype !== 'F32' && tensor.dtype !== 'F16')) {
      const got = tensor ? `${formatShape(tensor.shape)} of ${tensor.dtype}` : 'none';
      throw new DataError(
        `ExemplarBank.decode: expected the tensor stages [exemplars, stages, steps, channels] of F32 or F16, got ${got}.`,
      );
    }
    const [count, stages, steps, channels] = tensor.shape as [number, number, number, number];
    const rows = parseRows(metadata.exemplars, count);
    const data = toFloat32(tensor);
    const size = stages * steps * channels;
    const exemplars = rows.map((row, index) => ({ ...row, stages: data.slice(index * size, (index + 1) * size) }));
    const precision = tensor.dtype === 'F16' ? 'half' : 'single';
    return new ExemplarBank(exemplars, { stages, steps, channels }, metadata.weights ?? '', precision);
  }
}

/** An exemplar in the form that the pool expects; a draw uses neither frames nor transitions. */
function asClip({ id, diveNumber, score, difficulty }: Exemplar): Clip {
  return { id, diveNumber, score, difficulty, competition: '', frameCount: 0, transitions: [], split: 'train' };
}

function parseRows(text: string | undefined, count: number): Omit<Exemplar, 'stages'>[] {
  const rows = parseJson(text);
  if (!Array.isArray(rows) || rows.length !== count) {
    const got = rows === undefined ? 'no JSON' : Array.isArray(rows) ? rows.length : 'no list';
    throw new DataError(`ExemplarBank.decode: expected ${count} exemplars in the metadata, got ${got}.`);
  }
  return rows.map((row) => {
    const { id, diveNumber, score, difficulty, frameKey } = (row ?? {}) as Partial<Exemplar>;
    if (
      typeof id !== 'string' ||
      typeof diveNumber !== 'string' ||
      !Number.isFinite(score) ||
      !Number.isFinite(difficulty)
    ) {
      throw new DataError(
        `ExemplarBank.decode: expected id, diveNumber, score and difficulty of every exemplar, got ${JSON.stringify(row)}.`,
      );
    }
    const key = typeof frameKey === 'string' ? { frameKey } : {};
    return { id, diveNumber, score: score!, difficulty: difficulty!, ...key };
  });
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
