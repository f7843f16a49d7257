"""Writes packages/safetensors/src/__fixtures__: files made by the official Python library, and PyTorch's roundings.

Run from the repository's root: python goldens/safetensors-files.py  (a name that no import can mistake for the library)
"""

import json
import platform
from pathlib import Path

import numpy
import safetensors
import safetensors.torch
import torch

SEED = 20240414
target = Path(__file__).parent.parent / "packages/safetensors/src/__fixtures__"
target.mkdir(parents=True, exist_ok=True)
torch.manual_seed(SEED)

versions = {
    "python": platform.python_version(),
    "safetensors": safetensors.__version__,
    "torch": torch.__version__,
    "numpy": numpy.__version__,
}

# Every dtype, values that show sign, byte order and range; one scalar, one empty tensor, one with a hard name.
tensors = {
    "f64": torch.tensor([[0.1, -2.5e300], [float("inf"), 5e-324]], dtype=torch.float64),
    "f32": torch.tensor([0.1, -0.0, 3.4028234663852886e38, 1e-45], dtype=torch.float32),
    "f16": torch.tensor([0.1, -65504.0, 6e-8, float("inf")], dtype=torch.float16),
    "bf16": torch.tensor([0.1, -3.3895313892515355e38, 1e-40], dtype=torch.bfloat16),
    "f8_e4m3": torch.tensor([0.5, -448.0], dtype=torch.float8_e4m3fn),
    "f8_e5m2": torch.tensor([0.5, -57344.0], dtype=torch.float8_e5m2),
    "i64": torch.tensor([[-(2**63), 2**63 - 1, 2**53 + 1]], dtype=torch.int64),
    "i32": torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
    "i16": torch.tensor([-(2**15), 2**15 - 1], dtype=torch.int16),
    "i8": torch.tensor([-128, 127, 1], dtype=torch.int8),
    "u64": torch.tensor([2**64 - 1, 1], dtype=torch.uint64),
    "u32": torch.tensor([2**32 - 1], dtype=torch.uint32),
    "u16": torch.tensor([2**16 - 1], dtype=torch.uint16),
    "u8": torch.tensor([0, 255, 7], dtype=torch.uint8),
    "bool": torch.tensor([True, False, True], dtype=torch.bool),
    "scalar": torch.tensor(368.0, dtype=torch.float32),
    "empty": torch.zeros((3, 0, 2), dtype=torch.float32),
    'hard "name" \\ \u00e9 \u6c34 \U0001f93f\n': torch.tensor([1], dtype=torch.uint8),
    "__proto__": torch.tensor([2], dtype=torch.uint8),
}
# One key only: the official library writes several in a different order every time.
metadata = {"made by": json.dumps({"seed": SEED, **versions})}
safetensors.torch.save_file(tensors, target / "every-dtype.safetensors", metadata)

# Narrowing as PyTorch rounds it, from random bits over the whole range and from the values halfway between.
random_bits = torch.randint(-(2**31), 2**31, (2048,), dtype=torch.int64).to(torch.int32)
halves = torch.arange(0, 0x7C00, 37, dtype=torch.int32).to(torch.int16).view(torch.float16).double()
following = (torch.arange(0, 0x7C00, 37, dtype=torch.int32) + 1).to(torch.int16).view(torch.float16).double()
between = ((halves + following) / 2).clamp(max=65536).float()
values = torch.cat(
    [
        random_bits.view(torch.float32),
        between,
        -between,
        torch.nextafter(between, torch.tensor(torch.inf)),
        torch.tensor([65519.99609375, 65520.0, 65535.0, 3.3961775e38, 2.9802322e-08, 2.9802326e-08, 0.0, -0.0]),
    ]
)
values = values[~values.isnan()]
safetensors.torch.save_file(
    {"values": values, "float16": values.half(), "bfloat16": values.bfloat16()},
    target / "rounding.safetensors",
    metadata,
)
