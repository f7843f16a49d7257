/** Bounds against files that would fill the memory. */
export const tableLimits = {
  /** Of the file. */
  bytes: 64 * 2 ** 20,
  /** Rows in it. */
  rows: 1_000_000,
  /** Columns of a CSV file, or keys of a JSON entry. */
  columns: 200,
  /** Characters of a path, an id or another short text. */
  textLength: 500,
  /** Numbers in one field. */
  listLength: 1000,
} as const;
