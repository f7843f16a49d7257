import { ArgumentError, DataError } from '@mcore/errors';

/** One independent piece of work, as plain data that JSON can hold. */
export interface Task<P = Readonly<Record<string, unknown>>> {
  /** Names the task among all of its list; results are kept and looked up by it. */
  id: string;
  /** Which runner runs it. */
  kind: string;
  /** Parameters of the runner. */
  params: P;
  /** Fingerprint of what the task reads, such as a file: a result of another one is done again. No part of what tells lists apart. */
  input?: string;
  /** Tasks of one group share work, such as exemplars; they stay together when a list is cut into shards. */
  group?: string;
}

/** All tasks of a job, and what makes their results belong together. */
export interface TaskList<P = Readonly<Record<string, unknown>>> {
  /** What the job is, such as `score`. */
  kind: string;
  /** Everything that results depend on (weights, seeds, options). Only results with equal settings are merged. */
  settings: Readonly<Record<string, unknown>>;
  tasks: readonly Task<P>[];
}

/**
 * Checks that all ids of a list are different.
 *
 * @throws {@link ArgumentError} if an id is empty or occurs twice.
 */
export function checkTasks(tasks: readonly Pick<Task, 'id'>[]): void {
  const seen = new Set<string>();
  for (const { id } of tasks) {
    if (id === '') throw new ArgumentError('checkTasks: expected a name for every task, got an empty id.');
    if (seen.has(id)) throw new ArgumentError(`checkTasks: expected every id once, got "${id}" twice.`);
    seen.add(id);
  }
}

/**
 * Reads a list of tasks from JSON.
 *
 * @param name - What errors call the text, such as its file.
 * @throws {@link DataError} if it is no list of tasks.
 */
export function parseTaskList(text: string, name: string): TaskList {
  const expected = `parseTaskList: expected { "kind", "settings", "tasks": [{ "id", "kind", "params" }] } in ${name}`;
  let list: TaskList;
  try {
    list = JSON.parse(text);
  } catch (error) {
    throw new DataError(`${expected}, got no JSON: ${(error as Error).message}`);
  }
  const isTask = (task: Task) => typeof task?.id === 'string' && typeof task.kind === 'string' && isObject(task.params);
  if (!isObject(list) || !isObject(list.settings) || !Array.isArray(list.tasks) || !list.tasks.every(isTask)) {
    throw new DataError(`${expected}, got something else.`);
  }
  return list;
}

function isObject(value: unknown): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** JSON with the keys of every object sorted, so that equal data give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
