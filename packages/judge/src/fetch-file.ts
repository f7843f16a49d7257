import { DataError } from '@mcore/errors';

/**
 * Fetches a file.
 *
 * @param what - It is, for messages: `weights`.
 * @throws {@link DataError} if the server has no such file, or answers with a web page in its place, as the development servers of
 *   single-page applications do.
 */
export async function fetchFile(url: string | URL, what: string, signal?: AbortSignal): Promise<Blob> {
  const failed = (got: string, cause?: unknown) =>
    new DataError(`loadJudge: expected ${what} at ${url}, got ${got}`, { cause });
  const response = await fetch(url, signal ? { signal } : {}).catch((cause: Error) => {
    if (signal?.aborted) throw signal.reason;
    throw failed(`no answer (${cause.message}).`, cause);
  });
  if (!response.ok) throw failed(`status ${response.status} from the server.`);
  const blob = await response.blob();
  if (await isWebPage(blob)) {
    throw failed(
      'a web page: the server has no such file and answers with its index.html. Check the address, or serve the file.',
    );
  }
  return blob;
}

async function isWebPage(blob: Blob): Promise<boolean> {
  const start = await blob.slice(0, 256).text();
  return /^\s*(<!--[\s\S]*?-->\s*)?<(!doctype html|html)\b/i.test(start);
}
