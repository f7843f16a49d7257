import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@mcore/random';
import { runMcore } from '@mcore/testing/run-mcore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-features-'));
const random = new Random(1);
const args = [
  'eval',
  '--protocol',
  'losocv',
  '--data',
  'squats.csv',
  '--steps',
  '2',
  '--batch',
  '4',
  '--engine',
  'cpu',
];

beforeAll(() => {
  const rows = Array.from({ length: 12 }, (_, index) => {
    const steps = 20 + random.integer(20);
    const lines = Array.from(
      { length: steps },
      () => `${random.normal()},${random.normal()},${random.uniform(0, 360)}`,
    );
    writeFileSync(join(folder, `clip-${index}.csv`), `${lines.join('\n')}\n`);
    return `clip-${index}.csv,s${index % 3},${index % 2 ? 'pass' : 'fail'},${index % 5},${index % 4}`;
  });
  writeFileSync(join(folder, 'squats.csv'), `path,subject,passed,target_depth,target_balance\n${rows.join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mcore eval --protocol on features', { timeout: 120_000 }, () => {
  it('trains and tests fold by fold, keeps folds, and prints the same when resumed', async () => {
    const first = await runMcore(
      [...args, '--angles', '2-2', '--centre', '--range', '--results', 'kept', '--csv', 'out.csv', '--json'],
      folder,
    );
    expect(first.stderr).toContain('12 clips of 9 channels, 3 folds (losocv).');
    expect(first.stderr).toContain('Fold 3 of 3, s2: 4 clips tested');
    expect(first.status).toBe(0);
    const evaluation = JSON.parse(first.stdout);
    expect(evaluation).toMatchObject({ protocol: 'losocv', clips: 12, folds: 3, models: 1, steps: 2 });
    expect(evaluation.targets.map(({ target }: { target: string }) => target)).toEqual(['depth', 'balance', 'score']);
    expect(evaluation.verdicts.aucFolds.folds).toBe(3);
    const [head, ...rows] = readFileSync(join(folder, 'out.csv'), 'utf8').trim().split('\n');
    expect(head).toBe('clip,class,fold,score,predicted_score,depth,predicted_depth,balance,predicted_balance,passed');
    expect(rows).toHaveLength(12);
    const again = await runMcore(
      [...args, '--angles', '2-2', '--centre', '--range', '--results', 'kept', '--json'],
      folder,
    );
    expect(again.stderr).toContain('3 folds are in kept already.');
    expect(JSON.parse(again.stdout)).toEqual(evaluation);
    const other = await runMcore([...args, '--results', 'kept'], folder);
    expect([other.status, other.stderr]).toEqual([
      1,
      expect.stringContaining('expected results of the same data and settings in kept'),
    ]);
  });

  it('prints a table', async () => {
    const { stdout, status } = await runMcore(
      args.map((each) => (each === 'losocv' ? 'split' : each)),
      folder,
    );
    expect(status).toBe(0);
    expect(stdout).toMatch(/AUC +\d\.\d{3} \[/);
    expect(stdout).toMatch(/depth +-?\d\.\d{3} \[/);
  });

  it('names manifest, line and file of a wrong array, and what options lack', async () => {
    writeFileSync(join(folder, 'bad.csv'), 'path,score,subject\nclip-0.csv,1,a\nbroken.csv,2,b\n');
    writeFileSync(join(folder, 'broken.csv'), '1,2,3\n1,nan,3\n');
    const bad = await runMcore(['eval', '--protocol', 'losocv', '--data', 'bad.csv'], folder);
    expect(bad.status).toBe(1);
    expect(bad.stderr).toContain(
      'line 3 of bad.csv (broken.csv): expected finite numbers, got NaN at step 1, channel 1',
    );
    const neither = await runMcore(['eval', '--data', 'squats.csv'], folder);
    expect(neither.status).toBe(2);
    expect(neither.stderr).toContain(
      "required option '--weights <file...>' not specified (or --protocol, to train and test on folds)",
    );
  });
});
