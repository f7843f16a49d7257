import { diagnoseEngines, type EnginesDiagnosis } from '@mcore/engines/node';
import type { Command } from 'commander';
import { type FoundPackage, findOptionalPackages } from '../config/optional-packages.js';
import { outColors as pc } from '../terminal/colors.js';
import { result } from '../terminal/output.js';
import { withExamples, withJson } from './options.js';

/** `mcore doctor`. */
export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'Say which engines work on this machine, why the others do not, and which optional packages are there.',
    );
  withExamples(withJson(command), 'mcore doctor').action(async ({ json }: { json: boolean }) => {
    const diagnosis = { ...(await diagnoseEngines()), optionalPackages: findOptionalPackages(process.cwd()) };
    result(json, diagnosis, () => describe(diagnosis));
    if (diagnosis.best === null) process.exitCode = 1;
  });
}

type Diagnosis = EnginesDiagnosis & { readonly optionalPackages: readonly FoundPackage[] };

function describe({ system, versions, engines, best, optionalPackages }: Diagnosis): string {
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return [
    `${system.platform}, Node ${system.node}, ${system.cores} x ${system.processor}, ${gigabytes(system.memory)} memory`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
    '',
    ...engines.map(
      ({ name, works, message }) => `${works ? pc.green('works') : pc.red('no   ')}  ${name.padEnd(10)}  ${message}`,
    ),
    '',
    best === null ? 'No engine works here.' : `--engine auto takes ${best}.`,
    '',
    'Optional packages, used where they are installed:',
    ...optionalPackages.map(
      ({ name, range, installed, use }) => `  ${`${name} ${installed ?? '-'}`.padEnd(33)}  ${use} (${range})`,
    ),
  ].join('\n');
}
