import table from './data/labels.json';
import { type SubAction, stageTransitions } from './stage-transitions.js';

/** One labelled dive of FineDiving; has every field of `Clip` in `@mcore/clips`. */
export interface FineDivingLabel {
  /** `'<competition>__<dive index>'`: `'01__10'`. */
  readonly id: string;
  /** FineDiving's folder of the competition: `'01'`, `'FINADivingWorldCup2021_Men3m_final_r1'`. */
  readonly competition: string;
  /** Folder of the dive within its competition. */
  readonly diveIndex: number;
  /** World Aquatics number of the dive with its position: `'407c'`, `'5253b'`. */
  readonly diveNumber: string;
  /** The judges' score; 0 .. 114.8 in this data. In 120 clips it is not what the awards and the difficulty give. */
  readonly score: number;
  /** Degree of difficulty, 1.5 .. 4.1 in this data. */
  readonly difficulty: number;
  /**
   * The judges' awards as annotated: 7 in 1,369 clips, of which the middle three count; 3, which all count, in 1,024; 5 of synchronised dives,
   * which all count, in 607. Two have a misprint: 45 (04__49) and 55.5 (FINAWorldChampionships2019_Women3m_final_r3__1).
   */
  readonly awards: readonly number[];
  /** Number of native frames, 63 .. 273 in this data. */
  readonly frameCount: number;
  /** Width of a native frame in pixels. */
  readonly width: number;
  /** Height of a native frame in pixels; 256 for every clip. */
  readonly height: number;
  /** First native frame of the flight and of the entry, ascending; see {@link stageTransitions}. No stage is empty. */
  readonly transitions: readonly [number, number];
  /** Three to five sub-actions that fill the clip, ascending, the first at frame 0. The last is the entry in all but 14 clips. */
  readonly subActions: readonly SubAction[];
  /** Numbers of the first and the last frame of the dive in the recording of its competition, from 0. */
  readonly recording: { readonly start: number; readonly end: number };
  /** The official split: 2,251 clips to train on and 749 to test on. */
  readonly split: 'train' | 'test';
  /** The E2E-Spot project's split, which divides FineDiving's training clips into `train` and `val`. */
  readonly portion: 'train' | 'val' | 'test';
}

type Row = [
  competition: number,
  diveIndex: number,
  portion: number,
  diveNumber: number,
  score: number,
  difficulty: number,
  awards: number[],
  frameCount: number,
  width: number,
  start: number,
  subActions: number[],
];

const portions = ['train', 'val', 'test'] as const;

function expand(row: Row): FineDivingLabel {
  const [
    competitionIndex,
    diveIndex,
    portionIndex,
    numberIndex,
    score,
    difficulty,
    awards,
    frameCount,
    width,
    start,
    runs,
  ] = row;
  const competition = table.competitions[competitionIndex]!;
  const portion = portions[portionIndex]!;
  const names = table.subActions as Record<number, string>;
  const subActions: SubAction[] = [];
  for (let at = 0; at < runs.length; at += 2) subActions.push({ frame: runs[at + 1]!, name: names[runs[at]!]! });
  return {
    id: `${competition}__${diveIndex}`,
    competition,
    diveIndex,
    diveNumber: table.diveNumbers[numberIndex]!,
    score,
    difficulty,
    awards,
    frameCount,
    width,
    height: 256,
    transitions: stageTransitions(subActions.map(({ frame }) => frame)),
    subActions,
    recording: { start, end: start + frameCount - 1 },
    split: portion === 'test' ? 'test' : 'train',
    portion,
  };
}

/**
 * The 3,000 labels of FineDiving (Xu et al., CVPR 2022) as its authors annotated them, in the order train, val, test of the E2E-Spot
 * project's files, which dive numbers, split and frame widths are from.
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
