import type { Video } from '@mcore/video';

/** Keeps the video that was opened last, since most requests are for it again. One that could not be opened is not kept. */
export class KeptVideo {
  #kept: { key: number; video: Promise<Video> } | undefined;

  /**
   * The kept video, or another one in its place.
   *
   * @param key - Says which video it is.
   */
  get(key: number, open: () => Promise<Video>): Promise<Video> {
    if (this.#kept?.key === key) return this.#kept.video;
    void this.#kept?.video.then((video) => video.close()).catch(() => {});
    const kept = { key, video: open() };
    this.#kept = kept;
    kept.video.catch(() => {
      if (this.#kept === kept) this.#kept = undefined;
    });
    return kept.video;
  }
}
