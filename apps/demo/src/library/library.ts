import { computed, signal } from '@preact/signals';
import * as database from './database.js';
import { type Item, newItem, scoredOf } from './item.js';

/** All videos, in the order they were added. */
export const items = signal<readonly Item[]>([]);
/** Addresses of small pictures, by the item's id. */
export const thumbnails = signal<ReadonlyMap<string, string>>(new Map());
/** The one that is looked at. */
export const currentId = signal<string | null>(null);
export const current = computed(() => items.value.find(({ id }) => id === currentId.value) ?? null);
/** Nothing is kept after a reload, and why: a private window, or a full disk. */
export const notKept = signal<string | null>(null);

export type SortKey = 'added' | 'name' | 'score';
export const sortKey = signal<SortKey>('added');
export const search = signal('');

/** What is listed: sorted, and what the search finds in name, class and status. */
export const listed = computed(() => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const text = ({ name, className, status }: Item) => `${name} ${className} ${status}`.toLowerCase();
  const found = items.value.filter((item) => words.every((word) => text(item).includes(word)));
  const order = {
    added: (a: Item, b: Item) => a.addedAt - b.addedAt,
    name: (a: Item, b: Item) => collator.compare(a.name, b.name),
    score: (a: Item, b: Item) => (scoredOf(b)?.score ?? -1) - (scoredOf(a)?.score ?? -1),
  }[sortKey.value];
  return [...found].sort(order);
});

const collator = new Intl.Collator(undefined, { numeric: true });

/** Files of this visit; those of earlier ones are in the database. */
const files = new Map<string, Blob>();

/** Reads what is kept of earlier visits. */
export async function restoreLibrary(): Promise<void> {
  try {
    const kept = await database.readItems();
    // what was being judged when the page was closed waits again
    const restored = kept.map((item) => (item.status === 'judging' ? { ...item, status: 'waiting' as const } : item));
    const added = items.value;
    items.value = [...restored.sort((a, b) => a.addedAt - b.addedAt), ...added];
    for (const { id } of restored) {
      const picture = await database.readBlob('thumbnails', id);
      if (picture) showThumbnail(id, picture);
    }
  } catch (error) {
    notKept.value = (error as Error).message;
  }
}

/** Adds videos; those of the same name and size are there already and are not added again. */
export async function addFiles(added: readonly { file: Blob; name: string }[]): Promise<Item[]> {
  const result: Item[] = [];
  for (const [index, { file, name }] of added.entries()) {
    const same = await findSame(file, name);
    if (same) {
      result.push(same);
      continue;
    }
    const item = newItem(crypto.randomUUID(), uniqueName(name), Date.now() + index / 1000);
    files.set(item.id, file);
    items.value = [...items.value, item];
    await keep(() => database.writeItem(item));
    await keep(() => database.writeBlob('files', item.id, file));
    result.push(item);
  }
  return result;
}

/** The file of a video. */
export async function fileOf(id: string): Promise<Blob | undefined> {
  const file = files.get(id) ?? (await database.readBlob('files', id).catch(() => undefined));
  if (file) files.set(id, file);
  return file;
}

/** Changes what is known of a video, here and in the database. */
export function changeItem(id: string, change: Partial<Item>): void {
  items.value = items.value.map((item) => (item.id === id ? { ...item, ...change } : item));
  const item = items.value.find((each) => each.id === id);
  if (item) void keep(() => database.writeItem(item));
}

/** Keeps a small picture of a video. */
export async function setThumbnail(id: string, picture: Blob): Promise<void> {
  showThumbnail(id, picture);
  await keep(() => database.writeBlob('thumbnails', id, picture));
}

/** Forgets a video. */
export function removeItem(id: string): void {
  items.value = items.value.filter((item) => item.id !== id);
  if (currentId.value === id) currentId.value = null;
  files.delete(id);
  const address = thumbnails.value.get(id);
  if (address) URL.revokeObjectURL(address);
  thumbnails.value = new Map([...thumbnails.value].filter(([each]) => each !== id));
  void keep(() => database.removeItem(id));
}

/** Puts back a video of a saved library; one with the same id is replaced. */
export async function putItem(item: Item, file: Blob): Promise<void> {
  files.set(item.id, file);
  items.value = [...items.value.filter(({ id }) => id !== item.id), item];
  await keep(() => database.writeItem(item));
  await keep(() => database.writeBlob('files', item.id, file));
}

async function findSame(file: Blob, name: string): Promise<Item | undefined> {
  for (const item of items.value) {
    if (item.name === name && (await fileOf(item.id))?.size === file.size) return item;
  }
  return undefined;
}

/** Two videos of one name are told apart by a number, since a list names videos by their files. */
function uniqueName(name: string): string {
  const taken = new Set(items.value.map((item) => item.name));
  if (!taken.has(name)) return name;
  const [, stem, ending] = /^(.*?)(\.[^.]*)?$/.exec(name)!;
  let number = 2;
  while (taken.has(`${stem} ${number}${ending ?? ''}`)) number++;
  return `${stem} ${number}${ending ?? ''}`;
}

function showThumbnail(id: string, picture: Blob): void {
  thumbnails.value = new Map([...thumbnails.value, [id, URL.createObjectURL(picture)]]);
}

async function keep(write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    notKept.value = (error as Error).message;
  }
}
