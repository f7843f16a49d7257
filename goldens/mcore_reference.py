"""MCoRe in PyTorch, put together for the goldens under the released code's names: timm's RegNet with the gate-shift module of
backbone_gsm_reference.py, torch.nn.GRU, a cross-attention decoder and the losses of contrastive-loss.py. Used by model.py and full-size.py.
"""

import importlib
import math
from dataclasses import dataclass, field

import torch
import torch.nn.functional as F
from backbone_gsm_reference import REGNETY_200MF, GateShift, make_regnet
from segmenter import Segmenter
from torch import nn

contrast = importlib.import_module("contrastive-loss")
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass
class Sizes:
    """Defaults are those of the paper and the released code."""

    frames: int = 96
    backbone: tuple = REGNETY_200MF
    hidden: int = 368
    blocks: int = 3
    heads: int = 8
    mlp_ratio: int = 4
    layers: list = field(default_factory=lambda: [256, 64])
    steps: int = 5
    transitions: int = 2


class ShiftedConvolution(nn.Module):
    def __init__(self, net, time):
        super().__init__()
        self.gsm = GateShift(nn.Identity(), net.conv.in_channels, time)
        self.net = net

    def forward(self, x):
        return self.net(self.gsm(x))


class Features(nn.Module):
    """Frames [B, T, H, W, 3] in 0..255 -> [B, T, C]."""

    def __init__(self, sizes):
        super().__init__()
        self._features = make_regnet(*sizes.backbone)
        for stage in "s1", "s2", "s3", "s4":
            for block in getattr(self._features, stage).children():
                block.conv1 = ShiftedConvolution(block.conv1, sizes.frames)

    def forward(self, frames):
        batch, time = frames.shape[:2]
        mean, deviation = [torch.tensor(values, dtype=frames.dtype) for values in (MEAN, DEVIATION)]
        x = ((frames / 255 - mean) / deviation).permute(0, 1, 4, 2, 3).flatten(0, 1)
        return self._features(x).reshape(batch, time, -1)


class Transitions(nn.Module):
    def __init__(self, channels, sizes):
        super().__init__()
        self._pred_fine = Segmenter(channels, sizes.hidden, sizes.transitions)

    def forward(self, features):
        return self._pred_fine(features)


