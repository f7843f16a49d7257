import { ArgumentError } from '@mcore/errors';
import type { Task } from './task.js';

/** One part of a list: `{ index: 2, count: 4 }` is the second of four. */
export interface Shard {
  /** From 1 to `count`. */
  index: number;
  /** Number of shards. */
  count: number;
}

/**
 * Parses a shard as people write it: `2/4` is the second of four.
 *
 * @throws {@link ArgumentError} if the text is not a shard.
 */
export function parseShard(text: string): Shard {
  const [, index, count] = /^(\d+)\/(\d+)$/.exec(text.trim()) ?? [];
  if (index === undefined) throw new ArgumentError(`parseShard: expected i/n such as 2/4, got "${text}".`);
  return checked('parseShard', { index: Number(index), count: Number(count) });
}

/** The inverse of {@link parseShard}. */
export function formatShard({ index, count }: Shard): string {
  return `${index}/${count}`;
}

/**
 * The shard a scheduler gave this process, from its environment variables:
 *
 * - a Slurm array: `SLURM_ARRAY_TASK_ID` with `SLURM_ARRAY_TASK_COUNT`, `_MIN` and `_STEP`;
 * - a Kubernetes Indexed Job: `JOB_COMPLETION_INDEX`, and `MCORE_SHARDS`, since Kubernetes does not tell pods how many there are.
 *
 * `MCORE_SHARDS` is the number of shards wherever it is set; then Slurm's id counts from 0. That is how part of an array is
 * run again: `MCORE_SHARDS=8 sbatch --array=3`.
 *
 * @param environment - Such as `process.env`.
 * @returns Undefined if no scheduler set one.
 * @throws {@link ArgumentError} if the variables contradict each other, or the array has gaps.
 */
export function detectShard(environment: Readonly<Record<string, string | undefined>>): Shard | undefined {
  const number = (name: string): number | undefined => {
    const text = environment[name];
    if (text === undefined || text === '') return undefined;
    if (!/^\d+$/.test(text)) throw new ArgumentError(`detectShard: expected a whole number in ${name}, got "${text}".`);
    return Number(text);
  };
  const shards = number('MCORE_SHARDS');
  const array = number('SLURM_ARRAY_TASK_ID');
  if (array !== undefined) {
    if (shards !== undefined) return fromZero('SLURM_ARRAY_TASK_ID', array, shards);
    const count = number('SLURM_ARRAY_TASK_COUNT');
    if (count === undefined) {
      throw new ArgumentError(
        'detectShard: expected SLURM_ARRAY_TASK_COUNT or MCORE_SHARDS beside SLURM_ARRAY_TASK_ID.',
      );
    }
    const index = (array - (number('SLURM_ARRAY_TASK_MIN') ?? 0)) / (number('SLURM_ARRAY_TASK_STEP') || 1);
    if (!Number.isInteger(index) || index < 0 || index >= count) {
      throw new ArgumentError(
        `detectShard: expected a Slurm array without gaps, got SLURM_ARRAY_TASK_ID=${array} in an array of ${count}. Set MCORE_SHARDS to the number of shards to run only some of them.`,
      );
    }
    return { index: index + 1, count };
  }
  const completion = number('JOB_COMPLETION_INDEX');
  if (completion === undefined) return undefined;
  if (shards === undefined) {
    throw new ArgumentError(
      'detectShard: expected MCORE_SHARDS, the number of completions of the Kubernetes Job, beside JOB_COMPLETION_INDEX.',
    );
  }
  return fromZero('JOB_COMPLETION_INDEX', completion, shards);
}

/**
 * The tasks of one shard, in the order of the list. Over all shards every task is there exactly once, and no shard has more than
 * one task more than another. Tasks are assigned in turn. If they have groups, the list is sorted by group and cut into
 * ranges instead, so that few groups are split between shards.
 *
 * @param index - From 1 to `count`.
 * @throws {@link ArgumentError} if the index is out of range.
 */
export function shardOf<T extends Pick<Task, 'id' | 'group'>>(tasks: readonly T[], index: number, count: number): T[] {
  checked('shardOf', { index, count });
  if (tasks.every(({ group }) => group === undefined)) {
    return tasks.filter((_, position) => position % count === index - 1);
  }
  const positions = tasks.map((_, position) => position).sort((a, b) => byGroup(tasks[a]!, tasks[b]!) || a - b);
  const bound = (shard: number) => Math.floor((shard * tasks.length) / count);
  return positions
    .slice(bound(index - 1), bound(index))
    .sort((a, b) => a - b)
    .map((position) => tasks[position]!);
}

/** By code units, so that the order is the same on every machine. */
function byGroup({ group: a = '' }: { group?: string }, { group: b = '' }: { group?: string }): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function fromZero(name: string, index: number, count: number): Shard {
  if (index >= count) {
    throw new ArgumentError(
      `detectShard: expected ${name} from 0 to ${count - 1} with MCORE_SHARDS=${count}, got ${index}.`,
    );
  }
  return { index: index + 1, count };
}

function checked(caller: string, shard: Shard): Shard {
  const { index, count } = shard;
  if (!Number.isSafeInteger(count) || count < 1 || !Number.isSafeInteger(index) || index < 1 || index > count) {
    throw new ArgumentError(`${caller}: expected a shard from 1/n to n/n, got ${formatShard(shard)}.`);
  }
  return shard;
}
