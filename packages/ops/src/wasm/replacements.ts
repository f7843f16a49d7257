import * as tf from '@tensorflow/tfjs-core';
import { packedSize } from './elementwise-kernels.js';
import type { Heap } from './heap.js';

/*
 * tfjs's wasm backend is slow in four ways. It copies the whole input out of its memory for every Slice, Unpack and SplitV. It copies
 * without need in Identity (used for every tensor saved for a gradient) and in Cast to the same type. It concatenates row by row in
 * JavaScript, and multiplies transposed or batched matrices without SIMD. All other cases use tfjs's own kernels.
 */

type KernelCall = Parameters<tf.KernelFunc>[0];
type Replacement = (heap: Heap, call: KernelCall) => tf.TensorInfo | tf.TensorInfo[] | null;

/** Replaces standard kernels of the wasm backend, under whatever name it is registered; each falls back to the kernel it replaces. */
export function replaceStandardKernels(backendName: string, heapOf: (backend: unknown) => Heap): void {
  const replace = (kernelName: string, replacement: Replacement): void => {
    const standard = tf.getKernel(kernelName, backendName);
    tf.unregisterKernel(kernelName, backendName);
    tf.registerKernel({
      ...standard,
      kernelFunc: (call) => replacement(heapOf(call.backend), call) ?? standard.kernelFunc(call),
    });
  };
  replace('Slice', (heap, { inputs, attrs }) => {
    const { x } = inputs as { x: tf.TensorInfo };
    const { begin, size } = attrs as unknown as { begin: number | number[]; size: number | number[] };
    if (!isWord(x)) {
      return null;
    }
    const [start, extent] = tf.slice_util.parseSliceParams({ ...x, rank: x.shape.length } as never, begin, size);
    tf.slice_util.assertParamsValid(x as never, start!, extent!);
    return cut(heap, x, start!, extent!, extent!);
  });
  replace('Unpack', (heap, { inputs, attrs }) => {
    const { value } = inputs as { value: tf.TensorInfo };
    const axis = tf.util.parseAxisParam((attrs as unknown as { axis: number }).axis, value.shape)[0]!;
    if (!isWord(value)) {
      return null;
    }
    const count = value.shape[axis]!;
    const extent = value.shape.map((length, index) => (index === axis ? 1 : length));
    const shape = value.shape.filter((_, index) => index !== axis);
    return Array.from({ length: count }, (_, index) => cut(heap, value, along(value, axis, index), extent, shape));
  });
  replace('SplitV', (heap, { inputs, attrs }) => {
    const { x } = inputs as { x: tf.TensorInfo };
    const { numOrSizeSplits, axis } = attrs as unknown as { numOrSizeSplits: number | number[]; axis: number };
    if (!isWord(x)) {
      return null;
    }
    const at = tf.util.parseAxisParam(axis, x.shape)[0]!;
    let start = 0;
    return tf.backend_util.prepareSplitSize(x as never, numOrSizeSplits, at).map((length) => {
      const extent = x.shape.map((whole, index) => (index === at ? length : whole));
      const part = cut(heap, x, along(x, at, start), extent, extent);
      start += length;
      return part;
    });
  });
  replace('Concat', (heap, { inputs, attrs }) => {
    const parts = Object.values(inputs as Record<string, tf.TensorInfo>);
    return join(heap, parts, (attrs as unknown as { axis: number }).axis);
  });
  replace('Identity', (heap, { inputs }) => share(heap, inputs.x!));
  replace('Cast', (heap, { inputs, attrs }) =>
    inputs.x!.dtype === (attrs as unknown as { dtype: string }).dtype ? share(heap, inputs.x!) : null,
  );
  replace('Transpose', (heap, { inputs, attrs }) =>
    transpose(heap, inputs.x!, (attrs as unknown as { perm: number[] }).perm),
  );
  replace('BatchMatMul', multiply);
}

/** Any order of up to five axes longer than 1. */
function transpose(heap: Heap, x: tf.TensorInfo, order: readonly number[]): tf.TensorInfo | null {
  const moving = order.filter((axis) => x.shape[axis] !== 1);
  if (!isWord(x) || moving.length > 5) {
    return null;
  }
  const shape = order.map((axis) => x.shape[axis]!);
  const out = heap.output(shape, x.dtype);
  const lengths = moving.map((axis) => x.shape[axis]!);
  const strides = moving.map((axis) => sizeOf(x.shape.slice(axis + 1)));
  const [from, to] = [heap.pointer(x), heap.pointer(out)];
  const count = moving.length;
  if (count === 2 && moving[0]! > moving[1]!) {
    heap.kernels.transpose(from, to, lengths[1]!, lengths[0]!);
  } else if (count > 1 && strides[count - 1] === 1 && count <= 4) {
    const [a, b, c, last] = leadingOnes(lengths, 4) as [number, number, number, number];
    const [strideA, strideB, strideC] = leadingOnes(strides, 4) as [number, number, number, number];
    heap.kernels.copy_strided(from, to, a, b, c, last, strideA, strideB, strideC);
  } else {
    heap.kernels.permute(from, to, ...leadingOnes(lengths, 5), ...leadingOnes(strides, 5));
  }
  return out;
}

function leadingOnes(values: readonly number[], count: number): number[] {
  return [...Array<number>(count - values.length).fill(1), ...values];
}

/** A tensor that shares another's values; this is safe because this backend never writes into existing tensors. */
function share(heap: Heap, x: tf.TensorInfo): tf.TensorInfo | null {
  return isWord(x) ? heap.share(x) : null;
}

