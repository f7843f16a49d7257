export {
  ascending,
  assertAllOrNone,
  assertConsistent,
  type ClipLabels,
  clipColumns,
  clipLabels,
} from './clip-labels.js';
export { csvCell, textOfCsvCell } from './csv-cell.js';
export { tableLimits } from './limits.js';
export { parseTable, type TableFormat } from './parse-table.js';
export { TableRow, tableError } from './table-row.js';
