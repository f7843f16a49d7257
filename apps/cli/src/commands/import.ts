import { basename } from 'node:path';
import { formatShape } from '@mcore/errors';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { encodeCheckpoint, type ImportedWeights, importReleased, type LabelRange } from '@mcore/model';
import { textTable } from '@mcore/training';
import { readNamed, writeFileAtomically } from '@mcore/training/node';
import { type Command, Option } from 'commander';
import { result } from '../terminal/output.js';
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
    .option('--seed <n>', 'seed of weights that the file does not have', wholeNumber(0), 0);
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
    const { config, kind, tensors, rows, ignored, initial, facts } = imported;
    const info = {
      config,
      labelRange: trainingRange(),
      trainedOn: `${TRAINED_ON[kind]} (${basename(file)})`,
      seed: options.seed,
      step: 0,
      notes: { imported: { kind, ...facts } },
    };
    await writeFileAtomically(options.out, encodeCheckpoint({ info, tensors, optimiser: new Map() }));
    const summary = { out: options.out, kind, preset: config.preset, rows, ignored, initial, facts };
    result(options.json, summary, () => describe(imported, options.out));
  } finally {
    await engine.dispose();
  }
}

/** What is known of the clips behind each kind of file; the files themselves do not say. */
const TRAINED_ON: Readonly<Record<ImportedWeights['kind'], string>> = {
  'released checkpoint': 'FineDiving by the released PyTorch code',
  'state dict': 'what its PyTorch state dict was trained on',
  'timm regnety_002': 'images, the backbone alone',
};

/** Scores of FineDiving's training clips. */
function trainingRange(): LabelRange {
  const scores = fineDivingLabels.filter(({ split }) => split === 'train').map(({ score }) => score);
  return { min: Math.min(...scores), max: Math.max(...scores) };
}

function describe({ kind, rows, ignored, initial, facts }: ImportedWeights, out: string): string {
  const beside = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return [
    textTable([['from', 'to', 'shape'], ...rows.map(({ from, to, shape }) => [from, to, formatShape(shape)])]),
    '',
    `${rows.length} tensors of a ${kind}${beside.length > 0 ? ` (${beside.join(', ')})` : ''}.`,
    ...(initial.length > 0 ? [`${initial.length} tensors that it does not have keep their initial values.`] : []),
    ...(ignored.length > 0 ? [`Not needed: ${ignored.join(', ')}.`] : []),
    `Checkpoint: ${out}`,
  ].join('\n');
}
