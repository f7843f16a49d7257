/** What a worker offers: functions of one plain argument, found again by name on the page's side. */
// biome-ignore lint/suspicious/noExplicitAny: any function of one argument
export type WorkerApi = Record<string, (argument: any) => unknown>;

/** An error as it crosses between threads. */
export interface PlainError {
  name: string;
  message: string;
  /** Of a `McoreError`. */
  code?: string;
}

interface Call {
  id: number;
  name: string;
  argument: unknown;
}

/** From the worker: the answer to a call, or an event that nobody asked for. */
type Message = { id: number; value: unknown } | { id: number; error: PlainError } | { event: string; detail: unknown };

const TRANSFER = Symbol('transfer');

/** Marks what is to be handed over instead of copied. */
export function withTransfer<T extends object>(value: T, transfer: Transferable[]): T {
  return Object.defineProperty(value, TRANSFER, { value: transfer, enumerable: false });
}

/** In a worker: answers calls, and gives a function that sends events. */
export function serve(api: WorkerApi): void {
  addEventListener('message', async ({ data }: MessageEvent<Call>) => {
    const { id, name, argument } = data;
    try {
      const value = await api[name]!(argument);
      send({ id, value }, (value as { [TRANSFER]?: Transferable[] } | undefined)?.[TRANSFER]);
    } catch (error) {
      send({ id, error: plainError(error) });
    }
  });
}

/** In a worker: tells the page something. */
export function tell(event: string, detail: unknown, transfer?: Transferable[]): void {
  send({ event, detail }, transfer);
}

function send(message: Message, transfer: Transferable[] = []): void {
  (globalThis as unknown as { postMessage(message: Message, transfer: Transferable[]): void }).postMessage(
    message,
    transfer,
  );
}

/** The parts of an error that can be sent. */
export function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { code } = error as { code?: unknown };
  return { name: error.name, message: error.message, ...(typeof code === 'string' && { code }) };
}

/** A worker that was stopped, or died, before it answered. */
export class WorkerStopped extends Error {
  override readonly name = 'WorkerStopped';
}

/** An error that a worker sent. */
export class WorkerError extends Error {
  readonly code: string | undefined;

  constructor({ name, message, code }: PlainError) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** The page's side of a worker, which is started at the first call and again at the first one after {@link stop}. */
export class WorkerClient<Api extends WorkerApi> {
  readonly #start: () => Worker;
  readonly #onEvent: (event: string, detail: unknown) => void;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | undefined;
  #next = 0;

  constructor(start: () => Worker, onEvent: (event: string, detail: unknown) => void = () => {}) {
    this.#start = start;
    this.#onEvent = onEvent;
  }

  /** Whether there is a worker now. */
  get running(): boolean {
    return this.#worker !== undefined;
  }

  /**
   * Calls one of the worker's functions.
   *
   * @throws {@link WorkerError} with what it threw; {@link WorkerStopped} if it was stopped before it answered.
   */
  call<Name extends keyof Api & string>(
    name: Name,
    argument: Parameters<Api[Name]>[0],
  ): Promise<Awaited<ReturnType<Api[Name]>>> {
    this.#worker ??= this.#listen(this.#start());
    const id = this.#next++;
    const answer = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    this.#worker.postMessage({ id, name, argument } satisfies Call);
    return answer as Promise<Awaited<ReturnType<Api[Name]>>>;
  }

  /** Ends the worker at once, whatever it is doing; its memory goes with it. */
  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { reject } of waiting) reject(new WorkerStopped('stopped'));
  }

  #listen(worker: Worker): Worker {
    worker.addEventListener('message', ({ data }: MessageEvent<Message>) => {
      if ('event' in data) return this.#onEvent(data.event, data.detail);
      const pending = this.#pending.get(data.id);
      this.#pending.delete(data.id);
      if ('error' in data) pending?.reject(new WorkerError(data.error));
      else pending?.resolve(data.value);
    });
    worker.addEventListener('error', (event) => {
      // a script that can't be loaded, or an error that nothing caught
      event.preventDefault();
      const error = new WorkerError({ name: 'Error', message: event.message || 'the worker could not be started' });
      const waiting = [...this.#pending.values()];
      this.#pending.clear();
      for (const { reject } of waiting) reject(error);
    });
    return worker;
  }
}
