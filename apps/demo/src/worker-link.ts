import { type BirpcReturn, createBirpc } from 'birpc';

/** An error as it crosses between threads, which drop the fields of classes. */
export interface PlainError {
  name: string;
  message: string;
  /** Of a `McoreError`. */
  code?: string;
}

/** What a worker offers: functions of one plain argument. */
// biome-ignore lint/suspicious/noExplicitAny: any function of one argument
export type WorkerApi = Record<string, (argument: any) => unknown>;

/** One end of a channel between threads. */
interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

/** What is read here of birpc's messages: arguments `a` of a call, a result `r` or an error `e`. */
interface Message {
  a?: unknown[];
  r?: unknown;
  e?: unknown;
}

const transfers = new WeakMap<object, Transferable[]>();

/** Marks what is to be handed over instead of copied when this value is sent. */
export function withTransfer<T extends object>(value: T, transfer: Transferable[]): T {
  transfers.set(value, transfer);
  return value;
}

/**
 * In a worker: answers calls.
 *
 * @returns The page's functions; call them with `asEvent`, they give no answer.
 */
export function serve<PageApi extends WorkerApi>(api: WorkerApi): BirpcReturn<PageApi, WorkerApi> {
  return createBirpc<PageApi, WorkerApi>(api, channelOptions(globalThis as unknown as Port));
}

/** A worker that was stopped before it answered. */
export class WorkerStopped extends Error {
  override readonly name = 'WorkerStopped';
}

/** An error that a worker sent, or that ended it. */
export class WorkerError extends Error {
  readonly code: string | undefined;

  constructor({ name, message, code }: PlainError) {
    super(message);
    this.name = name;
    this.code = code;
  }
}

/**
 * The page's side of a worker, which is started at the first call, and again at the first one after {@link stop} or after it failed to load or
 * died.
 */
export class WorkerClient<Api extends WorkerApi, PageApi extends WorkerApi> {
  readonly #start: () => Worker;
  readonly #pageApi: PageApi;
  #open: { worker: Worker; remote: BirpcReturn<Api, PageApi> } | undefined;

  /** @param pageApi - What the worker may tell. */
  constructor(start: () => Worker, pageApi: PageApi) {
    this.#start = start;
    this.#pageApi = pageApi;
  }

  /** Whether there is a worker now. */
  get running(): boolean {
    return this.#open !== undefined;
  }

  /**
   * Calls one of the worker's functions.
   *
   * @throws {@link WorkerError} with what it threw or what ended it; {@link WorkerStopped} if it was stopped before it answered.
   */
  call<Name extends keyof Api & string>(
    name: Name,
    argument: Parameters<Api[Name]>[0],
  ): Promise<Awaited<ReturnType<Api[Name]>>> {
    this.#open ??= this.#connect(this.#start());
    const { remote } = this.#open;
    return remote.$callRaw({ method: name, args: [argument] }) as Promise<never>;
  }

  /** Ends the worker at once, whatever it is doing; its memory goes with it. */
  stop(): void {
    this.#end(new WorkerStopped('stopped'));
  }

  #end(reason: Error): void {
    const open = this.#open;
    this.#open = undefined;
    open?.worker.terminate();
    open?.remote.$close(reason);
  }

  #connect(worker: Worker) {
    worker.addEventListener('error', (event) => {
      // a script that can't be loaded, or an error that nothing caught
      event.preventDefault();
      if (this.#open?.worker !== worker) return;
      this.#end(new WorkerError({ name: 'Error', message: event.message || 'the worker could not be started' }));
    });
    return { worker, remote: createBirpc<Api, PageApi>(this.#pageApi, channelOptions(worker)) };
  }
}

/** How birpc sends and receives here: errors keep their code, and what is marked is handed over. */
function channelOptions(port: Port) {
  return {
    post: (message: Message) => port.postMessage(message, transfersOf(message)),
    on: (listener: (message: unknown) => void) => port.addEventListener('message', ({ data }) => listener(data)),
    serialize: (message: Message): Message =>
      message.e === undefined ? message : { ...message, e: plainError(message.e) },
    deserialize: (message: Message): Message =>
      message.e === undefined ? message : { ...message, e: new WorkerError(message.e as PlainError) },
    // a slow machine may take as long as it takes
    timeout: -1,
  };
}

function transfersOf({ a = [], r }: Message): Transferable[] {
  return [...a, r].flatMap((value) =>
    typeof value === 'object' && value !== null ? (transfers.get(value) ?? []) : [],
  );
}

/** The parts of an error that can be sent. */
function plainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { code } = error as { code?: unknown };
  return { name: error.name, message: error.message, ...(typeof code === 'string' && { code }) };
}
