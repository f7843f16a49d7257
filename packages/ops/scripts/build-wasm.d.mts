/** The first C compiler found, or null. */
export function findCompiler(): { command: string; version: string } | null;
/** Compiles the C kernels with or without relaxed SIMD. */
export function compile(command: string, relaxed: boolean): Buffer;
/** The first C compiler found; exits with a message if none is installed. */
export function requireCompiler(script: string): { command: string; version: string };
