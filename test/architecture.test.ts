import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { withArrows } from '../scripts/draw-architecture.mjs';

it('ARCHITECTURE.md shows the packages and arrows there are (else: node scripts/draw-architecture.mjs)', () => {
  const text = readFileSync(new URL('../ARCHITECTURE.md', import.meta.url), 'utf8');
  expect(text.replaceAll('\r\n', '\n')).toBe(withArrows(text.replaceAll('\r\n', '\n')));
});
