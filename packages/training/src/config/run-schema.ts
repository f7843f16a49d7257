import type { SplitKind } from '@mcore/clips';
import { ENGINE_NAMES } from '@mcore/engines';
import { configSchema, type MCoReConfig, type Schema } from '@mcore/model';
import { type AugmentationKind, augmentations } from '../augmentation/wide.js';
import type { DeepPartial } from '../fit/merge-config.js';

/** The options of a training run that are not the model's, under the names that the command line has for them. */
export interface RunOptions {
  data?: string;
  videos?: string;
  absolutePaths?: boolean;
  missing?: 'refuse' | 'leave-out';
  stages?: number;
  renderSeed?: number;
  renderHeight?: number;
  renderVariants: number;
  split?: SplitKind;
  splitSeed?: number | string;
  cache: string;
  keepClips?: 'raw' | 'jpeg' | 'nothing';
  out: string;
  seed: number;
  steps?: number;
  trainClips?: number;
  validationClips?: number;
  augmentation: AugmentationKind;
  checkpointEvery: number;
  validateEvery?: number;
  keepEvery?: number;
  patience?: number;
  choose?: 'best' | 'last';
  init?: string;
  allowSeenClips?: boolean;
  engine: string;
  workers: number;
}

/** What a configuration file may hold: parts of a model's configuration, and options of the run under `run`. */
export type RunConfig = DeepPartial<MCoReConfig> & { run?: Partial<RunOptions> };

const whole = (minimum: number, description: string): Schema => ({ type: 'integer', minimum, description });
const text = (description: string): Schema => ({ type: 'string', minLength: 1, description });

/** The options under `run`; the command line's own, by their long names in camel case. */
const runOptions: Readonly<Record<keyof RunOptions, Schema>> = {
  data: text(
    'A manifest of videos, a folder of MTL-AQA, AQA-7 or UNLV-Dive or in FineDiving\'s layout, or the word "rendered".',
  ),
  videos: text("Where the paths in a manifest start; the manifest's folder unless given."),
  absolutePaths: { type: 'boolean', description: 'Paths in a manifest may be absolute or lead out of that folder.' },
  missing: { enum: ['refuse', 'leave-out'], description: "What to do with clips whose frames can't be read." },
  stages: whole(2, 'Stages that clips without labelled transitions are cut into.'),
  renderSeed: whole(0, 'Seed of rendered dives.'),
  renderHeight: whole(16, 'Height rendered dives are drawn at, in pixels.'),
  renderVariants: whole(1, 'Seeds that training clips are drawn with; which one is seen is random each time.'),
  split: { enum: ['official', 'held-out-events'], description: 'Which clips are test clips.' },
  splitSeed: {
    anyOf: [whole(0, 'A number.'), text('Any text.')],
    description: 'Of the draw of validation clips and held-out events.',
  },
  cache: text('Where sampled and resized clips are kept.'),
  keepClips: { enum: ['raw', 'jpeg', 'nothing'], description: 'How they are kept.' },
  out: text('Folder for checkpoints, exemplar bank and log.'),
  seed: whole(0, 'Seed of weights, order, exemplars, augmentation and dropout.'),
  steps: whole(1, 'Optimisation steps in all; instead of optimiser.epochs.'),
  trainClips: whole(2, 'Train on a seeded random part.'),
  validationClips: whole(2, 'Validate on a seeded random part.'),
  augmentation: {
    enum: [...augmentations],
    description:
      'How training clips are varied: plain mirrors and crops; wide also varies time, camera, light and texture.',
  },
  checkpointEvery: whole(1, 'Steps between checkpoints to resume from.'),
  validateEvery: whole(1, 'Steps between evaluations on validation.'),
  keepEvery: whole(1, 'Steps between weights that are kept for good.'),
  patience: whole(1, 'Evaluations on validation without a better one after which training ends early.'),
  choose: { enum: ['best', 'last'], description: 'Weights to keep: best on validation, or the last.' },
  init: text('Checkpoint to start from instead of random weights.'),
  allowSeenClips: { type: 'boolean', description: 'Validate on clips that trained the weights of init all the same.' },
  engine: { enum: ['auto', ...ENGINE_NAMES], description: 'What computes.' },
  workers: whole(1, 'Threads for engines that use one core each.'),
};

/** The schema of what stands under `run`. */
export const runSchema = {
  type: 'object',
  properties: runOptions,
  description: "Options of the run that are not the model's.",
} as const satisfies Schema;

/** A configuration file as a JSON Schema. */
export const runConfigSchema: Extract<Schema, { type: 'object' }> = {
  type: 'object',
  properties: {
    // what editors look for in a JSON file; it changes nothing
    $schema: { type: 'string' },
    ...configSchema.properties,
    run: runSchema,
  },
};

/** {@link runConfigSchema} as a file for editors: a JSON Schema that knows no other fields. */
export function editorSchema(): Record<string, unknown> {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'mcore train', ...closed(runConfigSchema) };
}

function closed(schema: Schema): Record<string, unknown> {
  if (!('type' in schema) || schema.type !== 'object') return { ...schema };
  const fields = Object.entries(schema.properties).map(([key, field]) => [key, closed(field)]);
  return { ...schema, properties: Object.fromEntries(fields), additionalProperties: false };
}
