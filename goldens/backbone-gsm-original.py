"""Fixtures of packages/backbone-gsm whose outputs and gradients the authors' own PyTorch gate-shift module computed:
`python goldens/backbone-gsm-original.py PARITY`, where PARITY/a_ops.safetensors holds its inputs, outputs and gradients.

Its weights were not kept, but they follow from what was. With y = shift(g x) + (1 - g) x each pixel gives T unknown gates from
T * channels/2 linear equations; the gates' inverse hyperbolic tangents are a convolution of relu(a x + c), linear but for c / a, which
a small least-squares search finds; the gradient of the convolution's weights fixes the scale a; outputs with batch statistics fix the rest.
Every step is overdetermined, and its residual (about 1e-7) is printed: the module's structure could not be other than assumed.
"""

import pathlib
import sys

import numpy as np
import torch
from backbone_gsm_reference import GateShift
from safetensors.numpy import load_file, save_file
from scipy.optimize import least_squares

CLIPS, TIME, SIZE, EPS = 2, 6, 8, 1e-5
OUT = pathlib.Path(__file__).parent.parent / 'packages/backbone-gsm/src/__fixtures__'


def recover_gates(x, y):
    """x, y [B, T, C, H, W] -> gates [B, T, 2, H, W]."""
    fold = x.shape[2]
    half, quarter = fold // 2, fold // 4
    before = np.empty_like(y)  # y with the interleave undone
    for h in range(2):
        for i in range(2):
            before[:, :, h * half + i * quarter : h * half + (i + 1) * quarter] = y[:, :, h * half + i : (h + 1) * half : 2]
    gates = np.zeros((CLIPS, TIME, 2, SIZE, SIZE))
    worst = 0
    for b, row, column, h in np.ndindex(CLIPS, SIZE, SIZE, 2):
        xs = x[b, :, h * half : (h + 1) * half, row, column]
        equations = np.zeros((TIME, half, TIME))
        for t in range(TIME):
            equations[t, :, t] = -xs[t]
            source = t + 1 if h == 0 else t - 1
            if 0 <= source < TIME:
                equations[t, :, source] = xs[source]
        flat, wanted = equations.reshape(-1, TIME), (before[b, :, h * half : (h + 1) * half, row, column] - xs).ravel()
        gates[b, :, h, row, column] = np.linalg.lstsq(flat, wanted, rcond=None)[0]
        worst = max(worst, np.abs(flat @ gates[b, :, h, row, column] - wanted).max())
    print('  gates: largest residual', worst)
    return gates


def patches(z):
    """[B, T, C, H, W] -> [B*T*H*W, C*27]: the 3x3x3 neighbourhood of every point, zeros outside."""
    b, t, c, h, w = z.shape
    padded = np.pad(z, ((0, 0), (1, 1), (0, 0), (1, 1), (1, 1)))
    taps = [padded[:, i : i + t, :, j : j + h, k : k + w] for i in range(3) for j in range(3) for k in range(3)]
    return np.stack(taps, -1).transpose(0, 1, 3, 4, 2, 5).reshape(b * t * h * w, c * 27)


def fit_gate(x, gates, weight=None):
    """Finds (slope, offset, weight, bias) with atanh(gate) = conv3d(relu(slope x + offset)); slope is 1 unless `weight` is given."""
    half = x.shape[2] // 2
    slopes, offsets, weights, biases = [], [], [], []
    for h in range(2):
        xs, wanted = x[:, :, h * half : (h + 1) * half], np.arctanh(gates[:, :, h]).ravel()

        def solve(c):
            a = np.concatenate([patches(np.maximum(xs + c[:, None, None], 0)), np.ones((wanted.size, 1))], 1)
            solution = np.linalg.lstsq(a, wanted, rcond=None)[0]
            return solution, a @ solution - wanted

        fit = least_squares(lambda c: solve(c)[1], np.zeros(half), xtol=1e-15, ftol=1e-15, gtol=1e-15)
        solution, residual = solve(fit.x)
        print('  gate', h, 'largest residual', np.abs(residual).max())
        found = solution[:-1].reshape(half, 3, 3, 3)
        slope = np.ones(half) if weight is None else (found * weight[h]).sum((1, 2, 3)) / (weight[h] ** 2).sum((1, 2, 3))
        slopes.append(slope), offsets.append(fit.x * slope), weights.append(found / slope[:, None, None, None]), biases.append(solution[-1])
    return np.concatenate(slopes), np.concatenate(offsets), np.stack(weights), np.array(biases)


