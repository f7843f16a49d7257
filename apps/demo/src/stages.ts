import { signal } from '@preact/signals';

/** The stages of a dive in order, as FineDiving's labels have them. */
const diveStages = ['Take-off', 'Flight', 'Entry'] as const;

/** Names that a person gave the stages of another action than a dive; empty for dives. */
export const namesInUse = signal<readonly string[]>([]);

/** Names of a model's stages: those of a person, of a dive, or numbers. */
export function stageNames(count: number): string[] {
  if (namesInUse.value.length === count) return [...namesInUse.value];
  return Array.from({ length: count }, (_, stage) =>
    count === diveStages.length ? diveStages[stage]! : `Stage ${stage + 1}`,
  );
}

/** Names of the parts that a vote has: one for each stage, or a single one where weights compare whole clips. */
export function partNames(ready: { stages: number; comparedStages: number } | null): string[] {
  const { stages, comparedStages } = ready ?? { stages: 3, comparedStages: 3 };
  return comparedStages === stages ? stageNames(stages) : ['Whole dive'];
}

/** A stage's part of a video. */
export interface StageSpan {
  readonly name: string;
  readonly from: number;
  /** Equal to `from` where the stage is empty. */
  readonly to: number;
}

/**
 * The stages between the transitions of a video; together they cover it.
 *
 * @param from - Where the first begins, in frames or seconds.
 * @param to - Where the last ends.
 * @param transitions - Ascending, in between.
 */
export function stageSpans(from: number, to: number, transitions: readonly number[]): StageSpan[] {
  const edges = [from, ...transitions, to];
  return stageNames(transitions.length + 1).map((name, stage) => ({
    name,
    from: edges[stage]!,
    to: edges[stage + 1]!,
  }));
}
