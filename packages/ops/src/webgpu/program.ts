import * as tf from '@tensorflow/tfjs-core';

/** Members of tfjs's webgpu backend that its public type lacks. */
interface WebgpuBackend extends tf.KernelBackend {
  runWebGPUProgram(
    program: object,
    inputs: tf.TensorInfo[],
    dtype: tf.DataType,
    uniforms: { type: 'int32'; data: number[] }[],
  ): tf.TensorInfo;
}

/** One shader and its arguments. */
interface Program {
  /** Identifies everything that the shader's text depends on. */
  key: string;
  /** By the name of the storage buffer in the shader; `four` ones are arrays of `vec4<f32>`. */
  inputs: Record<string, tf.TensorInfo | { four: tf.TensorInfo }>;
  /** Whole numbers, `uniforms.<name>` in the shader. */
  uniforms: Record<string, number>;
  /** Shape of the result. */
  shape: readonly number[];
  /** Whether `result` is an array of `vec4<f32>`; default false. */
  four?: boolean;
  /** Declarations outside functions. */
  declarations?: string;
  /**
   * Statements of one invocation: `index` is its element of `result`. With `workgroups`, statements of one of 256 lanes instead
   * (`lane`) of a workgroup (`group`).
   */
  body: string;
  /** Workgroups of 256 lanes; default one invocation per element. */
  workgroups?: number;
}

/** Invocations in a workgroup where each has its own element. */
const FLAT_WORKGROUP = 64;
/** Lanes in a workgroup that works together. */
export const LANES = 256;

/**
 * Runs a shader on tfjs's webgpu backend. Tensors are passed flat, because the code that tfjs generates for inputs of rank 5 does not
 * always compile.
 */
export function runProgram(backend: tf.KernelBackend, program: Program): tf.Tensor {
  const { key, inputs, uniforms, shape, four = false, declarations = '', body, workgroups } = program;
  const size = tf.util.sizeFromShape([...shape]);
  const component = four ? 4 : 1;
  const main =
    workgroups === undefined
      ? `fn main(index : i32) { if (index < uniforms.size) { ${body} } }`
      : `fn main(index : i32) { let group = i32(workgroupId.x); let lane = i32(localIndex); ${body} }`;
  const tensors = Object.values(inputs).map((input) => ('four' in input ? input.four : input));
  const own = {
    variableNames: Object.keys(inputs),
    variableComponents: Object.values(inputs).map((input) => ('four' in input ? 4 : 1)),
    uniforms: Object.keys(uniforms)
      .map((name) => `${name} : i32,`)
      .join(' '),
    workgroupSize: [workgroups === undefined ? FLAT_WORKGROUP : LANES, 1, 1],
    outputComponent: component,
    outputShape: [size],
    size: true,
    dispatchLayout: { x: [0] },
    dispatch: [workgroups ?? Math.ceil(size / component / FLAT_WORKGROUP), 1, 1],
    shaderKey: `mcore_${key}`,
    getUserCode: () => `${declarations}\n${main}`,
  };
  const flat = tensors.map(({ dataId, dtype, shape: whole }) => ({
    dataId,
    dtype,
    shape: [tf.util.sizeFromShape(whole)],
  }));
  const values = Object.values(uniforms).map((value) => ({ type: 'int32' as const, data: [value] }));
  const { dataId, dtype } = (backend as WebgpuBackend).runWebGPUProgram(own, flat, 'float32', values);
  return tf.engine().makeTensorFromTensorInfo({ dataId, dtype, shape: [...shape] });
}
