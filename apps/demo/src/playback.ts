/** Frames a second the rendered dives are shown at. */
export const frameRate = 25;

/** How long the end stays before a stretch begins again, in seconds. */
const pause = 0.7;

/** What to show when; knows no clock, so time is whatever the caller says it is. */
export class Playback {
  playing = false;
  speed = 1;
  #from = 0;
  #to = 0;
  #seconds = 0;
  #last: number | null = null;

  /** Plays this stretch of the video from now on; stays where it is if that lies within. */
  setRange(from: number, to: number): void {
    this.#from = from;
    this.#to = Math.max(from, to);
    if (this.#seconds < from || this.#seconds > this.#to) this.#seconds = from;
  }

  /** The second of the video to show now. */
  get seconds(): number {
    return Math.min(this.#to, this.#seconds);
  }

  /** How far that is through the stretch, 0 .. 1. */
  get progress(): number {
    const length = this.#to - this.#from;
    return length > 0 ? (this.seconds - this.#from) / length : 0;
  }

  /** Jumps, within the stretch. */
  seek(seconds: number): void {
    this.#seconds = Math.min(this.#to, Math.max(this.#from, seconds));
  }

  /**
   * Lets time pass; after the end and a pause the stretch begins again.
   *
   * @param now - Seconds on any clock that does not run backwards.
   */
  tick(now: number): void {
    const passed = this.#last === null ? 0 : Math.min(0.25, now - this.#last); // a tab that slept does not jump
    this.#last = now;
    if (!this.playing) return;
    this.#seconds += passed * this.speed;
    if (this.#seconds > this.#to + pause * this.speed) this.#seconds = this.#from;
  }
}
