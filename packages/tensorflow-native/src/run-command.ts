import { spawn } from 'node:child_process';

/** How a program ended. */
export interface CommandResult {
  /** Exit status; `null` if it could not be started or was killed by a signal. */
  readonly status: number | null;
  /** Why it could not be started (`ENOENT`), or the signal that ended it. */
  readonly failure?: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run. */
interface CommandOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called with everything it writes, as it writes it. */
  readonly onOutput?: (text: string) => void;
}

/**
 * Runs a program without a shell and waits for it.
 *
 * @param program - Name or path.
 * @param args - Arguments, passed as they are.
 * @param options - See {@link CommandOptions}.
 * @returns Never rejects: a program that doesn't exist has `failure` `ENOENT`.
 */
export function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const output = { stdout: '', stderr: '' };
    const { cwd, env } = options;
    const child = spawn(program, [...args], {
      ...(cwd === undefined ? {} : { cwd }),
      ...(env === undefined ? {} : { env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] += text;
        options.onOutput?.(text);
      });
    }
    child.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ status: null, failure: error.code ?? error.message, ...output }),
    );
    child.on('close', (status, signal) =>
      resolve({ status, ...(signal === null ? {} : { failure: signal }), ...output }),
    );
  });
}

/** Whether the program ran and exited with 0. */
export function succeeded(result: CommandResult): boolean {
  return result.status === 0;
}

/** The last lines a program wrote, for an error message. */
export function lastLines({ stdout, stderr, failure }: CommandResult, count = 6): string {
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
  return [...lines.slice(-count), ...(failure === undefined ? [] : [failure])].join('\n');
}
