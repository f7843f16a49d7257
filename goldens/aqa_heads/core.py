"""CoRe: a regression tree with grouped 1x1 convolutions, groups of score differences."""

import torch
import torch.nn as nn
import torch.nn.functional as F

from .common import linear_shapes, random_weights, rounded, write_case


def borders_of(differences, leaves, range_, form):
    """Borders from score differences, in numpy-free Python."""
    if form == "paper":
        ordered = sorted([d for d in differences] + [-d for d in differences])
        inner = [ordered[int(i / leaves * (len(ordered) - 1))] for i in range(1, leaves)]
        return [-range_, *inner, range_]
    ordered = sorted(abs(d) for d in differences)
    half = leaves // 2
    positive = [0, *[ordered[int(i / half * (len(ordered) - 1))] for i in range(1, half)], range_]
    return [-b for b in positive[:0:-1]] + positive


def place(d, borders):
    d = min(max(d, borders[0]), borders[-1])
    for leaf in range(len(borders) - 1):
        low, high = borders[leaf], borders[leaf + 1]
        if (d >= 0 and low <= d < high) or (d < 0 and low < d <= high):
            return leaf, (d - low) / (high - low)
    return (len(borders) - 2, 1.0) if d >= 0 else (0, 0.0)


def group_losses(log_p, positions, differences, borders, binary):
    places = [place(d, borders) for d in differences]
    leaf = torch.tensor([p[0] for p in places])
    at = torch.tensor([p[1] for p in places]).double()
    if binary:
        truth = F.one_hot(leaf, log_p.shape[1]).double()
        p = log_p.exp()
        classification = -(truth * log_p + (1 - truth) * (1 - p.clamp(max=1 - 1e-6)).log()).sum(1).mean()
    else:
        classification = F.nll_loss(log_p, leaf)
    regression = 0
    for each in range(log_p.shape[1]):
        members = leaf == each
        if members.any():
            regression = regression + F.mse_loss(positions[members, each], at[members])
    return classification, regression


def difference(log_p, positions, borders):
    leaf = log_p.argmax(1)
    low, high = torch.tensor(borders[:-1]).double()[leaf], torch.tensor(borders[1:]).double()[leaf]
    at = positions.gather(1, leaf[:, None])[:, 0]
    return torch.where(high > low, low + (high - low) * at, low + at)


def tree(w, x, depth, hidden):
    x = F.relu(F.linear(x, w["first_layer.0.weight"], w["first_layer.0.bias"]))[:, :, None]
    log_p = torch.zeros(x.shape[0], 1).double()
    for level in range(depth - 1):
        nodes = 2**level
        logits = F.conv1d(x, w[f"clf_layers.{level}.weight"], w[f"clf_layers.{level}.bias"], groups=nodes)
        log_p = (log_p[:, :, None] + F.log_softmax(logits.view(-1, nodes, 2), -1)).flatten(1)
        x = F.relu(
            F.conv1d(x, w[f"feature_layers.{level}.0.weight"], w[f"feature_layers.{level}.0.bias"], groups=nodes)
        )
    out = F.conv1d(x, w["reg_layer.weight"], w["reg_layer.bias"], groups=2 ** (depth - 1))[:, :, 0]
    return log_p, out


def case(form, target):
    depth, hidden, channels = 4, 5, 6
    differences = [0.5, -1.2, 3.1, 0.4, -6.0, 2.2, 8.5, -0.9, 1.7]
    range_ = 30 if target == "quality" else 100
    borders = borders_of(differences, 8, range_, form)
    config = dict(
        method="core", form=form, inputSize=channels, target=target, hidden=hidden, depth=depth, range=range_, borders=borders,
    )
    shapes = linear_shapes("first_layer.0", 2 * channels + 1, hidden)
    for level in range(depth - 1):
        nodes = 2**level
        shapes |= {f"feature_layers.{level}.0.weight": [nodes * 2 * hidden, hidden, 1], f"feature_layers.{level}.0.bias": [nodes * 2 * hidden]}
        shapes |= {f"clf_layers.{level}.weight": [nodes * 2, hidden, 1], f"clf_layers.{level}.bias": [nodes * 2]}
    shapes |= {"reg_layer.weight": [8, hidden, 1], "reg_layer.bias": [8]}
    weights = random_weights(shapes)
    query, exemplar = [(2 * rounded(4, 3, channels)).requires_grad_() for _ in range(2)]
    labels = dict(
        query=[dict(score=61.5, difficulty=3.0), dict(score=90.25, difficulty=3.2), dict(score=30, difficulty=2.5), dict(score=66, difficulty=3.0)],
        exemplar=[dict(score=60.0, difficulty=3.0), dict(score=70.4, difficulty=3.2), dict(score=62.5, difficulty=2.5), dict(score=64.5, difficulty=3.0)],
    )
    of = lambda role: [l["score"] / (l["difficulty"] if target == "quality" else 1) for l in labels[role]]
    q, e = query.mean(1), exemplar.mean(1)
    column = lambda values: torch.tensor(values).double()[:, None] / range_
    outputs = lambda first, second, known: tree(weights, torch.cat([second, first, column(known)], 1), depth, hidden)
    end = torch.sigmoid if form == "paper" else lambda x: x
    losses = [0, 0]
    for first, second, known, sign in [(q, e, of("exemplar"), 1), (e, q, of("query"), -1)]:
        log_p, out = outputs(first, second, known)
        d = [sign * (a - b) for a, b in zip(of("query"), of("exemplar"))]
        parts = group_losses(log_p, end(out), d, borders, form == "paper")
        losses = [a + b for a, b in zip(losses, parts)]
    predictions = []
    for i in range(4):
        log_p, out = outputs(q[i : i + 1].expand(4, -1), e, of("exemplar"))
        values = difference(log_p, end(out), borders) + torch.tensor(of("exemplar")).double()
        predictions.append(values.mean().item() * (labels["query"][i]["difficulty"] if target == "quality" else 1))
    write_case(
        f"core-{form}-{target}", config, weights, {"query": query, "exemplar": exemplar}, labels,
        {"total": losses[0] + losses[1], "classification": losses[0], "regression": losses[1]}, predictions,
    )


def write():
    case("released", "quality")
    case("paper", "score")
