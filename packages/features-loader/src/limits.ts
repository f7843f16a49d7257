/** Bounds against files that would fill the memory. */
export const featureLimits = {
  /** Of a file in bytes. */
  fileBytes: 2 ** 30,
  /** Of a file that is text (.csv, .tsv, .txt, .json), in bytes. */
  textBytes: 2 ** 28,
  /** Steps of a clip. */
  steps: 1_000_000,
  /** Channels of a step, of all files of a clip together. */
  channels: 65_536,
  /** Numbers of a clip. */
  values: 2 ** 28,
  /** Arrays in a .npz or .safetensors file. */
  arrays: 100_000,
} as const;
