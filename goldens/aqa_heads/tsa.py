"""TSA: convolutions over features with windows as channels, cross-attention to an exemplar's maps."""

import torch
import torch.nn.functional as F

from .common import linear_shapes, random_weights, rounded, write_case
from .cross_attention import regressor_shapes, token_scores

C, T, FRAMES, WINDOWS, LENGTH, CHANNELS, H, W, STEPS = 5, 12, 12, 3, 32, [3, 4], 2, 1, 3
SIZE = LENGTH // 4  # of a token
STARTS, WINDOW = [0, 4, 8], 4


def levels():
    widths = [WINDOWS, *CHANNELS, FRAMES]
    for level in range(len(widths) - 1):
        yield ("psnet_model.inc.conv.conv" if level == 0 else f"psnet_model.down{level}.mpconv.1.conv"), widths[level], widths[level + 1]


def psnet(w, x, group, training):
    """[N, windows, LENGTH] -> frames [N, FRAMES, SIZE], logits."""
    for level, (name, _, _) in enumerate(levels()):
        x = F.max_pool1d(x, 2) if level else x
        for conv, norm in [(0, 1), (3, 4)]:
            x = F.conv1d(x, w[f"{name}.{conv}.weight"], w[f"{name}.{conv}.bias"], padding=1)
            affine = [w[f"{name}.{norm}.weight"], w[f"{name}.{norm}.bias"]]
            if group:
                x = F.group_norm(x, 1, *affine)
            else:
                x = F.batch_norm(x, w[f"{name}.{norm}.running_mean"], w[f"{name}.{norm}.running_var"], *affine, training=training)
            x = F.relu(x)
    y = F.relu(F.linear(x, w["psnet_model.tas.layer1.weight"], w["psnet_model.tas.layer1.bias"]))
    return x, F.linear(y, w["psnet_model.tas.layer2.weight"], w["psnet_model.tas.layer2.bias"])


def windows(w, x):
    """[N, T, ..., C] -> projected means [N, windows, ..., LENGTH]."""
    means = torch.stack([x[:, s : s + WINDOW].mean(1) for s in STARTS], 1)
    return F.linear(means, w["projection.weight"], w["projection.bias"])


def places(w, maps, form, group, training):
    """[N, T, H, W, C] -> [N, FRAMES, SIZE, H W]."""
    n = len(maps)
    projected = windows(w, maps)  # [N, windows, H, W, LENGTH]
    if form == "released":
        nchw = projected.permute(0, 1, 4, 2, 3)  # [N, windows, LENGTH, H, W]
        frames, _ = psnet(w, nchw.reshape(-1, WINDOWS, LENGTH), group, training)
        return frames.reshape(n, FRAMES, SIZE, H * W)
    frames, _ = psnet(w, projected.flatten(2, 3).permute(0, 2, 1, 3).reshape(-1, WINDOWS, LENGTH), group, training)
    return frames.reshape(n, H * W, FRAMES, SIZE).permute(0, 2, 3, 1)


def cut(x, t1, t2):
    """[FRAMES, channels] -> 3 x [STEPS, channels]."""
    return [F.interpolate(p.T[None], size=STEPS, mode="linear", align_corners=True)[0].T for p in [x[:t1], x[t1:t2], x[t2:]]]


def tokens(frames, at_places, transitions):
    queries, keys = [], []
    for i, at in enumerate(transitions):
        queries.append(torch.stack(cut(frames[i], *at)))
        of_places = [torch.stack(cut(at_places[i, :, :, p], *at)) for p in range(at_places.shape[3])]
        keys.append(torch.cat(of_places, 1))
    return torch.stack(queries), torch.stack(keys)  # [N, 3, STEPS, SIZE], [N, 3, STEPS * places, SIZE]


def deltas(w, queries, keys):
    scores = [token_scores(w, "", 2, 2, 2, queries[:, s], keys[:, s]) for s in range(3)]
    return torch.cat(scores, 1).mean(1)


