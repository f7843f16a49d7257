import { useEngine } from '@mcore/engines';
import { openVideo } from '@mcore/video';
import { fetchFile } from './fetch-file.js';
import type { Platform } from './platform.js';

/** Browsers: everything comes by fetch, the shipped weights as a module that every bundler and server passes on. */
export const browserPlatform: Platform = {
  useEngine,

  async readFile(place, what) {
    const blob = await fetchFile(place, what);
    return { name: String(place), bytes: new Uint8Array(await blob.arrayBuffer()) };
  },

  async readShipped() {
    const { weights, bank } = await import('@mcore/weights-rendered-dives/embedded');
    return {
      weights: { name: 'the shipped weights', bytes: weights },
      bank: { name: 'the bank of the shipped weights', bytes: bank },
    };
  },

  async readShippedSpotter() {
    const { spotter } = await import('@mcore/weights-rendered-dives/embedded');
    return { name: 'the shipped spotter', bytes: spotter };
  },

  besides: (place, name) => new URL(name, new URL(place, globalThis.location?.href)),

  async openVideo(source, { name, signal }) {
    const blob = source instanceof Blob ? source : await fetchFile(source, 'a video', signal);
    const called = name ?? (source instanceof Blob ? undefined : String(source));
    return openVideo(blob, called === undefined ? {} : { name: called });
  },
};
