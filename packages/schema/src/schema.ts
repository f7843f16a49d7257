/**
 * The part of JSON Schema (draft 2020-12) that configurations are described in; a value of this type is a JSON Schema that
 * editors and other validators take as it is.
 */
export type Schema = { readonly description?: string; readonly default?: unknown } & (
  | { readonly type: 'object'; readonly properties: Readonly<Record<string, Schema>>; readonly required?: string[] }
  | { readonly type: 'array'; readonly items: Schema; readonly minItems: number; readonly maxItems: number }
  | {
      readonly type: 'number' | 'integer';
      readonly minimum?: number;
      readonly exclusiveMinimum?: number;
      readonly maximum?: number;
    }
  | { readonly type: 'string'; readonly minLength?: number }
  | { readonly type: 'boolean' }
  | { readonly type: 'null' }
  | { readonly enum: readonly string[] }
  | { readonly anyOf: readonly Schema[] }
);

/** What is wrong with a value. */
export interface SchemaProblem {
  /** Keys and indices that lead to it. */
  path: (string | number)[];
  expected: string;
  got: string;
  /** It is the key itself that is wrong, not what it holds. */
  unknownKey?: true;
}

/** How {@link schemaProblems} looks. */
export interface SchemaCheckOptions {
  /** Fields may be left out, as in a file of overrides; otherwise only those with a default may. */
  partial?: boolean;
  /** Fields that the schema does not know are problems. */
  closed?: boolean;
}

/**
 * Everything that is wrong with a value from outside, in the order of the value's fields.
 *
 * @param schema - What the value must be.
 * @param value - As JSON or YAML gives it.
 */
export function schemaProblems(schema: Schema, value: unknown, options: SchemaCheckOptions = {}): SchemaProblem[] {
  return check(schema, value, [], options);
}

/**
 * The value with the defaults of the fields it lacks; it must have passed {@link schemaProblems}. The value itself is not changed.
 */
export function withDefaults<T>(schema: Schema, value: T): T {
  if (!('type' in schema) || schema.type !== 'object') return value;
  const filled: Record<string, unknown> = { ...(value as Record<string, unknown>) };
  for (const [key, field] of Object.entries(schema.properties)) {
    if (Object.hasOwn(filled, key)) filled[key] = withDefaults(field, filled[key]);
    else if (field.default !== undefined) filled[key] = structuredClone(field.default);
  }
  return filled as T;
}

/** `config.widths[3]`: a path in words. */
export function formatPath(path: readonly (string | number)[]): string {
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index > 0 ? `.${part}` : part)).join('');
}

function check(
  schema: Schema,
  value: unknown,
  path: (string | number)[],
  options: SchemaCheckOptions,
): SchemaProblem[] {
  const problem = () => [{ path, expected: describe(schema), got: show(value) }];
  if ('anyOf' in schema) {
    return schema.anyOf.some((choice) => check(choice, value, path, options).length === 0) ? [] : problem();
  }
  if ('enum' in schema) return schema.enum.includes(value as string) ? [] : problem();
  switch (schema.type) {
    case 'object':
      return isRecord(value) ? checkFields(schema, value, path, options) : problem();
    case 'array':
      return Array.isArray(value) && value.length >= schema.minItems && value.length <= schema.maxItems
        ? value.flatMap((item, index) => check(schema.items, item, [...path, index], options))
        : problem();
    case 'null':
      return value === null ? [] : problem();
    case 'string':
      return typeof value === 'string' && value.length >= (schema.minLength ?? 0) ? [] : problem();
    case 'boolean':
      return typeof value === 'boolean' ? [] : problem();
    default:
      return fits(schema, value) ? [] : problem();
  }
}

type NumberSchema = Extract<Schema, { type: 'number' | 'integer' }>;

function fits(schema: NumberSchema, value: unknown): boolean {
  const {
    minimum = -Number.MAX_VALUE,
    exclusiveMinimum = Number.NEGATIVE_INFINITY,
    maximum = Number.MAX_VALUE,
  } = schema;
  // JSON has no infinities, YAML does
  if (!Number.isFinite(value) || (schema.type === 'integer' && !Number.isInteger(value))) return false;
  const finite = value as number;
  return finite >= minimum && finite > exclusiveMinimum && finite <= maximum;
}

function checkFields(
  { properties, required }: Extract<Schema, { type: 'object' }>,
  value: Record<string, unknown>,
  path: (string | number)[],
  options: SchemaCheckOptions,
): SchemaProblem[] {
  const known = Object.keys(properties);
  const present = Object.keys(value).flatMap((key): SchemaProblem[] => {
    const at = [...path, key];
    if (Object.hasOwn(properties, key)) return check(properties[key]!, value[key], at, options);
    if (!options.closed) return [];
    const expected = `one of the fields ${known.join(', ')}`;
    return [{ path: at, expected, got: JSON.stringify(key), unknownKey: true }];
  });
  if (options.partial) return present;
  const needed = required ?? known.filter((key) => properties[key]!.default === undefined);
  const missing = needed.filter((key) => !Object.hasOwn(value, key));
  return [
    ...present,
    ...missing.map((key) => ({ path: [...path, key], expected: describe(properties[key]!), got: 'undefined' })),
  ];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As JSON, and what JSON does not have as JavaScript prints it. */
function show(value: unknown): string {
  return typeof value === 'number' ? String(value) : (JSON.stringify(value) ?? String(value));
}

/** What a schema wants, in words. */
function describe(schema: Schema): string {
  if ('anyOf' in schema) return schema.anyOf.map(describe).join(' or ');
  if ('enum' in schema) return `one of ${schema.enum.join(', ')}`;
  switch (schema.type) {
    case 'object':
      return 'an object';
    case 'array':
      return `a list of ${schema.minItems} to ${schema.maxItems}`;
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    default:
      return describeNumber(schema);
  }
}

function describeNumber({ type, minimum, exclusiveMinimum, maximum }: NumberSchema): string {
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  if (exclusiveMinimum !== undefined) {
    return `${kind} above ${exclusiveMinimum}${maximum === undefined ? '' : ` and at most ${maximum}`}`;
  }
  if (minimum === undefined) return kind;
  return maximum === undefined ? `${kind} of at least ${minimum}` : `${kind} in ${minimum} .. ${maximum}`;
}
