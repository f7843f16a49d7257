import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderReport, STAGE_COLORS } from '@mcore/report';
import { madeUpReport } from '@mcore/testing/made-up-report';
import { expect, it } from 'vitest';
import { root } from '../scripts/packages.mjs';

/** Relative luminance, WCAG 2.2. */
function luminance(color: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(color.slice(at, at + 2), 16) / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
const contrast = (a: string, b: string) => {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high! + 0.05) / (low! + 0.05);
};

it("the demo's style sheets have the stage colours of @mcore/report, and no others", () => {
  const folder = join(root, 'apps', 'demo', 'src', 'style');
  const uses = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/--stage-(\d): (#[0-9a-f]+);/g)].map(([, stage, color]) => ({
      stage: Number(stage),
      color: color!,
    })),
  );
  expect(uses.length).toBeGreaterThanOrEqual(6);
  const others = uses.filter(({ stage, color }) => !Object.values(STAGE_COLORS[stage] ?? {}).includes(color));
  expect(others).toEqual([]);
});

it("the report has the demo's colours and fonts, light and dark", () => {
  const demo = readFileSync(join(root, 'apps', 'demo', 'src', 'style', 'base.css'), 'utf8');
  const report = renderReport(madeUpReport(30));
  const names = { paper: 'paper', panel: 'panel', ink: 'ink', quiet: 'muted', line: 'line', accent: 'accent' };
  const valuesOf = (text: string, name: string) =>
    [...text.matchAll(new RegExp(`--${name}: ([^;]+);`, 'g'))].slice(0, 2).map(([, value]) => value);
  for (const [theirs, ours] of Object.entries(names))
    expect(valuesOf(report, ours), ours).toEqual(valuesOf(demo, theirs));
  expect(valuesOf(report, 'display')).toEqual(valuesOf(demo, 'display'));
});

it("text on the first three can be read: the demo's white and dark ink at 4.5 : 1 (WCAG AA)", () => {
  for (const { light, dark } of STAGE_COLORS.slice(0, 3)) {
    expect(contrast(light, '#ffffff')).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark, '#05202c')).toBeGreaterThanOrEqual(4.5);
  }
});
