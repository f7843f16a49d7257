"""Goldens of packages/contrastive-loss: python goldens/contrastive-loss.py [D_CONTRASTIVE.safetensors PARITY.json].

Writes other-sizes.safetensors with losses and gradients of this script's own float64 PyTorch code. Given the two files computed
by the MCoRe authors' PyTorch modules, it also copies their inputs, losses and the gradients of the first and the last pair.
"""

import json
import platform
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

SEED = 20240414
OUT = Path(__file__).parent.parent / "packages/contrastive-loss/src/__fixtures__"


def one_way(x, y, temperature):
    """-log of the share of each pair (x_i, y_i), by loops, as the formula is written."""
    costs = []
    cosine = lambda a, b: torch.dot(a, b) / (a.norm() * b.norm())
    for i in range(len(x)):
        positive = torch.exp(cosine(x[i], y[i]) / temperature)
        rest = [torch.exp(cosine(x[i], y[j]) / temperature) for j in range(len(x)) if j != i]
        rest += [torch.exp(cosine(x[i], x[j]) / temperature) for j in range(len(x)) if j != i]
        costs.append(-torch.log(positive / (positive + sum(rest))))
    return costs


def both_ways(groups, temperature):
    costs = [cost for x, y in groups for cost in one_way(x, y, temperature) + one_way(y, x, temperature)]
    return torch.stack(costs).mean()


def groups(q, e, form):
    if form == "paper":
        return [(x.mean(1), y.mean(1)) for x, y in zip(q, e)]
    return [(q[b, s], e[b, s]) for b in range(len(q)) for s in range(q.shape[1])]


def main():
    torch.manual_seed(SEED)
    tensors, cases = {}, []
    for name, shape, temperature in [("small", (2, 4, 3, 6), 0.1), ("wide", (1, 2, 7, 5), 1.5)]:
        q = torch.randn(shape, dtype=torch.float64).float()
        e = (q + torch.randn(shape)).float()
        tensors[f"{name}.q"], tensors[f"{name}.e"] = q, e
        for form in ["paper", "released"]:
            q64, e64 = q.double().requires_grad_(), e.double().requires_grad_()
            loss = both_ways(groups(q64, e64, form), temperature)
            loss.backward()
            tensors[f"{name}.{form}.gq"], tensors[f"{name}.{form}.ge"] = q64.grad.float(), e64.grad.float()
            cases.append({"name": name, "form": form, "temperature": temperature, "loss": loss.item()})
    versions = {"python": platform.python_version(), "torch": torch.__version__}
    metadata = {
        "about": "computed by goldens/contrastive-loss.py in float64, stored as float32; weight 1",
        "versions": json.dumps(versions),
        "seed": str(SEED),
        "cases": json.dumps(cases),
    }
    save_file(tensors, OUT / "other-sizes.safetensors", metadata)
    if len(sys.argv) == 3:
        copy_authors(load_file(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())["scalars"])


def copy_authors(authors, scalars):
    about = "computed by the authors' PyTorch modules (torch 2.15.0, float32, CPU); temperature 0.5"
    losses = {name.removeprefix("contrastive."): value for name, value in scalars.items() if name.startswith("contrastive.")}
    save_file(
        {name: authors[name] for name in ["q", "e"]},
        OUT / "authors-inputs.safetensors",
        {"about": about, "losses": json.dumps(losses)},
    )
    gradients = {name: value[[0, -1]].contiguous() for name, value in authors.items() if "." in name}
    save_file(gradients, OUT / "authors-gradients.safetensors", {"about": f"{about}; of pairs 0 and 3"})


if __name__ == "__main__":
    main()
