import * as tf from '@tensorflow/tfjs-core';
import { type GroupOutputs, groupLosses } from './group-losses.js';

/** The losses of both directions of a pair, summed; scalars that the caller disposes. */
interface PairGroupLosses {
  readonly total: tf.Scalar;
  readonly classification: tf.Scalar;
  readonly regression: tf.Scalar;
  readonly [part: string]: tf.Scalar;
}

/**
 * {@link groupLosses} of query against exemplar and of exemplar against query, all with weight 1.
 *
 * @param outputs - Of the pairs, then of the pairs the other way round.
 * @param targets - Of the queries, then of the exemplars.
 */
export function pairGroupLosses(
  outputs: readonly [GroupOutputs, GroupOutputs],
  [ofQuery, ofExemplar]: readonly [readonly number[], readonly number[]],
  borders: readonly number[],
  form: 'nll' | 'binary',
): PairGroupLosses {
  return tf.tidy(() => {
    const differences = ofQuery.map((value, index) => value - ofExemplar[index]!);
    const forward = groupLosses(outputs[0], differences, borders, form);
    const reverse = groupLosses(
      outputs[1],
      differences.map((value) => -value),
      borders,
      form,
    );
    const classification = tf.add(forward.classification, reverse.classification) as tf.Scalar;
    const regression = tf.add(forward.regression, reverse.regression) as tf.Scalar;
    return { total: tf.add(classification, regression) as tf.Scalar, classification, regression };
  });
}
