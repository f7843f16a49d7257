import { DataError } from '@mcore/errors';
import { configSchema, presets, type Schema, schemaProblems } from '@mcore/model';
import { describe, expect, it } from 'vitest';
import { parseRunConfig, parseSetting } from './read-config.js';
import { editorSchema, runSchema } from './run-schema.js';

const problems = (...found: string[]) =>
  new DataError(`mcore train: expected a valid configuration, got mistakes in it. ${found.join('; ')}`);

describe('parseRunConfig', () => {
  it('reads YAML and JSON alike, tabs and comments included', () => {
    const expected = { preset: 'laptop', loss: { contrastive: { weight: 0 } }, run: { seed: 3, steps: 40 } };
    const yaml = 'preset: laptop # small\nloss:\n  contrastive: { weight: 0 }\nrun:\n  seed: 3\n  steps: 40\n';
    expect(parseRunConfig(yaml, 'a.yaml')).toEqual(expected);
    expect(parseRunConfig(JSON.stringify(expected, null, '\t'), 'a.json')).toEqual(expected);
    expect(parseRunConfig('', 'empty.yaml')).toEqual({});
    expect(parseRunConfig('{"$schema": "x.json"}', 'a.json')).toEqual({});
  });

  it('points at every wrong value: file, line, column, expected, got', () => {
    const text = [
      'preset: tiny',
      'backbone:',
      '  gateShift: maybe',
      '  widths: [24, 0]',
      'loss: { contrastive: { weight: ten, wieght: 1 } }',
      'optimiser:',
      '  learningRate: -1',
      '  gradientNorm: .inf',
      'run:',
      '  seed: 1.5',
      '  stepz: 3',
    ].join('\n');
    expect(() => parseRunConfig(text, 'ablation.yaml')).toThrow(
      problems(
        'ablation.yaml:1:9: expected preset to be one of paper, released, laptop, got "tiny"',
        'ablation.yaml:3:14: expected backbone.gateShift to be true or false, got "maybe"',
        'ablation.yaml:4:16: expected backbone.widths[1] to be a whole number in 1 .. 16384, got 0',
        'ablation.yaml:5:32: expected loss.contrastive.weight to be a number in 0 .. 1000000, got "ten"',
        'ablation.yaml:5:37: expected one of the fields form, temperature, weight of loss.contrastive, got "wieght"',
        'ablation.yaml:7:17: expected optimiser.learningRate to be a number in 0 .. 1000, got -1',
        'ablation.yaml:8:17: expected optimiser.gradientNorm to be null or a number above 0, got Infinity',
        'ablation.yaml:10:9: expected run.seed to be a whole number of at least 0, got 1.5',
        `ablation.yaml:11:3: expected one of the fields ${Object.keys(runSchema.properties).join(', ')} of run, got "stepz"`,
      ),
    );
  });

  it('points at what is no YAML, at a field given twice and at a file that is no object', () => {
    expect(() => parseRunConfig('run:\n  seed: [1\n', 'a.yaml')).toThrow(
      /^mcore train: .* a\.yaml:\d:\d+: expected YAML or JSON, got this: /,
    );
    expect(() => parseRunConfig('stages: 3\nstages: 4\n', 'a.yaml')).toThrow(
      problems('a.yaml:2:1: expected YAML or JSON, got this: Map keys must be unique'),
    );
    expect(() => parseRunConfig('- 1\n', 'a.yaml')).toThrow(
      problems('a.yaml:1:1: expected the configuration to be an object, got [1]'),
    );
    expect(() => parseRunConfig('__proto__: { stages: 4 }\n', 'a.yaml')).toThrow(
      /a\.yaml:1:1: expected one of the fields/,
    );
  });

  it.each([
    ['brackets', `stages: ${'['.repeat(2000)}1${']'.repeat(2000)}`, 'a.yaml:1:59'],
    ['maps', `stages: ${'{a: '.repeat(2000)}1`, 'a.yaml:1:209'],
    ['dashes', `stages:\n${'- '.repeat(2000)}1`, 'a.yaml:2:101'],
    ['keys', `${'? '.repeat(2000)}1`, 'a.yaml:1:103'],
  ])('refuses %s within each other, which ended the process', (_, text, place) => {
    expect(() => parseRunConfig(text, 'a.yaml')).toThrow(
      problems(`${place}: expected YAML or JSON, got this: more than 50 lists within each other`),
    );
    expect(() => parseSetting(`stages=${text}`)).toThrow(/^mcore train: --set stages=/);
  });

  it.each([
    [
      'aliases that multiply',
      `a: &a [${'1, '.repeat(20)}]\nb: &b [${'*a, '.repeat(20)}]\nstages: [${'*b, '.repeat(20)}]`,
      'Excessive alias count indicates a resource exhaustion attack',
    ],
    ['an alias in itself', 'stages: &a [*a]', 'an alias within what it stands for'],
    [
      'a merge of what is not there',
      'loss: { <<: *base }',
      /Unresolved alias \(the anchor must be set before the alias\): base/,
    ],
  ])('refuses %s', (_, text, what) => {
    expect(() => parseRunConfig(text, 'a.yaml')).toThrow(DataError);
    expect(() => parseRunConfig(text, 'a.yaml')).toThrow(what);
    expect(() => parseSetting(`stages={ ${text.replaceAll('\n', ', ')} }`)).toThrow(/expected a value in YAML/);
  });

  it('names the place where an alias stands', () => {
    const text = 'input: &n { frames: 0 }\nbackbone: *n\n';
    expect(() => parseRunConfig(text, 'a.yaml')).toThrow(
      /a\.yaml:1:21: expected input\.frames to be .*; a\.yaml:[12]:\d+: expected one of the fields stemWidth/,
    );
  });
});

