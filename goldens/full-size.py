"""Full-size values to compare with, too large to keep: python goldens/full-size.py OUT.safetensors

One pair of clips of 96 random frames of 112 x 112 pixels through the paper's sizes under preset released, random weights: losses and
the gradients of all parameters in float64, and how far PyTorch's own float32 is from them. Takes some 9 GB of memory.
Run by scripts/measure-parity.mjs --full-size.
"""

import json
import sys

import timm
import torch
from mcore_reference import MCoRe, Sizes, fix_batch_norm, spread_weights
from safetensors.torch import save_file

SEED = 20240414
TRANSITIONS = ([[30, 70]], [[23, 63]])
SCORES = (72.5, 65.1)
# the bias under a softmax over frames has no gradient but rounding
ZERO = "psnet_model._pred_fine._fc_out._fc_out.bias"


def distance(a, b):
    return float((a.double() - b.double()).norm() / b.double().norm())


def run(model, videos, dtype):
    model.to(dtype)
    model.zero_grad()
    clips = [(video[None].to(dtype), transitions, torch.tensor([score], dtype=dtype)) for video, transitions, score in zip(videos, TRANSITIONS, SCORES)]
    with torch.no_grad():
        features = model.base_model(clips[0][0])
        logits = model.psnet_model(features)
    losses = model.losses(*clips, "released")
    sum(losses).backward()
    gradients = {name: value.grad.clone() for name, value in model.named_parameters()}
    model.zero_grad()
    return {"features": features, "logits": logits, "losses": torch.stack([sum(losses), *losses]).detach()}, gradients


def main(path):
    model = fix_batch_norm(spread_weights(MCoRe(Sizes()), torch.Generator().manual_seed(SEED)))
    weights = {name: value.clone() for name, value in model.state_dict().items() if not name.endswith("num_batches_tracked")}
    generator = torch.Generator().manual_seed(SEED)
    videos = torch.randint(0, 256, (2, 96, 112, 112, 3), generator=generator, dtype=torch.uint8)
    single, single_gradients = run(model, videos, torch.float32)
    exact, gradients = run(model, videos, torch.float64)
    own = {
        "forward": max(distance(single[name], value) for name, value in exact.items()),
        "gradients": max(distance(single_gradients[name], value) for name, value in gradients.items() if name != ZERO),
    }
    labels = {"transitions": TRANSITIONS, "scores": SCORES}
    tensors = {f"weight.{name}": value for name, value in weights.items()} | {"frames": videos}
    tensors |= {name: value.float() for name, value in exact.items()}
    tensors |= {f"gradient.{name}": value.float() for name, value in gradients.items()}
    versions = f"torch {torch.__version__}, timm {timm.__version__}"
    save_file({name: value.contiguous() for name, value in tensors.items()}, path, {"own": json.dumps(own), "labels": json.dumps(labels), "versions": versions})
    print(json.dumps(own))


if __name__ == "__main__":
    main(sys.argv[1])
