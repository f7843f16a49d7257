import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testPrebuilt } from '@mcore/testing/prebuilt';
import { because } from '@mcore/testing/skips';
import { describe, expect, it } from 'vitest';
import {
  compileAddon,
  compileWasm,
  findCompiler,
  hashPrebuilt,
  PLATFORMS,
  PREBUILT,
  parts,
  sourcesHash,
} from '../scripts/build.mjs';
import { BASELINE, COMPILER, RELAXED } from './binary.js';
import { encodeConfig } from './config.js';

const compiler = findCompiler();
const isSame = compiler?.version === COMPILER && process.arch === 'x64';
const reason = isSame
  ? null
  : `the committed binaries were compiled by ${COMPILER}, here is ${compiler?.version ?? 'no clang'}`;

describe('the compiled code', () => {
  it.skipIf(!isSame)(`is what the C files compile to, byte for byte, with ${COMPILER}${because(reason)}`, () => {
    expect(compileWasm(compiler!.command, false).toString('base64') === BASELINE).toBe(true);
    expect(compileWasm(compiler!.command, true).toString('base64') === RELAXED).toBe(true);
    const addon = compileAddon('linux-x64', [compiler!.command], parts);
    expect(addon.equals(readFileSync(join(PREBUILT, 'linux-x64.node')))).toBe(true);
  });

  it('is at most 50 kB in WebAssembly', () => {
    expect(Math.max(BASELINE.length, RELAXED.length)).toBeLessThan((50_000 * 4) / 3);
  });

  testPrebuilt({ folder: PREBUILT, platforms: Object.keys(PLATFORMS), sourcesHash, hashPrebuilt });

  it('needs nothing from outside in WebAssembly', () => {
    expect(WebAssembly.Module.imports(new WebAssembly.Module(Buffer.from(BASELINE, 'base64')))).toEqual([]);
  });

  it("takes under 60 MB for the paper's backbone and a stream of 112 x 112 pixels", () => {
    const module = new WebAssembly.Module(Buffer.from(BASELINE, 'base64'));
    const code = new WebAssembly.Instance(module).exports as unknown as {
      memory: WebAssembly.Memory;
      __heap_base: WebAssembly.Global;
    } & Record<string, (...args: number[]) => number>;
    const align = (pointer: number) => Math.ceil(pointer / 64) * 64;
    const config = align(code.__heap_base.value as number);
    code.memory.grow(64);
    const paper = { stemWidth: 32, widths: [24, 56, 152, 368], depths: [1, 1, 4, 7], groupWidth: 8, gateShift: true };
    new Int32Array(code.memory.buffer, config, 12).set(encodeConfig(paper));
    const weights = code.backbone_bytes!(config);
    code.memory.grow(Math.ceil((2 * weights) / 65536));
    const block = config + 64;
    const values = align(block + weights);
    const backbone = code.backbone_make!(block, config, values, values + weights, 368);
    const state = code.stream_bytes!(backbone, 112, 112);
    expect(weights + state).toBeGreaterThan(11e6); // 2.8 million weights
    expect(weights + state).toBeLessThan(60e6);
  });
});
