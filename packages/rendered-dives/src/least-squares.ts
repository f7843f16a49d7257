/**
 * Weights w that make the rows' products with w nearest to the targets, by the normal equations and Gaussian elimination with pivoting.
 *
 * @param rows - `[samples, features]`, many more samples than features, features of similar size.
 * @returns One weight per feature; 0 for a feature that others already explain.
 */
export function solveLeastSquares(rows: readonly (readonly number[])[], targets: readonly number[]): number[] {
  const size = rows[0]?.length ?? 0;
  const matrix = Array.from({ length: size }, () => new Array<number>(size + 1).fill(0));
  rows.forEach((row, sample) => {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) {
        matrix[i]![j]! += row[i]! * row[j]!;
      }
      matrix[i]![size]! += row[i]! * targets[sample]!;
    }
  });
  for (let column = 0; column < size; column++) {
    let pivot = column;
    for (let row = column + 1; row < size; row++) {
      if (Math.abs(matrix[row]![column]!) > Math.abs(matrix[pivot]![column]!)) {
        pivot = row;
      }
    }
    [matrix[column], matrix[pivot]] = [matrix[pivot]!, matrix[column]!];
    const head = matrix[column]![column]!;
    if (Math.abs(head) < 1e-9) {
      continue;
    }
    for (let row = 0; row < size; row++) {
      const factor = row === column ? 0 : matrix[row]![column]! / head;
      for (let k = column; k <= size && factor !== 0; k++) {
        matrix[row]![k]! -= factor * matrix[column]![k]!;
      }
    }
  }
  return matrix.map((row, index) => (Math.abs(row[index]!) < 1e-9 ? 0 : row[size]! / row[index]!));
}
