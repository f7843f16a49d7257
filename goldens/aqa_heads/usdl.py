"""USDL and MUSDL: MLPs on mean features, Gaussian labels, KL divergence."""

import torch
import torch.nn.functional as F

from .common import linear_shapes, random_weights, rounded, write_case

HIDDEN = [7, 5]


def mlp_shapes(prefix, inputs, outputs):
    widths = [inputs, *HIDDEN, outputs]
    shapes = {}
    for layer in range(3):
        shapes |= linear_shapes(f"{prefix}.layer{layer + 1}", widths[layer], widths[layer + 1])
    return shapes


def log_probabilities(w, prefix, pooled):
    x = pooled
    for layer in [1, 2, 3]:
        x = F.linear(x, w[f"{prefix}.layer{layer}.weight"], w[f"{prefix}.layer{layer}.bias"])
        x = F.relu(x) if layer < 3 else x
    return F.log_softmax(x, -1)


def gaussian(centres, bins, sigma):
    density = torch.distributions.Normal(centres[:, None], float(sigma)).log_prob(torch.arange(bins).double()).exp()
    return density / density.sum(1, keepdim=True)


def usdl(form, target, prediction):
    bins, sigma, low, high = 21, 2, 5, 104.5
    config = dict(
        method="usdl", form=form, inputSize=6, target=target, hidden=HIDDEN, bins=bins,
        range=[low, high], sigma=sigma, prediction=prediction,
    )
    weights = random_weights(mlp_shapes("evaluator", 6, bins))
    x = rounded(3, 4, 6).requires_grad_()
    labels = [dict(score=61.5, difficulty=3.2), dict(score=90.25, difficulty=3), dict(score=30, difficulty=2.5)]
    dd = torch.tensor([label["difficulty"] for label in labels]).double()
    scores = torch.tensor([label["score"] for label in labels]).double()
    values = scores / dd if target == "quality" else scores
    log_p = log_probabilities(weights, "evaluator", x.mean(1))
    truth = gaussian((values - low) / (high - low) * (bins - 1), bins, sigma)
    total = F.kl_div(log_p, truth, reduction="mean" if form == "released" else "batchmean")
    of_bins = low + torch.arange(bins).double() * (high - low) / (bins - 1)
    predicted = of_bins[log_p.argmax(1)] if prediction == "argmax" else (log_p.exp() * of_bins).sum(1)
    predicted = predicted * dd if target == "quality" else predicted
    write_case(f"usdl-{form}-{target}", config, weights, {"query": x}, {"query": labels}, {"total": total}, predicted)


def musdl(form, marks, heads):
    bins, sigma = 21, 5
    config = dict(
        method="musdl", form=form, inputSize=6, marks=marks, heads=heads, counting=3, hidden=HIDDEN, bins=bins,
        range=[0, 10], sigma=sigma, prediction="expectation",
    )
    shapes = {}
    for head in range(heads):
        shapes |= mlp_shapes(f"evaluator.{head}", 6, bins)
    weights = random_weights(shapes)
    x = rounded(3, 4, 6).requires_grad_()
    awards = [[7, 7.5, 6, 8, 7, 7, 6.5], [5, 5.5, 4, 6, 4.5, 5, 7], [9, 9, 8.5, 9.5, 9, 8, 10]]
    if marks == "counting":
        awards = [awards[0], [8, 7, 7.5], [6, 7, 7.5, 8, 7]]  # 7, 3 and 5 judges
    dd = torch.tensor([3.2, 3.0, 2.5]).double()
    quality = [0.6 * sum(marks) if len(marks) == 5 else sum(sorted(marks)[2:5] if len(marks) == 7 else marks) for marks in awards]
    labels = [dict(score=q * d.item(), difficulty=d.item(), awards=a) for q, d, a in zip(quality, dd, awards)]
    log_p = [log_probabilities(weights, f"evaluator.{head}", x.mean(1)) for head in range(heads)]
    if marks == "judges":
        known, unknown = awards, []
        total = sum(
            F.kl_div(log_p[head], gaussian(2 * torch.tensor([a[head] for a in awards]).double(), bins, sigma), reduction="sum")
            for head in range(heads)
        )
    else:
        total = 0
        for clip, a in enumerate(awards):
            if len(a) == 5:  # only the sum: all triples of bins, counted one by one
                p = torch.stack([log_p[head][clip].exp() for head in range(3)])
                sums = [0] * 61
                for i in range(21):
                    for j in range(21):
                        for k in range(21):
                            sums[i + j + k] = sums[i + j + k] + p[0, i] * p[1, j] * p[2, k]
                truth = gaussian(torch.tensor([quality[clip] * 2]).double(), 61, sigma * 3**0.5)
                total = total + F.kl_div((torch.stack(sums) + 1e-12).log()[None], truth, reduction="sum")
            else:
                counting = sorted(a)[2:5] if len(a) == 7 else sorted(a)
                for head in range(3):
                    truth = gaussian(torch.tensor([counting[head] * 2]).double(), bins, sigma)
                    total = total + F.kl_div(log_p[head][clip : clip + 1], truth, reduction="sum")
    total = total / (3 * (bins if form == "released" else 1))
    of_bins = torch.arange(bins).double() / 2
    values = torch.stack([(p.exp() * of_bins).sum(1) for p in log_p], 1)
    values = values.sort(1).values[:, (heads - 3) // 2 : (heads + 3) // 2]
    write_case(f"musdl-{form}-{marks}", config, weights, {"query": x}, {"query": labels}, {"total": total}, values.sum(1) * dd)


def write():
    usdl("paper", "score", "argmax")
    usdl("released", "quality", "expectation")
    musdl("released", "judges", 7)
    musdl("paper", "counting", 3)
