import { formatShape } from '@mcore/errors';
import { encodeCheckpoint, type ImportedWeights, importReleased } from '@mcore/model';
import { type Command, Option } from 'commander';
import { writeFileAtomically } from '../data/atomic-file.js';
import { readNamed } from '../run/run-files.js';
import { result, table } from '../terminal/output.js';
import { startEngine, wholeNumber, withExamples, withJson } from './options.js';

interface ImportOptions {
  out: string;
  preset: 'paper' | 'released';
  seed: number;
  json: boolean;
}

/** `mcore import`. */
export function addImport(program: Command): void {
  const command = program
    .command('import')
    .description("Take weights from a checkpoint of the released PyTorch code, or timm's regnety_002.")
    .argument('<file>', '.pth (either format) or .safetensors; nothing in it is run')
    .requiredOption('--out <file>', 'checkpoint to write')
    .addOption(
      new Option('--preset <name>', 'configuration of the checkpoint')
        .choices(['paper', 'released'])
        .default('released'),
    )
    .option('--seed <n>', 'seed of what the file lacks by nature', wholeNumber(0), 0);
  withExamples(
    withJson(command),
    'mcore import last.pth --out released.safetensors',
    'mcore import regnety_002.safetensors --out start.safetensors --preset paper',
    'mcore train --data FineDiving --preset paper --init start.safetensors',
  ).action(runImport);
}

async function runImport(file: string, options: ImportOptions): Promise<void> {
  const bytes = await readNamed(file, 'PyTorch weights');
  const engine = await startEngine({ engine: 'cpu', workers: 1 });
  try {
    const imported = await importReleased(bytes, { preset: options.preset, seed: options.seed, name: file });
    const info = {
      config: imported.config,
      // the scores a released checkpoint was trained on are FineDiving's; the file itself doesn't say
      labelRange: { min: 0, max: 115 },
      trainedOn: `${imported.kind} ${file}`,
      seed: options.seed,
      step: 0,
    };
    await writeFileAtomically(options.out, encodeCheckpoint({ info, tensors: imported.tensors, optimiser: new Map() }));
    const { kind, rows, ignored, initial } = imported;
    result(options.json, { out: options.out, kind, rows, ignored, initial }, () => describe(imported, options.out));
  } finally {
    await engine.dispose();
  }
}

function describe({ kind, rows, ignored, initial }: ImportedWeights, out: string): string {
  return [
    table([['from', 'to', 'shape'], ...rows.map(({ from, to, shape }) => [from, to, formatShape(shape)])]),
    '',
    `${rows.length} tensors of a ${kind}; ${initial.length} keep their initial values, ${ignored.length} entries of the file are not needed.`,
    `Checkpoint: ${out}`,
  ].join('\n');
}
