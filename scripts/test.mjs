import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install, root, say } from './set-up.mjs';
import { listSkipped, skippedTests, unlistedSkips } from './skipped-tests.mjs';

/**
 * `npm test`: everything CI runs, on packages built as they are published. Lint, types and each test count once; the last line is
 * `N passed, N failed`. Before it, skipped tests are listed by reason; with `CI=true` a reason that test/allowed-skips.json does
 * not list is a failure. Arguments go to vitest.
 */
const bin = (...path) => join(root, 'node_modules', ...path);
let passed = 0;
let failed = 0;

timed('Setting up', () => {
  install();
  build({ types: true });
});
check('Lint and format', bin('@biomejs', 'biome', 'bin', 'biome'), ['check', '--error-on-warnings']);
check('Types', bin('typescript', 'bin', 'tsc'), ['--project', 'tsconfig.json']);
const skipped = runTests();
say(`\n${listSkipped(skipped)}`);
if (process.env.CI === 'true') {
  for (const { reason, tests } of unlistedSkips(skipped)) {
    failed++;
    say(
      `Not in test/allowed-skips.json: "${reason}". Install what it needs in .ci/run, or list it with why. First test: ${tests[0]}`,
    );
  }
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;

function check(name, script, args) {
  const status = timed(
    name,
    () => spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' }).status,
  );
  if (status === 0) passed++;
  else failed++;
}

/** Runs vitest and counts; returns what it skipped. */
function runTests() {
  const folder = mkdtempSync(join(tmpdir(), 'mcore-test-'));
  const report = join(folder, 'vitest.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const args = [bin('vitest', 'vitest.mjs'), 'run', ...reporters, ...process.argv.slice(2)];
  try {
    const { status } = timed('Tests', () => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }));
    const results = JSON.parse(readFileSync(report, 'utf8'));
    passed += results.numPassedTests;
    failed += results.numFailedTests;
    // a file that could not be loaded fails the run without failing a test
    if (status !== 0 && results.numFailedTests === 0) failed++;
    return skippedTests(results);
  } catch (error) {
    say(String(error));
    failed++;
    return [];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Says what is done, and how long it took. */
function timed(name, run) {
  say(`\n${name} ...`);
  const start = performance.now();
  const result = run();
  say(`${name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return result;
}