describe('parseSetting', () => {
  it('changes one field', () => {
    expect(parseSetting('loss.contrastive.weight=0')).toEqual({ loss: { contrastive: { weight: 0 } } });
    expect(parseSetting('backbone.widths=[8, 16]')).toEqual({ backbone: { widths: [8, 16] } });
    expect(parseSetting('optimiser.gradientNorm=null')).toEqual({ optimiser: { gradientNorm: null } });
    expect(parseSetting('run.data=a=b')).toEqual({ run: { data: 'a=b' } });
  });

  it.each([
    ['stages', 'mcore train: --set stages: expected field=value, such as loss.contrastive.weight=0.'],
    ['stages=two', 'mcore train: --set stages=two: expected stages to be a whole number in 1 .. 1000, got "two".'],
    ['decoding.x=1', 'mcore train: --set decoding.x=1: expected decoding to be one of windowed, ordered, got {"x":1}.'],
    ['stages=[', 'mcore train: --set stages=[: expected a value in YAML, got "[".'],
  ])('refuses %s', (setting, message) => {
    expect(() => parseSetting(setting)).toThrow(new DataError(message));
  });
});

describe('the schema', () => {
  it('is one for editors with no other fields', () => {
    const schema = editorSchema() as {
      properties: Record<string, { properties: unknown }>;
      additionalProperties: boolean;
    };
    expect(schema.additionalProperties).toBe(false);
    expect(schema.properties.loss).toMatchObject({
      additionalProperties: false,
      properties: {
        contrastive: { additionalProperties: false, properties: { weight: { minimum: 0, maximum: 1e6 } } },
      },
    });
    expect(schema.properties.decoding).toMatchObject({ enum: ['windowed', 'ordered'] });
  });

  it('knows every field of every preset and nothing else', () => {
    const fields = (schema: Schema): unknown =>
      'type' in schema && schema.type === 'object'
        ? Object.fromEntries(needed(schema).map((key) => [key, fields(schema.properties[key]!)]))
        : '';
    // the others are off unless given
    const needed = (schema: Extract<Schema, { type: 'object' }>) => schema.required ?? Object.keys(schema.properties);
    const shape = (value: unknown): unknown =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shape(inner)]))
        : '';
    for (const preset of Object.values(presets)) {
      expect(fields(configSchema)).toEqual(shape(preset));
      expect(schemaProblems(configSchema, preset, { closed: true })).toEqual([]);
    }
    const { optimiser } = configSchema.properties;
    const optional = Object.keys((optimiser as Extract<Schema, { type: 'object' }>).properties).slice(-4);
    expect(optional).toEqual(['decayEvery', 'decayFactor', 'weightDecay', 'averaging']);
  });
});
