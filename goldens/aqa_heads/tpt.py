"""TPT: part queries that attend over time, pairs of parts, CoRe's groups."""

import torch
import torch.nn.functional as F

from .common import linear_shapes, random_weights, rounded, write_case
from .core import borders_of, difference, group_losses
from .cross_attention import norm_shapes

C, T, K, D, FFN, HEADS, LAYERS, LEAVES = 6, 10, 3, 8, 5, 2, 2, 4


def decode(w, x):
    """[N, T, C] -> parts [N, K, D] and attention [N, T, K] of each layer."""
    queries = w["action_decoder.query_embed.weight"].expand(x.shape[0], -1, -1)
    parts, attention = torch.zeros_like(queries), []
    for layer in range(LAYERS):
        name = f"action_decoder.layers.{layer}"
        linear = lambda part, y: F.linear(y, w[f"{name}.{part}.weight"], w[f"{name}.{part}.bias"])
        norm = lambda part, y: F.layer_norm(y, (D,), w[f"{name}.{part}.weight"], w[f"{name}.{part}.bias"])
        logits = torch.einsum("ntd,nkd->ntk", linear("key_embed", x), linear("query_embed", parts + queries))
        a = (logits / D / w[f"{name}.temp"]).softmax(1)
        attention.append(a)
        parts = norm("norm1", parts + torch.einsum("ntk,ntd->nkd", a, linear("value_embed", x)))
        parts = norm("norm2", parts + linear("linear2", F.relu(linear("linear1", parts))))
        if layer == 0:
            asking = (parts + queries).transpose(0, 1)
            mixed, _ = F.multi_head_attention_forward(
                asking, asking, parts.transpose(0, 1), D, HEADS,
                w[f"{name}.self_attn.in_proj_weight"], w[f"{name}.self_attn.in_proj_bias"], None, None, False, 0.0,
                w[f"{name}.self_attn.out_proj.weight"], w[f"{name}.self_attn.out_proj.bias"], training=False,
            )
            parts = norm("norm3", parts + mixed.transpose(0, 1))
    return parts, attention


def outputs(w, query, exemplar):
    mlp = lambda names, x: [x := F.linear(x if i == 0 else F.relu(x), w[f"{n}.weight"], w[f"{n}.bias"]) for i, n in enumerate(names)][-1]
    pair = mlp(["pair_encoder.mlp.0", "pair_encoder.mlp.3"], torch.cat([exemplar, query], 2)).mean(1)
    return F.log_softmax(mlp(["cls.0", "cls.2"], pair), -1), torch.sigmoid(mlp(["reg.0", "reg.2"], pair))


def attention_losses(a, margin):
    time = torch.arange(1, T + 1).double()
    centre = torch.einsum("ntk,t->nk", a, time)
    hinge = lambda low, high: F.margin_ranking_loss(high, low, torch.ones_like(low), margin=margin)
    ranking = sum(hinge(centre[:, k], centre[:, k + 1]) for k in range(K - 1))
    ranking = ranking + hinge(torch.ones(len(a)).double(), centre[:, 0]) + hinge(centre[:, -1], torch.full((len(a),), T).double())
    spread = ((time[None, :, None] - centre[:, None]).abs() * a).sum(1).mean()
    return ranking, spread


def write():
    borders = borders_of([0.5, -1.2, 3.1, 0.4, -6.0], LEAVES, 30, "released")
    config = dict(
        method="tpt", form="released", inputSize=C, target="quality", parts=K, width=D, ffn=FFN, heads=HEADS, layers=LAYERS, scoreHidden=7,
        dropout=0, depth=3, range=30, borders=borders, ranking=dict(weight=0.5, margin=0.16), sparsityWeight=0.05,
    )
    shapes = {"action_decoder.query_embed.weight": [K, D]}
    for layer in range(LAYERS):
        name = f"action_decoder.layers.{layer}"
        shapes |= linear_shapes(f"{name}.key_embed", C, D) | linear_shapes(f"{name}.value_embed", C, D) | linear_shapes(f"{name}.query_embed", D, D)
        shapes |= linear_shapes(f"{name}.linear1", D, FFN) | linear_shapes(f"{name}.linear2", FFN, D)
        for norm in ["norm1", "norm2"] + ["norm3"] * (layer == 0):
            shapes |= norm_shapes(f"{name}.{norm}", D)
        if layer == 0:
            shapes |= {f"{name}.self_attn.in_proj_weight": [3 * D, D], f"{name}.self_attn.in_proj_bias": [3 * D]}
            shapes |= linear_shapes(f"{name}.self_attn.out_proj", D, D)
    for name, i, o in [("pair_encoder.mlp.0", 2 * D, D), ("pair_encoder.mlp.3", D, D), ("cls.0", D, 7), ("cls.2", 7, LEAVES), ("reg.0", D, 7), ("reg.2", 7, LEAVES)]:
        shapes |= linear_shapes(name, i, o)
    w = random_weights(shapes)
    w |= {f"action_decoder.layers.{layer}.temp": torch.tensor(0.25).double().requires_grad_() for layer in range(LAYERS)}
    query, exemplar = [(2 * rounded(3, T, C)).requires_grad_() for _ in range(2)]
    labels = dict(
        query=[dict(score=61.5, difficulty=3.0), dict(score=90.25, difficulty=3.2), dict(score=30, difficulty=2.5)],
        exemplar=[dict(score=60.0, difficulty=3.0), dict(score=70.4, difficulty=3.2), dict(score=62.5, difficulty=2.5)],
    )
    of = lambda role: [label["score"] / label["difficulty"] for label in labels[role]]
    parts, attention = decode(w, torch.cat([query, exemplar]))
    q, e = parts[:3], parts[3:]
    d = [a - b for a, b in zip(of("query"), of("exemplar"))]
    pairs = [group_losses(*outputs(w, q, e), d, borders, False), group_losses(*outputs(w, e, q), [-x for x in d], borders, False)]
    classification, regression = [pairs[0][i] + pairs[1][i] for i in range(2)]
    of_layers = [attention_losses(a, 0.16 * T) for a in attention]
    ranking, sparsity = 0.5 * sum(r for r, _ in of_layers), 0.05 * sum(s for _, s in of_layers)
    losses = {
        "total": classification + regression + ranking + sparsity, "classification": classification, "regression": regression,
        "ranking": ranking, "sparsity": sparsity,
    }
    predictions = []
    for i in range(3):
        values = difference(*outputs(w, q[i : i + 1].expand(3, -1, -1), e), borders) + torch.tensor(of("exemplar")).double()
        predictions.append(values.mean().item() * labels["query"][i]["difficulty"])
    write_case("tpt-released", config, w, {"query": query, "exemplar": exemplar}, labels, losses, predictions)
