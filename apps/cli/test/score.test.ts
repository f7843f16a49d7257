import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { loadJudge } from '@mcore/judge';
import { writeVideo } from '@mcore/rendered-dives/node';
import { runMcore } from '@mcore/testing/run-mcore';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-score-'));
const clip = fineDivingLabels.find(({ split, diveNumber }) => split === 'test' && diveNumber === '407c')!;

beforeAll(async () => {
  await writeVideo(join(folder, 'dive.mp4'), clip, { height: 128, codec: 'vp9' });
  copyFileSync(join(folder, 'dive.mp4'), join(folder, 'copy.mp4'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('mcore score', () => {
  it('prints one line for a video, and nothing of drivers on standard error', async () => {
    const { status, stdout, stderr } = await runMcore(['score', 'dive.mp4', '--dive', '407C'], folder);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^dive\.mp4: score \d+\.\d, 90 % interval \d+\.\d to \d+\.\d; take-off at \d\.\d\d s, entry at \d\.\d\d s of \d\.\d\d s; 12 exemplars, same dive number\n$/,
    );
    expect(stderr).toMatch(/^Engine: [a-z]+\. Weights trained on rendered dives \(.*\)[^\n]*\.\n$/);
  });

  it('prints as JSON what judge.score gives, the same for one video under two names', async () => {
    const args = ['score', 'dive.mp4', 'copy.mp4', '--dive', '407C', '--engine', 'wasm', '--json'];
    const { stdout } = await runMcore(args, folder);
    const printed: { video: string }[] = JSON.parse(stdout);
    const judge = await loadJudge({ engine: 'wasm' });
    const result = await judge.score(join(folder, 'dive.mp4'), { diveNumber: '407C' });
    await judge.dispose();
    expect(printed).toEqual(['dive.mp4', 'copy.mp4'].map((video) => ({ ...result, video })));
  });

  it('refuses a class that no exemplar has, unless any class is allowed', async () => {
    const refused = await runMcore(['score', 'dive.mp4', '--class', '407 c', '--engine', 'wasm'], folder);
    expect(refused).toMatchObject({ status: 1, stdout: '' });
    expect(refused.stderr).toContain(
      'dive.mp4: Failed: expected a class that the exemplars have, got "407 c". Nearest names: "407c", ',
    );
    const args = ['score', 'dive.mp4', '--class', '407 c', '--any-class', '--engine', 'wasm'];
    const allowed = await runMcore(args, folder);
    expect(allowed.status).toBe(0);
    expect(allowed.stdout).toContain('12 exemplars, nearest by features');
  });

  it('answers an error with JSON where JSON was asked for', async () => {
    const missing = await runMcore(['score', 'dive.mp4', '--weights', 'none.safetensors', '--json'], folder);
    expect(missing.status).toBe(1);
    expect(JSON.parse(missing.stdout)).toEqual({
      error: {
        code: 'ERR_MCORE_DATA',
        message: 'expected a checkpoint in none.safetensors, got no such file.',
      },
    });
    const usage = await runMcore(['score', '--json'], folder);
    expect(usage.status).toBe(2);
    expect(JSON.parse(usage.stdout)).toEqual({
      error: { code: 'ERR_MCORE_USAGE', message: 'expected videos, or a file with --list, got neither' },
    });
  });

  it('calls missing videos and a shard without results wrong usage', async () => {
    const none = await runMcore(['score'], folder);
    expect(none).toMatchObject({ status: 2, stdout: '' });
    expect(none.stderr).toContain('error: expected videos, or a file with --list, got neither');
    const shard = await runMcore(['score', 'dive.mp4', '--shard', '1/2'], folder);
    expect(shard).toMatchObject({ status: 2, stdout: '' });
    expect(shard.stderr).toContain('error: expected --results <dir> beside --shard, got none');
  });
});