/** Tensors side by side along an axis. */
function join(heap: Heap, inputs: readonly tf.TensorInfo[], axisParameter: number): tf.TensorInfo | null {
  const first = inputs[0]!;
  const axis = tf.util.parseAxisParam(axisParameter, first.shape)[0]!;
  tf.backend_util.assertParamsConsistent(
    inputs.map(({ shape }) => shape),
    axis,
  );
  if (!isWord(first) || inputs.some(({ dtype }) => dtype !== first.dtype)) {
    return null;
  }
  const out = heap.output(
    tf.backend_util.computeOutShape(
      inputs.map(({ shape }) => shape),
      axis,
    ),
    first.dtype,
  );
  const rows = sizeOf(out.shape.slice(0, axis));
  const pitch = sizeOf(out.shape.slice(axis));
  let at = heap.pointer(out);
  for (const input of inputs) {
    const length = sizeOf(input.shape.slice(axis));
    heap.kernels.copy_rows(heap.pointer(input), at, rows, length, pitch);
    at += 4 * length;
  }
  return out;
}

/** Whether values take four bytes each. */
function isWord({ dtype }: tf.TensorInfo): boolean {
  return dtype === 'float32' || dtype === 'int32';
}

function along({ shape }: tf.TensorInfo, axis: number, start: number): number[] {
  return shape.map((_, index) => (index === axis ? start : 0));
}

/** Copies a box of a tensor within the backend's memory. */
function cut(
  heap: Heap,
  x: tf.TensorInfo,
  begin: readonly number[],
  extent: readonly number[],
  shape: readonly number[],
): tf.TensorInfo {
  const out = heap.output(shape, x.dtype);
  const axes = mergeAxes(x.shape, begin, extent);
  const strides = axes.map((_, index) => axes.slice(index + 1).reduce((stride, axis) => stride * axis.length, 1));
  const first = axes.reduce((offset, axis, index) => offset + axis.begin * strides[index]!, 0);
  const from = heap.pointer(x) + 4 * first;
  const [a, b, c, last] = axes.slice(-4) as [Axis, Axis, Axis, Axis];
  const [strideA, strideB, strideC] = strides.slice(-4) as [number, number, number, number];
  const inner = a.extent * b.extent * c.extent * last.extent;
  const outer = axes.slice(0, -4).map((axis, index) => ({ extent: axis.extent, stride: strides[index]! }));
  offsets(outer).forEach((offset, index) => {
    heap.kernels.copy_strided(
      from + 4 * offset,
      heap.pointer(out) + 4 * index * inner,
      a.extent,
      b.extent,
      c.extent,
      last.extent,
      strideA,
      strideB,
      strideC,
    );
  });
  return out;
}

interface Axis {
  length: number;
  begin: number;
  extent: number;
}

/** The axes of a box, at least four; axes taken as a whole are merged with the one before. */
function mergeAxes(shape: readonly number[], begin: readonly number[], extent: readonly number[]): Axis[] {
  const axes: Axis[] = [{ length: 1, begin: 0, extent: 1 }];
  shape.forEach((length, index) => {
    const previous = axes[axes.length - 1]!;
    if (extent[index] === length) {
      previous.length *= length;
      previous.begin *= length;
      previous.extent *= length;
      return;
    }
    axes.push({ length, begin: begin[index]!, extent: extent[index]! });
  });
  while (axes.length < 4) {
    axes.unshift({ length: 1, begin: 0, extent: 1 });
  }
  return axes;
}

/** Start offsets of the boxes over the last four axes. */
function offsets(axes: readonly { extent: number; stride: number }[]): number[] {
  return axes.reduce(
    (starts, { extent, stride }) =>
      starts.flatMap((start) => Array.from({ length: extent }, (_, index) => start + index * stride)),
    [0],
  );
}

/** Products of matrices in any orientation, with a batch on both sides or on one. */
function multiply(heap: Heap, { inputs, attrs }: KernelCall): tf.TensorInfo | null {
  const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
  const { transposeA, transposeB } = attrs as unknown as { transposeA: boolean; transposeB: boolean };
  const batchA = a.shape.slice(0, -2);
  const batchB = b.shape.slice(0, -2);
  const [countA, countB] = [sizeOf(batchA), sizeOf(batchB)];
  const sameBatch = tf.util.arraysEqual(batchA, batchB);
  if (a.dtype !== 'float32' || b.dtype !== 'float32' || !(sameBatch || countA === 1 || countB === 1)) {
    return null;
  }
  const [rows, depth] = orient(a.shape, transposeA);
  const [depthB, columns] = orient(b.shape, transposeB);
  if (depth !== depthB) {
    return null; // tfjs's own kernel reports the problem
  }
  const out = heap.output([...tf.broadcast_util.assertAndGetBroadcastShape(batchA, batchB), rows, columns]);
  const both = transposeA && transposeB;
  heap.scratch(packedSize(depth, columns) + (both ? rows * depth : 0), (scratch) => {
    for (let index = 0; index < Math.max(countA, countB); index++) {
      heap.kernels.matmul(
        heap.pointer(a) + (countA === 1 ? 0 : 4 * index * rows * depth),
        heap.pointer(b) + (countB === 1 ? 0 : 4 * index * depth * columns),
        heap.pointer(out) + 4 * index * rows * columns,
        scratch,
        rows,
        depth,
        columns,
        Number(transposeA),
        Number(transposeB),
      );
    }
  });
  return out;
}

function orient(shape: readonly number[], transposed: boolean): [number, number] {
  const [rows, columns] = shape.slice(-2) as [number, number];
  return transposed ? [columns, rows] : [rows, columns];
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((size, length) => size * length, 1);
}
