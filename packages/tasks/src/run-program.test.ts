import { expect, it } from 'vitest';
import { runProgram } from './run-program.js';

const run = (script: string) => runProgram(process.execPath, ['-e', script], 'node script');

it('gives the JSON that a program prints', async () => {
  expect(await run('console.error("working"); console.log(JSON.stringify({ done: [1, 2] }))')).toEqual({
    done: [1, 2],
  });
});

it('gives the last five lines of what a program wrote before it failed', async () => {
  await expect(run('for (let i = 1; i <= 7; i++) console.error("line " + i); process.exit(3)')).rejects.toThrow(
    'node script: ended with 3. line 3\nline 4\nline 5\nline 6\nline 7',
  );
});

it('names a signal, and output that is no JSON', async () => {
  await expect(run('process.kill(process.pid, "SIGKILL")')).rejects.toThrow('node script: ended with SIGKILL.');
  await expect(run('console.log("done")')).rejects.toThrow('node script: expected JSON, got "done\n".');
});
