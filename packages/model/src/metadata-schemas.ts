import type { Schema } from '@mcore/schema';
import { configSchema } from './config-schema.js';

const points: Schema = { type: 'number', minimum: -1e9, maximum: 1e9 };
const count = (minimum: number): Schema => ({ type: 'integer', minimum });

/** Schemas of a checkpoint's metadata by key. Code that uses the values checks how they fit together. */
export const metadataSchemas = {
  config: configSchema,
  label_range: { type: 'object', properties: { min: points, max: points } },
  training: {
    type: 'object',
    properties: {
      trainedOn: { type: 'string' },
      seed: { anyOf: [{ type: 'number' }, { type: 'string' }] },
      step: count(0),
    },
  },
  calibration: {
    type: 'object',
    properties: {
      level: { type: 'number', minimum: 0, maximum: 1 },
      halfWidth: { type: 'number', minimum: 0 },
      clips: count(1),
    },
  },
  outliers: {
    type: 'object',
    properties: {
      falseAlarmRate: { type: 'number', minimum: 0, maximum: 1 },
      clips: count(1),
      limits: {
        type: 'object',
        properties: {
          featureDistance: { type: 'number', minimum: 0 },
          transitionFlatness: { type: 'number', minimum: 0, maximum: 1 },
          voteSpread: { type: 'number', minimum: 0 },
        },
      },
    },
  },
  notes: { type: 'object', properties: {} },
} as const satisfies Record<string, Schema>;
