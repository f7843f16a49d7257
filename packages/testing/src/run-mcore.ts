import { existsSync } from 'node:fs';
import { main, startMcore as start } from '../../../scripts/faults/run-mcore.mjs';

/** What a finished process left. */
export type Finished = Awaited<ReturnType<typeof runMcore>>;

/** Starts the built command line as a user would. */
export function startMcore(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): ReturnType<typeof start> {
  if (!existsSync(main)) throw new Error(`expected the built command line, got no ${main}: npx turbo run build`);
  return start([...args], cwd, { env: environment });
}

/** Runs the built command line to its end. */
export function runMcore(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
): ReturnType<typeof start>['finished'] {
  return startMcore(args, cwd, environment).finished;
}
