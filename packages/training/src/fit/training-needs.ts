import { type Clip, type ClipSource, validationHalves } from '@mcore/clips';
import { McoreError, withoutCaller } from '@mcore/errors';
import { presetConfig } from '@mcore/model';
import { splitAs } from '../clips/seen-clips.js';
import { groupBy } from '../predictions/group-by.js';
import { fitConfig } from './fit-config.js';

/** Fewer clips choose weights by chance more than by merit. */
export const FEW_CLIPS = 10;

/** What {@link trainingNeeds} found. */
export interface TrainingNeeds {
  /** What training would refuse, in words; nothing where it would begin. */
  readonly needs: readonly string[];
  /** What a person should know before training. */
  readonly notes: readonly string[];
}

/**
 * What training on a source would need and does not have: clips for validation, different scores, as many stages for all clips. Nothing
 * is decoded. Split and configuration are the defaults of `fit`.
 */
export function trainingNeeds(source: ClipSource): TrainingNeeds {
  const { train, validation, test } = splitAs(source.clips, { kind: 'official', seed: 0 });
  const needs: string[] = [];
  const notes: string[] = [];
  if (train.length + validation.length === 0) return { needs: ['training clips (split train), got none'], notes };
  const tooFew = validationNeed(train, validation);
  if (tooFew !== undefined) needs.push(tooFew);
  const refusal = configNeed(source, train) ?? scoresNeed(train);
  if (refusal !== undefined) needs.push(refusal);
  const { selecting } = validationHalves(validation, 0);
  if (tooFew === undefined && selecting.length < FEW_CLIPS) {
    notes.push(
      `${selecting.length} validation clips would choose the best weights; train with folds (--folds) tests every clip`,
    );
  }
  const classes = groupBy(train, ({ diveNumber }) => diveNumber);
  const alone = [...classes.values()].filter(({ length }) => length === 1).length;
  if (alone > 0) notes.push(`${alone} of ${classes.size} classes have one training clip, which has no exemplar`);
  if (test.length < 2) notes.push(`mcore eval needs at least 2 test clips, got ${test.length}`);
  return { needs, notes };
}

/** What is missing for validation, in words; undefined where nothing is. */
export function validationNeed(train: readonly Clip[], validation: readonly Clip[]): string | undefined {
  if (validation.length >= 2) return undefined;
  return `at least 2 clips for validation, which are one in five of the training clips of every class with several, got ${validation.length} of ${train.length + validation.length} training clips. Add training clips, give fewer classes, or keep the last weights (choose, --choose last)`;
}

function configNeed(source: ClipSource, train: readonly Clip[]): string | undefined {
  try {
    fitConfig(presetConfig('laptop'), source, train);
    return undefined;
  } catch (error) {
    if (!(error instanceof McoreError)) throw error;
    return withoutCaller(error.message)
      .replace(/^expected /, '')
      .replace(/\.$/, '');
  }
}

function scoresNeed(train: readonly Clip[]): string | undefined {
  if (new Set(train.map(({ score }) => score)).size > 1) return undefined;
  return `training clips of different scores, got ${train.length} of ${train[0]?.score}`;
}
