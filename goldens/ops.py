"""Fixtures of packages/ops from PyTorch, computed in float64 and kept as float32: `python goldens/ops.py [PARITY]`.

Every case has its inputs (`case.x`, `case.filter`, ...), a direction `case.cot`, the output `case.y` and the gradients of
sum(y * cot) (`case.g.x`, ...), all in the layouts of the TypeScript functions. With PARITY (a folder that holds a_ops.safetensors and
c_resample.safetensors, which the authors' own modules computed) their convolutions are copied too, and 2 of 368 channels of their resampling.
"""

import pathlib
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import load_file, save_file

OUT = pathlib.Path(__file__).parent.parent / 'packages/ops/src/__fixtures__'
SEED = 20240414
ABOUT = {'script': 'goldens/ops.py', 'torch': torch.__version__, 'numpy': np.__version__, 'seed': str(SEED), 'dtype': 'float64, kept as float32'}
rng = np.random.default_rng(SEED)
tensors = {}


def draw(*shape, scale=1.0):
    """Exactly float32 values, so that both sides start from the same."""
    return torch.from_numpy((scale * rng.standard_normal(shape)).astype(np.float32)).double().requires_grad_()


def case(name, compute, **inputs):
    y = compute(**inputs)
    cot = draw(*y.shape).detach()
    gradients = torch.autograd.grad((y * cot).sum(), list(inputs.values()))
    for key, value in {**inputs, 'y': y, 'cot': cot, **{f'g.{k}': g for k, g in zip(inputs, gradients)}}.items():
        tensors[f'{name}.{key}'] = np.ascontiguousarray(value.detach().numpy().astype(np.float32))


def conv2d(x, filter, stride, groups=1):
    """NHWC and [3, 3, I, O]."""
    y = F.conv2d(x.permute(0, 3, 1, 2), filter.permute(3, 2, 0, 1), stride=stride, padding=1, groups=groups)
    return y.permute(0, 2, 3, 1)


def gate_conv(x, filter, bias):
    """[B, T, H, W, C] and [3, 3, 3, C/2, 2]."""
    y = F.conv3d(x.permute(0, 4, 1, 2, 3), filter.permute(4, 3, 0, 1, 2), bias, padding=1, groups=2)
    return y.permute(0, 2, 3, 4, 1)


def shift_time(x, by):
    """Frame t of the result is frame t - by."""
    zeros = torch.zeros_like(x[:, :1])
    return torch.cat([zeros, x[:, :-1]], 1) if by == 1 else torch.cat([x[:, 1:], zeros], 1)


