"""RICA2: encoder over frames, step queries with affine cross-attention, a rubric of step groups."""

import torch
import torch.nn.functional as F

from .common import linear_shapes, random_weights, rounded, write_case

C, T, D, HEADS, SLOTS, LAYERS = 6, 9, 8, 2, 5, 2
GROUPS = [[0, 1], [2, 3], [4]]
HALF = D // 2


def conv_shapes(name, inputs, outputs, kernel=1, bias=True):
    return {f"{name}.weight": [outputs, inputs, kernel]} | ({f"{name}.bias": [outputs]} if bias else {})


def norm_shapes(name):
    return {f"{name}.weight": [1, D, 1], f"{name}.bias": [1, D, 1]}


def shapes_of(stochastic, text):
    shapes = conv_shapes("backbone.embd.0.conv", C, D, 3) | conv_shapes("backbone.embd.1.conv", D, D, 3)
    for layer in range(LAYERS):
        name = f"backbone.encoder_blocks.{layer}"
        for part in ["query", "key", "value"]:
            shapes |= conv_shapes(f"{name}.attn.{part}_conv.conv", 1, D, 3, False) | norm_shapes(f"{name}.attn.{part}_norm")
            shapes |= conv_shapes(f"{name}.attn.{part}", D, D)
        shapes |= conv_shapes(f"{name}.attn.proj", D, D) | conv_shapes(f"{name}.mlp.0", D, D) | conv_shapes(f"{name}.mlp.3", D, D)
        shapes |= norm_shapes(f"{name}.ln1") | norm_shapes(f"{name}.ln2")
        shapes |= {f"{name}.{path}.scale": [1, D, 1] for path in ["drop_path_attn", "drop_path_mlp"]}
        name = f"neck.layers.{layer}"
        shapes |= conv_shapes(f"{name}.xattn.q_conv.conv", 1, D, 3, False) | norm_shapes(f"{name}.xattn.q_norm")
        shapes |= conv_shapes(f"{name}.xattn.xattn.query", D, D) | conv_shapes(f"{name}.xattn.xattn.key", D, D)
        shapes |= conv_shapes(f"{name}.xattn.xattn.value", D, D) | conv_shapes(f"{name}.xattn.xattn.proj", D, 2 * D)
        shapes |= norm_shapes(f"{name}.ln_xattn_q") | norm_shapes(f"{name}.ln_xattn_kv") | norm_shapes(f"{name}.ln_ffn")
        shapes |= conv_shapes(f"{name}.ffn.fc", D, 2 * D) | conv_shapes(f"{name}.ffn.proj", 2 * D, D)
        shapes |= {f"{name}.drop_path_ffn.scale": [1, D, 1]}
    shapes |= norm_shapes("neck.ln_out")
    if text:
        shapes |= {"neck.text_queries.weight": [SLOTS, 7]} | linear_shapes("neck.text_queries_projection", 7, D)
    else:
        shapes |= {"neck.queries.weight": [SLOTS, D]}
    head = "quality_score_head"
    shapes |= linear_shapes(f"{head}.common_base.0", D, HALF)
    if stochastic:
        shapes |= linear_shapes(f"{head}.mean_var_linear.0", HALF, HALF) | linear_shapes(f"{head}.mean_var_linear.2", HALF, D)
    shapes |= linear_shapes(f"{head}.phase_composer.level_2_mlp.0", HALF, HALF) | linear_shapes(f"{head}.phase_composer.level_2_mlp.2", HALF, HALF)
    return shapes | linear_shapes(f"{head}.scoring_head.0", HALF, HALF) | linear_shapes(f"{head}.scoring_head.2", HALF, 1)


