"""Goldens of @mcore/training: Adam with two learning rates under a cosine schedule, gradient clipping, and AdamW under a stepwise one.

    python goldens/training.py

Writes adam.safetensors and adamw.safetensors in packages/training/src/optimizer/__fixtures__; versions, seed and dtype are in its metadata.
"""

from pathlib import Path

import torch
from safetensors.torch import save_file

SEED = 7
STEPS = 12
OUT = Path(__file__).parent.parent / "packages/training/src/optimizer/__fixtures__/adam.safetensors"

torch.manual_seed(SEED)
backbone = torch.nn.Parameter(torch.randn(6))
head = torch.nn.Parameter(torch.randn(4))
start = torch.cat([backbone.detach(), head.detach()]).clone()
# from tiny to huge, and a column that is always 0
gradients = torch.randn(STEPS, 10) * torch.logspace(-6, 3, 10)
gradients[:, 2] = 0

optimizer = torch.optim.Adam([{"params": [head]}, {"params": [backbone], "lr": 1e-4}], lr=1e-3, weight_decay=0)
schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, T_max=STEPS)
parameters, factors, norms = [], [], []
for gradient in gradients:
    backbone.grad, head.grad = gradient[:6].clone(), gradient[6:].clone()
    norms.append(torch.nn.utils.clip_grad_norm_([backbone, head], 500.0))
    factors.append(optimizer.param_groups[0]["lr"] / 1e-3)
    optimizer.step()
    schedule.step()
    parameters.append(torch.cat([backbone.detach(), head.detach()]).clone())

OUT.parent.mkdir(parents=True, exist_ok=True)
save_file(
    {
        "start": start,
        "gradients": gradients,
        "parameters": torch.stack(parameters),
        "factors": torch.tensor(factors, dtype=torch.float64),
        "norms": torch.stack(norms),
    },
    OUT,
    metadata={"torch": torch.__version__, "seed": str(SEED), "dtype": "float32", "learning_rates": "1e-4 x 6, 1e-3 x 4"},
)

backbone, head = torch.nn.Parameter(start[:6].clone()), torch.nn.Parameter(start[6:].clone())
optimizer = torch.optim.AdamW([{"params": [head]}, {"params": [backbone], "lr": 1e-4}], lr=1e-3, weight_decay=0.05)
schedule = torch.optim.lr_scheduler.StepLR(optimizer, step_size=4, gamma=0.5)
parameters = []
for gradient in gradients:
    backbone.grad, head.grad = gradient[:6].clone(), gradient[6:].clone()
    optimizer.step()
    schedule.step()
    parameters.append(torch.cat([backbone.detach(), head.detach()]).clone())

save_file(
    {"start": start, "gradients": gradients, "parameters": torch.stack(parameters)},
    OUT.with_name("adamw.safetensors"),
    metadata={"torch": torch.__version__, "seed": str(SEED), "dtype": "float32", "weight_decay": "0.05", "schedule": "StepLR 4, 0.5"},
)
