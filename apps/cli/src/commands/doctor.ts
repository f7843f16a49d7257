import { diagnoseEngines } from '@mcore/engines/node';
import type { Command } from 'commander';
import { result } from '../terminal/output.js';
import { withExamples, withJson } from './options.js';

/** `mcore doctor`. */
export function addDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description('Say which engines work on this machine, and why the others do not.');
  withExamples(withJson(command), 'mcore doctor').action(async ({ json }: { json: boolean }) => {
    const diagnosis = await diagnoseEngines();
    result(json, diagnosis, () => diagnosis.text);
  });
}
