"""An independent RegNet-Y with gate shifts: timm's RegNet and a gate-shift module of our own, in PyTorch.

Used by backbone-gsm.py and backbone-gsm-original.py. Values that both Python and TypeScript need (weights, inputs, directions) come
from a counter-based hash, so that fixtures hold results alone: `hashed` here and in packages/backbone-gsm/src/golden-values.ts.
"""

import math
from dataclasses import replace

import numpy as np
import timm
import torch
from timm.models.regnet import RegNet, model_cfgs
from torch import nn

REGNETY_200MF = (32, (24, 56, 152, 368), (1, 1, 4, 7))
REGNETY_SMALL = (16, (16, 32, 96, 192), (1, 1, 2, 3))

MASK = np.uint64(0xFFFFFFFF)


def hashed(name, shape):
    """Numbers in [-1, 1) that depend on `name` and their position alone: FNV-1a of the name, then SplitMix32's finaliser of a counter."""
    seed = 0x811C9DC5
    for char in name:
        seed = ((seed ^ ord(char)) * 0x01000193) & 0xFFFFFFFF
    count = int(np.prod(shape))
    word = (np.arange(1, count + 1, dtype=np.uint64) * np.uint64(0x9E3779B9) + np.uint64(seed)) & MASK
    word = ((word ^ (word >> np.uint64(16))) * np.uint64(0x21F0AAAD)) & MASK
    word = ((word ^ (word >> np.uint64(15))) * np.uint64(0x735A2D97)) & MASK
    word = word ^ (word >> np.uint64(15))
    return (word.astype(np.float64) / 2**31 - 1).reshape(shape)


def golden_weight(name, shape):
    """A float32 value for every tensor of the state dict, none of them trivial; the same rule is in golden-values.ts."""
    u = hashed(name, shape)
    if name.endswith('conv3.bn.weight'):
        value = 0.5 + 0.3 * u
    elif name.endswith('bn.weight'):
        value = 1 + 0.4 * u
    elif name.endswith('running_var'):
        value = 1 + 0.5 * u
    elif name.endswith('bn.bias') or name.endswith('running_mean'):
        value = 0.3 * u
    elif name.endswith('.bias'):
        value = 0.4 * u
    else:
        value = math.sqrt(6 / np.prod(shape[1:])) * u
    return value.astype(np.float32)


class GateShift(nn.Module):
    """Wraps the first 1x1 convolution of a block; x is [batch * time, channels, height, width], clip by clip."""

    def __init__(self, wrapped, channels, time):
        super().__init__()
        self.wrapped, self.time = wrapped, time
        self.fold = math.ceil(channels // 4 / 4) * 4
        self.bn = nn.BatchNorm3d(self.fold)
        self.relu = nn.ReLU()
        self.conv3D = nn.Conv3d(self.fold, 2, 3, padding=1, groups=2)

    def shift(self, x):
        frames, fold, height, width = x.shape
        clips = frames // self.time
        clip = x.reshape(clips, self.time, fold, height, width)
        gate = torch.tanh(self.conv3D(self.relu(self.bn(clip.transpose(1, 2))))).transpose(1, 2)  # [B, T, 2, H, W]
        halves = []
        for half, part in enumerate(clip.chunk(2, dim=2)):
            moving = gate[:, :, half : half + 1] * part
            staying = part - moving
            moved = torch.zeros_like(moving)
            if half == 0:
                moved[:, :-1] = moving[:, 1:]
            else:
                moved[:, 1:] = moving[:, :-1]
            fused = moved + staying
            halves.append(fused.reshape(clips, self.time, 2, fold // 4, height, width).transpose(2, 3))
        return torch.stack(halves, 2).reshape(frames, fold, height, width)

    def forward(self, x):
        return self.wrapped(torch.cat([self.shift(x[:, : self.fold]), x[:, self.fold :]], 1))


class Backbone(nn.Module):
    """timm's RegNet with a gate-shift module around every block's first convolution; x is [B, T, 3, H, W]."""

    def __init__(self, stem, widths, depths, time, gate_shift=True):
        super().__init__()
        self.gate_shift = gate_shift
        self.net = make_regnet(stem, widths, depths)
        if gate_shift:
            for stage in (self.net.s1, self.net.s2, self.net.s3, self.net.s4):
                for block in stage.children():
                    conv = block.conv1.conv
                    block.conv1.conv = GateShift(conv, conv.in_channels, time)
        self.double()

    def forward(self, x):
        clips, time = x.shape[:2]
        return self.net(x.flatten(0, 1)).reshape(clips, time, -1)

    def named_state(self):
        """The state dict under the released code's names, `num_batches_tracked` left out."""
        state = {}
        for name, value in self.net.state_dict().items():
            if not name.endswith('num_batches_tracked'):
                state[rename(name, self.gate_shift)] = value
        return state

    def set_golden_weights(self):
        with torch.no_grad():
            for name, value in self.named_state().items():
                value.copy_(torch.from_numpy(golden_weight(name, tuple(value.shape)).astype(np.float64)))
        return self

    def named_gradients(self):
        return {rename(name, self.gate_shift): p.grad for name, p in self.net.named_parameters()}


def rename(name, gate_shift):
    """timm's name with our wrapper in place -> the released code's name."""
    if not gate_shift:
        return name
    for ours, theirs in (
        ('conv1.conv.wrapped.', 'conv1.net.conv.'),
        ('conv1.conv.bn.', 'conv1.gsm.bn.'),
        ('conv1.conv.conv3D.', 'conv1.gsm.conv3D.'),
        ('conv1.bn.', 'conv1.net.bn.'),
    ):
        if ours in name:
            return name.replace(ours, theirs)
    return name


class ExplicitRegNet(RegNet):
    """timm's RegNet with widths and depths given outright instead of through its quantised linear rule."""

    def __init__(self, stem, widths, depths):
        self.explicit = (widths, depths)
        super().__init__(replace(model_cfgs['regnety_002'], stem_width=stem), num_classes=0)

    def _get_stage_args(self, *args, **kwargs):
        stages, common = super()._get_stage_args(*args, **kwargs)
        return [{**stage, 'out_chs': w, 'depth': d, 'drop_path_rates': [0.0] * d} for stage, w, d in zip(stages, *self.explicit)], common


def make_regnet(stem, widths, depths):
    if (stem, widths, depths) == REGNETY_200MF:
        return timm.create_model('regnety_002', num_classes=0)
    return ExplicitRegNet(stem, widths, depths)
