import type { Schema } from './schema.js';

/** A whole number. */
export function whole(minimum: number, maximum?: number, description?: string): Schema {
  return {
    type: 'integer',
    minimum,
    ...(maximum === undefined ? {} : { maximum }),
    ...(description ? { description } : {}),
  };
}

/** A number in a closed range. */
export function number(minimum: number, maximum: number, description?: string): Schema {
  return { type: 'number', minimum, maximum, ...(description ? { description } : {}) };
}

/** A number above 0. */
export function positive(maximum: number, description: string): Schema {
  return { type: 'number', exclusiveMinimum: 0, maximum, description };
}

/** One of some names. */
export function oneOf(choices: readonly string[], description: string): Schema {
  return { enum: choices, description };
}

/** A list whose items are alike. */
export function list(items: Schema, minItems: number, maxItems: number, description: string): Schema {
  return { type: 'array', items, minItems, maxItems, description };
}

/** An object with these fields. */
export function record(properties: Readonly<Record<string, Schema>>): Extract<Schema, { type: 'object' }> {
  return { type: 'object', properties };
}
