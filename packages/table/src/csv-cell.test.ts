import { parse } from 'csv-parse/sync';
import { expect, it } from 'vitest';
import { csvCell, textOfCsvCell } from './csv-cell.js';

it('writes what spreadsheets show as text and what is read again, whatever the text is', () => {
  const texts = ['plain', '', 'a,b', 'say "hi"', 'two\nlines', '=1+1', '-7', '@home', "'=1", '+a,"b"', "'plain", "''"];
  const rows = parse(texts.map((text) => `x,${csvCell(text)}`).join('\n')) as string[][];
  expect(rows.map(([, value]) => textOfCsvCell(value!))).toEqual(texts);
  expect(csvCell('=1+1')).toBe("'=1+1");
  expect(csvCell('+a,"b"')).toBe('"\'+a,""b"""');
});
