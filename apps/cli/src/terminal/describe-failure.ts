import { McoreError } from '@mcore/errors';
import pc from 'picocolors';

/** What to print of an error: the message of one thrown on purpose, the stack of any other. */
export function describeFailure(error: unknown): string {
  if (error instanceof McoreError) return `${pc.red('Failed:')} ${error.message} (${error.code})`;
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (code === 'ENOSPC') return `${pc.red('Failed:')} the disk is full; what was written before is whole.`;
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM') {
    const path = (error as NodeJS.ErrnoException).path ?? 'a file';
    return `${pc.red('Failed:')} no permission to write ${path} (${code}).`;
  }
  return `${pc.red('Failed:')} ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
