import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPython } from '@mcore/testing/python';
import { because } from '@mcore/testing/skips';
import { afterAll, describe, expect, it } from 'vitest';
import { crc32c, EventFile } from './event-file.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-events-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const log = [
  {
    kind: 'step',
    step: 1,
    total: 5.25,
    regression: 2,
    segmentation: 3,
    contrastive: 0.25,
    learningRate: 1e-3,
    gradientNorm: 7,
  },
  {
    kind: 'step',
    step: 300,
    total: 4.5,
    regression: 1.5,
    segmentation: 3,
    contrastive: 0,
    learningRate: 5e-4,
    gradientNorm: 6,
  },
  { kind: 'validation', step: 300, srcc: 0.625, best: 0.75 },
];

async function eventFile(): Promise<string> {
  writeFileSync(join(folder, 'events.out.tfevents.1.before'), 'of the run before');
  const events = await EventFile.open(folder, log.slice(0, 1));
  for (const record of log.slice(1)) await events.add(record);
  await events.add({ kind: 'validation', step: 301, srcc: null, best: null });
  await events.close();
  const names = readdirSync(folder).filter((name) => name.startsWith('events.'));
  expect(names).toHaveLength(1);
  return join(folder, names[0]!);
}

/** The wall time of every event: a double behind the first tag, 12 bytes into a record. */
function wallTimes(bytes: Buffer): number[] {
  const times: number[] = [];
  for (let at = 0; at < bytes.length; ) {
    times.push(bytes.readDoubleLE(at + 13));
    at += 12 + Number(bytes.readBigUInt64LE(at)) + 4;
  }
  return times;
}

const { python, missing } = findPython(['tensorboard']);

describe('EventFile', () => {
  it('has the checksums of RFC 3720, appendix B.4', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, index) => index))).toBe(0x46dd794e);
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
  });

  it('is records with length and data: the version first, then scalars under their tags, by hand', async () => {
    const bytes = readFileSync(await eventFile());
    const records: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      const length = Number(bytes.readBigUInt64LE(at));
      records.push(bytes.subarray(at + 12, at + 12 + length));
      at += 16 + length;
    }
    expect(records).toHaveLength(4);
    // wall time, step 0, then field 3
    expect(records[0]!.subarray(9).toString('latin1')).toBe('\x10\x00\x1a\x0dbrain.Event:2');
    // step 300 is 0xac 0x02; two values of 10 + tag length, each with a float
    const value = (tag: string, number: number) => {
      const float = Buffer.alloc(4);
      float.writeFloatLE(number);
      return Buffer.concat([
        Buffer.from([0x0a, tag.length + 7, 0x0a, tag.length]),
        Buffer.from(tag),
        Buffer.of(0x15),
        float,
      ]);
    };
    const summary = Buffer.concat([value('validation/srcc', 0.625), value('validation/best_srcc', 0.75)]);
    const expected = Buffer.concat([Buffer.from([0x10, 0xac, 0x02, 0x2a, summary.length]), summary]);
    expect(records[3]!.subarray(9)).toEqual(expected);
  });

  it.skipIf(missing !== null)(
    `is read back by Python's tensorboard${because(missing)}`,
    async () => {
      await eventFile();
      const script = [
        'import json, sys',
        'from tensorboard.backend.event_processing.event_accumulator import EventAccumulator',
        'events = EventAccumulator(sys.argv[1]); events.Reload()',
        'print(json.dumps({tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}))',
      ].join('\n');
      const { stdout, stderr } = spawnSync(python!, ['-c', script, folder], { encoding: 'utf8' });
      expect(stderr).not.toContain('Traceback');
      const scalars = JSON.parse(stdout) as Record<string, [number, number][]>;
      expect(Object.keys(scalars)).toHaveLength(8);
      expect(scalars['loss/total']).toEqual([
        [1, 5.25],
        [300, 4.5],
      ]);
      expect(scalars['validation/srcc']).toEqual([[300, 0.625]]);
      expect(scalars['optimiser/learning_rate']![0]![1]).toBeCloseTo(1e-3, 9);
    },
    60_000,
  );

  it('keeps the times of the log that it is begun with, as where a run is resumed', async () => {
    const times = join(folder, 'times');
    const events = await EventFile.open(times, [
      { ...log[0], kind: 'step', step: 1, time: 1000.5 },
      { kind: 'validation', step: 1, srcc: 0.5, seconds: 3, metrics: { kendall: 0.25 }, time: 1007.25 },
    ]);
    await events.add({ kind: 'validation', step: 2, srcc: 0.75, time: 2000 });
    await events.close();
    const bytes = readFileSync(join(times, readdirSync(times)[0]!));
    expect(wallTimes(bytes).slice(1)).toEqual([1000.5, 1007.25, 2000]);
    expect(bytes.includes('validation/kendall')).toBe(true);
    expect(bytes.includes('validation/seconds')).toBe(true);
  });
});
