import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { writeVideo } from '@mcore/rendered-dives/node';
import { runMcore, startMcore } from '@mcore/testing/run-mcore';
import { weightsUrl } from '@mcore/weights-rendered-dives';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'mcore-shards-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clips = fineDivingLabels.filter(({ split }) => split === 'test').slice(0, 6);
const lines = (file: string) => readFileSync(join(folder, file), 'utf8').trim().split('\n');
const scoring = ['score', '--list', 'videos.txt', '--engine', 'wasm'];

describe('mcore score in shards', () => {
  let whole: string;
  beforeAll(async () => {
    for (const clip of clips) await writeVideo(join(folder, `${clip.id}.mp4`), clip, { height: 48 });
    const list = clips.map(({ id, diveNumber }) => `${id}.mp4\t${diveNumber.toUpperCase()}\n`).join('');
    writeFileSync(join(folder, 'videos.txt'), list);
    const { stdout, status } = await runMcore([...scoring, '--json'], folder);
    expect(status).toBe(0);
    whole = stdout;
  }, 120_000);

  it('a Slurm array and a Kubernetes Indexed Job give, merged, the bytes of one process', async () => {
    const slurm = (id: number) => ({
      SLURM_ARRAY_TASK_ID: `${id}`,
      SLURM_ARRAY_TASK_COUNT: '3',
      SLURM_ARRAY_TASK_MIN: '1',
    });
    const kubernetes = (index: number) => ({ JOB_COMPLETION_INDEX: `${index}`, MCORE_SHARDS: '3' });
    const runs = [slurm(1), kubernetes(1), slurm(3)];
    for (const [position, environment] of runs.entries()) {
      const { status, stdout, stderr } = await runMcore([...scoring, '--results', 'scores'], folder, environment);
      expect(status).toBe(0);
      expect(stderr).toContain(`Shard ${position + 1} of 3, from `);
      expect(stdout).toContain(`shard ${position + 1} of 3: 2 of 2 done`);
      if (position > 0) continue;
      const early = await runMcore(['merge', 'scores'], folder);
      expect(early).toMatchObject({ status: 1, stdout: '' });
      expect(early.stderr).toContain('Shards without a file: 2/3, 3/3.');
      expect(early.stderr).toContain('expected results of all 6 tasks, 4 are missing');
      const partial = await runMcore(['merge', 'scores', '--partial', '--json'], folder);
      expect(partial.status).toBe(0);
      expect(JSON.parse(partial.stdout).map(({ video }: { video: string }) => video)).toEqual([
        `${clips[0]!.id}.mp4`,
        `${clips[3]!.id}.mp4`,
      ]);
    }
    const merged = await runMcore(['merge', 'scores', '--json', '--out', 'merged.json'], folder);
    expect(merged.status).toBe(0);
    expect(merged.stdout).toBe(whole);
    expect(readFileSync(join(folder, 'merged.json'), 'utf8')).toBe(whole);
  }, 120_000);

  it('killed with SIGKILL in the middle and started again, scores what was missing, and the result is the same', async () => {
    const args = [...scoring, '--results', 'killed', '--json'];
    const { process: child, finished } = startMcore(args, folder);
    const file = join('killed', 'results-0001-of-0001.jsonl');
    const scored = () => (readdirSync(folder).includes('killed') ? readdirSync(join(folder, 'killed')) : []);
    while ((!scored().includes('results-0001-of-0001.jsonl') || lines(file).length < 3) && child.exitCode === null) {
      await wait(5);
    }
    child.kill('SIGKILL');
    await finished;
    const before = lines(file);
    expect(before.length).toBeLessThan(7);
    appendFileSync(join(folder, file), '{"id":"cut');
    const { status, stdout } = await runMcore(args, folder);
    expect(status).toBe(0);
    expect(stdout).toBe(whole);
    const after = lines(file);
    expect(after).toHaveLength(7);
    expect(after.slice(0, before.length)).toEqual(before);
  }, 120_000);

  it('refuses to mix seeds, and --shard without --results', async () => {
    const other = await runMcore([...scoring, '--results', 'scores', '--shard', '1/3', '--seed', '5'], folder);
    expect(other.status).toBe(1);
    expect(other.stderr).toMatch(
      /expected results of one job, got different ones in .*: settings\.seed 0 and 5\. \(ERR_MCORE_DATA\)\n$/,
    );
    const alone = await runMcore([...scoring, '--shard', '1/3'], folder);
    expect(alone.status).toBe(2);
    expect(alone.stderr).toContain('error: expected --results <dir> beside --shard, got none');
    const wrong = await runMcore([...scoring, '--results', 'scores', '--shard', '4/3'], folder);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('expected a shard from 1/n to n/n, got 4/3.');
  }, 60_000);

  it('a video that fails is tried again, and is in the result with its error until it is there', async () => {
    writeFileSync(join(folder, 'two.txt'), `${clips[0]!.id}.mp4\nlate.mp4\n`);
    const args = ['score', '--list', 'two.txt', '--engine', 'wasm', '--results', 'late', '--json'];
    const early = await runMcore(args, folder);
    expect(early.status).toBe(1);
    expect(JSON.parse(early.stdout)).toMatchObject([
      { diveNumber: null, match: 'nearest by features' },
      { video: 'late.mp4', error: { code: 'ERR_MCORE_DATA' } },
    ]);
    await writeVideo(join(folder, 'late.mp4'), clips[1]!, { height: 48 });
    const late = await runMcore(args, folder);
    expect(late.status).toBe(0);
    expect(JSON.parse(late.stdout)[1]).toMatchObject({ video: 'late.mp4', score: expect.any(Number) });
  }, 60_000);
});

describe('mcore eval in shards', () => {
  it('gives, merged, the figures and the rows of one process', async () => {
    const args = ['eval', '--weights', fileURLToPath(weightsUrl), '--limit', '4', '--render-height', '48'];
    args.push('--engine', 'wasm', '--cache', 'cache');
    const whole = await runMcore([...args, '--csv', 'whole.csv', '--json'], folder);
    expect(whole.status).toBe(0);
    for (const shard of ['1/2', '2/2']) {
      const { status } = await runMcore([...args, '--results', 'evaluation', '--shard', shard], folder);
      expect(status).toBe(0);
    }
    const merged = await runMcore(['merge', 'evaluation', '--csv', 'merged.csv', '--json'], folder);
    expect(merged.stdout).toBe(whole.stdout);
    expect(lines('merged.csv')).toEqual(lines('whole.csv'));
  }, 180_000);
});
