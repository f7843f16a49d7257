import { repeatVideo } from '@mcore/testing/repeat-video';
import { registerMediabunnyServer } from '@mediabunny/server';
import { BufferTarget, Mp4OutputFormat, Output, VideoSample, VideoSampleSource } from 'mediabunny';
import { expect, it } from 'vitest';
import { openVideo, readClip, registerVideoDecoder } from './node.js';

const WIDTH = 640;
const HEIGHT = 360;
const LOOP = 25;
const LOOPS = 400;

/** A loop of encoded frames, each of one grey that rises by 8 from frame to frame. */
async function encodeLoop(): Promise<ArrayBuffer> {
  const output = new Output({ format: new Mp4OutputFormat(), target: new BufferTarget() });
  const source = new VideoSampleSource({ codec: 'avc', bitrate: 500_000, keyFrameInterval: LOOP / 25 });
  output.addVideoTrack(source, { frameRate: 25 });
  await output.start();
  for (let frame = 0; frame < LOOP; frame++) {
    const data = new Uint8Array(WIDTH * HEIGHT * 1.5).fill(128);
    data.fill(16 + 8 * frame, 0, WIDTH * HEIGHT);
    const sample = new VideoSample(data, {
      format: 'I420',
      codedWidth: WIDTH,
      codedHeight: HEIGHT,
      timestamp: frame / 25,
      duration: 1 / 25,
    });
    await source.add(sample);
    sample.close();
  }
  await output.finalize();
  return output.target.buffer!;
}

it('samples 96 of 10,000 frames, 6.9 GB decoded, in less than 250 MB more than before', async () => {
  await registerVideoDecoder();
  registerMediabunnyServer({ hardwareContext: null });
  const bytes = await repeatVideo(await encodeLoop(), LOOPS, 25);
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 20);
  const start = performance.now();
  const video = await openVideo(new Blob([bytes]), { name: 'long.mp4' });
  expect(video).toMatchObject({ frameCount: LOOP * LOOPS, width: WIDTH, height: HEIGHT });
  expect(video.durationSeconds).toBeCloseTo(LOOPS, 2);
  const { frames, indices } = await readClip(video, { size: { height: 112, width: 200 } });
  video.close();
  clearInterval(watch);
  const megabytes = Math.round((most - before) / 1e6);
  console.info(`${LOOP * LOOPS} frames in ${Math.round(performance.now() - start)} ms, ${megabytes} MB more`);
  expect(megabytes).toBeLessThan(250);
  for (const [place, index] of indices.entries()) {
    // limited range: luma 16 is black, 235 white
    const grey = (8 * (index % LOOP) * 255) / 219;
    expect(Math.abs(frames.data[place * 112 * 200 * 3 + 33_000]! - grey)).toBeLessThan(6);
  }
}, 180_000);
