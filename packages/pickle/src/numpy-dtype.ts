import type { Budget } from './budget.js';
import { decodeLatin1 } from './text.js';
import { type ElementType, Internal } from './values.js';

const elementTypes: ReadonlyMap<string, ElementType> = new Map([
  ['f8', 'F64'],
  ['f4', 'F32'],
  ['f2', 'F16'],
  ['i8', 'I64'],
  ['i4', 'I32'],
  ['i2', 'I16'],
  ['i1', 'I8'],
  ['u8', 'U64'],
  ['u4', 'U32'],
  ['u2', 'U16'],
  ['u1', 'U8'],
  ['b1', 'BOOL'],
]);

/** Element type of a numpy array, as numpy pickles it: a code such as `f8`, then a state that holds the byte order. */
export class NumpyDtype extends Internal {
  #bigEndian: boolean;

  private constructor(
    /** One of numpy's letters: `f`, `i`, `u`, `b`, `U`, `S`, `O`. */
    readonly kind: string,
    readonly itemBytes: number,
    bigEndian: boolean,
  ) {
    super();
    this.#bigEndian = bigEndian;
  }

  static parse(code: unknown, budget: Budget): NumpyDtype {
    const [, order, kind, digits] =
      (typeof code === 'string' ? /^([<>=|]?)([a-zA-Z])(\d{0,9})$/.exec(code) : null) ?? [];
    const size = Number(digits);
    const known = kind === 'O' || kind === 'U' || kind === 'S' || elementTypes.has(`${kind}${digits}`);
    if (kind === undefined || !known) {
      throw budget.error(`a numpy dtype must be of numbers, text or objects, got ${show(code)}`);
    }
    return new NumpyDtype(kind, kind === 'U' ? size * 4 : size, order === '>');
  }

  /** The state is (version, byte order, subarray, names, fields, item size, alignment, flags, ...). */
  setState(state: unknown, budget: Budget): void {
    if (!Array.isArray(state) || state.length < 8) throw budget.error('a numpy dtype must have 8 parts, got others');
    const [, order, subarray, names, fields] = state;
    if (subarray !== null || names !== null || fields !== null) {
      throw budget.error('a numpy dtype must be of single values, got a structured one');
    }
    if (order !== '<' && order !== '>' && order !== '|' && order !== '=') {
      throw budget.error(`the byte order of a numpy dtype must be one of < > | =, got ${show(order)}`);
    }
    this.#bigEndian = order === '>';
  }

  get elementType(): ElementType {
    return elementTypes.get(`${this.kind}${this.itemBytes}`)!;
  }

  /** Text number `index`, without numpy's zero padding. */
  textAt(bytes: Uint8Array, index: number, budget: Budget): string {
    const item = bytes.subarray(index * this.itemBytes, (index + 1) * this.itemBytes);
    if (this.kind === 'S') return decodeLatin1(item).replace(/\0+$/, '');
    const view = new DataView(item.buffer, item.byteOffset, item.byteLength);
    let end = item.length / 4;
    while (end > 0 && view.getUint32((end - 1) * 4) === 0) end--;
    let text = '';
    for (let i = 0; i < end; i++) {
      const code = view.getUint32(i * 4, !this.#bigEndian);
      if (code > 0x10ffff) throw budget.error(`a character must be at most 10ffff, got ${code.toString(16)}`);
      text += String.fromCodePoint(code);
    }
    return text;
  }

  /** The bytes with the lowest first, as typed arrays need them. */
  toNativeOrder(bytes: Uint8Array, budget: Budget): Uint8Array {
    if (!this.#bigEndian || this.itemBytes === 1) return bytes;
    budget.takeBytes(bytes.length);
    const swapped = bytes.slice();
    for (let start = 0; start < swapped.length; start += this.itemBytes) {
      for (let low = start, high = start + this.itemBytes - 1; low < high; low++, high--) {
        const byte = swapped[low]!;
        swapped[low] = swapped[high]!;
        swapped[high] = byte;
      }
    }
    return swapped;
  }

  override describe(): string {
    return `the numpy dtype ${this.kind}${this.itemBytes}`;
  }
}

function show(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 40)) : 'another value';
}
