import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ArgumentError, DataError, ShapeError } from '@mcore/errors';
import { ExemplarBank, encodeCheckpoint } from '@mcore/model';
import { RenderedDives } from '@mcore/rendered-dives';
import { nodeCanvas, writeVideo } from '@mcore/rendered-dives/node';
import { madeUpCheckpoint } from '@mcore/testing/made-up-checkpoint';
import { openVideo, readClip } from '@mcore/video/node';
import { bankUrl, weightsUrl } from '@mcore/weights-rendered-dives';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Judge, type JudgeProgress, loadJudge, UnknownClassError } from './node.js';

const folder = mkdtempSync(join(tmpdir(), 'mcore-judge-'));
const video = join(folder, 'dive.mp4');
const { clips } = new RenderedDives({ canvas: nodeCanvas });
const clip = clips.find(({ split, diveNumber }) => split === 'test' && diveNumber === '407c')!;
const progress: JudgeProgress[] = [];
let judge: Judge;

beforeAll(async () => {
  await writeVideo(video, clip, { canvas: nodeCanvas, height: 128, codec: 'vp9' });
  judge = await loadJudge({ engine: 'wasm', onProgress: (now) => progress.push(now) });
});
afterAll(async () => {
  await judge.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** What a server with these files says; everything else gets its index page, as in development servers. */
async function served<T>(files: Record<string, Uint8Array>, use: (address: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    const file = files[request.url!.slice(1)];
    response
      .writeHead(200, file ? {} : { 'content-type': 'text/html' })
      .end(file ?? '<!doctype html>\n<title>App</title>');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  } finally {
    server.close();
  }
}

describe('judge.score', () => {
  it('scores a rendered test dive within its interval of the judges, by the exemplars of its number', async () => {
    const result = await judge.score(video, { diveNumber: '407C' });
    expect(Object.keys(result).sort()).toEqual(
      [
        ...[
          'video',
          'diveNumber',
          'score',
          'interval',
          'level',
          'spread',
          'match',
          'exemplars',
          'inDistribution',
          'transitionConfidence',
          'uncertainTransitions',
          'noInterval',
          'rendered',
          'judgesRealDives',
        ],
        ...['transitions', 'transitionSeconds', 'frames', 'durationSeconds', 'notes'],
      ].sort(),
    );
    expect(result).toMatchObject({ video, diveNumber: '407c', match: 'same dive number', level: 0.9 });
    const [low, high] = result.interval!;
    expect(clip.score).toBeGreaterThan(low);
    expect(clip.score).toBeLessThan(high);
    expect(result.frames).toBe(clip.frameCount);
    expect(Math.abs(result.transitions[1]! - clip.transitions[1]!)).toBeLessThan(8);
    expect(result.transitionSeconds[1]).toBeCloseTo(result.transitions[1]! / 25, 2);
    for (const { delta, stageDeltas } of result.exemplars) {
      expect(stageDeltas.reduce((sum, part) => sum + part, 0)).toBeCloseTo(delta, 10);
    }
  });

  it('gives one video the same score under every name, as path, file URL, Blob, web address and Video', async () => {
    const copy = join(folder, 'another name.mp4');
    copyFileSync(video, copy);
    const bytes = readFileSync(video);
    const first = await judge.score(video, { class: '407c' });
    const blob = new File([bytes], 'dive.mp4');
    const open = await openVideo(video);
    const others = await served({ 'dive.mp4': bytes }, async (address) => [
      await judge.score(copy, { class: '407c' }),
      await judge.score(new URL(`file://${video}`), { class: '407c' }),
      await judge.score(blob, { class: '407c' }),
      await judge.score(`${address}dive.mp4`, { class: '407c' }),
      await judge.score(open, { class: '407c' }),
    ]);
    expect((await open.readFrames([0])).count).toBe(1); // a Video stays open
    open.close();
    for (const other of others) expect({ ...other, video }).toEqual(first);
  });

  it('takes sampled frames, and refuses those of another number or size', async () => {
    const open = await openVideo(video);
    const { frames: count, transform } = judge.weights.config.input;
    const { frames } = await readClip(open, { count, size: transform.resize });
    const whole = await open.readFrames([0, 1, 2]);
    open.close();
    const whole407 = await judge.score(video, { class: '407c' });
    const scored = await judge.score(frames, { class: '407c' });
    expect(scored.score).toBe(whole407.score);
    // frames do not say that they are rendered, as the file does
    expect(whole407).toMatchObject({ rendered: true, judgesRealDives: false, noInterval: null });
    expect(scored).toMatchObject({ interval: null, noInterval: 'weights of rendered dives on film' });
    const said = await judge.score(frames, { class: '407c', rendered: true });
    expect(said.interval).toEqual(whole407.interval);
    expect(scored).toMatchObject({ video: 'frames', frames: count, durationSeconds: count / 25 });
    const refused = judge.score(whole);
    await expect(refused).rejects.toBeInstanceOf(ShapeError);
    await expect(refused).rejects.toThrow(
      /^Scorer: expected 32 frames of \d+ x \d+ pixels, resized and not cropped, got 3 of 228 x 128\. Sample them/,
    );
    await expect(judge.score(frames, { start: 1 })).rejects.toThrow(
      new ArgumentError(
        'judge.score: expected a video with start and end, got frames, which are sampled already. Sample the part that you want.',
      ),
    );
  });

  it('scores a part of a video in terms of the whole one', async () => {
    const part = await judge.score(video, { start: 0.4, end: 2 });
    expect(part.transitionSeconds.every((second) => second >= 0.4 && second <= 2)).toBe(true);
    expect(part.frames).toBe(clip.frameCount);
    await expect(judge.score(video, { start: 2, end: 1 })).rejects.toThrow(/expected a part of .*, got 2 \.\. 1 s\.$/);
  });

  it('refuses a class that no exemplar has before it reads the video', async () => {
    progress.length = 0;
    const refused = judge.score('no such file.mp4', { class: '407x' });
    await expect(refused).rejects.toBeInstanceOf(UnknownClassError);
    await expect(refused).rejects.toMatchObject({
      code: 'ERR_MCORE_UNKNOWN_CLASS',
      nearest: ['407b', '407c', '107b', '107c', '207b'],
    });
    expect(progress).toEqual([]);
    expect((await judge.score(video, { class: 'somersault', anyClass: true })).match).toBe('nearest by features');
    await expect(judge.score(video, { class: '407c', diveNumber: '107b' })).rejects.toThrow(
      new ArgumentError('judge.score: expected diveNumber or class, got both: "107b" and "407c".'),
    );
  });

  it('ranks the nearest dive numbers by a given difficulty', async () => {
    const easy = await judge.score(video, { diveNumber: '206B', difficulty: 1.2 });
    const hard = await judge.score(video, { diveNumber: '206B', difficulty: 4.5 });
    expect([easy.match, hard.match]).toEqual(['nearest dive number', 'nearest dive number']);
    const numbers = [easy, hard].map(({ exemplars }) => new Set(exemplars.map(({ diveNumber }) => diveNumber)));
    expect(numbers).toEqual([new Set(['205b']), new Set(['207b'])]);
  });

  it('ends with the reason of its signal', async () => {
    const reason = new Error('enough');
    await expect(judge.score(video, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});

describe('judge.scoreAll', () => {
  it('decodes the next video while one is scored, keeps the order, and gives failures in their place', async () => {
    progress.length = 0;
    const text = join(folder, 'text.mp4');
    writeFileSync(text, 'not a video');
    const results = [];
    for await (const result of judge.scoreAll([video, text, { video, name: 'again', class: '407c' }])) {
      results.push(result);
    }
    const alone = [await judge.score(video), await judge.score(video, { name: 'again', class: '407c' })];
    expect([results[0], results[2]]).toEqual(alone);
    expect(results[1]).toEqual({
      video: text,
      error: { code: 'ERR_MCORE_DATA', message: expect.stringContaining('text.mp4') },
    });
    expect(progress.slice(0, 7)).toEqual([
      { phase: 'frames', video },
      { phase: 'frames', video: text },
      { phase: 'network', video },
      { phase: 'exemplars', video },
      { phase: 'frames', video: 'again' },
      { phase: 'network', video: 'again' },
      { phase: 'exemplars', video: 'again' },
    ]);
  });

  it('holds two clips at most however many there are, and stops where its signal says', async () => {
    const stop = new AbortController();
    let asked = 0;
    function* endless() {
      for (;;) {
        asked++;
        yield video;
      }
    }
    const all = judge.scoreAll(endless(), { signal: stop.signal });
    await all.next();
    expect(asked).toBe(2);
    stop.abort(new Error('enough'));
    await expect(all.next()).rejects.toThrow(new Error('enough'));
    expect(asked).toBeLessThanOrEqual(3);
  });
});

describe('judge.examine', () => {
  it('scores moved transitions, and locates the evidence', async () => {
    const examined = await judge.examine(video, { class: '407c' });
    expect(examined.result).toEqual(await judge.score(video, { class: '407c' }));
    const back = await examined.moved(examined.positions);
    expect(back.result.score).toBeCloseTo(examined.result.score, 3);
    const moved = await examined.moved([5, 20]);
    expect(moved.positions).toEqual([5, 20]);
    expect(moved.result.transitionSeconds).toEqual([examined.seconds[5], examined.seconds[20]]);
    expect(moved.result.score).not.toBeCloseTo(examined.result.score, 3);
    expect(examined.exemplars.map(({ id }) => id)).toEqual(examined.result.exemplars.map(({ id }) => id));
    const { time } = await examined.saliency();
    expect(time).toHaveLength(32);
    expect(Math.max(...time)).toBeGreaterThan(0);
  });
});

describe('loadJudge', () => {
  it('takes weights and bank as paths, URLs, Blobs and bytes, and finds the bank beside the weights', async () => {
    const [weights, bank] = [readFileSync(weightsUrl), readFileSync(bankUrl)];
    copyFileSync(weightsUrl, join(folder, 'best.safetensors'));
    copyFileSync(bankUrl, join(folder, 'bank.safetensors'));
    const expected = await judge.score(video, { class: '407c' });
    await served({ 'w.safetensors': weights, 'bank.safetensors': bank }, async (address) => {
      for (const files of [
        { weights: join(folder, 'best.safetensors') },
        { weights: weightsUrl, bank: bankUrl },
        { weights: new Blob([weights]), bank: new Blob([bank]) },
        { weights, bank },
        { weights: `${address}w.safetensors` },
      ]) {
        const other = await loadJudge({ ...files, engine: 'wasm' });
        expect(await other.score(video, { class: '407c' })).toEqual(expected);
        await other.dispose();
      }
    });
    expect(await judge.score(video, { class: '407c' })).toEqual(expected); // the shared engine is still there
  });

  it('says what is missing or is no weights', async () => {
    const { checkpoint, bank } = await madeUpCheckpoint();
    const weights = encodeCheckpoint(checkpoint);
    const cases: [Parameters<typeof loadJudge>[0], Error | RegExp][] = [
      [
        { weights: 'none.safetensors' },
        new DataError('loadJudge: expected a checkpoint in none.safetensors, got no such file.'),
      ],
      [
        { weights: new File([], 'empty.safetensors') },
        new DataError('loadJudge: expected a checkpoint (a safetensors file), got empty.safetensors, which is empty.'),
      ],
      [{ weights }, /^Scorer\.create: expected an exemplar bank of these weights, got none\. Give the bank/],
      [
        { weights, bank: new ExemplarBank(bank.exemplars, bank.shape, '0123456789abcdef').encode() },
        /got one of 0123456789abcdef\. Make it with mcore bank\.$/,
      ],
      [
        { bank: bankUrl },
        new ArgumentError('loadJudge: expected weights with the bank, got a bank alone. Give both, or neither.'),
      ],
      [{ seed: 0.5 }, new ArgumentError('loadJudge: expected a whole number as seed, got 0.5.')],
    ];
    for (const [options, error] of cases)
      await expect(loadJudge({ engine: 'wasm', ...options })).rejects.toThrow(error);
  });

  it('says so where a server answers with its index page', async () => {
    await served({}, async (address) => {
      await expect(loadJudge({ engine: 'wasm', weights: `${address}w.safetensors` })).rejects.toThrow(
        new DataError(
          `loadJudge: expected a checkpoint at ${address}w.safetensors, got a web page: the server has no such file and answers with its index.html. Check the address, or serve the file.`,
        ),
      );
    });
  });

  it('leaves no tensor behind, and refuses to score once disposed', async () => {
    const before = tf.memory().numTensors;
    const other = await loadJudge({ engine: 'wasm' });
    await other.score(video);
    await other.dispose();
    await other.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await expect(other.score(video)).rejects.toThrow(
      new ArgumentError('judge.score: expected a judge in use, got one that was disposed.'),
    );
  });

  it('keeps an engine that the program ran before, with its tensors', async () => {
    await tf.setBackend('cpu');
    const own = tf.tensor1d([1, 2, 3]);
    own.dataSync();
    const other = await loadJudge({ engine: 'cpu' });
    await other.dispose();
    expect([...own.dataSync()]).toEqual([1, 2, 3]);
    own.dispose();
    // scoring makes the judge's own engine the current one again
    await judge.score(video);
    expect(tf.getBackend()).toBe('wasm');
  });
});
