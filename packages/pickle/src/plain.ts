import type { Budget } from './budget.js';
import { Internal, isPickledArray, type PickleValue } from './values.js';

interface Extent {
  /** Number of values in it; a shared value counts each time it occurs. */
  items: number;
  depth: number;
}

interface Frame extends Extent {
  readonly value: object;
  readonly children: Iterator<unknown>;
}

/**
 * Checks that a value is what {@link PickleValue} promises: no internal objects, no value that
 * contains itself, a bounded depth, and not so many repetitions of one value that walking through it would never end.
 */
export function assertPlain(root: unknown, budget: Budget): asserts root is PickleValue {
  const done = new Map<object, Extent>();
  const open = new Set<object>();
  const frames: Frame[] = [];
  const whole: Extent = { items: 0, depth: 0 };

  const enter = (value: unknown, parent: Extent) => {
    if (value instanceof Internal) throw budget.error(`expected plain data, got ${value.describe()}`);
    const children = childrenOf(value);
    if (children === null) return include(parent, { items: 1, depth: 0 }, budget);
    const object = value as object;
    const known = done.get(object);
    if (known !== undefined) return include(parent, known, budget);
    if (open.has(object)) throw budget.error('expected plain data, got a value that contains itself');
    open.add(object);
    frames.push({ value: object, children, items: 1, depth: 1 });
    if (frames.length > budget.maxDepth) throw tooDeep(budget);
  };

  enter(root, whole);
  while (frames.length > 0) {
    const frame = frames.at(-1)!;
    const next = frame.children.next();
    if (!next.done) {
      enter(next.value, frame);
      continue;
    }
    frames.pop();
    open.delete(frame.value);
    done.set(frame.value, { items: frame.items, depth: frame.depth });
    include(frames.at(-1) ?? whole, frame, budget);
  }
}

function include(parent: Extent, child: Extent, budget: Budget): void {
  parent.items += child.items;
  parent.depth = Math.max(parent.depth, child.depth + 1);
  if (parent.items > budget.maxItems) throw budget.error(`expected at most ${budget.maxItems} values, got more`);
  if (parent.depth > budget.maxDepth + 1) throw tooDeep(budget);
}

function tooDeep(budget: Budget): Error {
  return budget.error(`expected values nested at most ${budget.maxDepth} deep, got deeper ones`);
}

/** The values inside a value, or null if it contains none. */
function childrenOf(value: unknown): Iterator<unknown> | null {
  if (Array.isArray(value) || value instanceof Set) return value.values();
  if (value instanceof Map) return keysAndValues(value);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return null;
  const array = value as PickleValue;
  return isPickledArray(array) && array.dtype === 'OBJECT' ? array.data.values() : null;
}

function* keysAndValues(map: Map<unknown, unknown>): Generator<unknown> {
  for (const [key, value] of map) {
    yield key;
    yield value;
  }
}
