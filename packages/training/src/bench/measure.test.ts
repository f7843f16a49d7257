import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { BenchProgram } from './bench-process.js';
import { type Measured, measure, quartiles } from './measure.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-bench-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const log = join(folder, 'log');

/** A program that notes when it works and answers with what it is told. */
function program(name: string, value: number, more = ''): BenchProgram {
  const script = join(folder, `${name}.mjs`);
  writeFileSync(
    script,
    `import { appendFileSync } from 'node:fs';
     import { createInterface } from 'node:readline';
     console.log('a library prints this');
     for await (const line of createInterface({ input: process.stdin })) {
       const { id, method, argument } = JSON.parse(line);
       ${more}
       if (method === 'run') appendFileSync(${JSON.stringify(log)}, ${JSON.stringify(`${name} `)});
       const milliseconds = Array.from({ length: argument.repeats ?? 0 }, (_, index) => 10 * (index + 1));
       const result = method === 'load' ? { description: '${name} 1.0' } : { milliseconds, value: ${value}, peakMegabytes: 7 };
       console.log(JSON.stringify({ id, result }));
     }`,
  );
  return { name, program: process.execPath, arguments: [script] };
}

const argument = { work: 'score', weights: 'w', onnx: 'o', inputs: 'i' } as const;
const twice = { rounds: 2, repeats: 3, clips: 2 };

describe('measure', () => {
  it('lets programs take turns after one untimed run each, and gives times of a clip', async () => {
    writeFileSync(log, '');
    const found = await measure([program('a', 1), program('b', 1.001)], argument, twice, () => {});
    expect(readFileSync(log, 'utf8')).toBe('a b a b a b ');
    expect(found[1]).toEqual({
      name: 'b',
      description: 'b 1.0',
      milliseconds: [5, 10, 15, 5, 10, 15],
      low: 6.25,
      median: 10,
      high: 13.75,
      value: 1.001,
      peakMegabytes: 7,
    } satisfies Measured);
  });

  it('refuses figures of one that computes something else', async () => {
    await expect(measure([program('a', 1), program('c', 1.02)], argument, twice, () => {})).rejects.toThrow(
      'mcore bench: expected the same result of score from all, within 0.01, got 1 from a and 1.02 from c.',
    );
  });

  it('leaves out one that can not, with its reason', async () => {
    const unable = program(
      'd',
      1,
      "if (method === 'load') { console.log(JSON.stringify({ id, result: { unsupported: 'too hard' } })); continue; }",
    );
    const found = await measure([unable, program('a', 1)], argument, twice, () => {});
    expect(found.map((row) => ('unsupported' in row ? row.unsupported : row.median))).toEqual(['too hard', 10]);
  });

  it('says what one wrote before it broke', async () => {
    const broken = program('e', 1, "console.error('no memory'); process.exit(3);");
    await expect(measure([broken], argument, twice, () => {})).rejects.toThrow(
      'mcore bench: e: it ended with status 3\nno memory',
    );
  });
});

describe('quartiles', () => {
  it('interpolates, and is itself for one value', () => {
    expect(quartiles([4, 1, 3, 2])).toEqual([1.75, 2.5, 3.25]);
    expect(quartiles([5])).toEqual([5, 5, 5]);
  });
});
