import type { Addon } from '../../ops/scripts/native-platforms.mjs';

export { compileAddon, hashPrebuilt, PLATFORMS } from '../../ops/scripts/native-platforms.mjs';

export const PREBUILT: string;
export const parts: Addon;
export function sourcesHash(): string;
export function findCompiler(): { command: string; version: string } | null;
export function compileWasm(command: string, relaxed: boolean): Buffer;
