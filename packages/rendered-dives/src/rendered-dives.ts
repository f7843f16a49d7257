import type { ClipSource, Frames, Rendering } from '@mcore/clips';
import { DataError } from '@mcore/errors';
import { fineDivingLabels } from '@mcore/finediving-loader/labels';
import { DiveRenderer, type RenderOptions } from './dive-renderer.js';
import { drawFrames } from './render-dive.js';
import { rendererVersion } from './version.js';
import type { RenderableClip } from './visible-events.js';

/** Options of {@link RenderedDives}. */
export interface RenderedDivesOptions extends RenderOptions {
  /** The dives to draw; FineDiving's 3,000 labels unless given. */
  readonly clips?: readonly RenderableClip[];
}

/** FineDiving's real labels, re-rendered: a data set whose frames are drawn when they are asked for. */
export class RenderedDives implements ClipSource {
  readonly clips: readonly RenderableClip[];
  readonly description: string;
  readonly kind = 'rendered';
  readonly rendering: Rendering;
  readonly renderer: DiveRenderer;
  readonly #byId: ReadonlyMap<string, RenderableClip>;

  constructor(options: RenderedDivesOptions) {
    this.clips = options.clips ?? fineDivingLabels;
    this.#byId = new Map(this.clips.map((clip) => [clip.id, clip]));
    this.renderer = new DiveRenderer(options);
    const { seed, width, height } = this.renderer;
    this.rendering = { seed, height, version: rendererVersion };
    this.description = `rendered dives (FineDiving's real labels, re-rendered; seed ${seed}, ${width}x${height})`;
  }

  /** How a clip is drawn: the renderer's version, seed and height, and the clip's labels. */
  async frameKey(id: string): Promise<string> {
    return JSON.stringify([this.rendering, this.#clip(id)]);
  }

  /**
   * Draws some frames of one clip.
   *
   * @param id - `clip.id`.
   * @param indices - Native frame indices in any order.
   * @throws `DataError` if there is no such clip.
   */
  async readFrames(id: string, indices: readonly number[]): Promise<Frames> {
    return drawFrames(this.renderer, this.#clip(id), indices);
  }

  #clip(id: string): RenderableClip {
    const clip = this.#byId.get(id);
    if (clip === undefined) {
      throw new DataError(`RenderedDives: expected one of ${this.clips.length} clips, got id ${JSON.stringify(id)}.`);
    }
    return clip;
  }
}
