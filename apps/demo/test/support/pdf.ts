import { extractText } from 'unpdf';

/** What can be read on each page of a PDF. */
export async function textOfPages(pdf: Uint8Array): Promise<string[]> {
  const { text } = await extractText(new Uint8Array(pdf), { mergePages: false });
  return text;
}
