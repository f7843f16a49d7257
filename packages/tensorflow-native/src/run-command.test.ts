import { expect, it } from 'vitest';
import { lastLines, runCommand } from './run-command.js';

const node = (code: string, options = {}) => runCommand(process.execPath, ['-e', code], options);

it('returns status and output, and passes the output on as it comes', async () => {
  const texts: string[] = [];
  const result = await node("console.log('out'); console.error('err'); process.exitCode = 3", {
    onOutput: (text: string) => texts.push(text),
  });
  expect(result).toEqual({ status: 3, stdout: 'out\n', stderr: 'err\n' });
  expect(texts.sort()).toEqual(['err\n', 'out\n']);
});

it('distinguishes a missing program from a killed one', async () => {
  expect(await runCommand('/nowhere/program', [])).toEqual({ status: null, failure: 'ENOENT', stdout: '', stderr: '' });
  expect((await node("process.kill(process.pid, 'SIGTERM'); setTimeout(() => {}, 1e4)")).failure).toBe('SIGTERM');
});

it('passes arguments as they are, with no shell in between', async () => {
  const { stdout } = await runCommand(process.execPath, ['-p', 'process.argv[1]', '$HOME; "x" *']);
  expect(stdout).toBe('$HOME; "x" *\n');
});

it('lastLines keeps the end, without empty lines', () => {
  expect(lastLines({ status: 1, stdout: 'a\n\nb\n', stderr: 'c\nd\n' }, 2)).toBe('c\nd');
});
