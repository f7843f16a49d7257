import { describe, expect, it } from 'vitest';
import { ArgumentError, DataError, EngineError, formatShape, McoreError, ShapeError, WeightsError } from './index.js';

describe('errors', () => {
  it.each([
    [ShapeError, 'ShapeError', 'ERR_MCORE_SHAPE'],
    [ArgumentError, 'ArgumentError', 'ERR_MCORE_ARGUMENT'],
    [DataError, 'DataError', 'ERR_MCORE_DATA'],
    [WeightsError, 'WeightsError', 'ERR_MCORE_WEIGHTS'],
    [EngineError, 'EngineError', 'ERR_MCORE_ENGINE'],
  ])('%o carries its name, code, message and cause', (Kind, name, code) => {
    const cause = new Error('below');
    const error = new Kind('expected one, got two', { cause });
    expect(error).toBeInstanceOf(McoreError);
    expect({ name: error.name, code: error.code, message: error.message, cause: error.cause }).toEqual({
      name,
      code,
      message: 'expected one, got two',
      cause,
    });
  });

  it('are told from others by code, across copies of the package too', async () => {
    const url = new URL('./errors.ts?copy', import.meta.url).href;
    const copy = (await import(/* @vite-ignore */ url)) as typeof import('./errors.js');
    const error = new copy.DataError('expected one, got two');
    expect(error instanceof McoreError).toBe(false);
    expect(McoreError.isInstance(error)).toBe(true);
    expect(McoreError.isInstance(error, 'ERR_MCORE_DATA')).toBe(true);
    expect(McoreError.isInstance(error, 'ERR_MCORE_SHAPE')).toBe(false);
    expect(McoreError.isInstance(new Error('ERR_MCORE_DATA'))).toBe(false);
    expect(McoreError.isInstance(undefined)).toBe(false);
  });

  it('formats shapes with names for free sizes', () => {
    expect(formatShape(['batch', 3, 368])).toBe('[batch, 3, 368]');
    expect(formatShape([])).toBe('[]');
  });

  it('keep text from a hostile file to one line of bounded length, without control characters', () => {
    const hostile = 'got "a\nb\r\t\u001b[2J\u009b1m\u202e\u2028".';
    for (const Kind of [ShapeError, ArgumentError, DataError, WeightsError]) {
      expect(new Kind(hostile).message).toBe('got "a\\nb\\r\\t\\u001b[2J\\u009b1m\\u202e\\u2028".');
    }
    expect(new DataError('x'.repeat(3000)).message).toBe(`${'x'.repeat(2000)}...`);
    expect(new WeightsError('x'.repeat(3000)).message).toHaveLength(3000);
    expect(new EngineError('no engine:\n- wasm').message).toBe('no engine:\n- wasm');
  });
});
