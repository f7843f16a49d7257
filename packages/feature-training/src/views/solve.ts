/**
 * Solves a symmetric positive definite system by Cholesky's decomposition.
 *
 * @param matrix - Row-major, size x size; not changed.
 * @param right - `size` numbers; not changed.
 * @param ridge - Added to the diagonal.
 */
export function solvePositive(matrix: Float64Array, right: Float64Array, ridge: number): Float64Array {
  const size = right.length;
  const lower = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column <= row; column++) {
      let value = matrix[row * size + column]! + (row === column ? ridge : 0);
      const [a, b] = [row * size, column * size];
      for (let inner = 0; inner < column; inner++) value -= lower[a + inner]! * lower[b + inner]!;
      // a pivot below 0 is rounding: the matrix is positive definite
      lower[a + column] = row === column ? Math.sqrt(Math.max(value, 1e-12)) : value / lower[b + column]!;
    }
  }
  const result = Float64Array.from(right);
  for (let row = 0; row < size; row++) {
    for (let inner = 0; inner < row; inner++) result[row]! -= lower[row * size + inner]! * result[inner]!;
    result[row]! /= lower[row * size + row]!;
  }
  for (let row = size - 1; row >= 0; row--) {
    for (let inner = row + 1; inner < size; inner++) result[row]! -= lower[inner * size + row]! * result[inner]!;
    result[row]! /= lower[row * size + row]!;
  }
  return result;
}

/** Share of the mean square of a predictor that is added to the diagonal, so that predictors that are alike have one solution. */
const TIE = 1e-3;

/** Rounds of coordinate descent: a handful of predictors settles in far fewer. */
const ROUNDS = 500;

/**
 * Weights of at least 0 by which predictors add up to a target with the least squared error (non-negative least squares).
 *
 * @param predictors - Values of each over the clips.
 * @param target - What they should add up to.
 * @returns One weight a predictor.
 */
export function nonNegativeWeights(predictors: readonly Float64Array[], target: Float64Array): number[] {
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, index) => sum + value * b[index]!, 0);
  const products = predictors.map((a) => predictors.map((b) => dot(a, b)));
  const wanted = predictors.map((a) => dot(a, target));
  const weights = predictors.map(() => 0);
  for (let round = 0; round < ROUNDS; round++) {
    for (let at = 0; at < weights.length; at++) {
      const own = products[at]![at]! * (1 + TIE);
      const others = products[at]!.reduce((sum, value, other) => sum + (other === at ? 0 : value * weights[other]!), 0);
      weights[at] = own > 0 ? Math.max(0, (wanted[at]! - others) / own) : 0;
    }
  }
  return weights;
}
