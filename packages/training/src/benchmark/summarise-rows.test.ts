import { describe, expect, it } from 'vitest';
import { benchmarkMarkdown, insertMeasured } from './page.js';
import { benchmarkRows } from './rows.js';
import type { RowClip, RowResult } from './run-row.js';
import { summariseRows } from './summarise-rows.js';

const SCORES = [50, 60, 70, 80, 90];

/** Five clips whose predicted scores are given; every transition is found but the first clip's. */
function resultOf(row: string, seed: number, predicted: readonly number[], decodings = ['ordered']): RowResult {
  const clips = SCORES.map(
    (trueScore, index): RowClip => ({
      id: String(index),
      diveNumber: '107B',
      trueScore,
      predictedScore: predicted[index]!,
      trueTransitions: [10, 20],
      predictedTransitions: index === 0 ? [18, 28] : [10, 20],
      labelOnly: { score: 70 + (index % 2), transitions: [10, 16] },
    }),
  );
  const tests = decodings.map((decoding) => ({ decoding: decoding as 'ordered', clips }));
  return { row, seed, bestStep: 1, validationSrcc: 0.5, tests };
}

const BOTH = ['ordered', 'windowed'];
const RESULTS = [
  resultOf('without-gsm', 0, [90, 80, 70, 60, 50]),
  resultOf('complete', 0, SCORES, BOTH),
  // the middle three turned round: correlation 1 - 6 x 8 / (5 x 24)
  resultOf('complete', 1, [50, 80, 70, 60, 90], BOTH),
];

describe('summariseRows', () => {
  const rows = summariseRows(benchmarkRows, RESULTS, 200);

  it('has a line for the labels, and one for every row and decoding that was done', () => {
    expect(rows.map(({ id, decoding, seeds }) => [id, decoding, seeds])).toEqual([
      ['labels', null, 1],
      ['without-gsm', 'ordered', 1],
      ['complete', 'ordered', 2],
      ['complete', 'windowed', 2],
    ]);
  });

  it('gives mean and deviation over seeds', () => {
    const { srcc, rl2x100, aiou50, aiou75 } = rows[2]!.figures;
    expect(srcc.values).toEqual([1, 0.6].map((value) => expect.closeTo(value, 12)));
    expect(srcc.mean).toBeCloseTo(0.8, 12);
    expect(srcc.deviation).toBeCloseTo(Math.sqrt(2 * 0.2 ** 2), 12);
    // two clips of five off by half of the range, with one seed of two
    expect(rl2x100.values).toEqual([0, 10].map((value) => expect.closeTo(value, 12)));
    expect(rl2x100.mean).toBeCloseTo(5, 12);
    // an interval of 10 frames that is 8 late overlaps by 2 of 18
    expect(aiou50.values).toEqual([80, 80]);
    expect(aiou75.mean).toBe(80);
    expect(rows[1]!.figures.srcc.deviation).toBeNaN();
  });

  it('compares every line with the complete method, as many seeds as each has', () => {
    expect(rows[2]!.figures.srcc.paired).toBeUndefined();
    const { srcc, rl2x100, aiou50 } = rows[1]!.figures;
    expect(srcc.paired!.difference).toBeCloseTo(1.8, 12);
    expect(srcc.paired!.p).toBeLessThan(0.05);
    // smaller is better: two clips off by the range, two by half of it
    expect(rl2x100.paired!.difference).toBeCloseTo((100 * (2 * 1 + 2 * 0.25)) / 5 - 5, 12);
    // alike on every clip, so never better
    expect(aiou50.paired).toMatchObject({ difference: 0, p: 1 });
    expect(rows[0]!.figures.aiou75.mean).toBe(0);
  });

  it.each([
    ['two stages', [10], [12]],
    ['no labelled transitions', [], [10, 20]],
  ])('leaves AIoU undefined for clips with %s, and prints a dash', (_, trueTransitions, predictedTransitions) => {
    const results = RESULTS.map((result) => ({
      ...result,
      tests: result.tests.map((test) => ({
        ...test,
        clips: test.clips.map((clip) => ({ ...clip, trueTransitions, predictedTransitions })),
      })),
    }));
    const [labels, withoutGsm] = summariseRows(benchmarkRows, results, 50);
    expect(withoutGsm!.figures.aiou50).toMatchObject({ mean: NaN, interval: [NaN, NaN], paired: { p: NaN } });
    expect(withoutGsm!.figures.srcc.mean).toBe(-1);
    expect(labels!.figures.aiou75.mean).toBeNaN();
    const about = { source: '', testClips: 5, command: '', training: '', done: 1, count: 1 };
    const lines = benchmarkMarkdown([withoutGsm!], about).split('\n');
    expect(lines.filter((line) => line.endsWith('| - | - |'))).toHaveLength(2);
    expect(lines.join('\n')).not.toContain('NaN');
  });

  it('leaves correlation and R-l2 undefined for equal scores', () => {
    const results = RESULTS.map((result) => ({
      ...result,
      tests: result.tests.map((test) => ({
        ...test,
        clips: test.clips.map((clip) => ({ ...clip, trueScore: 70 })),
      })),
    }));
    const { srcc, rl2x100, aiou50 } = summariseRows(benchmarkRows, results, 50)[1]!.figures;
    expect([srcc.mean, rl2x100.mean, rl2x100.paired!.p]).toEqual([NaN, NaN, NaN]);
    expect(aiou50.mean).toBe(80);
  });

  it('is nothing where nothing was done', () => {
    expect(summariseRows(benchmarkRows, [])).toEqual([]);
  });
});

describe('the page', () => {
  const about = {
    source: 'rendered dives',
    testClips: 5,
    command: 'mcore benchmark',
    training: 'Preset laptop.',
    done: 3,
    count: 4,
  };
  const text = benchmarkMarkdown(summariseRows(benchmarkRows, RESULTS, 200), about);

  it('has a line for every row, and says what is not done', () => {
    expect(text).toContain('**3 of 4 trainings are done.**');
    expect(text).toMatch(
      /\| MCoRe, losses as released \| ordered \| 2 \| 0\.800 ± 0\.283 \[.*\] \| 5\.000 ± 7\.071 \[/,
    );
    expect(text).toMatch(/\| MCoRe without gate shifts \| ordered \| \+1\.800 \[.*\], p .* \| .* \|/);
  });

  it('takes the place of what was measured before, and leaves the rest', () => {
    const first = insertMeasured('# Benchmark\n\nWords.\n', 'old');
    expect(insertMeasured(`${first}\nMore words.\n`, 'new')).toBe(
      '# Benchmark\n\nWords.\n\n<!-- measured: made by mcore benchmark -->\nnew\n<!-- end of measured -->\n\nMore words.\n',
    );
    expect(insertMeasured(undefined, 'new')).toContain('new');
  });
});
