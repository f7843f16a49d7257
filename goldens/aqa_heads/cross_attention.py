"""The cross-attention blocks of TSA and HP-MCoRe: pre-norm, exemplar side fixed, tokens scored by an MLP."""

import torch.nn.functional as F

from .common import linear_shapes


def norm_shapes(name, channels):
    return {f"{name}.weight": [channels], f"{name}.bias": [channels]}


def regressor_shapes(prefix, channels, blocks, mlp, hidden):
    shapes = {}
    for block in range(blocks):
        name = f"{prefix}decoder.model.{block}"
        for norm in ["norm_q", "norm_v", "norm2"]:
            shapes |= norm_shapes(f"{name}.{norm}", channels)
        for part in ["q_map", "k_map", "v_map"]:
            shapes |= linear_shapes(f"{name}.attn.{part}", channels, channels, bias=False)
        shapes |= linear_shapes(f"{name}.attn.proj", channels, channels)
        shapes |= linear_shapes(f"{name}.mlp.fc1", channels, mlp) | linear_shapes(f"{name}.mlp.fc2", mlp, channels)
    widths = [channels, *hidden, 1]
    for layer in range(1, len(widths)):
        shapes |= linear_shapes(f"{prefix}regressor_delta.layer{layer}", widths[layer - 1], widths[layer])
    return shapes


def token_scores(w, prefix, blocks, heads, layers, q, v):
    """q [batch, tokens, channels], v [batch, keys, channels] -> [batch, tokens]."""
    channels = q.shape[-1]
    norm = lambda name, x: F.layer_norm(x, (channels,), w[f"{name}.weight"], w[f"{name}.bias"])
    split = lambda x: x.unflatten(2, (heads, -1)).transpose(1, 2)
    for block in range(blocks):
        name = f"{prefix}decoder.model.{block}"
        source = norm(f"{name}.norm_v", v)
        parts = [("q_map", norm(f"{name}.norm_q", q)), ("k_map", source), ("v_map", source)]
        attended = F.scaled_dot_product_attention(*[split(F.linear(x, w[f"{name}.attn.{part}.weight"])) for part, x in parts])
        q = q + F.linear(attended.transpose(1, 2).flatten(2), w[f"{name}.attn.proj.weight"], w[f"{name}.attn.proj.bias"])
        inner = F.gelu(F.linear(norm(f"{name}.norm2", q), w[f"{name}.mlp.fc1.weight"], w[f"{name}.mlp.fc1.bias"]))
        q = q + F.linear(inner, w[f"{name}.mlp.fc2.weight"], w[f"{name}.mlp.fc2.bias"])
    for layer in range(1, layers + 1):
        name = f"{prefix}regressor_delta.layer{layer}"
        q = F.linear(q, w[f"{name}.weight"], w[f"{name}.bias"])
        q = F.relu(q) if layer < layers else q
    return q[:, :, 0]
