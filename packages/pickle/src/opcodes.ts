import type { Machine } from './machine.js';
import { parseFloat0, parseInt0, parseLong, parseLong0 } from './numbers.js';
import { decodeLatin1, decodeQuoted, decodeRawUnicodeEscape, decodeUtf8 } from './text.js';

type Operation = (machine: Machine) => void;

/** Ends a pickle. */
export const STOP = 0x2e;

const HIGHEST_PROTOCOL = 5;

const numbers: [number, Operation][] = [
  [0x4e, (m) => m.push(null)], // NONE
  [0x88, (m) => m.push(true)], // NEWTRUE
  [0x89, (m) => m.push(false)], // NEWFALSE
  [0x49, (m) => m.push(parseInt0(m.cursor.line(), m.budget))], // INT
  [0x4a, (m) => m.push(m.cursor.int32())], // BININT
  [0x4b, (m) => m.push(m.cursor.uint8())], // BININT1
  [0x4d, (m) => m.push(m.cursor.uint16())], // BININT2
  [0x4c, (m) => m.push(parseLong0(m.cursor.line(), m.budget))], // LONG
  [0x8a, (m) => m.push(parseLong(m.cursor.take(m.cursor.uint8()), m.budget))], // LONG1
  [0x8b, (m) => m.push(parseLong(m.cursor.take(m.cursor.uint32()), m.budget))], // LONG4
  [0x46, (m) => m.push(parseFloat0(m.cursor.line(), m.budget))], // FLOAT
  [0x47, (m) => m.push(m.cursor.float64BigEndian())], // BINFLOAT
];

const texts: [number, Operation][] = [
  [0x56, (m) => m.push(decodeRawUnicodeEscape(m.cursor.line(), m.budget))], // UNICODE
  [0x8c, (m) => m.push(decodeUtf8(m.cursor.take(m.cursor.uint8()), m.budget))], // SHORT_BINUNICODE
  [0x58, (m) => m.push(decodeUtf8(m.cursor.take(m.cursor.uint32()), m.budget))], // BINUNICODE
  [0x8d, (m) => m.push(decodeUtf8(m.cursor.take(m.cursor.uint64()), m.budget))], // BINUNICODE8
  [0x53, (m) => m.push(decodeQuoted(m.cursor.line(), m.budget))], // STRING
  [0x55, (m) => m.push(decodeLatin1(m.cursor.take(m.cursor.uint8())))], // SHORT_BINSTRING
  [0x54, (m) => m.push(decodeLatin1(m.cursor.take(m.cursor.uint32())))], // BINSTRING
  [0x43, (m) => m.push(m.cursor.take(m.cursor.uint8()))], // SHORT_BINBYTES
  [0x42, (m) => m.push(m.cursor.take(m.cursor.uint32()))], // BINBYTES
  [0x8e, (m) => m.push(m.cursor.take(m.cursor.uint64()))], // BINBYTES8
  [0x96, (m) => m.push(m.cursor.take(m.cursor.uint64()))], // BYTEARRAY8
];

const containers: [number, Operation][] = [
  [0x5d, (m) => m.push([])], // EMPTY_LIST
  [0x29, (m) => m.push([])], // EMPTY_TUPLE
  [0x7d, (m) => m.push(new Map())], // EMPTY_DICT
  [0x8f, (m) => m.push(new Set())], // EMPTY_SET
  [0x6c, (m) => m.push(m.popMark())], // LIST
  [0x74, (m) => m.push(m.popMark())], // TUPLE
  [0x85, (m) => m.push([m.pop()])], // TUPLE1
  [0x86, (m) => m.push([m.pop(), m.pop()].reverse())], // TUPLE2
  [0x87, (m) => m.push([m.pop(), m.pop(), m.pop()].reverse())], // TUPLE3
  [0x91, (m) => m.push(new Set(m.popMark()))], // FROZENSET
  [0x64, (m) => pushDict(m)], // DICT
  [0x61, (m) => append(m, [m.pop()])], // APPEND
  [0x65, (m) => append(m, m.popMark())], // APPENDS
  [0x73, (m) => setItems(m, [m.pop(), m.pop()].reverse())], // SETITEM
  [0x75, (m) => setItems(m, m.popMark())], // SETITEMS
  [0x90, (m) => addItems(m, m.popMark())], // ADDITEMS
];

