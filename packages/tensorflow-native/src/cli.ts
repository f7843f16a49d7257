import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { McoreError } from '@mcore/errors';
import { diagnoseTensorflow } from './diagnose.js';
import { installFolder } from './folders.js';
import { installTensorflow } from './install.js';
import { launchEnvironment } from './nvidia.js';
import { gigabytes } from './requirements.js';
import { uninstallTensorflow } from './uninstall.js';

const HELP = `mcore-tensorflow: a current TensorFlow as an engine of tfjs in Node, for Linux x64

  mcore-tensorflow install [--cuda] [--binding FILE] [--force]
      Downloads TensorFlow with pip, compiles tfjs-node's binding and tests it.
      --cuda     with NVIDIA's libraries: 3.4 GB to download, 5.7 GB on disk (default: 0.3 and 0.9 GB)
      --binding  uses a tfjs_binding.node compiled elsewhere, where there is no C++ compiler
      --force    installs again
  mcore-tensorflow status [--json]
      Tests what is installed; exit status 1 if nothing works.
  mcore-tensorflow uninstall
      Removes everything that install put into the cache folder.
  mcore-tensorflow run COMMAND [ARGUMENT...]
      Runs a program with NVIDIA's libraries on its search path, for systems where TensorFlow doesn't find them itself.

Needs Python 3 with pip (MCORE_PYTHON names another one) and a C++ compiler (CXX).
Files go to $XDG_CACHE_HOME/mcore or ~/.cache/mcore.

Example:
  npx mcore-tensorflow install && npx mcore doctor
`;

/**
 * Runs the command line program `mcore-tensorflow`: results on standard output, progress and errors on standard error.
 *
 * @param args - Arguments, without the names of Node and of the program.
 * @returns The exit status: 0 done, 1 failed, 2 wrong usage.
 */
export async function runCli(args: readonly string[]): Promise<number> {
  try {
    return await dispatch(args);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')) {
      console.error(`mcore-tensorflow: ${(error as Error).message}\n\n${HELP}`);
      return 2;
    }
    console.error(error instanceof McoreError ? error.message : error);
    return 1;
  }
}

async function dispatch(args: readonly string[]): Promise<number> {
  const [command, ...rest] = args;
  if (command !== 'run' && rest.some((argument) => argument === '--help' || argument === '-h')) {
    console.log(HELP);
    return 0;
  }
  switch (command) {
    case 'install':
      return install(rest);
    case 'status':
      return status(rest);
    case 'uninstall':
      parseArgs({ args: rest, options: {} });
      for (const folder of uninstallTensorflow()) console.log(`removed ${folder}`);
      return 0;
    case 'run':
      return run(rest);
    case 'help':
    case '--help':
    case '-h':
      console.log(HELP);
      return 0;
    default:
      console.error(command === undefined ? HELP : `mcore-tensorflow: there is no command ${command}.\n\n${HELP}`);
      return 2;
  }
}

async function install(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: { cuda: { type: 'boolean' }, force: { type: 'boolean' }, binding: { type: 'string' } },
  });
  const installation = await installTensorflow({
    variant: values.cuda ? 'cuda' : 'cpu',
    force: values.force ?? false,
    ...(values.binding === undefined ? {} : { binding: values.binding }),
    onStep: (message) => console.error(`${message} ...`),
  });
  const { tensorflow, variant, bytes, folder } = installation;
  console.log(`TensorFlow ${tensorflow} (${variant}) works. ${gigabytes(bytes)} in ${folder}`);
  return 0;
}

async function status(args: string[]): Promise<number> {
  const { values } = parseArgs({ args, options: { json: { type: 'boolean' } } });
  const diagnosis = await diagnoseTensorflow();
  if (values.json) console.log(JSON.stringify(diagnosis, null, 2));
  else {
    if (diagnosis.installations.length === 0) console.log(diagnosis.message);
    for (const { variant, works, message, folder, bytes } of diagnosis.installations) {
      console.log(`${variant}: ${works ? 'works' : 'does not work'}. ${message}\n  ${gigabytes(bytes)} in ${folder}`);
    }
    if (diagnosis.nvidiaDriver !== undefined) console.log(`NVIDIA driver ${diagnosis.nvidiaDriver}`);
  }
  return diagnosis.installations.some(({ works }) => works) ? 0 : 1;
}

function run([program, ...args]: string[]): number {
  if (program === undefined) {
    console.error('mcore-tensorflow run: name the program to run, for instance: mcore-tensorflow run node train.mjs');
    return 2;
  }
  const { status, error } = spawnSync(program, args, {
    stdio: 'inherit',
    env: launchEnvironment(installFolder('cuda')),
  });
  if (error) console.error(`mcore-tensorflow run: ${program} could not be started: ${error.message}`);
  return status ?? 1;
}
