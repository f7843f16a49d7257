/**
 * Writes a shape as error messages show it: `[8, 3, 368]`.
 *
 * @param shape - Sizes, or names for sizes that are free (`['batch', 3]`).
 * @returns The text, brackets included.
 */
export function formatShape(shape: readonly (number | string)[]): string {
  return `[${shape.join(', ')}]`;
}
