/** Told how much of all files has come, in bytes; set by the worker that shows it. */
export const loading = { tell: (_loaded: number, _total: number) => {} };

const files = new Map<string, { loaded: number; total: number }>();

/**
 * Fetches a file and tells {@link loading} as it comes.
 *
 * @throws Error if the server does not give it.
 */
export async function fetchBytes(url: URL): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url);
  if (!response.ok || !response.body)
    throw new Error(`expected ${url.pathname}, got ${response.status} from the server.`);
  const file = { loaded: 0, total: Number(response.headers.get('content-length')) || 0 };
  files.set(url.href, file);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    file.loaded += part.value.length;
    loading.tell(sum('loaded'), sum('total'));
  }
  const bytes = new Uint8Array(file.loaded);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function sum(what: 'loaded' | 'total'): number {
  return [...files.values()].reduce((total, file) => total + file[what], 0);
}