class Net:
    """Everything in [batch, channels, length], as convolutions want it."""

    def __init__(self, w):
        self.w = w

    def conv(self, name, x):
        weight = self.w[f"{name}.weight"]
        groups = x.shape[1] if weight.shape[1] == 1 and x.shape[1] > 1 else 1
        return F.conv1d(x, weight, self.w.get(f"{name}.bias"), padding=weight.shape[2] // 2, groups=groups)

    def norm(self, name, x):
        y = F.layer_norm(x.transpose(1, 2), (D,), self.w[f"{name}.weight"].flatten(), self.w[f"{name}.bias"].flatten())
        return y.transpose(1, 2)

    def linear(self, name, x):
        return F.linear(x, self.w[f"{name}.weight"], self.w[f"{name}.bias"])

    @staticmethod
    def attend(q, k, v):
        split = lambda x: x.unflatten(1, (HEADS, -1)).transpose(2, 3)  # [B, H, N, C/H]
        weights = (split(q) @ split(k).transpose(2, 3) / (D // HEADS) ** 0.5).softmax(-1)
        return (weights @ split(v)).transpose(2, 3).flatten(1, 2), weights

    def encode(self, features):
        x = features.transpose(1, 2)
        for layer in [0, 1]:
            x = F.relu(self.conv(f"backbone.embd.{layer}.conv", x))
        for layer in range(LAYERS):
            name = f"backbone.encoder_blocks.{layer}"
            y = self.norm(f"{name}.ln1", x)
            parts = [
                self.conv(f"{name}.attn.{p}", self.norm(f"{name}.attn.{p}_norm", self.conv(f"{name}.attn.{p}_conv.conv", y)))
                for p in ["query", "key", "value"]
            ]
            mixed, _ = self.attend(*parts)
            x = x + self.w[f"{name}.drop_path_attn.scale"] * self.conv(f"{name}.attn.proj", mixed)
            y = self.conv(f"{name}.mlp.3", F.gelu(self.conv(f"{name}.mlp.0", self.norm(f"{name}.ln2", x))))
            x = x + self.w[f"{name}.drop_path_mlp.scale"] * y
        return x

    def decode(self, frames, mask):
        if "neck.queries.weight" in self.w:
            queries = self.w["neck.queries.weight"]
        else:
            queries = self.linear("neck.text_queries_projection", self.w["neck.text_queries.weight"])
        q, m = queries.T.expand(len(mask), -1, -1), mask[:, None]  # [B, D, slots], [B, 1, slots]
        maps = []
        for layer in range(LAYERS):
            name = f"neck.layers.{layer}"
            q = q * m
            asking = self.norm(f"{name}.xattn.q_norm", self.conv(f"{name}.xattn.q_conv.conv", self.norm(f"{name}.ln_xattn_q", q)) * m)
            source = self.norm(f"{name}.ln_xattn_kv", frames)
            mixed, weights = self.attend(
                self.conv(f"{name}.xattn.xattn.query", asking),
                self.conv(f"{name}.xattn.xattn.key", source),
                self.conv(f"{name}.xattn.xattn.value", source),
            )
            maps.append(weights * m[..., None])
            scale, shift = self.conv(f"{name}.xattn.xattn.proj", mixed).chunk(2, 1)
            q = q * scale + shift
            y = self.conv(f"{name}.ffn.proj", F.gelu(self.conv(f"{name}.ffn.fc", self.norm(f"{name}.ln_ffn", q)))) * m
            q = q + self.w[f"{name}.drop_path_ffn.scale"] * y
        return self.norm("neck.ln_out", q).transpose(1, 2), maps  # [B, slots, D]

    def quality(self, steps, mask):
        head = "quality_score_head"
        nodes = []
        for group in GROUPS:
            mean = (steps[:, group] * mask[:, group, None]).sum(1) / mask[:, group].sum(1, keepdim=True)
            hidden = F.relu(self.linear(f"{head}.phase_composer.level_2_mlp.0", mean))
            nodes.append(self.linear(f"{head}.phase_composer.level_2_mlp.2", hidden))
        hidden = F.relu(self.linear(f"{head}.scoring_head.0", sum(nodes) / len(nodes)))
        return self.linear(f"{head}.scoring_head.2", hidden)[:, 0]


def attention_losses(maps, present, margin):
    """Pairs of present steps of every layer, head and clip, one by one."""
    time = torch.arange(1, T + 1).double()
    pairs, ends, spreads = [], [], []
    for weights in maps:
        for clip, slots in enumerate(present):
            for head in range(HEADS):
                a = weights[clip, head]  # [slots, T]
                centre = a @ time
                spreads += [((time - c).abs() * row).sum() for c, row in zip(centre, a)]
                pairs += [F.relu(centre[i] - centre[j] + margin) for i, j in zip(slots, slots[1:])]
                ends.append(F.relu(1 - centre[slots[0]] + margin) + F.relu(centre[slots[-1]] - T + margin))
    mean = lambda values: torch.stack(values).mean()
    return mean(pairs) + mean(ends), mean(spreads)


def case(name, form, stochastic, text):
    config = dict(
        method="rica2", form=form, inputSize=C, variant="stochastic" if stochastic else "deterministic", width=D, convolutions=2,
        encoderLayers=LAYERS, decoderLayers=LAYERS, heads=HEADS, ffnRatio=2, dropout=0, convolutionDropout=0, pathDropout=0, slots=SLOTS,
        groups=GROUPS, textSize=7 if text else None, samples=0, ranking=dict(weight=0.5, margin=1 / 9), sparsityWeight=0.25,
        bottleneck=dict(weight=0.3, factor=3, after=30, every=10, max=1),
    )
    w = random_weights(shapes_of(stochastic, text))
    for key in w:
        if "ln" in key or "_norm" in key:
            w[key].data += 1 if key.endswith("weight") else 0
    if text:
        w["neck.text_queries.weight"].requires_grad_(False)
    x = (2 * rounded(3, T, C)).requires_grad_()
    present = [[0, 2, 4], [1, 2, 3, 4], [1, 3, 4]]
    labels = [dict(score=s, difficulty=d, steps=p) for s, d, p in zip([61.5, 90.25, 30], [3.0, 3.2, 2.5], present)]
    mask = torch.zeros(3, SLOTS).double()
    for clip, slots in enumerate(present):
        mask[clip, slots] = 1
    net = Net(w)
    steps, maps = net.decode(net.encode(x), mask)
    base = F.relu(net.linear("quality_score_head.common_base.0", steps))
    losses = {}
    if stochastic:
        both = net.linear("quality_score_head.mean_var_linear.2", F.relu(net.linear("quality_score_head.mean_var_linear.0", base)))
        base, variance = both[..., :HALF], both[..., HALF:].exp()
        normal = torch.distributions.Normal(base, variance.sqrt())
        kl = torch.distributions.kl_divergence(normal, torch.distributions.Normal(0.0, 1.0))
        losses["bottleneck"] = 0.3 * (kl * mask[..., None]).sum() / (3 * HALF)
    dd = torch.tensor([label["difficulty"] for label in labels]).double()
    points = net.quality(base, mask) * dd
    ranking, sparsity = attention_losses(maps, present, T / 9)
    losses |= {
        "regression": F.mse_loss(points, torch.tensor([label["score"] for label in labels]).double()),
        "ranking": 0.5 * ranking,
        "sparsity": 0.25 * sparsity,
    }
    losses["total"] = sum(losses.values())
    extra = {}
    if stochastic:
        rms = ((variance * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)).sqrt()
        extra["uncertainty"] = (HALF / (1 / rms).sum(1)).tolist()
    write_case(name, config, w, {"query": x}, {"query": labels}, losses, points, extra)


def write():
    case("rica2-released-stochastic-text", "released", True, True)
    case("rica2-paper-deterministic", "paper", False, False)
