import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spearman } from '@mcore/metrics';
import { decodeCheckpoint, ExemplarBank, weightsId } from '@mcore/model';
import { RenderedDives } from '@mcore/rendered-dives';
import { nodeCanvas, writeVideo } from '@mcore/rendered-dives/node';
import { runMcore } from '@mcore/testing/run-mcore';
import { bankUrl, weightsUrl } from '@mcore/weights-rendered-dives';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-shipped-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the shipped weights', () => {
  const checkpoint = decodeCheckpoint(readFileSync(weightsUrl));
  const bank = ExemplarBank.decode(readFileSync(bankUrl));

  it('come with a bank that was computed with exactly them, of training clips alone', async () => {
    expect(bank.weightsId).toBe(await weightsId(checkpoint.tensors));
    const { clips } = new RenderedDives({ canvas: nodeCanvas });
    const split = new Map(clips.map((clip) => [clip.id, clip.split]));
    expect(new Set(bank.exemplars.map(({ id }) => split.get(id)))).toEqual(new Set(['train']));
    expect(bank.diveNumbers).toHaveLength(52);
  });

  it('score rendered test dives from mp4 files better than chance by far, with transitions in place', async () => {
    const { clips } = new RenderedDives({ canvas: nodeCanvas });
    const dives = clips.filter(({ split, diveNumber }) => split === 'test' && diveNumber === '407c').slice(0, 10);
    for (const clip of dives) await writeVideo(join(folder, `${clip.id}.mp4`), clip, { height: 128 });
    const videos = dives.map(({ id }) => `${id}.mp4`);
    const { status, stdout } = await runMcore(
      ['score', ...videos, '--dive', '407C', '--engine', 'wasm', '--json'],
      folder,
    );
    expect(status).toBe(0);
    const scored: { score: number; transitions: [number, number] }[] = JSON.parse(stdout);
    // one dive number: labels alone say nothing here
    const correlation = spearman(
      scored.map(({ score }) => score),
      dives.map(({ score }) => score),
    );
    expect(correlation).toBeGreaterThan(0.3);
    const misses = scored.map(({ transitions }, index) => Math.abs(transitions[1] - dives[index]!.transitions[1]!));
    expect(misses.sort((a, b) => a - b)[5]).toBeLessThan(8);
  }, 300_000);
});
