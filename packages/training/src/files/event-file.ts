import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { PbfWriter } from 'pbf';
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
 * The records are made here, since the one JavaScript library that does, tfjs-node, compiles or downloads native code when it is
 * installed: docs/decisions/0005-tensorboard-files.md.
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
    await file.#write(event(0, (message) => message.writeStringField(3, 'brain.Event:2')));
    for (const record of log) await file.add(record);
    return file;
  }

  /** Adds a line of the log; those of kinds without scalars are left out. */
  async add(record: LogRecord): Promise<void> {
    const tags = TAGS[String(record.kind)] ?? {};
    const scalars = Object.entries(tags).flatMap(([field, tag]) =>
      typeof record[field] === 'number' ? [[tag, record[field]] as [string, number]] : [],
    );
    const { metrics, time } = record as { metrics?: Record<string, unknown>; time?: number };
    for (const [name, value] of Object.entries(metrics ?? {})) {
      if (typeof value === 'number') scalars.push([`validation/${name}`, value]);
    }
    if (scalars.length === 0) return;
    await this.#write(event(Number(record.step), (message) => message.writeMessage(5, writeSummary, scalars), time));
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #write(message: Uint8Array): Promise<void> {
    await this.#file.appendFile(tfRecord(message));
  }
}

/** `Event`: wall_time = 1, which is now unless the log says when it was, step = 2, and what it says. */
function event(step: number, say: (event: PbfWriter) => void, time = Date.now() / 1000): Uint8Array {
  const message = new PbfWriter();
  message.writeDoubleField(1, time);
  message.writeVarintField(2, step);
  say(message);
  return message.finish();
}

/** `Summary`: field 1 for every scalar, which is a `Value` with tag = 1 and simple_value = 2. */
function writeSummary(scalars: readonly (readonly [tag: string, value: number])[], summary: PbfWriter): void {
  for (const scalar of scalars) {
    summary.writeMessage(
      1,
      ([tag, value], message) => {
        message.writeStringField(1, tag);
        message.writeFloatField(2, value);
      },
      scalar,
    );
  }
}

/** Length, checksum of the length, data, checksum of the data; TensorFlow, core/lib/io/record_writer.h. */
function tfRecord(data: Uint8Array): Buffer {
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
