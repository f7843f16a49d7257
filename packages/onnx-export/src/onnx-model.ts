import { PbfWriter } from 'pbf';

/** Operators' version: onnxruntime has had all of 17 since 1.12. LayerNormalization is new in it. */
export const OPSET = 17;
/** Version of the file format that came with {@link OPSET}. */
const FORMAT_VERSION = 8;

/** Values of an attribute: whole numbers, several of them, a number (float32), or text. */
export type Attribute = { ints: readonly number[] } | { int: number } | { float: number } | { text: string };

/** One operation. */
export interface OnnxNode {
  operator: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, Attribute>>;
}

/** A tensor that is part of the file. */
export interface OnnxTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array | BigInt64Array;
}

/** A float32 input or output. */
export interface OnnxValue {
  name: string;
  /** Sizes; free sizes have a name. */
  shape: readonly (number | string)[];
  /** What it is. */
  about: string;
}

/** Contents of a file. */
interface OnnxGraph {
  name: string;
  about: string;
  nodes: readonly OnnxNode[];
  tensors: readonly OnnxTensor[];
  inputs: readonly OnnxValue[];
  outputs: readonly OnnxValue[];
  /** Strings by name, for readers. */
  metadata: Readonly<Record<string, string>>;
}

/** TensorProto.DataType. */
const FLOAT = 1;
const INT64 = 7;
/** AttributeProto.AttributeType, by the field that holds the value. */
const ATTRIBUTE_TYPES = { float: 1, int: 2, text: 3, ints: 7 } as const;

/**
 * A graph as the bytes of an ONNX file. Field numbers are those of `onnx.proto`; fields come in their order.
 *
 * @param graph - Nodes in topological order: every input is computed before it is used.
 */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const file = new PbfWriter();
  file.writeVarintField(1, FORMAT_VERSION);
  file.writeStringField(2, '@mcore/onnx-export');
  file.writeMessage(7, writeGraph, graph);
  file.writeMessage(8, writeOperatorSet, OPSET);
  for (const entry of Object.entries(graph.metadata)) file.writeMessage(14, writeEntry, entry);
  return file.finish();
}

function writeOperatorSet(version: number, file: PbfWriter): void {
  file.writeVarintField(2, version);
}

function writeEntry([key, value]: [string, string], file: PbfWriter): void {
  file.writeStringField(1, key);
  file.writeStringField(2, value);
}

function writeGraph({ name, about, nodes, tensors, inputs, outputs }: OnnxGraph, file: PbfWriter): void {
  for (const node of nodes) file.writeMessage(1, writeNode, node);
  file.writeStringField(2, name);
  for (const tensor of tensors) file.writeMessage(5, writeTensor, tensor);
  file.writeStringField(10, about);
  for (const input of inputs) file.writeMessage(11, writeValue, input);
  for (const output of outputs) file.writeMessage(12, writeValue, output);
}

function writeNode({ operator, inputs, outputs, attributes }: OnnxNode, file: PbfWriter): void {
  for (const input of inputs) file.writeStringField(1, input);
  for (const output of outputs) file.writeStringField(2, output);
  file.writeStringField(3, outputs[0]!);
  file.writeStringField(4, operator);
  for (const attribute of Object.entries(attributes)) file.writeMessage(5, writeAttribute, attribute);
}

function writeAttribute([name, value]: [string, Attribute], file: PbfWriter): void {
  file.writeStringField(1, name);
  if ('float' in value) file.writeFloatField(2, value.float);
  else if ('int' in value) file.writeVarintField(3, value.int);
  else if ('text' in value) file.writeStringField(4, value.text);
  else for (const each of value.ints) file.writeVarintField(8, each);
  const [field] = Object.keys(value) as [keyof typeof ATTRIBUTE_TYPES];
  file.writeVarintField(20, ATTRIBUTE_TYPES[field]);
}

/** Values in memory order, which is little-endian on every machine that an engine supports. */
function writeTensor({ name, shape, data }: OnnxTensor, file: PbfWriter): void {
  for (const size of shape) file.writeVarintField(1, size);
  file.writeVarintField(2, data instanceof Float32Array ? FLOAT : INT64);
  file.writeStringField(8, name);
  file.writeBytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function writeValue({ name, shape, about }: OnnxValue, file: PbfWriter): void {
  file.writeStringField(1, name);
  file.writeMessage(2, writeType, shape);
  file.writeStringField(3, about);
}

function writeType(shape: OnnxValue['shape'], file: PbfWriter): void {
  file.writeMessage(1, writeTensorType, shape);
}

function writeTensorType(shape: OnnxValue['shape'], file: PbfWriter): void {
  file.writeVarintField(1, FLOAT);
  file.writeMessage(2, writeShape, shape);
}

function writeShape(shape: OnnxValue['shape'], file: PbfWriter): void {
  for (const size of shape) file.writeMessage(1, writeDimension, size);
}

function writeDimension(size: number | string, file: PbfWriter): void {
  if (typeof size === 'number') file.writeVarintField(1, size);
  else file.writeStringField(2, size);
}
