import { parseConfig, parseConfigField, readConfigFile } from './config-file.js';
import { type RunConfig, runConfigSchema } from './run-schema.js';

const format = { schema: runConfigSchema, caller: 'mcore train' };

/** The configuration file of `--config`. */
export function readRunConfig(path: string): Promise<RunConfig> {
  return readConfigFile(path, format);
}

/** {@link readRunConfig} of a text; `name` is what errors call it. */
export function parseRunConfig(text: string, name: string): RunConfig {
  return parseConfig(text, name, format);
}

/** What `--set` gives. */
export function parseSetting(setting: string): RunConfig {
  return parseConfigField(setting, { ...format, caller: 'mcore train: --set' });
}
