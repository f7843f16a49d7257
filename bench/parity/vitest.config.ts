import { defineConfig } from 'vitest/config';
import root from '../../vitest.config.js';

/** For scripts/measure-parity.mjs, which says which engine and where the result goes. */
export default defineConfig({
  resolve: root.resolve ?? {},
  test: { include: ['bench/parity/measure.run.ts'], testTimeout: 3_600_000, reporters: ['dot'] },
});
