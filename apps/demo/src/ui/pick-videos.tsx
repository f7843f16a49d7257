import { addVideos } from '../state/showing.js';
import { FileButton } from './file-button.js';

/** What a button for videos accepts. */
export const VIDEO_FILES = 'video/*,.mp4,.mov,.webm,.mkv';

/** Endings of files that are taken from a folder. */
const VIDEO = /\.(mp4|m4v|mov|webm|mkv)$/i;

/** Adds videos: several, or all of a folder. */
export function PickVideos() {
  return (
    <div class="pick-videos">
      <FileButton label="Add videos" accept={VIDEO_FILES} multiple onPick={(files) => void addPicked(files)} />
      <FileButton label="Add a folder" directory multiple onPick={(files) => void addPicked(files.filter(isVideo))} />
    </div>
  );
}

/** Adds files as a person picked them. */
export async function addPicked(files: readonly File[]): Promise<void> {
  await addVideos(files.map((file) => ({ file, name: file.name })));
}

/** Whether a file of a folder is a video, by its name. */
export const isVideo = ({ name }: File) => VIDEO.test(name);

/** All files that were dropped, those in folders included. */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  const plain = [...transfer.files];
  if (!entries.some(({ isDirectory }) => isDirectory)) return plain;
  const found: File[] = [];
  for (const entry of entries) await collect(entry, found);
  return found.filter(isVideo);
}

async function collect(entry: FileSystemEntry, found: File[]): Promise<void> {
  if (entry.isFile) {
    found.push(await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject)));
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // a reader gives at most 100 at a time
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const each of some) await collect(each, found);
  }
}
