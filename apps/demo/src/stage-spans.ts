/** The stages of a dive in order. */
export const stageNames = ['Take-off', 'Flight', 'Entry'] as const;

/** A stage's part of a clip. */
export interface StageSpan {
  readonly name: string;
  /** First frame. */
  readonly from: number;
  /** Frame after the last; equal to `from` where the stage is empty. */
  readonly to: number;
}

/** The stages between the transitions of a clip; together they cover every frame once. */
export function stageSpans(frameCount: number, transitions: readonly number[]): StageSpan[] {
  const edges = [0, ...transitions, frameCount];
  return stageNames.map((name, stage) => ({ name, from: edges[stage]!, to: edges[stage + 1]! }));
}

/** Number of the stage a frame belongs to, from 0. */
export function stageOf(frame: number, transitions: readonly number[]): number {
  return transitions.filter((transition) => frame >= transition).length;
}
