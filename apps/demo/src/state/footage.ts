import { signal } from '@preact/signals';
import type { Picture, PictureSource, PicturesApi, PicturesEvents } from '../pictures/pictures-api.js';
import { WorkerClient, WorkerStopped } from '../worker-link.js';

const lanes = new Map<string, Footage>();

/** The worker that draws and decodes what is shown. */
export const pictures = new WorkerClient<PicturesApi, PicturesEvents>(
  () => new Worker(new URL('../pictures/pictures.worker.ts', import.meta.url), { type: 'module', name: 'pictures' }),
  { picture: (picture) => lanes.get(picture.lane)?.accept(picture) },
);

/** What of a video to have pictures of. */
export interface RequestedFootage {
  source: PictureSource;
  fromSeconds: number;
  toSeconds: number;
  count: number;
  height: number;
}

/** Pictures of a stretch of a video, as they come; those before are freed. */
export class Footage {
  /** Goes up when pictures came or went. */
  readonly version = signal(0);
  readonly #lane: string;
  #request = 0;
  #pictures: (Picture | undefined)[] = [];

  constructor(lane: string) {
    this.#lane = lane;
    lanes.set(lane, this);
  }

  /** Starts over; resolves when all are there. */
  async load(requested: RequestedFootage): Promise<void> {
    this.clear();
    try {
      await pictures.call('show', { ...requested, lane: this.#lane, request: this.#request });
    } catch (error) {
      if (!(error instanceof WorkerStopped)) throw error;
    }
  }

  /** Frees all pictures; those on their way are not taken. */
  clear(): void {
    this.#request++;
    for (const picture of this.#pictures) picture?.bitmap.close();
    this.#pictures = [];
    this.version.value++;
  }

  accept(picture: Picture): void {
    if (picture.request !== this.#request) {
      picture.bitmap.close();
      return;
    }
    this.#pictures[picture.index] = picture;
    this.version.value++;
  }

  /** The picture shown at a time, or the nearest one there is. */
  at(seconds: number): Picture | undefined {
    let best: Picture | undefined;
    for (const picture of this.#pictures) {
      if (!picture) continue;
      // the one shown then is the last that began
      if (picture.seconds <= seconds + 1e-6 || !best) best = picture;
    }
    return best;
  }
}
