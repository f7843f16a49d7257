import type { Budget } from './budget.js';
import { Cursor } from './cursor.js';
import { Internal } from './values.js';

/** Makes the value that a whitelisted global would have made when called with these arguments. */
export type Builder = (args: unknown[], budget: Budget) => unknown;

/** A name that a pickle asked for and that is on the whitelist; calling it runs our own builder. */
export class Global extends Internal {
  constructor(
    readonly name: string,
    readonly build: Builder,
  ) {
    super();
  }

  override describe(): string {
    return `the global ${this.name}`;
  }
}

/** What a kind of file allows beyond plain data. */
export interface Dialect {
  /** Whitelist: `module.name` to builder. */
  readonly globals: ReadonlyMap<string, Builder>;
  /** Applies `state` to `target`, as Python's `__setstate__` would; false if it knows nothing of such a target. */
  readonly setState: (target: unknown, state: unknown, budget: Budget) => boolean;
  /** Resolves a persistent id; absent where the format has none. */
  readonly load?: (id: unknown) => unknown;
}

/**
 * The stack machine of Python's pickles, restricted: names are looked up in the dialect's whitelist and nowhere else.
 *
 * Source: CPython, Lib/pickletools.py, whose texts define every opcode.
 */
export class Machine {
  readonly cursor: Cursor;
  readonly memo = new Map<number, unknown>();
  #stack: unknown[] = [];
  readonly #below: unknown[][] = []; // the stacks under each mark

  constructor(
    bytes: Uint8Array,
    readonly budget: Budget,
    readonly dialect: Dialect,
    start = 0,
  ) {
    this.cursor = new Cursor(bytes, budget, start);
  }

  /** Forgets stack and memo, before another pickle. */
  clear(): void {
    this.memo.clear();
    this.#stack = [];
    this.#below.length = 0;
  }

  /** Refuses bytes after STOP. */
  assertEnd(): void {
    this.cursor.assertEnd();
  }

  push(value: unknown): void {
    this.budget.takeItems(1);
    this.#stack.push(value);
  }

  pop(): unknown {
    if (this.#stack.length === 0) throw this.error('expected a value on the stack, got none');
    return this.#stack.pop();
  }

  top(): unknown {
    if (this.#stack.length === 0) throw this.error('expected a value on the stack, got none');
    return this.#stack.at(-1);
  }

  /** POP, which also removes a mark. */
  discard(): void {
    if (this.#stack.length > 0) this.#stack.pop();
    else this.popMark();
  }

  mark(): void {
    this.budget.takeItems(1);
    this.#below.push(this.#stack);
    this.#stack = [];
  }

  /** Everything above the last mark. */
  popMark(): unknown[] {
    const items = this.#stack;
    const below = this.#below.pop();
    if (below === undefined) throw this.error('expected a mark on the stack, got none');
    this.#stack = below;
    return items;
  }

  recall(index: number): void {
    if (!this.memo.has(index)) throw this.error(`expected memo ${index} to be set, got none`);
    this.push(this.memo.get(index));
  }

  find(module: string, name: string): void {
    const full = `${module}.${name}`;
    const build = this.dialect.globals.get(full);
    if (build === undefined)
      throw this.error(`expected plain data, got the global ${JSON.stringify(full.slice(0, 200))}`);
    this.push(new Global(full, build));
  }

  /** Runs the builder of a whitelisted global. Nothing from the file is called. */
  build(callable: unknown, args: unknown): void {
    if (!(callable instanceof Global)) throw this.error('expected a global to build with, got another value');
    if (!Array.isArray(args)) throw this.error(`expected a tuple of arguments for ${callable.name}, got another value`);
    this.push(callable.build(args, this.budget));
  }

  setState(target: unknown, state: unknown): void {
    if (!this.dialect.setState(target, state, this.budget)) {
      throw this.error('expected state for a numpy array or an OrderedDict, got it for another value');
    }
  }

  load(id: unknown): void {
    if (this.dialect.load === undefined) throw this.error('expected plain data, got a persistent id');
    this.push(this.dialect.load(id));
  }

  error(problem: string): Error {
    return this.budget.error(problem);
  }
}
