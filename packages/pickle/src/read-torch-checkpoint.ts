import { Budget, type PickleLimits } from './budget.js';
import type { Cursor } from './cursor.js';
import { type Dialect, Machine } from './machine.js';
import { assertPlain } from './plain.js';
import { asPlainBytes, plainDialect } from './read-pickle.js';
import { runPickle } from './run-pickle.js';
import { decodeLatin1 } from './text.js';
import { fillTensor, type PendingTensor, storageOf, type TorchStorage, torchGlobals } from './torch-tensor.js';
import { elementArrays, type PickleValue } from './values.js';
import { isZip, ZipReader } from './zip.js';

/** First value of a file in the format before PyTorch 1.6, and the version that follows; torch/serialization.py. */
const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const LEGACY_PROTOCOL = 1001;

/**
 * Reads what `torch.save` wrote, in the zip format (PyTorch 1.6 and later) and in the one before: state dicts, optimizer
 * states, tensors among plain data, numpy scalars. Nothing in the file is called or imported.
 *
 * A tensor becomes `{ dtype, shape, data }`, row-major whatever its strides were. Tensors that lie in their storage
 * row-major and aligned are views on it (and it on `file`, unless deflated), so they share memory as they did in Python;
 * all others are copies. A Parameter is its tensor; a device its name.
 *
 * Source: PyTorch, torch/serialization.py and torch/_utils.py, of which only the formats are taken.
 *
 * @param file - The whole file.
 * @param limits - Bounds against hostile files.
 * @returns The saved value, dicts as `Map`.
 * @throws {@link DataError} if the file is broken, holds anything else (the message names the global), was written on a
 *   big-endian machine, or passes a limit.
 */
export function readTorchCheckpoint(file: Uint8Array, limits: PickleLimits = {}): PickleValue {
  const bytes = asPlainBytes(file);
  const budget = new Budget('readTorchCheckpoint', limits);
  const value = isZip(bytes) ? readZipFormat(bytes, budget) : readLegacyFormat(bytes, budget);
  assertPlain(value, budget);
  return value;
}

function readZipFormat(bytes: Uint8Array, budget: Budget): unknown {
  const zip = new ZipReader(bytes, budget);
  const prefix = findPrefix(zip.names(), budget);
  if (zip.has(`${prefix}byteorder`)) assertLittle(decodeLatin1(zip.read(`${prefix}byteorder`)), budget);
  const pending: PendingTensor[] = [];
  const dialect = torchDialect(pending, (id) => storageOf(id, budget));
  const machine = new Machine(zip.read(`${prefix}data.pkl`), budget, dialect);
  const value = runPickle(machine);
  machine.assertEnd();
  const contents = new Map<string, Uint8Array>();
  for (const tensor of pending) {
    const { key } = tensor.storage;
    const content = contents.get(key) ?? zip.read(`${prefix}data/${key}`);
    contents.set(key, content);
    fillTensor(tensor, content, budget);
  }
  return value;
}

/** The one directory all files of the archive are in, with its slash; named after the file that was saved to. */
function findPrefix(names: readonly string[], budget: Budget): string {
  const pickles = names.filter((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    throw budget.error(`expected an archive of torch.save with one data.pkl, got ${pickles.length}`);
  }
  const prefix = pickles[0]!.slice(0, -'data.pkl'.length);
  if (names.includes(`${prefix}constants.pkl`)) throw budget.error('expected data, got a TorchScript program');
  return prefix;
}

/** Pickles of the magic number, the version, system information, the value and the storages' keys; then the storages' bytes. */
function readLegacyFormat(bytes: Uint8Array, budget: Budget): unknown {
  const pending: PendingTensor[] = [];
  const storages = new Map<string, TorchStorage>();
  const machine = new Machine(bytes, budget, plainDialect);
  if (bytes[0] !== 0x80 || runPickle(machine) !== MAGIC_NUMBER) {
    throw budget.error("expected a file of torch.save, got neither a zip archive nor the legacy format's magic number");
  }
  if (runPickle(machine) !== LEGACY_PROTOCOL)
    throw budget.error(`expected the legacy format ${LEGACY_PROTOCOL}, got another`);
  const facts = runPickle(machine);
  if (facts instanceof Map && facts.get('little_endian') === false) assertLittle('big', budget);
  const dialect = torchDialect(pending, (id) => {
    const storage = storageOf(id, budget);
    if (!storages.has(storage.key)) storages.set(storage.key, storage);
    return storage;
  });
  const body = new Machine(bytes, budget, dialect, machine.cursor.position);
  const value = runPickle(body);
  const keys = runPickle(body);
  const contents = readLegacyStorages(keys, body.cursor, storages, budget);
  for (const tensor of pending) {
    const content = contents.get(tensor.storage.key);
    if (content === undefined) throw budget.error(`expected storage ${JSON.stringify(tensor.storage.key)}, got none`);
    fillTensor(tensor, content, budget);
  }
  return value;
}

/** For each key its number of elements (64 bits) and the elements. */
function readLegacyStorages(
  keys: unknown,
  cursor: Cursor,
  storages: ReadonlyMap<string, TorchStorage>,
  budget: Budget,
): Map<string, Uint8Array> {
  if (!Array.isArray(keys)) throw budget.error("expected a list of the storages' keys, got another value");
  const contents = new Map<string, Uint8Array>();
  for (const key of keys) {
    const storage = storages.get(key);
    if (storage === undefined || contents.has(key)) throw budget.error('expected every storage once, got another key');
    const length = cursor.uint64();
    contents.set(key, cursor.take(length * elementArrays[storage.dtype].BYTES_PER_ELEMENT));
  }
  cursor.assertEnd();
  return contents;
}

function torchDialect(pending: PendingTensor[], load: (id: unknown) => unknown): Dialect {
  return { ...plainDialect, globals: new Map([...plainDialect.globals, ...torchGlobals(pending)]), load };
}

function assertLittle(order: string, budget: Budget): void {
  if (order !== 'little')
    throw budget.error('expected a file of a little-endian machine, got one of a big-endian machine');
}
