import { DataError } from '@mcore/errors';
import { formatPath, type SchemaProblem, schemaProblems } from '@mcore/model';
import { readNamed } from '@mcore/training/node';
import { type Document, isMap, isNode, isScalar, LineCounter } from 'yaml';
import { parseYaml } from './parse-yaml.js';
import { type RunConfig, runConfigSchema } from './run-schema.js';

/** A configuration file of more bytes is something else. */
const LARGEST = 1 << 16;

/**
 * Reads a configuration file, YAML or JSON (which YAML takes as it is).
 *
 * @throws {@link DataError} naming everything that is wrong: file, line, column, what was expected, what was got.
 */
export async function readRunConfig(path: string): Promise<RunConfig> {
  const bytes = await readNamed(path, 'a configuration');
  if (bytes.length > LARGEST) {
    throw new DataError(
      `mcore train: expected a configuration of at most ${LARGEST} bytes in ${path}, got ${bytes.length}.`,
    );
  }
  return parseRunConfig(new TextDecoder().decode(bytes), path);
}

/** {@link readRunConfig} of a text; `name` is what errors call it. */
export function parseRunConfig(text: string, name: string): RunConfig {
  const lines = new LineCounter();
  const parsed = parseYaml(text, lines);
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  if (!('document' in parsed)) {
    throw failure(
      parsed.problems.map(({ offset, what }) => `${place(offset)}: expected YAML or JSON, got this: ${what}`),
    );
  }
  const { document } = parsed;
  const value = parsed.value ?? {};
  const problems = schemaProblems(runConfigSchema, value, { partial: true, closed: true });
  if (problems.length > 0) {
    throw failure(problems.map((problem) => `${place(offsetOf(document, problem))}: ${inWords(problem)}`));
  }
  const { $schema: _, ...config } = value as RunConfig & { $schema?: string };
  return config;
}

/**
 * Reads `loss.contrastive.weight=0` and the like, as `--set` gives them.
 *
 * @throws {@link DataError} if a field is not known or can't have such a value.
 */
export function parseSetting(setting: string): RunConfig {
  const [, path, text] = /^([\w.]+)=(.*)$/s.exec(setting) ?? [];
  const fail = (what: string) => new DataError(`mcore train: --set ${setting}: ${what}.`);
  if (path === undefined) throw fail('expected field=value, such as loss.contrastive.weight=0');
  const parsed = parseYaml(text!);
  if (!('document' in parsed)) throw fail(`expected a value in YAML, got ${JSON.stringify(text)}`);
  const value = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), parsed.value);
  const [problem] = schemaProblems(runConfigSchema, value, { partial: true, closed: true });
  if (problem) throw fail(inWords(problem));
  return value as RunConfig;
}

/** Errors are one line each; mistakes stand one after another. */
function failure(problems: readonly string[]): DataError {
  return new DataError(`mcore train: expected a valid configuration, got mistakes in it. ${problems.join('; ')}`);
}

function inWords({ path, expected, got, unknownKey }: SchemaProblem): string {
  if (unknownKey) {
    const parent = formatPath(path.slice(0, -1));
    return `expected ${expected}${parent === '' ? '' : ` of ${parent}`}, got ${got}`;
  }
  return `expected ${path.length === 0 ? 'the configuration' : formatPath(path)} to be ${expected}, got ${got}`;
}

/** Where in the text the value, or the key, of a problem begins. */
function offsetOf(document: Document, { path, unknownKey }: SchemaProblem): number {
  if (unknownKey) {
    const parent = document.getIn(path.slice(0, -1), true);
    const key = path.at(-1);
    const pair = isMap(parent)
      ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === key)
      : undefined;
    if (isNode(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  // a value that came through an alias or a merge has no place of its own: then that of what holds it
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}
