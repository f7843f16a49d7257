import { writeFileSync } from 'node:fs';
import { it } from 'vitest';
import { type ParityEngine, startEngine } from './engines.js';
import type { EngineResult } from './part.js';
import { backbone } from './parts/backbone.js';
import { fullSize } from './parts/full-size.js';
import { heads } from './parts/heads.js';
import { operations } from './parts/operations.js';
import { whole } from './parts/whole.js';

const engine = process.env.MCORE_PARITY_ENGINE as ParityEngine;

// not a test: vitest resolves the packages to their sources
it(`measures ${engine}`, async () => {
  const started = await startEngine(engine);
  const result: EngineResult = { engine, ...started, parts: [] };
  for (const part of [...operations, ...backbone, ...heads, ...whole, ...fullSize(process.env.MCORE_PARITY_FULL)]) {
    const { name, against, bounds, leftOut = [] } = part;
    const skips = 'unavailable' in started || leftOut.includes(engine);
    const start = Date.now();
    result.parts.push({ name, against, bounds, ...(skips ? {} : { measured: await part.measure() }) });
    process.stderr.write(`${engine}: ${name}, ${Math.round((Date.now() - start) / 1000)} s\n`);
  }
  writeFileSync(process.env.MCORE_PARITY_OUT!, JSON.stringify(result));
});
