import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, root, say } from './set-up.mjs';

/**
 * `npm test`: everything CI runs. Lint, types and each test count once; the last line is `N passed, N failed`.
 */
install();
build();

const bin = (...path) => join(root, 'node_modules', ...path);
let passed = 0;
let failed = 0;

function check(name, script, args) {
  say(`\n${name} ...`);
  const { status } = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (status === 0) passed++;
  else failed++;
  return status === 0;
}

check('Lint and format', bin('@biomejs', 'biome', 'bin', 'biome'), ['check', '--error-on-warnings']);
check('Types', bin('typescript', 'bin', 'tsc'), ['--project', 'tsconfig.json']);

const folder = mkdtempSync(join(tmpdir(), 'mcore-test-'));
try {
  const report = join(folder, 'vitest.json');
  say('\nTests ...');
  const { status } = spawnSync(
    process.execPath,
    [
      bin('vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...process.argv.slice(2),
    ],
    { cwd: root, stdio: 'inherit' },
  );
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  passed += numPassedTests;
  failed += numFailedTests;
  if (numPendingTests > 0) say(`${numPendingTests} tests were skipped; their names say why.`);
  // a file that could not be loaded fails the run without failing a test
  if (status !== 0 && numFailedTests === 0) failed++;
} catch (error) {
  say(String(error));
  failed++;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