const stackAndMemo: [number, Operation][] = [
  [0x28, (m) => m.mark()], // MARK
  [0x30, (m) => m.discard()], // POP
  [0x31, (m) => void m.popMark()], // POP_MARK
  [0x32, (m) => m.push(m.top())], // DUP
  [0x67, (m) => m.recall(memoLine(m))], // GET
  [0x68, (m) => m.recall(m.cursor.uint8())], // BINGET
  [0x6a, (m) => m.recall(m.cursor.uint32())], // LONG_BINGET
  [0x70, (m) => void m.memo.set(memoLine(m), m.top())], // PUT
  [0x71, (m) => void m.memo.set(m.cursor.uint8(), m.top())], // BINPUT
  [0x72, (m) => void m.memo.set(m.cursor.uint32(), m.top())], // LONG_BINPUT
  [0x94, (m) => void m.memo.set(m.memo.size, m.top())], // MEMOIZE
  [0x80, (m) => checkProtocol(m)], // PROTO
  [0x95, (m) => void m.cursor.uint64()], // FRAME, a hint for buffering
];

const objects: [number, Operation][] = [
  [0x63, (m) => findLines(m)], // GLOBAL
  [0x93, (m) => findStack(m)], // STACK_GLOBAL
  [0x52, (m) => buildTop(m)], // REDUCE
  [0x81, (m) => buildTop(m)], // NEWOBJ
  [0x62, (m) => setStateTop(m)], // BUILD
  [0x51, (m) => m.load(m.pop())], // BINPERSID
  [0x50, (m) => m.load(decodeLatin1(m.cursor.line()))], // PERSID
];

/**
 * Every opcode that plain data needs. Left out on purpose: INST, OBJ, NEWOBJ_EX (instances of classes), EXT1 to EXT4
 * (a registry of the running Python), NEXT_BUFFER and READONLY_BUFFER (bytes outside the file).
 */
export const opcodes: ReadonlyMap<number, Operation> = new Map([
  ...numbers,
  ...texts,
  ...containers,
  ...stackAndMemo,
  ...objects,
]);

function append(m: Machine, items: readonly unknown[]): void {
  const list = m.top();
  if (!Array.isArray(list)) throw m.error('expected a list to append to, got another value');
  for (const item of items) list.push(item);
}

function pushDict(m: Machine): void {
  const items = m.popMark();
  m.push(new Map());
  setItems(m, items);
}

function setItems(m: Machine, items: readonly unknown[]): void {
  const map = m.top();
  if (!(map instanceof Map)) throw m.error('expected a dict to set items of, got another value');
  if (items.length % 2 !== 0) throw m.error('expected keys and values in turn, got a key without value');
  for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
}

function addItems(m: Machine, items: readonly unknown[]): void {
  const set = m.top();
  if (!(set instanceof Set)) throw m.error('expected a set to add to, got another value');
  for (const item of items) set.add(item);
}

function memoLine(m: Machine): number {
  const text = decodeLatin1(m.cursor.line());
  if (!/^\d{1,10}$/.test(text))
    throw m.error(`expected the number of a memo, got ${JSON.stringify(text.slice(0, 40))}`);
  return Number(text);
}

function checkProtocol(m: Machine): void {
  const protocol = m.cursor.uint8();
  if (protocol > HIGHEST_PROTOCOL) throw m.error(`expected a protocol up to ${HIGHEST_PROTOCOL}, got ${protocol}`);
}

function findLines(m: Machine): void {
  const module = decodeUtf8(m.cursor.line(), m.budget);
  m.find(module, decodeUtf8(m.cursor.line(), m.budget));
}

function findStack(m: Machine): void {
  const [name, module] = [m.pop(), m.pop()];
  if (typeof module !== 'string' || typeof name !== 'string')
    throw m.error('expected the name of a global as text, got another value');
  m.find(module, name);
}

function buildTop(m: Machine): void {
  const [args, callable] = [m.pop(), m.pop()];
  m.build(callable, args);
}

function setStateTop(m: Machine): void {
  const state = m.pop();
  m.setState(m.top(), state);
}
