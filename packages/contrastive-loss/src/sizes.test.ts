import { describeOnEngines } from '@mcore/testing/engines';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { stageContrastiveLoss } from './index.js';

type Shape = readonly [batch: number, stages: number, steps: number, channels: number];
type Form = 'paper' | 'released';

/** The formula of the documentation in float64, vector by vector; shares no code with the implementation. */
function byHand(query: Float64Array, exemplar: Float64Array, shape: Shape, form: Form, temperature: number): number {
  const [batch, stages, steps, channels] = shape;
  const vector = (of: Float64Array, clip: number, stage: number, step: number) => {
    const start = ((clip * stages + stage) * steps + step) * channels;
    return of.subarray(start, start + channels);
  };
  const mean = (of: Float64Array, clip: number, stage: number) =>
    Float64Array.from({ length: channels }, (_, channel) => {
      let sum = 0;
      for (let step = 0; step < steps; step++) sum += vector(of, clip, stage, step)[channel]!;
      return sum / steps;
    });
  const groups: [Float64Array[], Float64Array[]][] = [];
  for (let clip = 0; clip < batch; clip++) {
    const all = Array.from({ length: stages }, (_, stage) => stage);
    if (form === 'paper')
      groups.push([all.map((stage) => mean(query, clip, stage)), all.map((stage) => mean(exemplar, clip, stage))]);
    else
      for (const stage of all) {
        const inside = (of: Float64Array) => Array.from({ length: steps }, (_, step) => vector(of, clip, stage, step));
        groups.push([inside(query), inside(exemplar)]);
      }
  }
  const similarity = (a: Float64Array, b: Float64Array) => {
    const dot = (x: Float64Array, y: Float64Array) => x.reduce((sum, value, index) => sum + value * y[index]!, 0);
    return Math.exp(dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)) / temperature);
  };
  const costs = groups.flatMap(([q, e]) =>
    [
      [q, e],
      [e, q],
    ].flatMap(([own, other]) =>
      own!.map((mine, i) => {
        const across = other!.reduce((sum, theirs) => sum + similarity(mine, theirs), 0);
        const within = own!.reduce((sum, theirs, j) => (j === i ? sum : sum + similarity(mine, theirs)), 0);
        return -Math.log(similarity(mine, other![i]!) / (across + within));
      }),
    ),
  );
  const weight = form === 'released' ? 10 : 1;
  return (weight * costs.reduce((sum, cost) => sum + cost, 0)) / costs.length;
}

/** Other numbers of stages and steps than the paper's 3 x 5: fewer, more, one, odd channels, batches. */
const shapes: Shape[] = [
  [1, 1, 1, 1],
  [2, 1, 7, 3],
  [1, 2, 1, 16],
  [3, 2, 9, 5],
  [1, 4, 4, 48],
  [2, 7, 3, 33],
  [1, 12, 16, 8],
  [5, 20, 2, 6],
];

describeOnEngines('stageContrastiveLoss with any number of stages and steps', ['cpu', 'wasm', 'webgpu'], () => {
  it.each(shapes.flatMap((shape) => (['paper', 'released'] as const).map((form) => ({ shape, form }))))(
    '$shape, $form: equals the formula in float64 (1e-5 relative); gradients equal its finite differences (1e-3)',
    async ({ shape, form }) => {
      const size = shape.reduce((product, each) => product * each, 1);
      const draw = async (seed: number) => {
        const drawn = tf.randomNormal([size], 0, 1, 'float32', seed);
        const values = Float64Array.from(await drawn.data());
        drawn.dispose();
        return values;
      };
      const [query, exemplar, dq, de] = [await draw(1), await draw(2), await draw(3), await draw(4)];
      const [q, e] = [query, exemplar].map((values) => tf.tensor4d(Float32Array.from(values), [...shape])) as [
        tf.Tensor4D,
        tf.Tensor4D,
      ];
      const temperature = 0.7;
      const loss = (a: tf.Tensor, b: tf.Tensor) => stageContrastiveLoss(a, b, { form, temperature });
      const { value, grads } = tf.valueAndGrads(loss)([q, e]);
      const [got, ...slopes] = await Promise.all([value, ...grads].map((tensor) => tensor.data()));
      tf.dispose([q, e, value, grads]);
      const expected = byHand(query, exemplar, shape, form, temperature);
      expect(Math.abs(got![0]! - expected)).toBeLessThan(1e-5 * (1 + expected));

      // along a random direction of both
      const moved = (of: Float64Array, by: Float64Array, step: number) => of.map((each, i) => each + step * by[i]!);
      const along = (step: number) =>
        byHand(moved(query, dq, step), moved(exemplar, de, step), shape, form, temperature);
      const difference = (along(1e-5) - along(-1e-5)) / 2e-5;
      const dot = (a: ArrayLike<number>, b: Float64Array) => b.reduce((sum, each, index) => sum + each * a[index]!, 0);
      expect(Math.abs(dot(slopes[0]!, dq) + dot(slopes[1]!, de) - difference)).toBeLessThan(
        1e-3 * (1 + Math.abs(difference)),
      );
    },
  );
});
