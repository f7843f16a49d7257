"""Goldens of packages/contrastive-regressor: python goldens/contrastive-regressor.py.

A decoder of this script's own, out of torch.nn.functional, under the released code's names of weights: forward pass and all gradients at
a small size in float64, stored as float32; and the forward pass at the released sizes with weights given by a formula.
"""

import json
import platform
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file

SEED = 20240414
OUT = Path(__file__).parent.parent / "packages/contrastive-regressor/src/__fixtures__"
METADATA = {
    "about": "computed by goldens/contrastive-regressor.py in float64, stored as float32",
    "versions": json.dumps({"python": platform.python_version(), "torch": torch.__version__}),
    "seed": str(SEED),
}


def shapes(channels, blocks, mlp, hidden):
    result = {}
    for block in range(blocks):
        for norm in ["norm_q", "norm_v", "norm2"]:
            for kind in ["weight", "bias"]:
                result[f"decoder.model.{block}.{norm}.{kind}"] = [channels]
        for name in ["q_map", "k_map", "v_map", "proj"]:
            result[f"decoder.model.{block}.attn.{name}.weight"] = [channels, channels]
        result[f"decoder.model.{block}.attn.proj.bias"] = [channels]
        for name, inputs, outputs in [("fc1", channels, mlp), ("fc2", mlp, channels)]:
            result[f"decoder.model.{block}.mlp.{name}.weight"] = [outputs, inputs]
            result[f"decoder.model.{block}.mlp.{name}.bias"] = [outputs]
    widths = [channels, *hidden, 1]
    for layer in range(1, len(widths)):
        result[f"regressor_delta.layer{layer}.weight"] = [widths[layer], widths[layer - 1]]
        result[f"regressor_delta.layer{layer}.bias"] = [widths[layer]]
    return result


def decode(w, blocks, heads, q, v):
    """One stage: q and v are [batch, steps, channels]."""
    channels = q.shape[-1]
    norm = lambda name, x: F.layer_norm(x, (channels,), w[f"{name}.weight"], w[f"{name}.bias"], eps=1e-5)
    heads_of = lambda x: x.unflatten(2, (heads, channels // heads)).transpose(1, 2)
    for block in range(blocks):
        name = f"decoder.model.{block}"
        source = norm(f"{name}.norm_v", v)
        parts = [("q_map", norm(f"{name}.norm_q", q)), ("k_map", source), ("v_map", source)]
        queries, keys, values = [heads_of(F.linear(x, w[f"{name}.attn.{part}.weight"])) for part, x in parts]
        mixed = F.scaled_dot_product_attention(queries, keys, values).transpose(1, 2).flatten(2)
        q = q + F.linear(mixed, w[f"{name}.attn.proj.weight"], w[f"{name}.attn.proj.bias"])
        inner = F.linear(norm(f"{name}.norm2", q), w[f"{name}.mlp.fc1.weight"], w[f"{name}.mlp.fc1.bias"])
        q = q + F.linear(F.gelu(inner), w[f"{name}.mlp.fc2.weight"], w[f"{name}.mlp.fc2.bias"])
    return q


def stage_deltas(w, blocks, heads, layers, query, exemplar):
    """[batch, stages, steps, channels] each -> [batch, stages]."""
    deltas = []
    for stage in range(query.shape[1]):
        x = decode(w, blocks, heads, query[:, stage], exemplar[:, stage])
        for layer in range(1, layers + 1):
            x = F.linear(x, w[f"regressor_delta.layer{layer}.weight"], w[f"regressor_delta.layer{layer}.bias"])
            x = F.relu(x) if layer < layers else x
        deltas.append(x.mean((1, 2)))
    return torch.stack(deltas, 1)


def small():
    blocks, heads, hidden = 2, 3, [7, 5]
    w = {name: torch.randn(shape) / shape[-1] ** 0.5 for name, shape in shapes(12, blocks, 24, hidden).items()}
    query, exemplar = torch.randn(2, 3, 4, 12), torch.randn(2, 3, 4, 12)
    cotangent = torch.randn(2, 3)
    leaves = {name: value.double().requires_grad_() for name, value in (w | {"query": query, "exemplar": exemplar}).items()}
    deltas = stage_deltas(leaves, blocks, heads, len(hidden) + 1, leaves["query"], leaves["exemplar"])
    (deltas * cotangent.double()).sum().backward()
    tensors = {"query": query, "exemplar": exemplar, "cotangent": cotangent, "stageDeltas": deltas.detach().float()}
    tensors |= {f"weight.{name}": value for name, value in w.items()}
    tensors |= {f"gradient.{name}": leaf.grad.float() for name, leaf in leaves.items()}
    save_file(tensors, OUT / "small.safetensors", METADATA)


def wave(size, phase, amplitude):
    """amplitude * sin(phase + 1.7 i + 0.3 sqrt(i)), rounded to float32: the same in every language."""
    index = torch.arange(size, dtype=torch.float64)
    return (amplitude * torch.sin(phase + 1.7 * index + 0.3 * torch.sqrt(index))).float().double()


def released():
    w = {
        name: wave(torch.Size(shape).numel(), number, 2 / shape[-1] ** 0.5 if len(shape) > 1 else 0.5).reshape(shape)
        for number, (name, shape) in enumerate(shapes(368, 3, 1472, [256, 64]).items())
    }
    size = [2, 3, 5, 368]
    query, exemplar = [wave(torch.Size(size).numel(), phase, 1).reshape(size) for phase in [100, 200]]
    deltas = stage_deltas(w, 3, 8, 3, query, exemplar)
    golden = {"about": "float64", **METADATA, "order": list(w), "stageDeltas": deltas.tolist()}
    (OUT / "released-sizes.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    torch.manual_seed(SEED)
    small()
    released()
