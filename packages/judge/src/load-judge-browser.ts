import { browserPlatform } from './browser-platform.js';
import type { Judge } from './judge.js';
import { type LoadJudgeOptions, loadJudgeOn } from './load-judge.js';

/**
 * Loads what it takes to score videos: starts the fastest engine that passes its self-test, and loads weights with their exemplar bank.
 *
 * @param options - Nothing is needed: the shipped weights, which were trained on rendered dives and cannot judge real ones.
 * @returns A judge; the caller disposes it.
 * @throws EngineError if no engine works; DataError or WeightsError if weights or bank can't be used; ArgumentError if an option is wrong.
 */
export function loadJudge(options: LoadJudgeOptions = {}): Promise<Judge> {
  return loadJudgeOn(browserPlatform, options);
}
