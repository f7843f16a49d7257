/**
 * The gradient of a function of several numbers by central differences, one number after another.
 *
 * @param values - Where.
 * @param loss - The function.
 * @param step - To either side; float32 needs large ones.
 */
export async function finiteDifferences(
  values: Float32Array,
  loss: (moved: Float32Array) => Promise<number>,
  step: number,
): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0; index < values.length; index++) {
    const moved = (by: number) => loss(values.map((value, other) => (other === index ? value + by : value)));
    found.push(((await moved(step)) - (await moved(-step))) / (2 * step));
  }
  return found;
}
