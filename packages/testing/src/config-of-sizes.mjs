/**
 * The configuration of the model that a fixture of goldens/model.py holds; dropout is off.
 *
 * @param {Readonly<Record<string, string>>} metadata - Of the fixture; its `sizes` are JSON.
 * @param {import('@mcore/model').MCoReConfig} preset - What the sizes don't say.
 * @returns {import('@mcore/model').MCoReConfig}
 */
export function configOfSizes(metadata, preset) {
  const sizes = JSON.parse(/** @type {string} */ (metadata.sizes));
  const [stemWidth, widths, depths] = sizes.backbone;
  return {
    ...preset,
    input: { ...preset.input, frames: sizes.frames },
    backbone: { ...preset.backbone, stemWidth, widths, depths },
    segmenter: { hiddenSize: sizes.hidden, dropout: 0 },
    regressor: { blocks: sizes.blocks, heads: sizes.heads, mlpRatio: sizes.mlp_ratio, hidden: sizes.layers },
    stepsPerStage: sizes.steps,
  };
}
