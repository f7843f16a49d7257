import type { ClipSource } from '@mcore/clips';
import { openFineDiving } from '@mcore/finediving-loader';
import { RenderedDives } from '@mcore/rendered-dives';
import { nodeCanvas } from '@mcore/rendered-dives/node';

/** Which clips to work on, as plain data that can be sent to another thread and hashed. */
export type SourceDescriptor =
  | { kind: 'rendered'; seed: number; height: number }
  | { kind: 'finediving'; directory: string };

/** Height rendered dives are drawn at, in pixels; twice the laptop preset's input. */
export const DEFAULT_RENDER_HEIGHT = 128;

/** What `--data` names: the word `rendered`, or a folder in FineDiving's layout. */
export function describeSource(data: string, options: { renderSeed: number; renderHeight: number }): SourceDescriptor {
  if (data === 'rendered') return { kind: 'rendered', seed: options.renderSeed, height: options.renderHeight };
  return { kind: 'finediving', directory: data };
}

/** Opens the clips a descriptor names. */
export async function openSource(descriptor: SourceDescriptor): Promise<ClipSource> {
  if (descriptor.kind === 'finediving') return openFineDiving(descriptor.directory);
  return new RenderedDives({ seed: descriptor.seed, height: descriptor.height, canvas: nodeCanvas });
}
