import type { Addon } from './native-platforms.mjs';

/** The folder of the committed addons. */
export const PREBUILT: string;
/** What they are made of. */
export const parts: Addon;
/** Of all C files. */
export function sourcesHash(): string;
