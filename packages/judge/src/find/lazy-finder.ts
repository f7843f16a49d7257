import { loadWasmKernels, streamKernels } from '@mcore/backbone-stream';
import { DataError } from '@mcore/errors';
import { type Checkpoint, isBackboneWeight, type MCoRe, weightsId } from '@mcore/model';
import type { Finder } from './find-dives.js';
import type { Spotter } from './spotter.js';

/** Makes what finds dives when it is first asked for, from a judge's model and the spotter of its weights. */
export class LazyFinder {
  readonly #model: MCoRe;
  readonly #checkpoint: Checkpoint;
  readonly #readSpotter: () => Promise<Spotter>;
  #made: Promise<Finder> | undefined;

  /** @param model - Of the checkpoint; the caller disposes it. */
  constructor(model: MCoRe, checkpoint: Checkpoint, readSpotter: () => Promise<Spotter>) {
    this.#model = model;
    this.#checkpoint = checkpoint;
    this.#readSpotter = readSpotter;
  }

  /** @throws {@link DataError} if there is no spotter, or it belongs to other weights. */
  ready(): Promise<Finder> {
    this.#made ??= this.#make().catch((error) => {
      this.#made = undefined;
      throw error;
    });
    return this.#made;
  }

  async dispose(): Promise<void> {
    const made = await this.#made?.catch(() => undefined);
    made?.backbone.dispose();
    made?.spotter.dispose();
    this.#made = undefined;
  }

  async #make(): Promise<Finder> {
    const spotter = await this.#readSpotter();
    try {
      const id = await backboneId(this.#checkpoint);
      if (spotter.info.backboneId !== id) {
        throw new DataError(
          `judge.find: expected a spotter made for the backbone of these weights (${id}), got one of ${spotter.info.backboneId}. Make it with scripts/train-spotter.mjs.`,
        );
      }
      // the same code in every engine, because a film is pushed frame by frame
      const backbone = await this.#model.backbone.streamingModel(streamKernels() ?? (await loadWasmKernels()));
      return { backbone, spotter, transform: this.#checkpoint.info.config.input.transform };
    } catch (error) {
      spotter.dispose();
      throw error;
    }
  }
}

/** A short id of a checkpoint's backbone, which is all that a spotter depends on. */
export function backboneId({ tensors }: Checkpoint): Promise<string> {
  return weightsId(new Map([...tensors].filter(([name]) => isBackboneWeight(name))));
}