def case(name, form, group, with_maps):
    kind = "group" if group else "batch"
    config = dict(
        method="tsa", form=form, inputSize=C, target="score", scoreScale=10, stages=3, stepsPerStage=STEPS, windows=WINDOWS, windowLength=1 / 3,
        projection=LENGTH, channels=CHANNELS, frames=FRAMES, normalization=kind, transitionHidden=[6],
        regressor=dict(blocks=2, heads=2, mlpRatio=2, hidden=[7]), segmentationWeight=1,
    )
    shapes = linear_shapes("projection", C, LENGTH)
    for level, inputs, outputs in levels():
        for conv, norm, i in [(0, 1, inputs), (3, 4, outputs)]:
            shapes |= {f"{level}.{conv}.weight": [outputs, i, 3], f"{level}.{conv}.bias": [outputs]}
            shapes |= {f"{level}.{norm}.{part}": [outputs] for part in ["weight", "bias"] + ([] if group else ["running_mean", "running_var"])}
    shapes |= linear_shapes("psnet_model.tas.layer1", SIZE, 6) | linear_shapes("psnet_model.tas.layer2", 6, 2)
    shapes |= regressor_shapes("", SIZE, 2, 2 * SIZE, [7])
    w = random_weights(shapes)
    for level, _, _ in levels():  # few of the ReLUs at 0, so that no token is nearly constant, which would magnify rounding errors
        for norm in [1, 4]:
            w[f"{level}.{norm}.bias"].data += 2
    inputs = {role: (2 * rounded(2, T, C)).requires_grad_() for role in ["query", "exemplar"]}
    if with_maps:
        inputs |= {f"{role}.maps": (2 * rounded(2, T, H, W, C)).requires_grad_() for role in ["query", "exemplar"]}
    labels = dict(
        query=[dict(score=61.5, transitions=[3, 8]), dict(score=90.25, transitions=[1, 11])],
        exemplar=[dict(score=60.0, transitions=[4, 9]), dict(score=70.5, transitions=[5, 7], cuts=[4, 8])],
    )
    at = [label["transitions"] for label in labels["query"] + labels["exemplar"]]
    cuts = [label.get("cuts", label["transitions"]) for label in labels["query"] + labels["exemplar"]]
    score = {role: torch.tensor([label["score"] for label in labels[role]]).double() / 10 for role in labels}
    both = torch.cat([inputs["query"], inputs["exemplar"]])
    maps = torch.cat([inputs["query.maps"], inputs["exemplar.maps"]]) if with_maps else None

    def predicted(v):
        frames, logits = psnet(v, windows(v, both), group, False)
        found = [[int(r[:6, 0].argmax()), int(r[6:, 1].argmax()) + 6] for r in logits]
        found = [[max(1, a), b] for a, b in found]
        q, k = tokens(frames, places(v, maps, form, group, False) if with_maps else frames[..., None], found)
        result = []
        for i in range(2):
            delta = deltas(v, q[i : i + 1].expand(2, -1, -1, -1), k[2:])
            result.append(((delta + score["exemplar"]) * 10).mean().item())
        return result

    with torch.no_grad():
        predictions = predicted(w)
    before = {key: value.detach().clone() for key, value in w.items()}
    moving = {key: before[key].clone() if key.split(".")[-1].startswith("running") else value for key, value in w.items()}
    frames, logits = psnet(moving, windows(moving, both), group, True)
    truth = torch.zeros(4, FRAMES, 2).double()
    for clip, (a, b) in enumerate(at):
        truth[clip, a, 0], truth[clip, b, 1] = 1, 1
    segmentation = F.binary_cross_entropy(torch.sigmoid(logits), truth)
    q, k = tokens(frames, places(moving, maps, form, group, True) if with_maps else frames[..., None], cuts)
    d = score["query"] - score["exemplar"]
    regression = F.mse_loss(deltas(w, q[:2], k[2:]), d) + F.mse_loss(deltas(w, q[2:], k[:2]), -d)
    after = {key: value.flatten().tolist() for key, value in moving.items() if key.split(".")[-1].startswith("running")}
    losses = {"total": regression + segmentation, "regression": regression, "segmentation": segmentation}
    write_case(name, config, w, inputs, labels, losses, predictions, {"after": after})


def write():
    case("tsa-released-maps", "released", False, True)
    case("tsa-paper-maps", "paper", True, True)
    case("tsa-released-frames", "released", False, False)
