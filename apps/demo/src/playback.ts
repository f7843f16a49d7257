/** Frames a second the clips are shown at. */
export const frameRate = 25;

/** How long the last frame stays before a clip begins again, in seconds. */
const pause = 0.8;

/** Which frame to show when; knows no clock, so time is whatever the caller says it is. */
export class Playback {
  playing = false;
  speed = 1;
  #seconds = 0;
  #last: number | null = null;

  constructor(readonly frameCount: number) {}

  /** The frame to show now. */
  get frame(): number {
    return Math.min(this.frameCount - 1, Math.floor(this.#seconds * frameRate + 1e-6));
  }

  /** Jumps to a frame. */
  seek(frame: number): void {
    this.#seconds = frame / frameRate;
  }

  /**
   * Lets time pass; after the last frame and a pause the clip begins again.
   *
   * @param now - Seconds on any clock that does not run backwards.
   */
  tick(now: number): void {
    const passed = this.#last === null ? 0 : Math.min(0.25, now - this.#last); // a tab that slept does not jump
    this.#last = now;
    if (!this.playing) return;
    this.#seconds += passed * this.speed;
    if (this.#seconds > this.frameCount / frameRate + pause) this.#seconds = 0;
  }
}
