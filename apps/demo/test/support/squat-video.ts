import { writeFile } from 'node:fs/promises';
import { Random } from '@mcore/random';
import { nodeCanvas } from '@mcore/rendered-dives/node';

/** One squat: how it is done, and what judges would give for it. */
export interface Squat {
  name: string;
  /** Points, 0 to 10. */
  score: number;
  /** Where the hold and the rise begin, in seconds. */
  transitionSeconds: [number, number];
  frames: number;
  /** 0 (barely bent) to 1 (hips below the knees). */
  depth: number;
  /** 0 (upright) to 1 (bent over). */
  lean: number;
  /** 0 to 1: how far the knees sway. */
  sway: number;
  seed: string;
}

const RATE = 25;
const [WIDTH, HEIGHT] = [176, 136];

/** Squats of different quality; the same for the same seed. */
export function makeSquats(count: number, seed: number): Squat[] {
  return Array.from({ length: count }, (_, index) => {
    const random = Random.for(seed, 'squat', index);
    // quality is spread evenly, so that few clips hold all of it
    const quality = (index + 0.5) / count;
    const depth = clamp(0.25 + 0.75 * quality + random.normal(0, 0.06));
    const lean = clamp(0.75 - 0.6 * quality + random.normal(0, 0.1));
    const sway = clamp(random.uniform(0, 0.6));
    const [down, hold, up] = [16 + random.integer(10), 6 + random.integer(6), 14 + random.integer(8)] as const;
    return {
      name: `squat ${String(index + 1).padStart(2, '0')}.mp4`,
      score: Math.round(100 * (7 * depth + 2 * (1 - lean) + 1 * (1 - sway))) / 100,
      transitionSeconds: [down / RATE, (down + hold) / RATE],
      ...{ frames: down + hold + up, depth, lean, sway, seed: `${seed} ${index}` },
    };
  });
}

/** Draws a squat as an mp4 file (VP9). */
export async function writeSquat(path: string, squat: Squat): Promise<void> {
  const [mediabunny, server, av] = await Promise.all([
    import('mediabunny'),
    import('@mediabunny/server'),
    import('node-av'),
  ]);
  av.Log.setLevel(av.AV_LOG_QUIET);
  server.registerMediabunnyServer({ hardwareContext: null });
  const { BufferTarget, Mp4OutputFormat, Output, VideoSample, VideoSampleSource } = mediabunny;
  const output = new Output({ format: new Mp4OutputFormat({ fastStart: 'in-memory' }), target: new BufferTarget() });
  const source = new VideoSampleSource({ codec: 'vp9', bitrate: 300_000, keyFrameInterval: 1 });
  output.addVideoTrack(source, { frameRate: RATE });
  await output.start();
  for (let frame = 0; frame < squat.frames; frame++) {
    const sample = new VideoSample(new Uint8Array(drawSquat(squat, frame)), {
      ...{ format: 'RGBA', codedWidth: WIDTH, codedHeight: HEIGHT, timestamp: frame / RATE, duration: 1 / RATE },
    });
    await source.add(sample);
    sample.close();
  }
  await output.finalize();
  await writeFile(path, new Uint8Array(output.target.buffer!));
}

/** How far down the body is, 0 to 1, at a frame. */
function bentAt({ transitionSeconds: [hold, rise], frames }: Squat, frame: number): number {
  const ease = (part: number) => (1 - Math.cos(Math.PI * clamp(part))) / 2;
  if (frame < hold * RATE) return ease(frame / (hold * RATE));
  if (frame < rise * RATE) return 1;
  return 1 - ease((frame - rise * RATE) / (frames - 1 - rise * RATE));
}

function drawSquat(squat: Squat, frame: number): Uint8Array | Uint8ClampedArray | Buffer {
  const random = Random.for(squat.seed, 'looks');
  const { context, pixels } = nodeCanvas(WIDTH, HEIGHT);
  const hue = random.integer(360);
  const draw = context as unknown as CanvasRenderingContext2D;
  draw.fillStyle = `hsl(${hue} 18% 78%)`;
  draw.fillRect(0, 0, WIDTH, HEIGHT);
  draw.fillStyle = `hsl(${hue} 22% 55%)`;
  draw.fillRect(0, 112, WIDTH, 24);
  const size = random.uniform(0.9, 1.08);
  const left = WIDTH / 2 + random.uniform(-8, 8);
  const bent = squat.depth * bentAt(squat, frame);
  const [shin, thigh, trunk] = [28 * size, 28 * size, 34 * size];
  const swayed = 4 * squat.sway * Math.sin(frame / 2.5);
  const ankle = { x: left, y: 114 };
  const shinAngle = 0.6 * bent;
  const thighAngle = 1.75 * bent;
  const trunkAngle = bent * (0.35 + 0.9 * squat.lean);
  const knee = { x: ankle.x + shin * Math.sin(shinAngle) + swayed, y: ankle.y - shin * Math.cos(shinAngle) };
  const hip = { x: knee.x - thigh * Math.sin(thighAngle), y: knee.y - thigh * Math.cos(thighAngle) };
  const neck = { x: hip.x + trunk * Math.sin(trunkAngle), y: hip.y - trunk * Math.cos(trunkAngle) };
  const hand = { x: neck.x + 24 * size, y: neck.y + 6 * size };
  const limb = (from: typeof ankle, to: typeof ankle, colour: string, width: number) => {
    draw.strokeStyle = colour;
    draw.lineWidth = width * size;
    draw.lineCap = 'round';
    draw.beginPath();
    draw.moveTo(from.x, from.y);
    draw.lineTo(to.x, to.y);
    draw.stroke();
  };
  const clothes = `hsl(${(hue + 150) % 360} 60% 32%)`;
  const skin = '#b97a56';
  limb(ankle, { x: ankle.x + 9 * size, y: ankle.y }, '#222', 5);
  limb(ankle, knee, skin, 8);
  limb(knee, hip, clothes, 11);
  limb(hip, neck, clothes, 13);
  limb(neck, hand, skin, 6);
  draw.fillStyle = skin;
  draw.beginPath();
  draw.arc(neck.x + 3, neck.y - 10 * size, 7 * size, 0, 2 * Math.PI);
  draw.fill();
  return pixels();
}

const clamp = (value: number) => Math.min(1, Math.max(0, value));
