import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { untar } from './untar.js';

it('reads the files that tar wrote, without its folders and links', () => {
  const folder = mkdtempSync(join(tmpdir(), 'untar-'));
  try {
    mkdirSync(join(folder, 'inner'));
    writeFileSync(join(folder, 'inner', 'five.txt'), 'hello');
    writeFileSync(join(folder, 'inner', 'block.bin'), new Uint8Array(512).fill(7));
    writeFileSync(join(folder, 'inner', 'empty'), '');
    symlinkSync('five.txt', join(folder, 'inner', 'link'));
    const archive = execFileSync('tar', ['--format=ustar', '--sort=name', '-cf', '-', 'inner'], { cwd: folder });
    expect([...untar(archive)].map(({ name, data }) => [name, data.length, data[0]])).toEqual([
      ['inner/block.bin', 512, 7],
      ['inner/empty', 0, undefined],
      ['inner/five.txt', 5, 'h'.charCodeAt(0)],
    ]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