class Attention(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.heads = heads
        self.q_map, self.k_map, self.v_map = [nn.Linear(channels, channels, bias=False) for _ in range(3)]
        self.proj = nn.Linear(channels, channels)

    def forward(self, q, v):
        q, k, v = [x.unflatten(2, (self.heads, -1)).transpose(1, 2) for x in (self.q_map(q), self.k_map(v), self.v_map(v))]
        shares = torch.softmax(q @ k.transpose(2, 3) / math.sqrt(q.shape[-1]), -1)
        return self.proj((shares @ v).transpose(1, 2).flatten(2))


class Mlp(nn.Module):
    def __init__(self, channels, hidden):
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(channels, hidden), nn.Linear(hidden, channels)

    def forward(self, x):
        return self.fc2(F.gelu(self.fc1(x)))


class Block(nn.Module):
    def __init__(self, channels, sizes):
        super().__init__()
        self.norm_q, self.norm_v, self.norm2 = [nn.LayerNorm(channels) for _ in range(3)]
        self.attn = Attention(channels, sizes.heads)
        self.mlp = Mlp(channels, channels * sizes.mlp_ratio)

    def forward(self, q, v):
        q = q + self.attn(self.norm_q(q), self.norm_v(v))
        return q + self.mlp(self.norm2(q))


class Decoder(nn.Module):
    def __init__(self, channels, sizes):
        super().__init__()
        self.model = nn.ModuleList(Block(channels, sizes) for _ in range(sizes.blocks))

    def forward(self, q, v):
        for block in self.model:
            q = block(q, v)
        return q


class Score(nn.Module):
    def __init__(self, channels, sizes):
        super().__init__()
        widths = [channels, *sizes.layers, 1]
        for layer in range(1, len(widths)):
            setattr(self, f"layer{layer}", nn.Linear(widths[layer - 1], widths[layer]))
        self.relu = nn.ReLU()

    def forward(self, x):
        layers = [layer for name, layer in self.named_children() if name != "relu"]
        for layer in layers[:-1]:
            x = self.relu(layer(x))
        return layers[-1](x)


class MCoRe(nn.Module):
    def __init__(self, sizes):
        super().__init__()
        self.sizes = sizes
        self.base_model = Features(sizes)
        channels = sizes.backbone[1][-1]
        self.psnet_model = Transitions(channels, sizes)
        self.decoder = Decoder(channels, sizes)
        self.regressor_delta = Score(channels, sizes)

    def stages(self, features, transitions):
        """[B, T, C] -> [B, S, L, C]; the transitions leave no stage empty."""
        clips = []
        for clip, borders in zip(features, transitions):
            stages = torch.tensor_split(clip.t(), list(borders), dim=1)
            clips.append(torch.stack([F.interpolate(s[None], size=self.sizes.steps, mode="linear", align_corners=True)[0].t() for s in stages]))
        return torch.stack(clips)

    def stage_deltas(self, query, exemplar):
        """[B, S, L, C] each -> [B, S]."""
        tokens = [self.decoder(query[:, s], exemplar[:, s]) for s in range(query.shape[1])]
        return torch.stack([self.regressor_delta(t).mean((1, 2)) for t in tokens], 1)

    def relative_score(self, query, exemplar):
        return self.stage_deltas(query, exemplar).mean(1)

    def losses(self, query, exemplar, preset):
        """`query` and `exemplar`: (frames, transitions, scores). -> regression, segmentation, contrastive."""
        transitions = [*query[1], *exemplar[1]]
        features = self.base_model(torch.cat([query[0], exemplar[0]]))
        logits = self.psnet_model(features)
        q, e = self.stages(features, transitions).chunk(2)
        wanted = query[2] - exemplar[2]
        regression = F.mse_loss(self.relative_score(q, e), wanted)
        if preset == "released":
            regression = regression + F.mse_loss(self.relative_score(e, q), -wanted)
        weight = 10 if preset == "released" else 1
        contrastive = weight * contrast.both_ways(contrast.groups(q, e, preset), 0.5)
        return regression, segmentation_loss(logits, transitions, preset), contrastive


def segmentation_loss(logits, transitions, preset):
    labels = torch.zeros_like(logits)
    for clip, frames in enumerate(transitions):
        for transition, frame in enumerate(frames):
            labels[clip, frame, transition] = 1
    if preset == "paper":
        return F.binary_cross_entropy_with_logits(logits, labels, reduction="none").sum(2).mean()
    labels[:, :, -1] *= 2  # the last transition counts twice
    return F.cross_entropy(logits, labels)  # axis 1, the frames, is what PyTorch takes for classes


def adam(model):
    """The optimiser of the released code: the backbone has a tenth of the learning rate."""
    heads = [*model.psnet_model.parameters(), *model.decoder.parameters(), *model.regressor_delta.parameters()]
    return torch.optim.Adam([{"params": model.base_model.parameters(), "lr": 1e-4}, {"params": heads}], lr=1e-3, weight_decay=0)


def fix_batch_norm(model):
    """Training mode in which running statistics are used and stay."""
    model.train()
    for module in model.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):
            module.eval()
    return model


def spread_weights(model, generator):
    """Weights, biases and statistics that are neither zero nor one, rounded to float32."""
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if name.endswith("num_batches_tracked"):
                continue
            noise = 2 * torch.rand(value.shape, generator=generator, dtype=torch.float64) - 1
            if name.endswith("running_var"):
                noise = 1 + 0.5 * noise
            elif name.endswith("conv3.bn.weight"):
                noise = 0.5 + 0.3 * noise
            elif ("norm" in name or ".bn." in name) and name.endswith("weight"):
                noise = 1 + 0.4 * noise
            elif value.dim() > 1:
                noise = noise * math.sqrt((6 if "base_model" in name else 3) / math.prod(value.shape[1:]))
            else:
                noise = 0.3 * noise
            value.copy_(noise.float())
    return model
