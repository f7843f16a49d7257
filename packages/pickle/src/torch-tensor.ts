import type { Budget } from './budget.js';
import { countElements, forEachStrided, isRowMajor, isWholeNumbers, viewElements } from './fill.js';
import { type Builder, Global } from './machine.js';
import {
  type ElementType,
  elementArrays,
  Internal,
  isPickledArray,
  type NumericArray,
  type PickleValue,
} from './values.js';

/** PyTorch's names of storages. */
const storageTypes: ReadonlyMap<string, ElementType> = new Map([
  ['torch.DoubleStorage', 'F64'],
  ['torch.FloatStorage', 'F32'],
  ['torch.HalfStorage', 'F16'],
  ['torch.BFloat16Storage', 'BF16'],
  ['torch.LongStorage', 'I64'],
  ['torch.IntStorage', 'I32'],
  ['torch.ShortStorage', 'I16'],
  ['torch.CharStorage', 'I8'],
  ['torch.ByteStorage', 'U8'],
  ['torch.BoolStorage', 'BOOL'],
]);

/** A range of elements in the file that tensors are views of. */
export class TorchStorage extends Internal {
  constructor(
    readonly key: string,
    readonly dtype: ElementType,
    /** Number of elements. */
    readonly length: number,
    /** First element in the storage of that key, for views of the legacy format. */
    readonly start = 0,
  ) {
    super();
  }

  override describe(): string {
    return `the storage ${JSON.stringify(this.key)} without a tensor`;
  }
}

/** A tensor whose bytes are read later: in the legacy format they come after the pickle. */
export interface PendingTensor {
  readonly tensor: NumericArray;
  readonly storage: TorchStorage;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** The globals of PyTorch's tensors; every tensor made is added to `pending`. */
export function torchGlobals(pending: PendingTensor[]): (readonly [string, Builder])[] {
  const rebuild: Builder = (args, budget) => rebuildTensor(args, pending, budget);
  return [
    ...[...storageTypes.keys()].map((name) => [name, refuseCall] as const),
    ['torch._utils._rebuild_tensor', rebuild],
    ['torch._utils._rebuild_tensor_v2', rebuild],
    ['torch._utils._rebuild_parameter', takeParameter],
    ['torch.Size', buildSize],
    ['torch.device', buildDevice],
  ];
}

/**
 * Makes a storage from its persistent id, `('storage', type, key, location, length)` and in the legacy format a sixth
 * part: null or `(key, first element, length)` of a view.
 */
export function storageOf(id: unknown, budget: Budget): TorchStorage {
  if (!Array.isArray(id) || id[0] !== 'storage' || (id.length !== 5 && id.length !== 6)) {
    throw budget.error('a persistent id must be of a storage, got another');
  }
  const [, type, key, , length, view = null] = id;
  const dtype = type instanceof Global ? storageTypes.get(type.name) : undefined;
  if (dtype === undefined) {
    throw budget.error(`a storage must have one of the types ${[...storageTypes.keys()].join(', ')}, got another`);
  }
  if (typeof key !== 'string' || !isWholeNumbers([length])) {
    throw budget.error('a storage must have a key and a length, got something else');
  }
  if (view === null) return new TorchStorage(key, dtype, length);
  if (!Array.isArray(view) || !isWholeNumbers(view.slice(1)) || view.length !== 3 || view[1] + view[2] > length) {
    throw budget.error('the view on a storage must lie within it, got another');
  }
  return new TorchStorage(key, dtype, view[2], view[1]);
}

/** Gives a tensor its elements from the bytes of its storage's key: a view where they lie in row-major order. */
export function fillTensor(
  { tensor, storage, offset, strides }: PendingTensor,
  bytes: Uint8Array,
  budget: Budget,
): void {
  const { dtype, shape } = tensor;
  const array = elementArrays[dtype];
  const count = countElements(shape, 'a tensor', budget);
  const last = count === 0 ? -1 : offset + shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, 0);
  const available = Math.min(storage.length, Math.floor(bytes.length / array.BYTES_PER_ELEMENT) - storage.start);
  if (!(last < available)) {
    throw budget.error(`a tensor must lie within its storage of ${available} elements, got one up to element ${last}`);
  }
  const start = (storage.start + (count === 0 ? 0 : offset)) * array.BYTES_PER_ELEMENT;
  if (isRowMajor(shape, strides)) {
    tensor.data = viewElements(bytes, dtype, count === 0 ? 0 : start, count, budget);
    return;
  }
  budget.takeBytes(count * array.BYTES_PER_ELEMENT);
  const data = new array(new ArrayBuffer(count * array.BYTES_PER_ELEMENT), 0, count);
  const source = viewElements(bytes, dtype, start, last - offset + 1, budget);
  forEachStrided(shape, strides, (to, from) => {
    data[to] = source[from]!;
  });
  tensor.data = data;
}

/** Arguments: storage, first element, sizes, strides, and fields that only training uses. */
function rebuildTensor(args: unknown[], pending: PendingTensor[], budget: Budget): NumericArray {
  const [storage, offset, shape, strides] = args;
  if (!(storage instanceof TorchStorage)) throw budget.error('a tensor must have a storage, got another value');
  countElements(shape, 'a tensor', budget);
  const sizes = [...(shape as number[])];
  if (!isWholeNumbers([offset]) || !isWholeNumbers(strides) || strides.length !== sizes.length) {
    throw budget.error('a tensor must have an offset and a stride for each dimension, got something else');
  }
  const { dtype } = storage;
  const data = new elementArrays[dtype](new ArrayBuffer(0), 0, 0);
  const tensor = { dtype, shape: sizes, data } as NumericArray;
  pending.push({ tensor, storage, offset: offset as number, strides: [...strides] });
  return tensor;
}

/** A parameter is its tensor; whether it was trained is not kept. */
function takeParameter([tensor]: unknown[], budget: Budget): unknown {
  if (typeof tensor !== 'object' || tensor === null || !isPickledArray(tensor as PickleValue)) {
    throw budget.error('a parameter must have a tensor, got another value');
  }
  return tensor;
}

function buildSize([sizes = []]: unknown[], budget: Budget): number[] {
  if (!isWholeNumbers(sizes)) throw budget.error('torch.Size must hold whole numbers, got something else');
  budget.takeItems(sizes.length);
  return [...sizes];
}

/** A device becomes its name, e.g. `cuda:0`. */
function buildDevice([type, index]: unknown[], budget: Budget): string {
  if (typeof type !== 'string') throw budget.error('torch.device must have a name, got another value');
  return typeof index === 'number' ? `${type}:${index}` : type;
}

function refuseCall(_: unknown[], budget: Budget): never {
  throw budget.error('the type of a storage must only be named, got a call of it');
}
