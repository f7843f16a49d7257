import table from './data/labels.json';

/** One labelled change of sub-action within a dive. */
export interface FineDivingEvent {
  /** First native frame, from 0, of the sub-action that begins. */
  readonly frame: number;
  /** The sub-action that begins: `'Som(s).Pike'`, `'Som(s).Tuck'`, `'Twist(s)'` or `'Entry'`. */
  readonly label: string;
  /** What changes into what, in the annotators' words: `'Inward -> 3.5 Soms.Tuck'`. */
  readonly comment: string;
}

/** One labelled dive of FineDiving; has every field of `Clip` in `@mcore/clips`. */
export interface FineDivingLabel {
  /** `'<competition>__<dive index>'`, as the E2E-Spot project names the videos: `'01__10'`. */
  readonly id: string;
  /** FineDiving's folder of the competition: `'01'`, `'FINADivingWorldCup2021_Men3m_final_r1'`. */
  readonly competition: string;
  /** Folder of the dive within its competition. */
  readonly diveIndex: number;
  /** World Aquatics number of the dive with its position: `'407c'`, `'5253b'`. */
  readonly diveNumber: string;
  /** The judges' score, sum of the counting awards times the difficulty; 0 .. 114.8 in this data. */
  readonly score: number;
  /** Degree of difficulty, 1.5 .. 4.1 in this data. */
  readonly difficulty: number;
  /** Number of native frames, 63 .. 273 in this data. */
  readonly frameCount: number;
  /** Width of a native frame in pixels. */
  readonly width: number;
  /** Height of a native frame in pixels; 256 for every clip. */
  readonly height: number;
  /**
   * First native frame of the flight and of the entry, never decreasing. Where clips have more than three sub-actions (26 % of
   * them), the flight is everything between the first and the last. See {@link stageTransitions}.
   */
  readonly transitions: readonly [number, number];
  /** Every labelled event, in the order of the source (which is not sorted by frame for three clips). */
  readonly events: readonly FineDivingEvent[];
  /** How many events the source declares; four clips list one fewer than they declare. */
  readonly declaredEvents: number;
  /** The official split: 2,251 clips to train on and 749 to test on. */
  readonly split: 'train' | 'test';
  /** The file of E2E-Spot the clip is in; that project splits FineDiving's training clips into `train` and `val`. */
  readonly portion: 'train' | 'val' | 'test';
}

/**
 * Transitions between the three stages take-off, flight and entry: the first frame of the second distinct per-frame label and
 * the first frame of the last one. Events need not be sorted. An event at frame 0 leaves nothing before it, so it begins
 * the first label and not the second: such a clip, and one with a single event, has an empty middle stage.
 *
 * @param events - At least one, frames in native frames from 0.
 * @returns `[first frame of the flight, first frame of the entry]`; equal where the middle stage is empty.
 */
export function stageTransitions(events: readonly Pick<FineDivingEvent, 'frame'>[]): [number, number] {
  const frames = events.map((event) => event.frame).sort((a, b) => a - b);
  const last = frames.at(-1) ?? 0;
  return [frames.find((frame) => frame > 0) ?? last, last];
}

type Row = [
  competition: number,
  diveIndex: number,
  portion: number,
  diveNumber: number,
  score: number,
  difficulty: number,
  frameCount: number,
  width: number,
  declaredEvents: number,
  events: number[],
];

const portions = ['train', 'val', 'test'] as const;

function expand(row: Row): FineDivingLabel {
  const [competitionIndex, diveIndex, portionIndex, numberIndex, score, difficulty, frameCount, width, declared, flat] =
    row;
  const competition = table.competitions[competitionIndex]!;
  const portion = portions[portionIndex]!;
  const events: FineDivingEvent[] = [];
  for (let at = 0; at < flat.length; at += 3) {
    events.push({ frame: flat[at]!, label: table.labels[flat[at + 1]!]!, comment: table.comments[flat[at + 2]!]! });
  }
  return {
    id: `${competition}__${diveIndex}`,
    competition,
    diveIndex,
    diveNumber: table.diveNumbers[numberIndex]!,
    score,
    difficulty,
    frameCount,
    width,
    height: 256,
    transitions: stageTransitions(events),
    events,
    declaredEvents: declared,
    split: portion === 'test' ? 'test' : 'train',
    portion,
  };
}

/**
 * The 3,000 labels of FineDiving (Xu et al., CVPR 2022) in the order train, val, test of the E2E-Spot project's files.
 *
 * The labels are under the MIT License, Copyright (c) 2022 Jinglin Xu; NOTICE.md has its text.
 */
// marked, so that programs which use the rest of this package need not carry the table
export const fineDivingLabels: readonly FineDivingLabel[] = /* @__PURE__ */ expandAll();

function expandAll(): FineDivingLabel[] {
  return (table.clips as unknown as Row[]).map(expand);
}

/** The name and licence of the data, for programs that print where numbers come from. */
export const fineDivingNotice = 'Labels of FineDiving, MIT License, Copyright (c) 2022 Jinglin Xu';
