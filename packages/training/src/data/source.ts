import { statSync } from 'node:fs';
import { isAqa7, isUnlvDive, openAqa7, openUnlvDive } from '@mcore/aqa7-loader';
import { type Clip, type ClipSource, withoutUnreadable } from '@mcore/clips';
import { ArgumentError } from '@mcore/errors';
import { openFineDiving } from '@mcore/finediving-loader';
import { clipOfFile, openManifest } from '@mcore/manifest-loader';
import { isMtlAqa, openMtlAqa } from '@mcore/mtl-aqa-loader';
import { RenderedDives } from '@mcore/rendered-dives';
import { nodeCanvas } from '@mcore/rendered-dives/node';

/** Which clips to work on, as plain data that can be sent to another thread and hashed. */
export type SourceDescriptor =
  | { kind: 'rendered'; seed: number; height: number }
  | { kind: 'finediving'; directory: string; missing?: MissingClips }
  | { kind: 'mtl-aqa' | 'aqa-7' | 'unlv-dive'; directory: string; stages: number; missing?: MissingClips }
  | { kind: 'manifest'; path: string; root?: string; stages: number; absolutePaths?: boolean; missing?: MissingClips }
  | { kind: 'file'; path: string; clip: Clip };

/** What to do with clips whose frames can't be read: stop at the first, unless given, or leave them out and say which. */
export type MissingClips = 'refuse' | 'leave-out';

/** Height rendered dives are drawn at, in pixels; twice the laptop preset's input. */
export const DEFAULT_RENDER_HEIGHT = 128;

/** Stages that clips without labelled transitions are cut into, unless said otherwise: as many as a dive has. */
const DEFAULT_STAGES = 3;

/** What else than `--data` says which clips to work on. */
interface SourceOptions {
  renderSeed: number;
  renderHeight: number;
  /** Folder that a manifest's paths start from. */
  videos?: string | undefined;
  stages?: number | undefined;
  /** Lets the paths in a manifest be absolute or lead out of its folder. */
  absolutePaths?: boolean | undefined;
  missing?: MissingClips | undefined;
}

/**
 * What `--data` names: the word `rendered`, a manifest, or a folder of MTL-AQA, AQA-7 or UNLV-Dive or in FineDiving's layout.
 */
export function describeSource(data: string, options: SourceOptions): SourceDescriptor {
  const { renderSeed, renderHeight, videos, stages = DEFAULT_STAGES, absolutePaths } = options;
  const missing = options.missing === 'leave-out' ? { missing: options.missing } : {};
  if (data === 'rendered') return { kind: 'rendered', seed: renderSeed, height: renderHeight };
  if (statSync(data, { throwIfNoEntry: false })?.isFile() || /\.(csv|tsv|json)$/i.test(data)) {
    const root = videos === undefined ? {} : { root: videos };
    return { kind: 'manifest', path: data, ...root, stages, ...(absolutePaths && { absolutePaths }), ...missing };
  }
  if (isMtlAqa(data)) return { kind: 'mtl-aqa', directory: data, stages, ...missing };
  if (isAqa7(data)) return { kind: 'aqa-7', directory: data, stages, ...missing };
  if (isUnlvDive(data)) return { kind: 'unlv-dive', directory: data, stages, ...missing };
  return { kind: 'finediving', directory: data, ...missing };
}

/**
 * The same rendered dives drawn with several seeds, the descriptor's own first.
 *
 * @throws {@link ArgumentError} if there are to be several of clips that are not rendered.
 */
export function renderings<T extends SourceDescriptor>(source: T, count: number): [T, ...T[]] {
  if (count === 1) return [source];
  if (source.kind !== 'rendered') {
    throw new ArgumentError(
      `--render-variants: expected --data rendered to draw ${count} times, got ${source.kind} clips.`,
    );
  }
  const seeds = Array.from({ length: count - 1 }, (_, index) => source.seed + index + 1);
  return [source, ...seeds.map((seed) => ({ ...source, seed }))];
}

/** Opens the clips a descriptor names. */
export async function openSource(descriptor: SourceDescriptor): Promise<ClipSource> {
  if (!('missing' in descriptor) || descriptor.kind === 'manifest') return openWhole(descriptor);
  return withoutUnreadable(await openWhole(descriptor));
}

async function openWhole(descriptor: SourceDescriptor): Promise<ClipSource> {
  switch (descriptor.kind) {
    case 'finediving':
      return openFineDiving(descriptor.directory);
    case 'mtl-aqa':
      return openMtlAqa(descriptor.directory, { stages: descriptor.stages });
    case 'aqa-7':
      return openAqa7(descriptor.directory, { stages: descriptor.stages });
    case 'unlv-dive':
      return openUnlvDive(descriptor.directory, { stages: descriptor.stages });
    case 'manifest': {
      const { path, root, stages, absolutePaths = false, missing = 'refuse' } = descriptor;
      return openManifest(path, { stages, absolutePaths, unreadable: missing, ...(root !== undefined && { root }) });
    }
    case 'file':
      return clipOfFile(descriptor.clip, descriptor.path);
    case 'rendered':
      return new RenderedDives({ seed: descriptor.seed, height: descriptor.height, canvas: nodeCanvas });
  }
}
