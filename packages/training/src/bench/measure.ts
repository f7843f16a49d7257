import { McoreError } from '@mcore/errors';
import { BenchProcess, type BenchProgram } from './bench-process.js';
import type { LoadArgument } from './protocol.js';

/** How one program did at one work. */
export interface Measured {
  name: string;
  /** What computed, with versions and threads. */
  description: string;
  /** Of every repetition, in the order measured, a clip or pair each. */
  milliseconds: number[];
  median: number;
  /** The quartiles. */
  low: number;
  high: number;
  value: number;
  peakMegabytes: number;
}

/** A program that can't do the work. */
export interface Unable {
  name: string;
  unsupported: string;
}

/** How often. */
interface Repetition {
  rounds: number;
  /** In a row, each round. */
  repeats: number;
  /** A run does the work of so many clips; times are of one. */
  clips: number;
}

/**
 * Measures programs at one work, interleaved: all are loaded, do the work once untimed, and then take turns, one computing while the
 * others wait, so that what disturbs the machine disturbs all of them alike.
 *
 * @throws McoreError if one fails, or results differ by more than `tolerance`, relative.
 */
export async function measure(
  programs: readonly BenchProgram[],
  argument: LoadArgument,
  { rounds, repeats, clips }: Repetition,
  onProgress: (text: string) => void,
  tolerance = 1e-2,
): Promise<(Measured | Unable)[]> {
  const processes = programs.map((program) => new BenchProcess(program));
  try {
    const results: (Measured | Unable)[] = [];
    for (const program of processes) {
      onProgress(`${argument.work}: ${program.name} gets ready`);
      const loaded = await program.load(argument);
      if ('unsupported' in loaded) {
        results.push({ name: program.name, unsupported: loaded.unsupported });
        await program.close();
        continue;
      }
      await program.run(1);
      const nothing = { milliseconds: [], median: 0, low: 0, high: 0, value: Number.NaN, peakMegabytes: 0 };
      results.push({ name: program.name, description: loaded.description, ...nothing });
    }
    const able = results.filter((result): result is Measured => 'milliseconds' in result);
    for (let round = 0; round < rounds; round++) {
      for (const result of able) {
        onProgress(`${argument.work}: round ${round + 1} of ${rounds}, ${result.name}`);
        const program = processes.find(({ name }) => name === result.name)!;
        const { milliseconds, value, peakMegabytes } = await program.run(repeats);
        result.milliseconds.push(...milliseconds.map((time) => time / clips));
        Object.assign(result, { value, peakMegabytes });
      }
    }
    for (const result of able) {
      const [low, median, high] = quartiles(result.milliseconds);
      Object.assign(result, { low, median, high });
    }
    assertSameResults(argument.work, able, tolerance);
    return results;
  } finally {
    await Promise.all(processes.map((process) => process.close()));
  }
}

/** Lower quartile, median and upper quartile, interpolated. */
export function quartiles(values: readonly number[]): [number, number, number] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => {
    const place = share * (sorted.length - 1);
    const below = Math.floor(place);
    const next = sorted[Math.min(below + 1, sorted.length - 1)]!;
    return sorted[below]! + (place - below) * (next - sorted[below]!);
  };
  return [at(0.25), at(0.5), at(0.75)];
}

/** A program that computes something else has not won. */
function assertSameResults(work: string, results: readonly Measured[], tolerance: number): void {
  const [first, ...others] = results;
  const differing = others.find(
    // NaN differs too
    ({ value }) => !(Math.abs(value - first!.value) <= tolerance * Math.abs(first!.value)),
  );
  if (differing) {
    throw new McoreError(
      'ERR_MCORE_BENCH',
      `mcore bench: expected the same result of ${work} from all, within ${tolerance}, got ${first!.value} from ${first!.name} and ${differing.value} from ${differing.name}.`,
    );
  }
}
