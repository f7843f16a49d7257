import { ProtobufMessage } from './protobuf.js';

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
  /** Sizes; those that may be any number have a name. */
  shape: readonly (number | string)[];
  /** What it is. */
  about: string;
}

/** What a file says. */
export interface OnnxGraph {
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
 * @param graph - Nodes in an order in which every input is there before it is used.
 */
export function encodeModel(graph: OnnxGraph): Uint8Array {
  const model = new ProtobufMessage()
    .integer(1, FORMAT_VERSION)
    .text(2, '@mcore/onnx-export')
    .message(7, encodeGraph(graph))
    .message(8, new ProtobufMessage().integer(2, OPSET));
  for (const [key, value] of Object.entries(graph.metadata)) {
    model.message(14, new ProtobufMessage().text(1, key).text(2, value));
  }
  return model.encode();
}

function encodeGraph({ name, about, nodes, tensors, inputs, outputs }: OnnxGraph): ProtobufMessage {
  const graph = new ProtobufMessage();
  for (const node of nodes) graph.message(1, encodeNode(node));
  graph.text(2, name);
  for (const tensor of tensors) graph.message(5, encodeTensor(tensor));
  graph.text(10, about);
  for (const input of inputs) graph.message(11, encodeValue(input));
  for (const output of outputs) graph.message(12, encodeValue(output));
  return graph;
}

function encodeNode({ operator, inputs, outputs, attributes }: OnnxNode): ProtobufMessage {
  const node = new ProtobufMessage();
  for (const input of inputs) node.text(1, input);
  for (const output of outputs) node.text(2, output);
  node.text(3, outputs[0]!).text(4, operator);
  for (const [name, value] of Object.entries(attributes)) node.message(5, encodeAttribute(name, value));
  return node;
}

function encodeAttribute(name: string, value: Attribute): ProtobufMessage {
  const attribute = new ProtobufMessage().text(1, name);
  if ('float' in value) return attribute.float(2, value.float).integer(20, ATTRIBUTE_TYPES.float);
  if ('int' in value) return attribute.integer(3, value.int).integer(20, ATTRIBUTE_TYPES.int);
  if ('text' in value) return attribute.text(4, value.text).integer(20, ATTRIBUTE_TYPES.text);
  for (const each of value.ints) attribute.integer(8, each);
  return attribute.integer(20, ATTRIBUTE_TYPES.ints);
}

/** Values as they lie in memory, which is little-endian on every machine there is an engine for. */
function encodeTensor({ name, shape, data }: OnnxTensor): ProtobufMessage {
  const tensor = new ProtobufMessage();
  for (const size of shape) tensor.integer(1, size);
  tensor.integer(2, data instanceof Float32Array ? FLOAT : INT64).text(8, name);
  return tensor.bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

function encodeValue({ name, shape, about }: OnnxValue): ProtobufMessage {
  const sizes = new ProtobufMessage();
  for (const size of shape) {
    const dimension = new ProtobufMessage();
    sizes.message(1, typeof size === 'number' ? dimension.integer(1, size) : dimension.text(2, size));
  }
  const tensorType = new ProtobufMessage().integer(1, FLOAT).message(2, sizes);
  return new ProtobufMessage().text(1, name).message(2, new ProtobufMessage().message(1, tensorType)).text(3, about);
}
