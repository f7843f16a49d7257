"""HP-MCoRe's RGB stream: segmenter, overlapping stages, reducers, stage contrast, weighted stages."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from .common import linear_shapes, random_weights, rounded, write_case
from .cross_attention import regressor_shapes, token_scores

C, T, STEPS, WIDTH, HIDDEN, HEADS, BLOCKS = 6, 12, 4, 8, 9, 2, 2


def gru_logits(w, x):
    gru = nn.GRU(C, 5, batch_first=True, bidirectional=True).double()
    prefix = "psnet_model._pred_fine."
    flat = {name: w[f"{prefix}_gru.{name}"] for name, _ in gru.named_parameters()}
    states, _ = torch.func.functional_call(gru, flat, (x,))
    return F.linear(states, w[f"{prefix}_fc_out._fc_out.weight"], w[f"{prefix}_fc_out._fc_out.bias"])


def cut(x, t1, t2):
    """[T, C] -> 3 x [steps, C]."""
    parts = [x[: t1 + 1], x[t1 : t2 + 1], x[t2 - 1 :]]
    return [F.interpolate(part.T[None], size=STEPS, mode="linear", align_corners=True)[0].T for part in parts]


def stages(w, features, transitions):
    result = []
    for stage in range(3):
        x = torch.stack([cut(clip, *at)[stage] for clip, at in zip(features, transitions)])
        for layer in [0, 1]:
            name = f"res_dim_reducer.{stage}.layer{layer}"
            x = F.relu(F.linear(x, w[f"{name}.weight"], w[f"{name}.bias"]))
        result.append(x)
    return result


def deltas(w, query, exemplar):
    weights = torch.stack([w[f"learning_par.{stage}.logit_scale"].exp() for stage in range(3)])
    per_stage = [token_scores(w, "res.", BLOCKS, HEADS, 2, query[s], exemplar[s]).mean(1) for s in range(3)]
    return sum(weight * delta for weight, delta in zip(weights, per_stage)) / weights.sum()


def contrast(a, b, tau):
    """a, b: stage means of one clip each, [3, C]."""
    f = lambda x, y: (F.cosine_similarity(x, y, dim=0) / tau).exp()
    total = 0
    for i in range(3):
        rest = sum(f(a[i], a[j]) + f(a[i], b[j]) for j in range(3) if j != i)
        total = total - (f(a[i], b[i]) / (f(a[i], b[i]) + rest)).log()
    return total / 3


def write():
    config = dict(
        method="hp-mcore", form="released", inputSize=C, target="score", scoreScale=10, stages=3, stepsPerStage=STEPS, decoding="windowed",
        segmenter=dict(hiddenSize=5, dropout=0), reducer=dict(hidden=HIDDEN, width=WIDTH),
        regressor=dict(blocks=BLOCKS, heads=HEADS, mlpRatio=2, hidden=[7]), contrastive=dict(temperature=0.3, weight=10),
    )
    shapes = {}
    for stage in range(3):
        shapes |= linear_shapes(f"res_dim_reducer.{stage}.layer0", C, HIDDEN) | linear_shapes(f"res_dim_reducer.{stage}.layer1", HIDDEN, WIDTH)
        shapes |= {f"learning_par.{stage}.logit_scale": []}
    for suffix in ["", "_reverse"]:
        for name, shape in [("weight_ih", [15, C]), ("weight_hh", [15, 5]), ("bias_ih", [15]), ("bias_hh", [15])]:
            shapes[f"psnet_model._pred_fine._gru.{name}_l0{suffix}"] = shape
    shapes |= linear_shapes("psnet_model._pred_fine._fc_out._fc_out", 10, 2)
    shapes |= regressor_shapes("res.", WIDTH, BLOCKS, 2 * WIDTH, [7])
    w = random_weights(shapes)
    query, exemplar = [(2 * rounded(2, T, C)).requires_grad_() for _ in range(2)]
    labels = dict(
        query=[dict(score=61.5, transitions=[3, 8]), dict(score=90.25, transitions=[1, 11])],
        exemplar=[dict(score=60.0, transitions=[4, 9]), dict(score=70.5, transitions=[5, 7])],
    )
    at = {role: [label["transitions"] for label in labels[role]] for role in labels}
    score = {role: torch.tensor([label["score"] for label in labels[role]]).double() / 10 for role in labels}
    both = torch.cat([query, exemplar])
    logits = gru_logits(w, both)
    truth = torch.zeros(4, T, 2).double()
    for clip, frames in enumerate(at["query"] + at["exemplar"]):
        truth[clip, frames[0], 0], truth[clip, frames[1], 1] = 1, 2
    segmentation = F.cross_entropy(logits, truth)
    q, e = stages(w, query, at["query"]), stages(w, exemplar, at["exemplar"])
    d = score["query"] - score["exemplar"]
    regression = F.mse_loss(deltas(w, q, e), d) + F.mse_loss(deltas(w, e, q), -d)
    means = lambda parts, clip: torch.stack([part[clip].mean(0) for part in parts])
    pairs = [0.5 * (contrast(means(q, i), means(e, i), 0.3) + contrast(means(e, i), means(q, i), 0.3)) for i in range(2)]
    contrastive = 10 * sum(pairs) / 2
    decoded = [[int(row[:6, 0].argmax()), int(row[6:, 1].argmax()) + 6] for row in logits.detach()]
    eq, ee = stages(w, query, decoded[:2]), stages(w, exemplar, decoded[2:])
    predictions = []
    for i in range(2):
        delta = deltas(w, [part[i : i + 1].expand(2, -1, -1) for part in eq], ee)
        predictions.append(((delta + score["exemplar"]) * 10).mean().item())
    losses = {"total": regression + segmentation + contrastive, "regression": regression, "segmentation": segmentation, "contrastive": contrastive}
    write_case("hp-mcore-released", config, w, {"query": query, "exemplar": exemplar}, labels, losses, predictions)
