import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { LogRecord } from '../run/run-store.js';

/** Fields of the log's lines by the names they have in TensorBoard. */
const TAGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  step: {
    total: 'loss/total',
    regression: 'loss/regression',
    segmentation: 'loss/segmentation',
    contrastive: 'loss/contrastive',
    learningRate: 'optimiser/learning_rate',
    gradientNorm: 'optimiser/gradient_norm',
  },
  validation: {
    srcc: 'validation/srcc',
    best: 'validation/best_srcc',
    rl2x100: 'validation/rl2x100',
    meanAbsoluteError: 'validation/mean_absolute_error',
    aiou50: 'validation/aiou50',
    aiou75: 'validation/aiou75',
    regression: 'validation/loss_regression',
    segmentation: 'validation/loss_segmentation',
    seconds: 'validation/seconds',
  },
};

/**
 * The training log as a TensorBoard event file: TFRecords of `Event` messages with scalar summaries.
 *
 * Written here, since the one JavaScript library that does, tfjs-node, compiles or downloads native code when it is installed:
 * docs/decisions/0005-tensorboard-files.md.
 */
export class EventFile {
  readonly #file: FileHandle;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /**
   * Starts the file of a run anew from its log, so that steps a killed run did twice are there once.
   *
   * @param folder - Other event files in it are removed.
   */
  static async open(folder: string, log: readonly LogRecord[]): Promise<EventFile> {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (name.startsWith('events.out.tfevents.')) await rm(join(folder, name), { force: true });
    }
    const started = Math.floor(Date.now() / 1000);
    const name = `events.out.tfevents.${started}.${hostname()}.${process.pid}.${randomBytes(2).toString('hex')}`;
    const file = new EventFile(await open(join(folder, name), 'wx'));
    await file.#write(event(0, stringField(3, 'brain.Event:2')));
    for (const record of log) await file.add(record);
    return file;
  }

  /** Adds a line of the log; those of kinds without scalars are left out. */
  async add(record: LogRecord): Promise<void> {
    const tags = TAGS[String(record.kind)] ?? {};
    const values = Object.entries(tags).flatMap(([field, tag]) =>
      typeof record[field] === 'number' ? [scalar(tag, record[field])] : [],
    );
    const { metrics, time } = record as { metrics?: Record<string, unknown>; time?: number };
    for (const [name, value] of Object.entries(metrics ?? {})) {
      if (typeof value === 'number') values.push(scalar(`validation/${name}`, value));
    }
    if (values.length > 0) await this.#write(event(Number(record.step), bytesField(5, Buffer.concat(values)), time));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #write(message: Buffer): Promise<void> {
    await this.#file.appendFile(tfRecord(message));
  }
}

/** `Event`: wall_time = 1, which is now unless the log says when it was, step = 2, and what it says. */
function event(step: number, what: Buffer, time = Date.now() / 1000): Buffer {
  const wallTime = Buffer.alloc(9);
  wallTime.writeUInt8((1 << 3) | 1, 0);
  wallTime.writeDoubleLE(time, 1);
  return Buffer.concat([wallTime, Buffer.of(2 << 3), varint(step), what]);
}

/** One `Summary.Value` as field 1 of a `Summary`: tag = 1, simple_value = 2. */
function scalar(tag: string, value: number): Buffer {
  const number = Buffer.alloc(5);
  number.writeUInt8((2 << 3) | 5, 0);
  number.writeFloatLE(value, 1);
  return bytesField(1, Buffer.concat([stringField(1, tag), number]));
}

function stringField(field: number, text: string): Buffer {
  return bytesField(field, Buffer.from(text));
}

function bytesField(field: number, bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.of((field << 3) | 2), varint(bytes.length), bytes]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return Buffer.from([...bytes, rest]);
}

/** Length, checksum of the length, data, checksum of the data; TensorFlow, core/lib/io/record_writer.h. */
export function tfRecord(data: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(data.length));
  return Buffer.concat([length, checksum(length), data, checksum(data)]);
}

/** CRC-32C, rotated and moved as TensorFlow masks it (core/lib/hash/crc32c.h). */
function checksum(data: Uint8Array): Buffer {
  const crc = crc32c(data);
  const masked = (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(masked);
  return bytes;
}

/** Castagnoli's polynomial, reflected. */
const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  return crc;
});

/** CRC-32C of RFC 3720, appendix B.4. */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = CRC_TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
