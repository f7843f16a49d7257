"""Goldens of packages/feature-model: python goldens/feature-model.py.

The model out of torch.nn.Conv1d, torch.nn.GRU and the decoder of contrastive-regressor.py: encoded features, relative scores, loss and the
gradients of all weights, for two targets, in float64, stored as float32.
"""

import importlib
import json
import platform
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

decoder = importlib.import_module("contrastive-regressor")
SEED = 20240414
OUT = Path(__file__).parent.parent / "packages/feature-model/src/__fixtures__"
CHANNELS, WIDTH, STEPS, PAIRS = 5, 6, 13, 3
LAYERS = [(4, 2), (3, 1)]
REGRESSOR = {"blocks": 1, "heads": 2, "mlpRatio": 2, "hidden": [4]}
SCALES = [2.0, 0.5]


def initial():
    weights = {"normalization.mean": torch.randn(CHANNELS), "normalization.deviation": torch.rand(CHANNELS) + 0.5}
    for index, (kernel, _) in enumerate(LAYERS):
        inputs = WIDTH if index else CHANNELS
        weights[f"adapter.layers.{index}.weight"] = torch.randn(WIDTH, inputs, kernel) / (inputs * kernel) ** 0.5
        weights[f"adapter.layers.{index}.bias"] = torch.randn(WIDTH) / 4
    for name, value in torch.nn.GRU(WIDTH, WIDTH // 2, bidirectional=True).named_parameters():
        weights[f"adapter.gru.{name}"] = value.detach().clone()
    for target in range(len(SCALES)):
        for name, shape in decoder.shapes(WIDTH, REGRESSOR["blocks"], WIDTH * REGRESSOR["mlpRatio"], REGRESSOR["hidden"]).items():
            weights[f"regressors.{target}.{name}"] = torch.randn(shape) / shape[-1] ** 0.5
    return weights


def encode(w, x):
    x = (x - w["normalization.mean"]) / w["normalization.deviation"]
    for index, (kernel, stride) in enumerate(LAYERS):
        name = f"adapter.layers.{index}"
        x = F.conv1d(x.transpose(1, 2), w[f"{name}.weight"], w[f"{name}.bias"], stride=stride, padding=(kernel - stride) // 2)
        x = F.relu(x).transpose(1, 2)
    gru = torch.nn.GRU(WIDTH, WIDTH // 2, bidirectional=True, batch_first=True).double()
    names = [name for name, _ in gru.named_parameters()]
    return x + torch.func.functional_call(gru, {name: w[f"adapter.gru.{name}"] for name in names}, (x,))[0]


def relative(w, query, exemplar):
    scores = []
    for target in range(len(SCALES)):
        prefix = f"regressors.{target}."
        own = {name.removeprefix(prefix): value for name, value in w.items() if name.startswith(prefix)}
        layers = len(REGRESSOR["hidden"]) + 1
        deltas = decoder.stage_deltas(own, REGRESSOR["blocks"], REGRESSOR["heads"], layers, query, exemplar)
        scores.append(deltas.mean(1))
    return torch.stack(scores, 1)


def stages(encoded, cut, steps):
    """Both stages of a clip cut at one place for all, resampled linearly, ends on ends."""
    parts = [encoded[:, :cut], encoded[:, cut:]]
    resampled = [F.interpolate(part.transpose(1, 2), size=steps, mode="linear", align_corners=True).transpose(1, 2) for part in parts]
    return torch.stack(resampled, 1)


def main():
    torch.manual_seed(SEED)
    weights = initial()
    query, exemplar = torch.randn(PAIRS, STEPS, CHANNELS), torch.randn(PAIRS, STEPS, CHANNELS)
    query_targets, exemplar_targets = 5 * torch.randn(PAIRS, 2), 5 * torch.randn(PAIRS, 2)
    w = {name: value.double().requires_grad_() for name, value in weights.items()}
    encoded = [encode(w, x.double()) for x in (query, exemplar)]
    q, e = [stages(x, 2, 3) for x in encoded]
    forward, backward = relative(w, q, e), relative(w, e, q)
    difference = (query_targets - exemplar_targets).double() / torch.tensor(SCALES).double()
    loss = ((forward - difference) ** 2).mean() + ((backward + difference) ** 2).mean()
    loss.backward()
    tensors = {f"weights.{name}": value for name, value in weights.items()}
    trained = {name: value for name, value in w.items() if not name.startswith("normalization")}
    tensors |= {f"gradients.{name}": value.grad.float() for name, value in trained.items()}
    tensors |= {
        "query": query,
        "exemplar": exemplar,
        "queryTargets": query_targets,
        "exemplarTargets": exemplar_targets,
        "encoded": encoded[0].detach().float(),
        "relative": forward.detach().float(),
        "loss": loss.detach().float().reshape(1),
    }
    metadata = {
        "about": "computed by goldens/feature-model.py in float64, stored as float32",
        "versions": json.dumps({"python": platform.python_version(), "torch": torch.__version__}),
        "seed": str(SEED),
        "config": json.dumps(
            {
                "channels": CHANNELS,
                "width": WIDTH,
                "steps": STEPS,
                "layers": [{"kernel": kernel, "stride": stride} for kernel, stride in LAYERS],
                "recurrent": True,
                "stages": 2,
                "stepsPerStage": 3,
                "targets": ["execution", "difficulty"],
                "scoreScales": SCALES,
                "regressor": REGRESSOR,
            }
        ),
    }
    OUT.mkdir(parents=True, exist_ok=True)
    save_file({name: value.contiguous() for name, value in tensors.items()}, OUT / "golden.safetensors", metadata)


if __name__ == "__main__":
    main()
