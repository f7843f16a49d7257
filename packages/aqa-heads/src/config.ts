import { ArgumentError } from '@mcore/errors';
import { formatPath, type Schema, schemaProblems } from '@mcore/schema';
import { type CoreConfig, coreMethod } from './core/config.js';
import { type HpMcoreConfig, hpMcoreMethod } from './hp-mcore/config.js';
import { type Rica2Config, rica2Method } from './rica2/config.js';
import type { MethodConfig } from './shared/common-config.js';
import { type TptConfig, tptMethod } from './tpt/config.js';
import { type TsaConfig, tsaMethod } from './tsa/config.js';
import { type MusdlConfig, musdlMethod, type UsdlConfig, usdlMethod } from './usdl/config.js';

/** Configuration of a head of any method: plain data that survives JSON. */
export type HeadConfig = UsdlConfig | MusdlConfig | CoreConfig | HpMcoreConfig | TptConfig | TsaConfig | Rica2Config;

/** Names of the methods. */
export type MethodName = HeadConfig['method'];

/** Configuration of one method. */
export type ConfigOf<Method extends MethodName> = Extract<HeadConfig, { method: Method }>;

const methods: { readonly [Method in MethodName]: MethodConfig<ConfigOf<Method>> } = {
  usdl: usdlMethod,
  musdl: musdlMethod,
  core: coreMethod,
  'hp-mcore': hpMcoreMethod,
  tpt: tptMethod,
  tsa: tsaMethod,
  rica2: rica2Method,
};

/** All methods, in the order of their papers. */
export const METHODS = Object.keys(methods) as readonly MethodName[];

/**
 * A method's configuration.
 *
 * @param method - One of {@link METHODS}.
 * @param inputSize - Channels of a frame's features.
 * @param changes - Fields that differ from the method's defaults.
 * @throws {@link ArgumentError} naming the method or the first field that is invalid, with what was expected.
 */
export function headConfig<Method extends MethodName>(
  method: Method,
  inputSize: number,
  changes: Partial<ConfigOf<Method>> = {},
): ConfigOf<Method> {
  return checkedConfig('headConfig', { ...methodOf('headConfig', method).defaults(inputSize), ...changes });
}

/**
 * A configuration from outside, checked.
 *
 * @param caller - For the message.
 * @throws {@link ArgumentError} naming the first field that is invalid.
 */
export function checkedConfig<Config extends HeadConfig>(caller: string, config: Config): Config {
  const { schema, problem } = methodOf(caller, config.method) as unknown as MethodConfig<Config>;
  const [wrong] = schemaProblems(schema, config, { closed: true });
  if (wrong)
    throw new ArgumentError(`${caller}: expected ${formatPath(wrong.path)} to be ${wrong.expected}, got ${wrong.got}.`);
  const together = problem(config);
  if (together !== null) throw new ArgumentError(`${caller}: ${together}.`);
  return config;
}

/** The JSON Schema of a method's configuration. */
export function headConfigSchema(method: MethodName): Schema {
  return methodOf('headConfigSchema', method).schema;
}

function methodOf<Method extends MethodName>(caller: string, method: Method): MethodConfig<ConfigOf<Method>> {
  if (!Object.hasOwn(methods, method)) {
    throw new ArgumentError(`${caller}: expected a method of ${METHODS.join(', ')}, got ${JSON.stringify(method)}.`);
  }
  return methods[method];
}
