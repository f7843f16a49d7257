import { DataError } from '@mcore/errors';
import { describe, expect, it } from 'vitest';
import type { PredictedClip } from '../predictions/predict-clips.js';
import { clipsCsv, parseClipsCsv } from './clips-csv.js';

const clip: PredictedClip = {
  id: '01__10',
  diveNumber: '107b',
  competition: 'FINA Final round 1',
  trueScore: 81.6,
  predictedScore: 79.123456,
  trueTransitions: [10, 22],
  predictedTransitions: [11, 22],
  labelOnly: { score: 70, transitions: [9, 20], transitionsOfDiveNumber: [9, 21] },
  scored: { score: 79.123456, spread: 1.5, votes: [] },
};

describe('parseClipsCsv', () => {
  it('reads what clipsCsv writes, to four digits of the prediction', () => {
    const text = clipsCsv([clip, { ...clip, id: '02__1', predictedTransitions: [0, 5] }]);
    const { id, trueScore, trueTransitions, predictedTransitions } = clip;
    const first = { id, trueScore, predictedScore: 79.1235, trueTransitions, predictedTransitions };
    const second = { ...first, id: '02__1', predictedTransitions: [0, 5] };
    expect(parseClipsCsv(text, 'a.csv')).toEqual([first, second]);
    const odd = { ...clip, id: 'my dive, "best"\nof all' };
    expect(parseClipsCsv(clipsCsv([odd]), 'a.csv')).toEqual([{ ...first, id: odd.id }]);
    // as a spreadsheet saves it
    expect(parseClipsCsv(`\uFEFF${text.replaceAll('\n', '\r\n')}`, 'a.csv')).toEqual([first, second]);
  });

  it('reads ids that a spreadsheet would take for formulas, and clips without transitions', () => {
    const ids = ['=1+1', '-7', '@home', "'=1", '+a', "'plain"];
    const text = clipsCsv(ids.map((id) => ({ ...clip, id, trueTransitions: [] })));
    expect(text.split('\n')[1]).toMatch(/^'=1\+1,/);
    expect(parseClipsCsv(text, 'a.csv').map(({ id, trueTransitions }) => [id, trueTransitions])).toEqual(
      ids.map((id) => [id, []]),
    );
  });

  it.each([
    ['id,score\n', 'a.csv:1: expected a column true_score, as mcore eval --csv writes it, got id,score.'],
    [`${clipsCsv([clip])}02__1,107b,high`, 'a.csv:3: expected a number as true_score, got high.'],
    [`${clipsCsv([clip])}02__1,107b,1,,0,1 2,1 2`, 'a.csv:3: expected a number as predicted_score, got .'],
    [`${clipsCsv([clip])}02__1,107b,1,1,0,1 2,1 x`, 'a.csv:3: expected a number as predicted_transitions, got x.'],
  ])('refuses %j', (text, message) => {
    expect(() => parseClipsCsv(text, 'a.csv')).toThrow(new DataError(message));
  });
});
