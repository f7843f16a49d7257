#!/usr/bin/env node
import { endProcess } from '@mcore/engines/node';
import { CommanderError } from 'commander';
import { createProgram } from './program.js';
import { describeFailure, exitStatusOf, failureJson } from './terminal/describe-failure.js';
import { causeOf } from './terminal/device-loss.js';
import { result, say } from './terminal/output.js';

/** Who asks for JSON gets JSON, an error too. */
const json = process.argv.includes('--json');

/** Exit statuses: 0 done, 1 failed, 2 wrong usage. */
try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has printed the message itself; help and version end with 0
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    if (json && error.exitCode !== 0) {
      const message = error.message.replace(/^error: /, '');
      result(true, { error: { code: 'ERR_MCORE_USAGE', message } }, () => message);
    }
  } else {
    const cause = await causeOf(error);
    say(describeFailure(cause));
    if (json) result(true, failureJson(cause), () => '');
    process.exitCode = exitStatusOf(cause);
  }
}
await endProcess();
