#!/usr/bin/env node
import { endProcess } from '@mcore/engines/node';
import { CommanderError } from 'commander';
import { createProgram } from './program.js';
import { describeFailure } from './terminal/describe-failure.js';
import { causeOf } from './terminal/device-loss.js';
import { say } from './terminal/output.js';

/** Exit statuses: 0 done, 1 failed, 2 wrong usage. */
try {
  await createProgram().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // commander has printed the message itself; help and version end with 0
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else {
    say(describeFailure(await causeOf(error)));
    process.exitCode = 1;
  }
}
await endProcess();
