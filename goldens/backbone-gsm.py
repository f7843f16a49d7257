"""Fixtures of packages/backbone-gsm from PyTorch and timm, in float64: `python goldens/backbone-gsm.py`.

Weights, inputs and directions are hashed (see backbone_gsm_reference.py), so the files hold results only. A gradient of many numbers is
kept as its norm and its products with four hashed directions.
"""

import pathlib

import numpy as np
import timm
import torch
from backbone_gsm_reference import REGNETY_200MF, REGNETY_SMALL, Backbone, hashed
from safetensors.numpy import save_file

OUT = pathlib.Path(__file__).parent.parent / 'packages/backbone-gsm/src/__fixtures__'
SHAPE = (2, 3, 24, 40, 3)  # [B, T, H, W, 3]: odd sizes inside, height and width apart
CHOSEN = {}
WHOLE = ('s1.b1.conv1.gsm.conv3D.weight', 's1.b1.conv1.gsm.bn.weight', 's2.b1.conv1.net.bn.weight', 'stem.bn.bias', 's4.b2.se.fc1.bias')


def frames(name):
    values = (2 * hashed(name, SHAPE)).astype(np.float32).astype(np.float64)
    return torch.from_numpy(values).permute(0, 1, 4, 2, 3).requires_grad_()


def summary(name, gradient):
    """[norm, <g, d0>, .., <g, d3>] with d_k = hashed('name#k', shape)."""
    g = gradient.detach().numpy()
    return np.array([np.linalg.norm(g)] + [np.sum(g * hashed(f'{name}#{k}', g.shape)) for k in range(4)])


def smallest_margin(model, x):
    """The smallest |input of a ReLU| over its layer's root mean square: nearer to 0, rounding may decide a gradient."""
    margins = []
    relus = [m for m in model.modules() if isinstance(m, torch.nn.ReLU)]
    hooks = [m.register_forward_pre_hook(lambda _, z: margins.append((z[0].abs().min() / z[0].square().mean().sqrt()).item())) for m in relus]
    state = {k: v.clone() for k, v in model.state_dict().items()}
    with torch.no_grad():
        model(x)
    model.load_state_dict(state)
    for hook in hooks:
        hook.remove()
    return min(margins)


def clear_frames(model):
    """A name of frames that leave every ReLU clear of its kink."""
    return next(name for name in (f'frames {k}' for k in range(1000)) if smallest_margin(model, frames(name)) > 1e-5)


def results(model, prefix):
    """Features, and gradients of sum(features * hashed('cotangent'))."""
    name = clear_frames(model)
    print(prefix, name)
    CHOSEN[f'{prefix}frames'] = name
    x = frames(name)
    features = model(x)
    features.mul(torch.from_numpy(hashed('cotangent', tuple(features.shape)))).sum().backward()
    tensors = {f'{prefix}features': features.detach().numpy(), f'{prefix}gradient.x': summary('x', x.grad.permute(0, 1, 3, 4, 2))}
    for key, gradient in model.named_gradients().items():
        tensors[f'{prefix}gradient.{key}'] = summary(key, gradient)
        if key in WHOLE:
            tensors[f'{prefix}whole.{key}'] = gradient.numpy()
    model.zero_grad()
    return tensors


def block_results(model, name, height, width):
    """One block of `model` alone, on six frames of two clips: output, and gradients of sum(output * cotangent)."""
    stage, number = name.split('.')
    block = dict(getattr(model.net, stage).named_children())[number]
    shape = (6, height, width, block.conv1.conv.wrapped.in_channels)

    def features(k):
        return torch.from_numpy(2 * hashed(f'{name} {k}', shape)).float().double().permute(0, 3, 1, 2).requires_grad_()

    k = next(k for k in range(1000) if smallest_margin(block, features(k)) > 1e-5)
    CHOSEN[f'{name}.x'] = f'{name} {k}'
    x = features(k)
    y = block(x).permute(0, 2, 3, 1)
    y.mul(torch.from_numpy(hashed('cotangent', tuple(y.shape)))).sum().backward()
    tensors = {f'{name}.y': y.detach().numpy(), f'{name}.gradient.x': x.grad.permute(0, 2, 3, 1).numpy()}
    for key, gradient in model.named_gradients().items():
        if key.startswith(f'{name}.'):
            tensors[f'{name}.gradient.{key}'] = summary(key, gradient)
    model.zero_grad()
    return tensors


def norms(model):
    return [m for m in model.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)]


def statistics(model, prefix):
    return {f'{prefix}{k}': v.numpy().copy() for k, v in model.named_state().items() if 'running_' in k}


def save(name, tensors):
    metadata = {
        'script': 'goldens/backbone-gsm.py',
        'torch': torch.__version__,
        'timm': timm.__version__,
        'dtype': 'computed in float64 with float32 weights, stored as float32',
        'seed': 'none: every input is hashed from its name',
        **CHOSEN,
    }
    save_file({k: np.ascontiguousarray(v, dtype=np.float32) for k, v in tensors.items()}, OUT / name, metadata)
    print(name, (OUT / name).stat().st_size)


def main():
    torch.set_num_threads(1)
    OUT.mkdir(parents=True, exist_ok=True)
    full = Backbone(*REGNETY_200MF, time=SHAPE[1]).set_golden_weights().eval()
    print('parameters', sum(p.numel() for p in full.parameters()))
    save('regnety-200mf.safetensors', results(full, ''))
    CHOSEN.clear()
    save('blocks.safetensors', block_results(full, 's2.b1', 9, 6) | block_results(full, 's3.b2', 3, 4))
    CHOSEN.clear()

    tensors = results(Backbone(*REGNETY_SMALL, time=SHAPE[1], gate_shift=False).set_golden_weights().eval(), 'plain.')
    model = Backbone(*REGNETY_SMALL, time=SHAPE[1]).set_golden_weights()
    print('parameters', sum(p.numel() for p in model.parameters()))
    tensors |= results(model.eval(), 'running.')
    # fix_bn off: batch statistics, and running values moved by the momentum 0.1
    tensors |= results(model.train(), 'batch.')
    tensors |= statistics(model, 'batch.after.')
    # measured statistics: momentum None is the cumulative average
    model.set_golden_weights().train()
    for norm in norms(model):
        norm.reset_running_stats()
        norm.momentum = None
    with torch.no_grad():
        model(frames('frames'))
        model(frames('other frames'))
    tensors |= statistics(model, 'measured.')
    with torch.no_grad():
        tensors['measured.features'] = model.eval()(frames('frames')).numpy()
    save('regnety-small.safetensors', tensors)


main()
