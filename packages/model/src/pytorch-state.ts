import { type SafeTensor, toFloat32 } from '@mcore/safetensors';

/** The four networks of the released code, by the names its checkpoints give them. */
export const RELEASED_PARTS = ['base_model', 'psnet_model', 'decoder', 'regressor_delta'] as const;

/** One of {@link RELEASED_PARTS}. */
export type ReleasedPart = (typeof RELEASED_PARTS)[number];

/**
 * A model's tensors as PyTorch's `load_state_dict(strict=True)` expects them: float32 under the released names. It adds the batch counters
 * of PyTorch's running statistics at 0; they matter only without momentum.
 *
 * @param tensors - All tensors of a model, of any floating-point type.
 */
export function pytorchStateDict(tensors: ReadonlyMap<string, SafeTensor>): Map<string, SafeTensor> {
  const state = new Map<string, SafeTensor>();
  for (const [name, tensor] of tensors) {
    state.set(name, { dtype: 'F32', shape: tensor.shape, data: toFloat32(tensor) });
    if (name.endsWith('.running_var')) {
      const counter = name.replace(/running_var$/, 'num_batches_tracked');
      state.set(counter, { dtype: 'I64', shape: [], data: BigInt64Array.of(0n) });
    }
  }
  return state;
}

/**
 * {@link pytorchStateDict} cut into the state dicts of the released code's four networks, each under its network's own names.
 *
 * @param tensors - All tensors of a model.
 */
export function pytorchStateDicts(
  tensors: ReadonlyMap<string, SafeTensor>,
): Map<ReleasedPart, Map<string, SafeTensor>> {
  const state = pytorchStateDict(tensors);
  return new Map(RELEASED_PARTS.map((part) => [part, under(state, `${part}.`)]));
}

/** The tensors with a prefix, by the rest of their names. */
function under(state: ReadonlyMap<string, SafeTensor>, prefix: string): Map<string, SafeTensor> {
  return new Map(
    [...state].flatMap(([name, tensor]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), tensor] as const] : [],
    ),
  );
}
