"""The round trip at full size, after `npm run build`: python goldens/round-trip.py

PyTorch networks at the released sizes, saved as the released training code saves them (both formats of torch.save, with Adam's state),
and timm's regnety_002 (.pth and .safetensors): each goes through `mcore import`, is compared bit by bit, and comes back through
`mcore export` to load_state_dict(strict=True) and onnxruntime. Random weights; prints what it did.
"""

import contextlib
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import timm
import torch
from check_exports import PARTS, main as check_exports
from mcore_reference import MCoRe, Sizes, adam, spread_weights
from safetensors.torch import load_file, save_file
from torch import nn

ROOT = Path(__file__).parent.parent
SEED = 20240414


def mcore(*args):
    done = subprocess.run(["node", str(ROOT / "apps/cli/dist/main.js"), *map(str, args)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"mcore {args[0]} ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def released_checkpoint(model):
    """As tools/helper.py of the released code lays it out; Adam has made one step, so that it has a state."""
    optimiser = adam(model)
    for parameter in model.parameters():
        parameter.grad = torch.full_like(parameter, 1e-3)
    optimiser.step()
    unused = nn.GRU(368, 184, num_layers=3, batch_first=True, bidirectional=True)
    parts = {"EnhNet_model": unused, **{name: getattr(model, name) for name in PARTS}}
    facts = {"epoch": 199, "epoch_best_aqa": 187, "rho_best": np.float64(0.9232), "L2_min": np.float64(22.5), "RL2_min": np.float64(0.003265)}
    return {name: nn.DataParallel(part).state_dict() for name, part in parts.items()} | {"optimizer": optimiser.state_dict()} | facts


def export_and_check(weights, folder):
    folder.mkdir()
    mcore("export", "--weights", weights, "--out", folder / "whole.safetensors", "--json")
    mcore("export", "--weights", weights, "--out", folder, "--json")
    files = mcore("export", "--weights", weights, "--out", folder, "--format", "onnx", "--json")["files"]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        check_exports(folder)
    sizes = ", ".join(f"{file['network']} {file['bytes'] / 1e6:.1f} MB" for file in files)
    print(f"  load_state_dict(strict=True) takes it; onnxruntime ({sizes}) against PyTorch in float64: {printed.getvalue().strip()}")


def main(folder):
    model = spread_weights(MCoRe(Sizes()), torch.Generator().manual_seed(SEED))
    checkpoint = released_checkpoint(model)
    wanted = {name: value for name, value in model.state_dict().items() if not name.endswith("num_batches_tracked")}
    for name, zipped in ("zip.pth", True), ("legacy.pth", False):
        torch.save(checkpoint, folder / name, _use_new_zipfile_serialization=zipped)
        report = mcore("import", folder / name, "--out", folder / f"{name}.safetensors", "--json")
        got = load_file(folder / f"{name}.safetensors")
        assert got.keys() == wanted.keys() and all(torch.equal(got[key], value) for key, value in wanted.items())
        size = (folder / name).stat().st_size / 1e6
        print(f"{name}, {size:.0f} MB, {report['kind']}: {len(report['rows'])} tensors bit-exact; not needed: {', '.join(report['ignored'])}; beside: {report['facts']}")
    export_and_check(folder / "zip.pth.safetensors", folder / "released")

    torch.manual_seed(SEED)
    state = timm.create_model("regnety_002").state_dict()
    torch.save(state, folder / "timm.pth")
    save_file(state, folder / "timm.safetensors", {"format": "pt"})
    for name in "timm.pth", "timm.safetensors":
        report = mcore("import", folder / name, "--out", folder / f"{name}.safetensors", "--preset", "paper", "--json")
        got = load_file(folder / f"{name}.safetensors")
        assert all(torch.equal(got[row["to"]], state[row["from"]]) for row in report["rows"])
        statistics = sum("running_" in row["from"] for row in report["rows"])
        print(f"{name}, {report['kind']}: {len(report['rows'])} tensors bit-exact, {statistics} of them running statistics; {len(report['initial'])} keep initial values")
    export_and_check(folder / "timm.pth.safetensors", folder / "timm")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        main(Path(scratch))
