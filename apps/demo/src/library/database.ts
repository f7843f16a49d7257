import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import type { Item } from './item.js';

interface Schema extends DBSchema {
  items: { key: string; value: Item };
  /** Videos and small pictures of them, by the item's id. */
  files: { key: string; value: Blob };
  thumbnails: { key: string; value: Blob };
  settings: { key: string; value: unknown };
}

type Files = 'files' | 'thumbnails';

let opened: Promise<IDBPDatabase<Schema>> | undefined;

function database(): Promise<IDBPDatabase<Schema>> {
  opened ??= openDB<Schema>('mcore-demo', 1, {
    upgrade: (db) => {
      for (const name of ['items', 'files', 'thumbnails', 'settings'] as const) db.createObjectStore(name);
    },
  });
  return opened;
}

/** All items, in no order. */
export async function readItems(): Promise<Item[]> {
  return (await database()).getAll('items');
}

/** Keeps what is known of a video. */
export async function writeItem(item: Item): Promise<void> {
  await (await database()).put('items', item, item.id);
}

/** Keeps a video or a picture of it. */
export async function writeBlob(store: Files, id: string, blob: Blob): Promise<void> {
  await (await database()).put(store, blob, id);
}

/** A video or a picture of it. */
export async function readBlob(store: Files, id: string): Promise<Blob | undefined> {
  return (await database()).get(store, id);
}

/** Forgets a video and all that is known of it. */
export async function removeItem(id: string): Promise<void> {
  const transaction = (await database()).transaction(['items', 'files', 'thumbnails'], 'readwrite');
  await Promise.all([
    ...(['items', 'files', 'thumbnails'] as const).map((store) => transaction.objectStore(store).delete(id)),
    transaction.done,
  ]);
}

/** A setting that stays, or `undefined`. */
export async function readSetting<T>(name: string): Promise<T | undefined> {
  return (await (await database()).get('settings', name)) as T | undefined;
}

/** Keeps a setting. */
export async function writeSetting(name: string, value: unknown): Promise<void> {
  await (await database()).put('settings', value, name);
}
