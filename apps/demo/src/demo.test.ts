import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import type { ExemplarFacts } from '@mcore/judge';
import type { Video } from '@mcore/video';
import { describe, expect, it } from 'vitest';
import { describeClass, describeDive, describeNumber } from './describe-dive.js';
import { executionOf } from './execution.js';
import type { Costs, JudgeReady, Verdict } from './judge/judge-api.js';
import { KeptVideo } from './pictures/kept-video.js';
import { Playback } from './playback.js';
import { partNames, stageSpans } from './stages.js';
import { kindOf } from './state/trouble.js';
import { clock, signed } from './ui/format.js';
import { stem, verdictCsv, verdictJson } from './ui/save.js';
import { WorkerError } from './worker-link.js';

describe('describeDive', () => {
  it.each([
    ['407c', 'inward, 3½ somersaults, tuck'],
    ['101b', 'forward, ½ somersault, pike'],
    ['102c', 'forward, 1 somersault, tuck'],
    ['113b', 'forward, 1½ flying somersaults, pike'],
    ['5253b', 'back, 2½ somersaults, 1½ twists, pike'],
    ['5132d', 'forward, 1½ somersaults, 1 twist, free position'],
    ['626c', 'armstand back, 3 somersaults, tuck'],
  ])('%s', (number, words) => {
    expect(describeDive(number)).toBe(words);
  });

  it('has words for every label', () => {
    for (const { diveNumber } of fineDivingLabels) expect(describeDive(diveNumber)).toMatch(/somersault/);
  });

  it('has words for what is being typed', () => {
    expect(describeNumber('')).toMatch(/^Unknown/);
    expect(describeNumber('52')).toMatch(/^Not a dive number yet/);
    expect(describeNumber(' 107B ')).toBe('forward, 3½ somersaults, pike');
  });
});

describe('stageSpans', () => {
  it('cover every frame of every label once, in order', () => {
    for (const { frameCount, transitions } of fineDivingLabels) {
      const spans = stageSpans(0, frameCount, transitions);
      expect(spans.map(({ name }) => name)).toEqual(['Take-off', 'Flight', 'Entry']);
      expect(spans[0]!.from).toBe(0);
      expect(spans[2]!.to).toBe(frameCount);
      expect([spans[1]!.from, spans[2]!.from]).toEqual([spans[0]!.to, spans[1]!.to]);
    }
  });

  it('numbers the stages of a model that has not three', () => {
    expect(stageSpans(0, 9, [3]).map(({ name }) => name)).toEqual(['Stage 1', 'Stage 2']);
  });
});

describe('Playback', () => {
  const playing = (from: number, to: number) => {
    const playback = new Playback();
    playback.setRange(from, to);
    playback.playing = true;
    playback.tick(100);
    return playback;
  };

  it('shows each second while playing, stays at the end, begins again after a pause', () => {
    const playback = playing(1, 1.4);
    const shown = [0.1, 0.3, 0.4, 0.6, 0.8, 1, 1.15].map((passed) => {
      playback.tick(100 + passed);
      return Number(playback.seconds.toFixed(2));
    });
    expect(shown).toEqual([1.1, 1.3, 1.4, 1.4, 1.4, 1.4, 1]);
  });

  it('plays slowly, jumps where told within its stretch, and does not jump over what a sleeping tab missed', () => {
    const playback = playing(0, 4);
    playback.speed = 0.25;
    playback.tick(100.16);
    expect(playback.seconds).toBeCloseTo(0.04, 10);
    playback.seek(2);
    expect(playback.progress).toBe(0.5);
    playback.tick(1000);
    expect(playback.seconds - 2).toBeLessThanOrEqual(0.25 * 0.25 + 1e-9);
    playback.seek(9);
    expect(playback.seconds).toBe(4);
    playback.setRange(1, 2);
    expect(playback.seconds).toBe(1);
  });
});

const exemplars: ExemplarFacts[] = [3.2, 3, 3.4].map((difficulty, index) => ({
  id: `0${index}__1`,
  diveNumber: '107b',
  score: 70,
  difficulty,
}));

describe('executionOf', () => {
  it('divides by the difficulty of the label, else by the exemplars’ middle one', () => {
    expect(executionOf(72, 3, exemplars, true)).toEqual({ difficulty: 3, from: 'label', execution: 24, award: 8 });
    expect(executionOf(64, null, exemplars, true)).toMatchObject({
      difficulty: 3.2,
      from: 'same number',
      execution: 20,
    });
    expect(executionOf(64, null, exemplars, false)).toMatchObject({ from: 'similar dives' });
    expect(executionOf(64, null, [], false)).toBeNull(); // exemplar-free weights
  });
});

const verdict: Verdict = {
  scored: {
    video: 'my "best", dive.mp4',
    diveNumber: '107b',
    score: 71.5,
    interval: [60, 83],
    level: 0.9,
    spread: 2,
    inDistribution: null,
    transitionConfidence: [0.9, 0.8],
    ...{ uncertainTransitions: [false, false], noInterval: null, rendered: true, judgesRealDives: false },
    match: 'same dive number',
    exemplars: [{ id: 'a,"b"', diveNumber: '107b', score: 70, delta: 1.5, stageDeltas: [1, -0.25, 0.75] }],
    transitions: [10, 20],
    transitionSeconds: [0.4, 0.8],
    frames: 40,
    durationSeconds: 1.6,
    notes: [],
  },
  exemplars: [{ id: 'a,"b"', diveNumber: '107b', score: 70, difficulty: 3 }],
  positions: [1, 2],
  seconds: [0, 0.4, 0.8, 1.2],
  probabilities: [
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ],
};

