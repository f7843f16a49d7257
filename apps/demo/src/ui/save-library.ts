import { packLibrary, unpackLibrary } from '../library/archive.js';
import { fileOf, items, putItem } from '../library/library.js';
import { stageNamesOf, stageNamesSetting } from '../library/stage-names.js';
import { judgeWaiting } from '../state/judge-all.js';
import { trouble } from '../state/trouble.js';
import { downloadBlob } from './save.js';

/** Offers the library as one file. */
export async function saveLibrary(): Promise<void> {
  const blob = await packLibrary(items.value, { stageNames: stageNamesSetting.value }, fileOf);
  downloadBlob('my-videos.zip', blob);
}

/** Puts the videos of a saved library to those that are there. */
export async function openLibrary(saved: Blob): Promise<void> {
  try {
    const archive = await unpackLibrary(saved);
    for (const item of archive.items) {
      const bytes = archive.file(item.name);
      if (bytes) await putItem(item, new Blob([bytes]));
    }
    const names = stageNamesOf(archive.settings.stageNames);
    if (names) stageNamesSetting.value = names;
    void judgeWaiting();
  } catch (error) {
    trouble.value = {
      text: 'This is not a library that was saved here.',
      detail: (error as Error).message,
      ways: [],
    };
  }
}
