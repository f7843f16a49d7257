import { describeOnEngines } from '@mcore/testing/engines';
import { relativeError } from '@mcore/testing/errors';
import { readFixture } from '@mcore/testing/fixtures';
import { goldenModel } from '@mcore/testing/golden-model';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { pairLosses } from './index.js';

// PyTorch in float64, goldens/model.py: 3 pairs of clips of 8 frames, 32 x 24 pixels, a small network of the same design
const goldens = { released: readFixture('model', 'small-released'), paper: readFixture('model', 'small-paper') };

/** A constant added to the logits of all frames changes no softmax over frames: this gradient is rounding and nothing else. */
const ZERO_IN_RELEASED = 'psnet_model._pred_fine._fc_out._fc_out.bias';

describeOnEngines(
  'a small MCoRe',
  ['cpu', 'wasm', 'wasm after registerOps', 'webgpu', 'webgpu after registerOps'],
  (engine) => {
    const webgpuTimeout = engine.startsWith('webgpu') ? 300_000 : 60_000; // software there
    it('equals PyTorch from frames to relative score: every intermediate within 1e-5 (relative L2)', {
      timeout: webgpuTimeout,
    }, async () => {
      const { model, all } = goldenModel('released');
      const features = model.features(all.frames);
      const stages = model.stageFeatures(features, all.transitions);
      const [query, exemplar] = tf.split(stages, 2) as [tf.Tensor4D, tf.Tensor4D];
      const computed = {
        features,
        logits: model.transitionLogits(features),
        stages,
        stageDeltas: model.regressor.applyPerStage(query, exemplar),
        relativeScore: model.relativeScore(query, exemplar),
      };
      for (const [name, tensor] of Object.entries(computed)) {
        expect(tensor.shape, name).toEqual(goldens.released.tensors.get(name)!.shape);
        expect(relativeError(await tensor.data(), goldens.released.values(name)), name).toBeLessThan(1e-5);
      }
      model.dispose();
    });

    it('gives the same in one forward pass: relative score, stage features and what is between within 1e-5 (relative L2)', async () => {
      const { model, query, exemplar } = goldenModel('released');
      const given = { query: query.transitions, exemplar: exemplar.transitions };
      const { relativeScore, transitions, stageFeatures, logits, features } = model.forward(
        query.frames,
        exemplar.frames,
        { transitions: given },
      );
      const stages = tf.concat([stageFeatures.query, stageFeatures.exemplar]);
      for (const [name, tensor] of Object.entries({ features, logits, stages, relativeScore })) {
        expect(relativeError(await tensor.data(), goldens.released.values(name)), name).toBeLessThan(1e-5);
      }
      expect(transitions).toEqual(given);
      model.dispose();
    });

    // webgpu is software here: one preset with registered operations; docs/parity.md has the results of both
    const presets = engine.startsWith('webgpu') ? (['released'] as const) : (['released', 'paper'] as const);
    if (engine !== 'webgpu')
      it.each(presets)(
        'equals PyTorch in the losses (within 1e-5) and all gradients (within 1e-4) of preset %s',
        async (preset) => {
          const { model, query, exemplar } = goldenModel(preset);
          const golden = goldens[preset];
          const parts: tf.Scalar[] = [];
          const { value, grads } = tf.variableGrads(() => {
            const { total, regression, segmentation, contrastive } = pairLosses(model, query, exemplar);
            parts.push(tf.keep(regression), tf.keep(segmentation), tf.keep(contrastive));
            return total;
          });
          for (const [index, part] of [value, ...parts].entries()) {
            const expected = golden.values('losses')[index]!;
            expect(Math.abs((await part.data())[0]! - expected)).toBeLessThan(1e-5 * expected);
          }
          const trainable = [...model.weights()].filter(([, variable]) => variable.trainable);
          expect(trainable.map(([name]) => name).sort()).toEqual([...golden.under('gradient.').keys()].sort());
          for (const [name, variable] of trainable) {
            const gradient = await grads[variable.name]!.data();
            if (preset === 'released' && name === ZERO_IN_RELEASED) {
              expect(Math.max(...gradient.map(Math.abs))).toBeLessThan(1e-6);
              continue;
            }
            expect(relativeError(gradient, golden.values(`gradient.${name}`)), name).toBeLessThan(1e-4);
          }
          tf.dispose([value, parts, grads]);
          model.dispose();
        },
        webgpuTimeout,
      );

    if (engine.startsWith('wasm'))
      it('keeps no tensor but what it returns, in the forward pass and in training', () => {
        const { model, query, exemplar } = goldenModel('released');
        const before = tf.memory().numTensors;
        const features = model.features(query.frames);
        const stages = model.stageFeatures(features, query.transitions);
        const made = [
          features,
          stages,
          model.transitionLogits(features, 'dropout'),
          model.relativeScore(stages, stages),
        ];
        expect(tf.memory().numTensors).toBe(before + 4);
        const losses = Object.values(pairLosses(model, query, exemplar));
        expect(tf.memory().numTensors).toBe(before + 8);
        const { value, grads } = tf.variableGrads(() => pairLosses(model, query, exemplar, 'dropout').total);
        expect(tf.memory().numTensors).toBe(before + 9 + Object.keys(grads).length);
        tf.dispose([made, losses, value, grads]);
        expect(tf.memory().numTensors).toBe(before);
        const weights = model.weights().size;
        model.dispose();
        expect(tf.memory().numTensors).toBe(before - weights);
      });
  },
);