def gate_shift(x, gate):
    halves = []
    for half, by in ((0, -1), (1, 1)):
        own = x.chunk(2, -1)[half]
        moved = own * gate[..., half : half + 1]
        out = shift_time(moved, by) + own - moved
        halves.append(out.unflatten(-1, (2, out.shape[-1] // 2)).transpose(-1, -2).flatten(-2))
    return torch.cat(halves, -1)


def gate_shift_module(x, scale, offset, filter, bias):
    fold = scale.shape[0]
    seen = x[..., :fold]
    gate = torch.tanh(gate_conv(torch.relu(seen * scale + offset), filter, bias))
    return torch.cat([gate_shift(seen, gate), x[..., fold:]], -1)


def gru(x, **weights):
    unit = torch.nn.GRU(x.shape[2], weights['hiddenWeight0'].shape[1], bidirectional=True, batch_first=True).double()
    parts = {'inputWeight': 'weight_ih_l0', 'hiddenWeight': 'weight_hh_l0', 'inputBias': 'bias_ih_l0', 'hiddenBias': 'bias_hh_l0'}
    state = {f'{theirs}{"_reverse" * d}': weights[f'{ours}{d}'] for ours, theirs in parts.items() for d in (0, 1)}
    return torch.func.functional_call(unit, state, (x,))[0]


for name, images, channels, groups, stride, height, width in (
    ('s1', 1, 16, 2, 1, 5, 7), ('s2', 2, 16, 2, 2, 6, 9), ('s2_small', 3, 16, 2, 2, 4, 4), ('s1_small', 3, 16, 2, 1, 4, 4), ('width4', 3, 8, 2, 2, 5, 6),
    ('s1_wide', 1, 8, 1, 1, 3, 70),
):
    case(
        f'grouped_{name}', lambda x, filter, bias: torch.relu(conv2d(x, filter, stride, groups) + bias),
        x=draw(images, height, width, channels), filter=draw(3, 3, channels // groups, channels, scale=0.2), bias=draw(channels),
    )
case('dense_relu', lambda x, filter, bias: torch.relu(conv2d(x, filter, 2) + bias), x=draw(2, 9, 12, 3), filter=draw(3, 3, 3, 10), bias=draw(10))
case('dense_linear', lambda x, filter, bias: conv2d(x, filter, 1) + bias, x=draw(2, 5, 7, 2), filter=draw(3, 3, 2, 16), bias=draw(16))
case('pointwise_relu', lambda x, weight, bias: torch.relu(x @ weight + bias), x=draw(5, 13, 7), weight=draw(7, 10), bias=draw(10))
case('pointwise_linear', lambda x, weight: x @ weight, x=draw(70, 12), weight=draw(12, 24))
case('pointwise_row', lambda x, weight, bias: x @ weight + bias, x=draw(36), weight=draw(36, 43), bias=draw(43))
for name, shape in (('pointwise', (10, 9, 1, 1)), ('grouped', (8, 2, 3, 3))):
    mean, variance = draw(shape[0]).detach(), draw(shape[0]).detach().square() + 0.1
    tensors[f'fold_{name}.mean'], tensors[f'fold_{name}.variance'] = (v.numpy().astype(np.float32) for v in (mean, variance))
    mean, variance = mean.float().double(), variance.float().double()

    def fold(convWeight, weight, bias):
        """Filter and bias as one row: [height * width * inputs * outputs + outputs]."""
        scale = weight / torch.sqrt(variance + 1e-5)
        return torch.cat([(convWeight.permute(2, 3, 1, 0) * scale).flatten(), bias - mean * scale])

    case(f'fold_{name}', fold, convWeight=draw(*shape), weight=draw(shape[0]), bias=draw(shape[0]))
case('bias_relu', lambda x, bias: torch.relu(x + bias), x=draw(67, 1, 6), bias=draw(6))
case('add_relu', lambda a, b: torch.relu(a + b), a=draw(3, 7, 5), b=draw(3, 7, 5))
case('scale_channels', lambda x, scale: x * scale[:, None, None], x=draw(3, 4, 5, 6), scale=draw(3, 6))
case('mean_over_positions', lambda x: x.mean((1, 2)), x=draw(2, 9, 8, 6))
case('subsample_odd', lambda x: x[:, ::2, ::2], x=draw(2, 7, 6, 5))
case('subsample_even', lambda x: x[:, ::2, ::2], x=draw(2, 4, 8, 3))
for channels in (6, 8):
    case(
        f'gate_conv_{channels}', gate_conv,
        x=draw(1, 4, 4, 5, channels), filter=draw(3, 3, 3, channels // 2, 2, scale=0.3), bias=draw(2),
    )
for channels in (8, 12, 40):
    case(f'gate_shift_{channels}', gate_shift, x=draw(1, 4, 3, 2, channels), gate=draw(1, 4, 3, 2, 2, scale=0.5))
for name, time, fold, channels in (('part', 4, 8, 10), ('whole', 3, 16, 16), ('still', 1, 8, 8)):
    case(
        f'gate_module_{name}', gate_shift_module,
        x=draw(2 if time < 4 else 1, time, 3, 5, channels), scale=draw(fold), offset=draw(fold), filter=draw(3, 3, 3, fold // 2, 2, scale=0.2), bias=draw(2),
    )
for name, batch, time, inputs, hidden in (('small', 3, 5, 6, 5), ('row', 1, 5, 4, 20), ('one_step', 2, 1, 4, 8)):
    size = 3 * hidden
    case(
        f'gru_{name}', gru, x=draw(batch, time, inputs),
        **{f'{k}{d}': draw(*shape, scale=0.4) for d in (0, 1) for k, shape in (
            ('inputWeight', (size, inputs)), ('hiddenWeight', (size, hidden)), ('inputBias', (size,)), ('hiddenBias', (size,)))},
    )
case(
    'resample', lambda x: torch.stack([
        torch.stack([F.interpolate(x[b, s:e].T[None], size=4, mode='linear', align_corners=True)[0].T for s, e in ranges])
        for b, ranges in enumerate((((0, 9), (3, 4)), ((5, 7), (2, 9))))]),
    x=draw(2, 9, 3),
)
frames = rng.integers(0, 256, (2, 3, 5, 3), dtype=np.uint8)
mean, deviation = torch.tensor([0.485, 0.456, 0.406]).double(), torch.tensor([0.229, 0.224, 0.225]).double()
tensors['frames.x'] = frames
tensors['frames.y'] = ((torch.from_numpy(frames).double() / 255 - mean) / deviation).numpy().astype(np.float32)
OUT.mkdir(exist_ok=True)
for file in ('convolutions', 'others'):
    own = {k: v for k, v in tensors.items() if k.startswith(('grouped_', 'dense_', 'gate_conv_')) == (file == 'convolutions')}
    save_file(own, OUT / f'{file}.safetensors', ABOUT)

if len(sys.argv) > 1:
    folder = pathlib.Path(sys.argv[1])
    theirs, resampled = load_file(folder / 'a_ops.safetensors'), load_file(folder / 'c_resample.safetensors')
    kept = {k: v for k, v in theirs.items() if k.startswith(('conv_s1.', 'conv_s2_odd.'))}
    kept |= {f'resample.{k}': np.ascontiguousarray(v[..., :2]) for k, v in resampled.items()}
    save_file(kept, OUT / 'original.safetensors', {'source': "computed by the authors' PyTorch modules, float32, torch 2.15.0", 'script': 'goldens/ops.py'})