describe('what is saved', () => {
  it('is a line of CSV for each exemplar, quoted as RFC 4180 says', () => {
    expect(verdictCsv(verdict, ['Take-off', 'Flight', 'Entry'])).toBe(
      'exemplar,dive_number,difficulty,score,delta,delta_take_off,delta_flight,delta_entry\r\n' +
        '"a,""b""",107b,3,70,1.5000,1.0000,-0.2500,0.7500\r\n',
    );
  });

  it('is JSON with the keys of mcore score --json, and the model’s own phases where they were corrected', () => {
    const ready = {
      engine: { name: 'wasm', description: 'WebAssembly', attempts: [] },
      weights: { trainedOn: 'rendered dives', rendered: true, preset: 'laptop', step: 500, level: 0.9, clips: 200 },
      milliseconds: { engine: 1, weights: 2 },
    } as unknown as JudgeReady;
    const costs: Costs = {
      milliseconds: { frames: 3, network: 4, exemplars: 5 },
      memory: { tensors: 1, bytes: 4, heapBytes: null },
    };
    expect(JSON.parse(verdictJson(verdict, ready, costs, null))).toMatchObject(verdict.scored);
    expect(JSON.parse(verdictJson(verdict, ready, costs, null))).not.toHaveProperty('correctedByHand');
    const before = { ...verdict, scored: { ...verdict.scored, score: 69, transitions: [9, 20] } };
    expect(JSON.parse(verdictJson(verdict, ready, costs, before))).toMatchObject({
      correctedByHand: true,
      modelsOwn: { score: 69, transitions: [9, 20] },
    });
  });

  it('has a name that every system takes', () => {
    expect(stem('my "best" dive.mp4')).toBe('my_best_dive');
    expect(stem('.mp4')).toBe('dive');
  });
});

describe('kindOf', () => {
  const failed = (code?: string, message = 'what') =>
    new WorkerError({ name: 'Error', message, ...(code && { code }) });
  it.each([
    ['memory', 'judge', new RangeError('Array buffer allocation failed')],
    ['memory', 'judge', failed(undefined, 'memory access out of bounds')],
    ['memory', 'judge', new WorkerError({ name: 'RuntimeError', message: 'Aborted(). Build with -sASSERTIONS' })],
    ['memory', 'judge', failed('ERR_MCORE_ENGINE', 'is out of memory')],
    ['engine', 'start', failed('ERR_MCORE_ENGINE')],
    ['weights', 'start', failed('ERR_MCORE_DATA')],
    ['weights', 'start', failed('ERR_MCORE_WEIGHTS')],
    ['number', 'judge', failed('ERR_MCORE_UNKNOWN_CLASS')],
    ['video', 'judge', failed('ERR_MCORE_DATA')],
    ['video', 'pictures', failed('ERR_MCORE_DATA')],
    ['other', 'judge', new Error('what')],
  ] as const)('%s, when asked to %s', (kind, asked, error) => {
    expect(kindOf(error, asked)).toBe(kind);
  });
});

describe('KeptVideo', () => {
  it('opens a video once, another in its place, and again what could not be opened', async () => {
    const kept = new KeptVideo();
    const closed: string[] = [];
    let opened = 0;
    const open = async (name: string) => {
      opened++;
      return { name, close: () => closed.push(name) } as unknown as Video;
    };
    await expect(kept.get(1, () => Promise.reject(new Error('unreadable')))).rejects.toThrow(new Error('unreadable'));
    const video = await kept.get(1, () => open('first'));
    expect(await kept.get(1, () => open('first'))).toBe(video);
    expect(opened).toBe(1);
    expect((await kept.get(2, () => open('second'))).name).toBe('second');
    expect(closed).toEqual(['first']);
  });
});

describe('weights of other kinds', () => {
  it('have a name for the single part of a vote where whole clips are compared', () => {
    expect(partNames({ stages: 3, comparedStages: 3 })).toEqual(['Take-off', 'Flight', 'Entry']);
    expect(partNames({ stages: 3, comparedStages: 1 })).toEqual(['Whole dive']);
  });

  it('may know classes instead of dive numbers', () => {
    expect(describeClass('back flip')).toBe('back flip');
    expect(describeClass('407c')).toBe('407C inward, 3½ somersaults, tuck');
    expect(describeNumber('Back flip', ['back flip'])).toBe('A class that these weights know.');
    expect(describeNumber('107B', ['back flip'])).toBe('Not a class of these weights, such as back flip.');
  });
});

describe('figures in words', () => {
  it('are signed with a real minus, and clocks', () => {
    expect([signed(1.25, 2), signed(-1.26), signed(-0.01)]).toEqual(['+1.25', '−1.3', '0.0']);
    expect([clock(1.5), clock(64.25)]).toEqual(['1.50 s', '1:04.3']);
  });
});
