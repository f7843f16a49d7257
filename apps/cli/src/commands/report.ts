import { DataError } from '@mcore/errors';
import { renderBenchmark } from '@mcore/report';
import { benchmarkReport, readNamed, writeFileAtomically } from '@mcore/training/node';
import type { Command } from 'commander';
import { result } from '../terminal/output.js';
import { withExamples, withJson } from './options.js';

interface ReportOptions {
  out: string;
  json: boolean;
}

/** `mcore report`. */
export function addReport(program: Command): void {
  const command = program
    .command('report')
    .description(
      'Write one self-contained HTML page of a benchmark. mcore train and mcore eval --report write their own.',
    )
    .argument('<benchmark.json>', 'what mcore benchmark --json printed')
    .option('--out <file>', 'page to write', 'benchmark.html');
  withExamples(withJson(command), 'mcore report benchmark.json --out benchmark.html').action(runReport);
}

async function runReport(path: string, { out, json }: ReportOptions): Promise<void> {
  const text = new TextDecoder().decode(await readNamed(path, 'the result of a benchmark'));
  await writeFileAtomically(out, renderBenchmark(benchmarkReport(parse(text, path), path, new Date())));
  result(json, { report: out }, () => `${out}: open it in a browser`);
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new DataError(`mcore report: expected JSON in ${path}, got ${(error as Error).message}.`, { cause: error });
  }
}
