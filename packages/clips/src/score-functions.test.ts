import { describe, expect, it } from 'vitest';
import { scoreFunctions } from './score-functions.js';

describe('scoreFunctions', () => {
  it('make one score of several targets, and give a single target as it is', () => {
    const { sum, product, mean } = scoreFunctions;
    expect([sum, product, mean].map((scoreOf) => scoreOf([2, 3, 7]))).toEqual([12, 42, 4]);
    expect([sum, product, mean].map((scoreOf) => scoreOf([5.5]))).toEqual([5.5, 5.5, 5.5]);
  });
});
