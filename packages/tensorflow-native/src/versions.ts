/** The builds of TensorFlow: for processors, or with CUDA kernels for NVIDIA cards as well. */
export type Variant = 'cpu' | 'cuda';

/** TensorFlow's version; its C API has been stable since 1.0, so tfjs-node's binding of 2022 compiles against it. */
export const TENSORFLOW_VERSION = '2.21.0';

/** Version of `@tensorflow/tfjs-node` whose C++ and JavaScript sources are used; the same as the tfjs it serves. */
export const TFJS_NODE_VERSION = '4.22.0';

/** Version of `google-protobuf`, which tfjs-node requires when it is loaded (for TensorBoard only). */
export const PROTOBUF_VERSION = '3.21.4';

/** A wheel on PyPI. The Python tag is fixed: Python runs nothing in it, so any local version of Python will do. */
export interface Wheel {
  /** A requirement as pip understands it. */
  readonly requirement: string;
  /** SHA-256 of the file, hexadecimal; without it pip checks the file against the index alone. */
  readonly sha256?: string;
  /** Size of the download, in bytes, rounded. */
  readonly bytes: number;
  /** Size of the files that are kept, in bytes, rounded. */
  readonly unpackedBytes: number;
}

const TENSORFLOW_WHEELS: Readonly<Record<Variant, Wheel>> = {
  cpu: {
    requirement: `tensorflow-cpu==${TENSORFLOW_VERSION}`,
    sha256: 'dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb',
    bytes: 274e6,
    unpackedBytes: 860e6,
  },
  cuda: {
    requirement: `tensorflow==${TENSORFLOW_VERSION}`,
    sha256: 'b3b95643c4e70eb925839938fb35cbe142f317ec84af6844ee61513713bb13c0',
    bytes: 573e6,
    unpackedBytes: 1260e6,
  },
};

/**
 * NVIDIA's libraries, as the extra `and-cuda` of the wheel `tensorflow` 2.21.0 requires them. Sizes as of the newest
 * versions in these ranges, late 2026.
 */
const NVIDIA_WHEELS: readonly Wheel[] = [
  { requirement: 'nvidia-cublas-cu12>=12.5.3.2,<13.0', bytes: 581e6, unpackedBytes: 856e6 },
  { requirement: 'nvidia-cuda-cupti-cu12>=12.5.82,<13.0', bytes: 11e6, unpackedBytes: 42e6 },
  { requirement: 'nvidia-cuda-nvcc-cu12>=12.5.82,<13.0', bytes: 41e6, unpackedBytes: 98e6 },
  { requirement: 'nvidia-cuda-nvrtc-cu12>=12.5.82,<13.0', bytes: 90e6, unpackedBytes: 228e6 },
  { requirement: 'nvidia-cuda-runtime-cu12>=12.5.82,<13.0', bytes: 4e6, unpackedBytes: 6e6 },
  { requirement: 'nvidia-cudnn-cu12>=9.3.0.75,<10.0', bytes: 717e6, unpackedBytes: 1163e6 },
  { requirement: 'nvidia-cufft-cu12>=11.2.3.61,<12.0', bytes: 201e6, unpackedBytes: 294e6 },
  { requirement: 'nvidia-curand-cu12>=10.3.6.82,<11.0', bytes: 69e6, unpackedBytes: 167e6 },
  { requirement: 'nvidia-cusolver-cu12>=11.6.3.83,<12.0', bytes: 339e6, unpackedBytes: 495e6 },
  { requirement: 'nvidia-cusparse-cu12>=12.5.1.3,<13.0', bytes: 367e6, unpackedBytes: 487e6 },
  { requirement: 'nvidia-nccl-cu12>=2.27.7,<3.0', bytes: 352e6, unpackedBytes: 490e6 },
  { requirement: 'nvidia-nvjitlink-cu12>=12.5.82,<13.0', bytes: 40e6, unpackedBytes: 96e6 },
];

/**
 * The wheels of a variant.
 *
 * @param variant - `cpu` or `cuda`.
 * @returns TensorFlow's wheel first.
 */
export function wheelsOf(variant: Variant): readonly Wheel[] {
  return variant === 'cpu' ? [TENSORFLOW_WHEELS.cpu] : [TENSORFLOW_WHEELS.cuda, ...NVIDIA_WHEELS];
}
