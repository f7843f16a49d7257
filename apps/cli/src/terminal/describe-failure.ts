import { getSystemErrorMap } from 'node:util';
import { McoreError } from '@mcore/errors';
import { errorColors as pc } from './colors.js';

/** What to print of an error: one line for what was thrown on purpose or by the system, the stack of any other. */
export function describeFailure(error: unknown): string {
  return `${pc.red('Failed:')} ${reasonOf(error)}`;
}

/** A message without the name of the function that threw it, which means nothing to users of a command. */
export function withoutCaller(message: string): string {
  return message.replace(/^[A-Za-z]\w*(\.\w+)*: (?=expected )/, '');
}

/** An error for programs that read standard output. */
export function failureJson(error: unknown): { error: { code: string; message: string } } {
  const code = error instanceof McoreError || isSystemError(error) ? error.code : 'ERR_MCORE_UNEXPECTED';
  return { error: { code, message: error instanceof Error ? error.message : String(error) } };
}

function reasonOf(error: unknown): string {
  if (error instanceof McoreError) return `${withoutCaller(error.message)} (${error.code})`;
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
