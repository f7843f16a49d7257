import { DataError } from '@mcore/errors';
import { formatPath, type Schema, type SchemaProblem, schemaProblems } from '@mcore/model';
import { type Document, isMap, isNode, isScalar, LineCounter } from 'yaml';
import { readNamed } from '../files/run-files.js';
import { parseYaml } from './parse-yaml.js';

/** A configuration file of more bytes is something else. */
const LARGEST = 1 << 16;

/** What a configuration has to be, and who asks for it. */
export interface ConfigFormat {
  schema: Schema;
  /** For errors. */
  caller: string;
}

/**
 * Reads a configuration file, YAML or JSON (which YAML takes as it is); any field may be left out.
 *
 * @typeParam Config - What the schema describes.
 * @throws {@link DataError} naming everything that is wrong: file, line, column, what was expected, what was got.
 */
export async function readConfigFile<Config extends object>(path: string, format: ConfigFormat): Promise<Config> {
  const bytes = await readNamed(path, 'a configuration');
  if (bytes.length > LARGEST) {
    throw new DataError(
      `${format.caller}: expected a configuration of at most ${LARGEST} bytes in ${path}, got ${bytes.length}.`,
    );
  }
  return parseConfig(new TextDecoder().decode(bytes), path, format);
}

/** {@link readConfigFile} of a text; `name` is what errors call it. */
export function parseConfig<Config extends object>(
  text: string,
  name: string,
  { schema, caller }: ConfigFormat,
): Config {
  const lines = new LineCounter();
  const parsed = parseYaml(text, lines);
  const place = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${name}:${line}:${col}`;
  };
  const fail = (problems: readonly string[]) =>
    // errors are one line each; mistakes stand one after another
    new DataError(`${caller}: expected a valid configuration, got mistakes in it. ${problems.join('; ')}`);
  if (!('document' in parsed)) {
    throw fail(parsed.problems.map(({ offset, what }) => `${place(offset)}: expected YAML or JSON, got this: ${what}`));
  }
  const { document } = parsed;
  const value = parsed.value ?? {};
  const problems = schemaProblems(schema, value, { partial: true, closed: true });
  if (problems.length > 0) {
    throw fail(problems.map((problem) => `${place(offsetOf(document, problem))}: ${inWords(problem)}`));
  }
  const { $schema: _, ...config } = value as Config & { $schema?: string };
  return config as Config;
}

/**
 * Reads `loss.contrastive.weight=0` and the like: one field of a configuration.
 *
 * @param caller - For errors, such as `mcore train: --set`.
 * @throws {@link DataError} if a field is not known or can't have such a value.
 */
export function parseConfigField<Config extends object>(setting: string, { schema, caller }: ConfigFormat): Config {
  const [, path, text] = /^([\w.]+)=(.*)$/s.exec(setting) ?? [];
  const fail = (what: string) => new DataError(`${caller} ${setting}: ${what}.`);
  if (path === undefined) throw fail('expected field=value, such as loss.contrastive.weight=0');
  const parsed = parseYaml(text!);
  if (!('document' in parsed)) throw fail(`expected a value in YAML, got ${JSON.stringify(text)}`);
  const value = path.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), parsed.value);
  const [problem] = schemaProblems(schema, value, { partial: true, closed: true });
  if (problem) throw fail(inWords(problem));
  return value as Config;
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
