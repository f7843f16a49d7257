import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NOT_BUILT } from '@mcore/testing/skips';
import { root } from '../../scripts/packages.mjs';
import { unbuiltFiles } from '../../scripts/release.mjs';

/** How long an example may take before it counts as hanging, in milliseconds. */
const TIME_LIMIT = 180_000;

/**
 * Runs a program as a user would, in a process and an empty folder of its own, with the packages as they are built.
 *
 * @returns What it printed, without trailing spaces; standard error is in the message where it fails.
 */
export async function runExample(code: string): Promise<string> {
  // inside the repository, so that the packages are found
  mkdirSync(join(root, '.mcore'), { recursive: true });
  const folder = mkdtempSync(join(root, '.mcore', 'example-'));
  try {
    writeFileSync(join(folder, 'example.mjs'), code);
    const { status, output, errors } = await runNode(folder);
    if (status !== 0) throw new Error(`The example ended with status ${status}.\n${output}\n${errors}`);
    return trimLines(output);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runNode(folder: string): Promise<{ status: number | null; output: string; errors: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['example.mjs'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIME_LIMIT,
      // without vitest's own settings
      env: { ...process.env, NODE_ENV: undefined, NODE_OPTIONS: undefined, FORCE_COLOR: undefined, NO_COLOR: '1' },
    });
    const text = { output: '', errors: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text.output += chunk;
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text.errors += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...text }));
  });
}

/** Without spaces at the ends of lines and of the text. */
export function trimLines(text: string): string {
  return text.replace(/[ \t\r]+$/gm, '').trim();
}

/** Why the packages can't be imported as users do, or null: some JavaScript file has not been built. */
export function missingBuild(): string | null {
  return unbuiltFiles().some((file) => file.endsWith('.js')) ? NOT_BUILT : null;
}
