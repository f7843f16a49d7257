"""Checks what `mcore export` wrote against PyTorch: python goldens/check_exports.py FOLDER

FOLDER holds whole.safetensors, the four state dicts base_model.safetensors, ..., and backbone.onnx, segmenter.onnx, regressor.onnx of
one model. Loads the state dicts strictly into the networks of mcore_reference.py, runs those and the ONNX files on random
clips, and prints the largest relative L2 differences as JSON.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from mcore_reference import DEVIATION, MEAN, MCoRe, Sizes
from safetensors import safe_open
from safetensors.torch import load_file

PARTS = ("base_model", "psnet_model", "decoder", "regressor_delta")


def sizes_of(config, frames):
    backbone, regressor = config["backbone"], config["regressor"]
    return Sizes(
        frames=frames,
        backbone=(backbone["stemWidth"], tuple(backbone["widths"]), tuple(backbone["depths"])),
        hidden=config["segmenter"]["hiddenSize"],
        blocks=regressor["blocks"],
        heads=regressor["heads"],
        mlp_ratio=regressor["mlpRatio"],
        layers=regressor["hidden"],
        steps=config["stepsPerStage"],
        transitions=config["stages"] - 1,
    )


def distance(a, b):
    return float(np.linalg.norm(a - b) / np.linalg.norm(b))


def main(folder):
    with safe_open(folder / "whole.safetensors", "pt") as file:
        config = json.loads(file.metadata()["config"])
    frames, height, width = 6, 40, 48
    model = MCoRe(sizes_of(config, frames))
    model.load_state_dict(load_file(folder / "whole.safetensors"), strict=True)
    for part in PARTS:
        getattr(model, part).load_state_dict(load_file(folder / f"{part}.safetensors"), strict=True)
    model.double().eval()

    generator = torch.Generator().manual_seed(7)
    videos = torch.randint(0, 256, (2, frames, height, width, 3), generator=generator).double()
    with torch.no_grad():
        features = model.base_model(videos)
        stages = model.stages(features, [[2, 4], [1, 5]])
        wanted = {"features": features, "logits": model.psnet_model(features), "stage_scores": model.stage_deltas(stages[:1], stages[1:])}
        wanted["relative_score"] = wanted["stage_scores"].mean(1)

    def run(name, inputs):
        path = str(folder / f"{name}.onnx")
        onnx.checker.check_model(path, full_check=True)
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        results = session.run(None, {key: value.numpy().astype(np.float32) for key, value in inputs.items()})
        return dict(zip([output.name for output in session.get_outputs()], results))

    pixels = (videos / 255 - torch.tensor(MEAN, dtype=torch.float64)) / torch.tensor(DEVIATION, dtype=torch.float64)
    got = run("backbone", {"frames": pixels}) | run("segmenter", {"features": features})
    got |= run("regressor", {"query": stages[:1], "exemplar": stages[1:]})
    print(json.dumps({name: distance(got[name], value.numpy()) for name, value in wanted.items()}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
