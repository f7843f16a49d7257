import { extname, join } from 'node:path';
import { type Checkpoint, pytorchStateDict, pytorchStateDicts } from '@mcore/model';
import { backboneOnnx, regressorOnnx, segmenterOnnx, type Weights } from '@mcore/onnx-export';
import { type SafeTensor, toFloat32, writeSafetensors } from '@mcore/safetensors';

/** A file to write. */
export interface ExportedFile {
  path: string;
  /** What is in it. */
  network: string;
  bytes: Uint8Array;
}

/**
 * State dicts that `safetensors.torch.load_file` and `load_state_dict(strict=True)` take.
 *
 * @param out - A name that ends in `.safetensors` gets the whole model; else a folder gets `base_model.safetensors`,
 *   `psnet_model.safetensors`, `decoder.safetensors` and `regressor_delta.safetensors`, for the released code's four networks.
 */
export function safetensorsFiles({ info, tensors }: Checkpoint, out: string): ExportedFile[] {
  const metadata = { format: 'pt', ...aboutModel(info) };
  if (extname(out) === '.safetensors') {
    const bytes = writeSafetensors(pytorchStateDict(tensors), metadata);
    return [{ path: out, network: 'whole model', bytes }];
  }
  return [...pytorchStateDicts(tensors)].map(([network, state]) => ({
    path: join(out, `${network}.safetensors`),
    network,
    bytes: writeSafetensors(state, metadata),
  }));
}

/**
 * One ONNX graph a network.
 *
 * @param out - A folder for `backbone.onnx`, `segmenter.onnx` and `regressor.onnx`; a name that ends in `.onnx` puts itself before
 *   theirs: `model.onnx` gives `model.backbone.onnx`, ...
 */
export function onnxFiles({ info, tensors }: Pick<Checkpoint, 'info' | 'tensors'>, out: string): ExportedFile[] {
  const metadata = aboutModel(info);
  const graphs = {
    backbone: backboneOnnx(weightsUnder(tensors, 'base_model._features.'), { metadata }),
    segmenter: segmenterOnnx(weightsUnder(tensors, 'psnet_model._pred_fine.'), { metadata }),
    regressor: regressorOnnx(weightsUnder(tensors, 'decoder.', 'regressor_delta.'), {
      heads: info.config.regressor.heads,
      metadata,
    }),
  };
  const isFile = extname(out) === '.onnx';
  const path = (network: string) => (isFile ? out.replace(/onnx$/, `${network}.onnx`) : join(out, `${network}.onnx`));
  return Object.entries(graphs).map(([network, bytes]) => ({ path: path(network), network, bytes }));
}

/** Lines of Python that load what was written. */
export function pythonLines(files: readonly ExportedFile[], format: 'safetensors' | 'onnx'): string[] {
  const quote = (path: string) => JSON.stringify(path);
  if (format === 'onnx') {
    return [
      'In Python (pip install onnxruntime):',
      '  import onnxruntime',
      ...files.map(({ network, path }) => `  ${network} = onnxruntime.InferenceSession(${quote(path)})`),
    ];
  }
  const names = files.map(({ network }) => (files.length === 1 ? 'model' : network));
  return [
    'In Python (pip install safetensors torch):',
    '  from safetensors.torch import load_file',
    ...files.map(({ path }, index) => `  ${names[index]}_state = load_file(${quote(path)})`),
    ...names.map((name) => `  # ${name}.load_state_dict(${name}_state, strict=True)`),
  ];
}

/** A network's weights under its own names; two prefixes are two networks whose names stay apart. */
function weightsUnder(tensors: ReadonlyMap<string, SafeTensor>, ...prefixes: string[]): Weights {
  const cut = prefixes.length === 1 ? prefixes[0]!.length : 0;
  return new Map(
    [...tensors].flatMap(([name, tensor]) =>
      prefixes.some((prefix) => name.startsWith(prefix))
        ? [[name.slice(cut), { shape: tensor.shape, data: toFloat32(tensor) }] as const]
        : [],
    ),
  );
}

/** What files carry along for readers, as strings. */
function aboutModel({ config, labelRange, trainedOn }: Checkpoint['info']): Record<string, string> {
  return {
    preset: config.preset,
    config: JSON.stringify(config),
    label_range: JSON.stringify(labelRange),
    trained_on: trainedOn,
  };
}
