import type { Schema } from '@mcore/schema';
import { configSchema } from './config-schema.js';

const points: Schema = { type: 'number', minimum: -1e9, maximum: 1e9 };
const count = (minimum: number): Schema => ({ type: 'integer', minimum });

const text: Schema = { type: 'string' };
const seed: Schema = { anyOf: [{ type: 'number' }, { type: 'string' }] };

/** {@link TrainingData} without the data of earlier weights. */
const dataOfWeights = {
  kind: text,
  description: text,
  fingerprint: text,
  rendering: {
    type: 'object',
    properties: {
      seeds: { type: 'array', items: seed, minItems: 1, maxItems: 1000 },
      height: count(1),
      version: count(0),
    },
  },
  split: { type: 'object', properties: { kind: text, seed } },
  clips: { type: 'object', properties: { trained: text, selecting: text, calibrating: text } },
} as const satisfies Record<string, Schema>;
const required = ['kind', 'description', 'fingerprint', 'split', 'clips'];
const before: Schema = {
  type: 'array',
  items: { type: 'object', properties: dataOfWeights, required },
  minItems: 0,
  maxItems: 100,
};

const matchCalibration = {
  type: 'object',
  properties: { halfWidth: { type: 'number', minimum: 0 }, clips: count(1) },
} as const satisfies Schema;

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
  data: { type: 'object', properties: { ...dataOfWeights, before }, required },
  calibration: {
    type: 'object',
    properties: {
      level: { type: 'number', minimum: 0, maximum: 1 },
      halfWidth: { type: 'number', minimum: 0 },
      clips: count(1),
      byMatch: {
        type: 'object',
        properties: { nearestClass: matchCalibration, nearestFeatures: matchCalibration },
        required: [],
      },
    },
    required: ['level', 'halfWidth', 'clips'],
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
