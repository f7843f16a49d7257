/** What a spreadsheet takes for a formula, with any ' in front, so that one more can be taken away again. */
const FORMULA = /^'*[=+\-@\t\r]/;

/** A text as a CSV value: quoted where it has to be (RFC 4180), and with ' in front of what a spreadsheet takes for a formula. */
export function csvCell(text: string): string {
  const plain = FORMULA.test(text) ? `'${text}` : text;
  return /[",\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** The text of a value that {@link csvCell} wrote, after CSV was read. */
export function textOfCsvCell(value: string): string {
  return value.startsWith("'") && FORMULA.test(value) ? value.slice(1) : value;
}
