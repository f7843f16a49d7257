/**
 * Formats a shape for error messages: `[8, 3, 368]`.
 *
 * @param shape - Sizes, or names for free sizes (`['batch', 3]`).
 * @returns The text, including brackets.
 */
export function formatShape(shape: readonly (number | string)[]): string {
  return `[${shape.join(', ')}]`;
}
