import { writeFileSync } from 'node:fs';
import { it } from 'vitest';
import { type ParityEngine, startEngine } from './engines.js';
import type { EngineResult } from './part.js';
import { backbone } from './parts/backbone.js';
import { heads } from './parts/heads.js';
import { operations } from './parts/operations.js';
import { whole } from './parts/whole.js';

const engine = process.env.MCORE_PARITY_ENGINE as ParityEngine;

// not a test: vitest resolves the packages to their sources
it(`measures ${engine}`, async () => {
  const started = await startEngine(engine);
  const result: EngineResult = { engine, ...started, parts: [] };
  for (const part of [...operations, ...backbone, ...heads, ...whole]) {
    const { name, against, bounds, slow } = part;
    const left = 'unavailable' in started ? 'no engine' : slow?.[engine];
    const start = Date.now();
    const measured = left === undefined ? { measured: await part.measure() } : { left };
    result.parts.push({ name, against, bounds, ...measured });
    process.stderr.write(`${engine}: ${name}, ${Math.round((Date.now() - start) / 1000)} s\n`);
  }
  writeFileSync(process.env.MCORE_PARITY_OUT!, JSON.stringify(result));
});
