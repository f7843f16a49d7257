/**
 * A seeded source of whole numbers 0 .. below - 1, equally likely (within below / 2^32).
 *
 * The generator is sfc32 (Doty-Humphrey, PractRand), initialised with the bits of the seed as a float64.
 */
export function uniformIntegers(seed: number, below: number): () => number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, seed);
  let [a, b, c, counter] = [view.getInt32(0), view.getInt32(4), 0, 1];
  const bits = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11) | 0) + sum) | 0;
    return sum >>> 0;
  };
  for (let round = 0; round < 20; round++) bits();
  return () => Math.floor((bits() / 0x1_0000_0000) * below);
}