def module_with(fold, slope, offset, weight, bias):
    module = GateShift(torch.nn.Identity(), 4 * fold, TIME).double().eval()
    assert module.fold == fold
    with torch.no_grad():
        module.bn.running_var.fill_(1 - EPS)
        for parameter, value in ((module.bn.weight, slope), (module.bn.bias, offset), (module.conv3D.weight, weight), (module.conv3D.bias, bias)):
            parameter.copy_(torch.from_numpy(value))
    return module


def gradients(module, x, cot):
    x = torch.from_numpy(x).requires_grad_()
    y = module.shift(x)
    module.zero_grad()
    (y * torch.from_numpy(cot)).sum().backward()
    return y.detach().numpy(), x.grad.numpy(), {k: p.grad.numpy().copy() for k, p in module.named_parameters()}


def apart(a, b):
    return np.linalg.norm(a - b) / np.linalg.norm(b)


def recover(data, name, batch=None):
    x = data[f'{name}.x'].astype(np.float64)
    fold = x.shape[1]
    clip = (CLIPS, TIME, fold, SIZE, SIZE)
    gates = recover_gates(x.reshape(clip), data[f'{name}.y'].astype(np.float64).reshape(clip))
    _, offset, weight, bias = fit_gate(x.reshape(clip), gates)
    # the gradient of the weights is linear in the scale of relu(..): that scale is the slope
    theirs = data[f'{name}.g.conv3D.weight'].astype(np.float64)
    ours = gradients(module_with(fold, np.ones(fold), offset, weight, bias), x, data[f'{name}.cot'])[2]['conv3D.weight']
    slope = ((ours * theirs).sum((2, 3, 4)) / (ours**2).sum((2, 3, 4))).ravel()
    weight = weight / slope.reshape(2, fold // 2, 1, 1, 1)
    offset = offset * slope
    module = module_with(fold, slope, offset, weight, bias)
    grads = gradients(module, x, data[f'{name}.cot'])[2]
    # slope = gamma / deviation and offset = beta - mean slope; the gradient of gamma is (<dz, x> - mean <dz, 1>) / deviation
    product, total, theirs = grads['bn.weight'], grads['bn.bias'], data[f'{name}.g.bn.weight'].astype(np.float64)
    if batch:
        batch_gates = recover_gates(x.reshape(clip), data[f'{batch}.y'].astype(np.float64).reshape(clip))
        batch_slope, batch_offset, _, _ = fit_gate(x.reshape(clip), batch_gates, weight)
        gamma = batch_slope * np.sqrt(x.var((0, 2, 3)) + EPS)
        beta = batch_offset + x.mean((0, 2, 3)) * batch_slope
        deviation = gamma / slope
        mean = (beta - offset) / slope
        print('  gradient of gamma', apart((product - mean * total) / deviation, theirs))
    else:
        # One number a channel stays free; the deviation is set to 1, and all outputs and gradients are the same for any choice.
        deviation, gamma = np.ones(fold), slope
        mean = (product - theirs) / total
        beta = offset + mean * slope
    with torch.no_grad():
        for tensor, value in ((module.bn.weight, gamma), (module.bn.bias, beta), (module.bn.running_mean, mean), (module.bn.running_var, deviation**2 - EPS)):
            tensor.copy_(torch.from_numpy(value))
    kept = {k: v.numpy().astype(np.float32) for k, v in module.state_dict().items() if not k.endswith('tracked')}
    module.load_state_dict({**module.state_dict(), **{k: torch.from_numpy(v.astype(np.float64)) for k, v in kept.items()}})
    y, gx, grads = gradients(module, x, data[f'{name}.cot'])
    print('  y', apart(y, data[f'{name}.y']), 'gx', apart(gx, data[f'{name}.gx']), {k: apart(g, data[f'{name}.g.{k}']) for k, g in grads.items()})
    tensors = {k.removeprefix(f'{name}.'): v for k, v in data.items() if k.startswith(f'{name}.')}
    if batch:
        batch_y = module.train().shift(torch.from_numpy(x)).detach().numpy()
        print('  with batch statistics: y', apart(batch_y, data[f'{batch}.y']))
        tensors['batch.y'] = data[f'{batch}.y']
    return tensors | {f'w.{k}': v for k, v in kept.items()} | {'gates': gates.astype(np.float32)}


def main():
    data = load_file(pathlib.Path(sys.argv[1]) / 'a_ops.safetensors')
    metadata = {
        'script': 'goldens/backbone-gsm-original.py',
        'source': 'x, cot, y, gx, g.*, batch.y: computed by the authors\' PyTorch modules (torch 2.15, float32); w.*, gates: recovered from them',
    }
    for name, batch in (('gsm8', None), ('gsm16', 'gsm16_batchbn')):
        print(name)
        tensors = recover(data, name, batch)
        save_file({k: np.ascontiguousarray(v, np.float32) for k, v in tensors.items()}, OUT / f'original-{name}.safetensors', metadata)


main()
