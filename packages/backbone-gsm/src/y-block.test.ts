import { beforeAll, describe, it } from 'vitest';
import { ENGINES, useEngine } from './testing/engines.js';
import { expectGoldenBlock } from './testing/expect-golden-block.js';

describe.each(ENGINES)('yBlock on %s', (engine) => {
  beforeAll(() => useEngine(engine));

  it.each([
    ['s2.b1', 'stride 2 and a projected shortcut', [6, 9, 6, 24]],
    ['s3.b2', 'stride 1 and the input as its shortcut', [6, 3, 4, 152]],
  ])('%s, with %s, has the output and gradients of timm around a gate-shift module, to 1e-5', (name, _, shape) =>
    expectGoldenBlock(name, shape, 1e-5),
  );
});
