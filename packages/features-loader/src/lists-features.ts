import { parseTable } from '@mcore/table';
import { readTableFile } from '@mcore/table/node';
import { featureFormats } from './decode-features.js';
import { pathColumns } from './parse-feature-manifest.js';

/**
 * Whether a manifest lists arrays rather than videos: by the ending of its first path.
 *
 * @param path - Of any file or folder; one that is not a table lists no features.
 * @throws DataError if it is a table that can't be read.
 */
export async function listsFeatures(path: string): Promise<boolean> {
  if (!/\.(csv|tsv|json)$/i.test(path)) return false;
  const { text, format } = await readTableFile(path, 'openFeatures');
  const [first] = parseTable(text, format, 'openFeatures');
  const value = pathColumns.map((name) => first?.fields.get(name)).find((each) => each !== undefined);
  const named = String(Array.isArray(value) ? value[0] : (value ?? '')).split(/[;#]/)[0]!;
  return featureFormats.some((ending) => named.toLowerCase().endsWith(`.${ending}`));
}
