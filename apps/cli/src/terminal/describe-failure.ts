import { getSystemErrorMap } from 'node:util';
import { McoreError, withoutCaller } from '@mcore/errors';
import { errorColors as pc } from './colors.js';
import { STOPPED, StoppedError } from './stop-signal.js';

/** What to print of an error: one line for what was thrown on purpose or by the system, the stack of any other. */
export function describeFailure(error: unknown): string {
  if (error instanceof StoppedError) return error.message;
  return `${pc.red('Failed:')} ${reasonOf(error)}`;
}

/** Characters of a message, at most: about a screen of 80 x 24. */
const SCREEN = 1500;

/** A message without the name of the function that threw it, no longer than a screen. */
export function readable(message: string): string {
  const text = withoutCaller(message);
  if (text.length <= SCREEN) return text;
  return `${text.slice(0, 0.8 * SCREEN)} ... (${text.length - SCREEN} characters left out) ... ${text.slice(-0.2 * SCREEN)}`;
}

/** An error for programs that read standard output. */
export function failureJson(error: unknown): { error: { code: string; message: string } } {
  const code = error instanceof McoreError || isSystemError(error) ? error.code : 'ERR_MCORE_UNEXPECTED';
  const message = error instanceof Error ? error.message : String(error);
  return { error: { code, message: error instanceof McoreError ? readable(message) : message } };
}

/** Exit status of a failure: 2 where options were wrong, 130 where it was stopped, 1 for all else. */
export function exitStatusOf(error: unknown): number {
  if (error instanceof StoppedError) return STOPPED;
  return error instanceof McoreError && error.code === 'ERR_MCORE_ARGUMENT' ? 2 : 1;
}

function reasonOf(error: unknown): string {
  if (error instanceof McoreError) return `${readable(error.message)} (${error.code})`;
  if (isSystemError(error)) {
    const { code } = error;
    // the file that was expected, not the temporary one beside it
    const path = error.path?.replace(/\.[0-9a-f]{8}\.tmp$/, '');
    const at = path === undefined ? '' : ` ${path}`;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      return `the disk is full, nothing more can be written${at}; what was written before is whole. (${code})`;
    }
    if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
      const why = code === 'EROFS' ? 'it is on a read-only disk' : 'no permission';
      return `can't ${error.syscall}${at}: ${why}. (${code})`;
    }
    return `can't ${error.syscall}${at}: ${systemMessage(code)}. (${code})`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

type SystemError = Error & { code: string; syscall: string; path?: string };

function isSystemError(error: unknown): error is SystemError {
  const { code, syscall } = (error ?? {}) as Partial<SystemError>;
  return error instanceof Error && typeof code === 'string' && typeof syscall === 'string';
}

function systemMessage(code: string): string {
  for (const [name, message] of getSystemErrorMap().values()) if (name === code) return message;
  return 'the system refuses';
}
