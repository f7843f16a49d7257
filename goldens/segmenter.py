"""Goldens of packages/segmenter: python goldens/segmenter.py [C_RESAMPLE.safetensors].

Writes the forward pass, losses and all gradients of PyTorch's own nn.GRU, F.cross_entropy, F.binary_cross_entropy_with_logits and
F.interpolate, computed in float64 and stored as float32. Given the file computed by the MCoRe authors' resampling, it also
copies its first 32 channels.
"""

import json
import platform
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import nn

SEED = 20240414
OUT = Path(__file__).parent.parent / "packages/segmenter/src/__fixtures__"
METADATA = {
    "about": "computed by goldens/segmenter.py in float64, stored as float32",
    "versions": json.dumps({"python": platform.python_version(), "torch": torch.__version__}),
    "seed": str(SEED),
}


class Linear(nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self._fc_out = nn.Linear(inputs, outputs)


class Segmenter(nn.Module):
    """Only here to give the weights the names of the released model."""

    def __init__(self, inputs, hidden, transitions):
        super().__init__()
        self._gru = nn.GRU(inputs, hidden, batch_first=True, bidirectional=True)
        self._fc_out = Linear(2 * hidden, transitions)

    def forward(self, x):
        return self._fc_out._fc_out(self._gru(x)[0])


def segmenter():
    inputs, hidden, transitions, batch, time = 6, 5, 2, 3, 11
    model = Segmenter(inputs, hidden, transitions)
    for parameter in model.parameters():  # larger than the default, so that gates saturate a little; exact in float32
        parameter.data = (2 * parameter.data).float().double() if parameter.dim() > 1 else torch.randn(parameter.shape).double()
    model.double()
    weights = {name: value.detach().float() for name, value in model.state_dict().items()}
    model.load_state_dict({name: value.double() for name, value in weights.items()})
    x = torch.randn(batch, time, inputs)
    cotangent = torch.randn(batch, time, transitions)
    x64 = x.double().requires_grad_()
    logits = model(x64)
    (logits * cotangent.double()).sum().backward()
    tensors = {"x": x, "cotangent": cotangent, "logits": logits.detach().float(), "gradient.x": x64.grad.float()}
    tensors |= {f"weight.{name}": value for name, value in weights.items()}
    tensors |= {f"gradient.{name}": value.grad.float() for name, value in model.named_parameters()}
    save_file({name: value.contiguous() for name, value in tensors.items()}, OUT / "segmenter.safetensors", METADATA)


def losses():
    batch, time, count = 4, 96, 2
    logits = 3 * torch.randn(batch, time, count)
    transitions = torch.tensor([[0, 95], [31, 60], [60, 31], [47, 47]])
    one_hot = torch.zeros(batch, time, count).double()
    for clip, row in enumerate(transitions):
        for transition, frame in enumerate(row):
            one_hot[clip, frame, transition] = 1
    tensors, values = {"logits": logits, "transitions": transitions.int()}, {}
    # axis 1 is what PyTorch takes for classes
    released = lambda x: F.cross_entropy(x, one_hot * torch.tensor([1.0, 2.0]))
    paper = lambda x: F.binary_cross_entropy_with_logits(x, one_hot, reduction="none").sum(2).mean()
    for name, loss in [("released", released), ("paper", paper)]:
        x = logits.double().requires_grad_()
        value = loss(x)
        value.backward()
        values[name] = value.item()
        tensors[f"gradient.{name}"] = x.grad.float()
    save_file(tensors, OUT / "losses.safetensors", METADATA | {"losses": json.dumps(values)})


def resample():
    cases, tensors = [], {}
    for index, (time, steps, borders) in enumerate([(23, 5, [7, 16]), (23, 1, [1, 22]), (10, 7, [3]), (12, 2, [2, 3, 9])]):
        x = torch.randn(1, time, 4).double().requires_grad_()
        stages = torch.tensor_split(x.transpose(1, 2), borders, dim=2)
        y = torch.stack([F.interpolate(stage, size=steps, mode="linear", align_corners=True) for stage in stages], 1)
        y = y.transpose(2, 3)  # [1, S, C, L] -> [1, S, L, C]
        cotangent = torch.randn(y.shape).float()
        (y * cotangent.double()).sum().backward()
        cases.append({"name": str(index), "steps": steps, "transitions": borders})
        values = {"x": x.detach(), "y": y.detach(), "cotangent": cotangent, "gradient": x.grad}
        tensors |= {f"{index}.{name}": value.float().contiguous() for name, value in values.items()}
    save_file(tensors, OUT / "resample.safetensors", METADATA | {"cases": json.dumps(cases)})


def copy_authors(file, transitions):
    channels = {name: value[..., :32].contiguous() for name, value in load_file(file).items()}
    about = "computed by the authors' PyTorch modules (torch 2.15.0, float32, CPU); the first 32 of 368 channels"
    save_file(channels, OUT / "authors-resample.safetensors", {"about": about, "transitions": json.dumps(transitions)})


if __name__ == "__main__":
    torch.manual_seed(SEED)
    segmenter()
    losses()
    resample()
    if len(sys.argv) == 2:
        # as the file's description lists them
        copy_authors(sys.argv[1], [[1, 95], [1, 2], [47, 48], [30, 70], [23, 63], [2, 6], [5, 10], [48, 91], [94, 95], [33, 34]])
