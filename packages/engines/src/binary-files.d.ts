/** A file whose bytes the build puts into the module (`loader` in tsup.config.ts). */
declare module '*.wasm' {
  const bytes: Uint8Array;
  export default bytes;
}
