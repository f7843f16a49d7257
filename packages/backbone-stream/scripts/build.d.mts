export const PREBUILT: string;
export function findCompiler(): { command: string; version: string } | null;
export function compileWasm(command: string, relaxed: boolean): Buffer;
export function compileAddon(command: string): Buffer;
