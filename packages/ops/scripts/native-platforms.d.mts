export interface Addon {
  addon: string;
  headers: string[];
  flags: string[];
  kernels(instructions: string): { source: string; flags: string[] };
}
export const ZIG: string;
export const PLATFORMS: Record<string, { target: string; instructions: Record<string, string> }>;
export function compileAddon(platform: string, compiler: string[], parts: Addon): Buffer;
export function buildAll(folder: string, parts: Addon, sources: string): void;
export function hashSources(folders: string[]): string;
export function hashPrebuilt(folder: string): Record<string, string>;
