import { expect, it } from 'vitest';
import { listSkipped, skippedTests, unlistedSkips } from '../scripts/skipped-tests.mjs';

const report = {
  testResults: [
    {
      assertionResults: [
        { status: 'passed', title: 'runs', ancestorTitles: ['suite'] },
        { status: 'skipped', title: 'needs a server: skipped, there is no redis-server', ancestorTitles: ['suite'] },
        { status: 'pending', title: 'inner', ancestorTitles: ['outer: skipped, there is no clang'] },
      ],
    },
    {
      assertionResults: [
        { status: 'skipped', title: 'other', ancestorTitles: ['outer: skipped, there is no clang'] },
        { status: 'todo', title: 'later', ancestorTitles: [] },
      ],
    },
  ],
};

it('skipped tests are listed by the reason in their name or in that of a suite', () => {
  expect(listSkipped(skippedTests(report))).toBe(
    [
      '4 tests were skipped:',
      '     2  there is no clang',
      '     1  there is no redis-server',
      '     1  no reason given',
    ].join('\n'),
  );
  expect(listSkipped([])).toBe('0 tests were skipped.');
});

it('a reason is allowed by an entry that it begins with; none given is never allowed', () => {
  const allowed = [{ reason: 'there is no', why: 'a test' }];
  expect(unlistedSkips(skippedTests(report), allowed)).toEqual([{ reason: 'no reason given', tests: ['later'] }]);
});

it('every entry of test/allowed-skips.json says why', async () => {
  const { default: allowed } = await import('./allowed-skips.json', { with: { type: 'json' } });
  for (const { reason, why } of allowed) {
    expect(reason).toMatch(/\S/);
    expect(why).toMatch(/^[A-Z.].*\.$/);
  }
});
