/** The checkpoint: a safetensors file in half precision, read by `decodeCheckpoint` of `@mcore/model`. */
export const weightsUrl: URL = new URL('../weights/model.safetensors', import.meta.url);

/** Its exemplar bank: a safetensors file read by `ExemplarBank.decode` of `@mcore/model`. */
export const bankUrl: URL = new URL('../weights/bank.safetensors', import.meta.url);

/** What finds dives in films with these weights: a safetensors file read by `Spotter.decode` of `@mcore/judge`. */
export const spotterUrl: URL = new URL('../weights/spotter.safetensors', import.meta.url);
