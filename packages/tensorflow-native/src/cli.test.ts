import { temporaryFolder, write } from '@mcore/testing/temporary-folder';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from './cli.js';
import { installFolder } from './folders.js';

describe('mcore-tensorflow', () => {
  const out = vi.spyOn(console, 'log');
  const err = vi.spyOn(console, 'error');
  const text = (spy: typeof out) => spy.mock.calls.map(([line]) => line).join('\n');

  beforeEach(() => {
    out.mockReset().mockReturnValue();
    err.mockReset().mockReturnValue();
    vi.stubEnv('XDG_CACHE_HOME', temporaryFolder());
  });
  afterEach(() => void vi.unstubAllEnvs());

  it.each([[['--help']], [['install', '--help']], [['status', '-h']], [['help']]])(
    '%o prints help with an example',
    async (args) => {
      expect(await runCli(args)).toBe(0);
      expect(text(out)).toContain('npx mcore-tensorflow install && npx mcore doctor');
      expect(text(err)).toBe('');
    },
  );

  it.each([
    [['frobnicate'], 'mcore-tensorflow: there is no command frobnicate.'],
    [['install', '--gpu'], "mcore-tensorflow: Unknown option '--gpu'"],
    [[], 'mcore-tensorflow: a current TensorFlow'],
    [['run'], 'mcore-tensorflow run: name the program to run, for instance: mcore-tensorflow run node train.mjs'],
  ])('%o is wrong usage: status 2', async (args, start) => {
    expect(await runCli(args)).toBe(2);
    expect(text(err).startsWith(start)).toBe(true);
    expect(text(out)).toBe('');
  });

  it('status exits with 1 where nothing is installed, and lists what is', async () => {
    expect(await runCli(['status'])).toBe(1);
    write(`${installFolder('cpu')}/install.json`, JSON.stringify({ variant: 'cpu', bytes: 9e8 }));
    write(
      `${installFolder('cpu')}/check.cjs`,
      "console.log(JSON.stringify({ right: true, values: [], tensorflow: '2.21.0', gpu: false }))",
    );
    out.mockReset().mockReturnValue();
    expect(await runCli(['status'])).toBe(0);
    expect(text(out)).toContain(`cpu: works. TensorFlow 2.21.0\n  0.9 GB in ${installFolder('cpu')}`);
    out.mockReset().mockReturnValue();
    expect(await runCli(['status', '--json'])).toBe(0);
    expect(JSON.parse(text(out)).installations[0]).toMatchObject({ variant: 'cpu', works: true });
    out.mockReset().mockReturnValue();
    expect(await runCli(['uninstall'])).toBe(0);
    expect(text(out)).toBe(`removed ${installFolder('cpu')}`);
  });

  it('run passes the exit status on', async () => {
    expect(await runCli(['run', process.execPath, '-e', 'process.exit(5)'])).toBe(5);
    expect(await runCli(['run', '/nowhere/program'])).toBe(1);
    expect(text(err)).toContain('mcore-tensorflow run: /nowhere/program could not be started');
  });

  it('a refusal is status 1 with its message alone', async () => {
    vi.stubEnv('MCORE_PYTHON', '/nowhere/python');
    expect(await runCli(['install'])).toBe(1);
    expect(text(err)).toMatch(/^installTensorflow: /);
  });
});
