import { disposeVariables, loadWeights, type WeightMap } from '@mcore/ops';
import type * as tf from '@tensorflow/tfjs-core';

/** A part of a head that owns variables. */
interface WeightedPart {
  weights(): Map<string, tf.Variable>;
}

/** The variables of all parts of a head under one set of names. */
export class HeadWeights {
  readonly #caller: string;
  readonly #variables: Map<string, tf.Variable>;

  /**
   * @param caller - The head's class, for messages.
   * @param parts - Each with the prefix of its names.
   */
  constructor(caller: string, parts: readonly (readonly [prefix: string, part: WeightedPart])[]) {
    this.#caller = caller;
    this.#variables = new Map(
      parts.flatMap(([prefix, part]) =>
        [...part.weights()].map(([name, variable]) => [prefix + name, variable] as const),
      ),
    );
  }

  /** A copy of the map; the variables stay the head's. */
  all(): Map<string, tf.Variable> {
    return new Map(this.#variables);
  }

  /** Sets all of them, or none. */
  load(map: WeightMap): void {
    loadWeights(`${this.#caller}.load`, this.#variables, map, { prefixes: ['module.'] });
  }

  /** Frees them. */
  dispose(): void {
    disposeVariables(this.#variables);
  }
}
