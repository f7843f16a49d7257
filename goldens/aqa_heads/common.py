"""What all references share: weights by name, random inputs, and how a case is written down."""

import json
import platform
from pathlib import Path

import torch
from safetensors.torch import save_file

SEED = 20240414
OUT = Path(__file__).parent.parent.parent / "packages/aqa-heads/src/__fixtures__"


def rounded(*shape, scale=1.0):
    """Random numbers that float32 holds exactly, in float64."""
    return (torch.randn(shape) * scale).float().double()


def random_weights(shapes):
    """One leaf a name: matrices scaled by their fan-in, vectors around 0, but the scales of norms and variances around 1."""
    leaves = {}
    for name, shape in shapes.items():
        value = rounded(*shape, scale=0.3)
        if len(shape) > 1 and not name.endswith("scale"):
            value = rounded(*shape, scale=1 / torch.Size(shape[1:]).numel() ** 0.5)
        elif name.endswith("running_var"):
            value = (1 + 0.5 * torch.rand(shape)).float().double()
        elif len(shape) == 1 and name.endswith("weight"):
            value = (1 + rounded(*shape, scale=0.2)).float().double()
        leaves[name] = value.requires_grad_(not name.split(".")[-1].startswith("running"))
    return leaves


def write_case(name, config, weights, inputs, labels, losses, predictions, extra=None):
    """
    inputs: tensors by name ('query', 'exemplar', 'query.maps', ...), leaves; losses: scalars by name with 'total';
    predictions: points, one a query against all exemplars.
    """
    total = losses["total"]
    total.backward()
    tensors = {f"weight.{key}": value.detach().float() for key, value in weights.items()}
    tensors |= {f"input.{key}": value.detach().float() for key, value in inputs.items()}
    for key, value in list(weights.items()) + [(f"input.{key}", value) for key, value in inputs.items()]:
        if value.requires_grad:
            gradient = torch.zeros_like(value) if value.grad is None else value.grad
            tensors[f"gradient.{key}"] = gradient.float()
    metadata = {
        "about": "computed by goldens/aqa-heads.py in float64, stored as float32",
        "versions": json.dumps({"python": platform.python_version(), "torch": torch.__version__}),
        "seed": str(SEED),
        "config": json.dumps(config),
        "labels": json.dumps(labels),
        "losses": json.dumps({key: value.item() for key, value in losses.items()}),
        "predictions": json.dumps([float(value) for value in predictions]),
        **{key: json.dumps(value) for key, value in (extra or {}).items()},
    }
    OUT.mkdir(exist_ok=True)
    save_file({key: value.contiguous() for key, value in tensors.items()}, OUT / f"{name}.safetensors", metadata)


def linear_shapes(name, inputs, outputs, bias=True):
    shapes = {f"{name}.weight": [outputs, inputs]}
    return shapes | ({f"{name}.bias": [outputs]} if bias else {})
