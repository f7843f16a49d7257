import { ArgumentError } from '@mcore/errors';
import {
  type ExportedFile,
  onnxFiles,
  pythonLines,
  readCheckpoint,
  safetensorsFiles,
  writeFileAtomically,
} from '@mcore/training/node';
import { type Command, Option } from 'commander';
import { result } from '../terminal/output.js';
import { withExamples, withJson } from './options.js';
import { isFeatureWeights } from './use-features.js';

interface ExportOptions {
  weights: string;
  out: string;
  format: 'safetensors' | 'onnx';
  json: boolean;
}

/** `mcore export`. */
export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description('Write weights for PyTorch (safetensors, for load_state_dict) or for ONNX runtimes.')
    .requiredOption('--weights <file>', 'checkpoint to export')
    .requiredOption('--out <path>', 'file, or folder for one file a network')
    .addOption(
      new Option('--format <name>', "PyTorch's names and layouts, or one ONNX graph a network")
        .choices(['safetensors', 'onnx'])
        .default('safetensors'),
    );
  withExamples(
    withJson(command),
    'mcore export --weights best.safetensors --out pytorch.safetensors',
    'mcore export --weights best.safetensors --out networks',
    'mcore export --weights best.safetensors --format onnx --out onnx',
  ).action(runExport);
}

async function runExport({ weights, out, format, json }: ExportOptions): Promise<void> {
  if (await isFeatureWeights(weights)) {
    throw new ArgumentError(
      `mcore export: expected weights trained on frames, got some trained on features. Use ${weights} as it is: safetensors with PyTorch's names and layouts, everything else in its metadata; there is no ONNX form of it yet.`,
    );
  }
  const checkpoint = await readCheckpoint(weights);
  const files = format === 'onnx' ? onnxFiles(checkpoint, out) : safetensorsFiles(checkpoint, out);
  for (const { path, bytes } of files) await writeFileAtomically(path, bytes);
  const summary = {
    format,
    files: files.map(({ path, bytes, network }) => ({ path, network, bytes: bytes.length })),
  };
  result(json, summary, () => [...files.map(describe), '', ...pythonLines(files, format)].join('\n'));
}

function describe({ path, network, bytes }: ExportedFile): string {
  return `${network}: ${path} (${(bytes.length / 1e6).toFixed(1)} MB)`;
}
