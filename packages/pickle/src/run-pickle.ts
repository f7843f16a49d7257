import type { Machine } from './machine.js';
import { opcodes, STOP } from './opcodes.js';

/**
 * Runs a pickle from the machine's position to STOP; `machine.cursor.position` is then the byte after it, where another pickle may
 * begin.
 *
 * @returns The value that it leaves on the stack.
 */
export function runPickle(machine: Machine): unknown {
  machine.clear();
  for (;;) {
    const position = machine.cursor.position;
    const code = machine.cursor.uint8();
    if (code === STOP) return machine.pop();
    const run = opcodes.get(code);
    if (run === undefined) {
      throw machine.error(`expected an opcode for plain data, got 0x${hex(code)} at byte ${position}`);
    }
    run(machine);
  }
}

function hex(code: number): string {
  return code.toString(16).padStart(2, '0');
}
