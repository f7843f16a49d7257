"""Writes packages/pickle/src/__fixtures__: pickles of every protocol, FineDiving-style labels, PyTorch checkpoints.

Run from the repository's root: python goldens/pickle-files.py  (a name that no import can mistake for the library)
"""

import io
import json
import pickle
import platform
import zipfile
from collections import OrderedDict
from pathlib import Path

import numpy
import torch

SEED = 20240414
target = Path(__file__).parent.parent / "packages/pickle/src/__fixtures__"
target.mkdir(parents=True, exist_ok=True)
torch.manual_seed(SEED)


def numpy1(data: bytes) -> bytes:
    """The pickle as numpy 1 would have written it; only for protocols whose globals are lines of text."""
    return data.replace(b"cnumpy._core.", b"cnumpy.core.")


shared = [1, 2]
plain = {
    "none": None,
    "flags": [True, False],
    "integers": [0, 255, 256, 65536, -1, 2**31, -(2**31) - 1, 2**53 - 1, 2**53, -(2**80), 10**30],
    "floats": [0.5, -1e-300, float("inf"), float("-inf"), float("nan")],
    "text": ["", "a'b\"c\\d\n", "\u00e9\u6c34\U0001f93f", "x" * 300],
    "bytes": [b"", b"\x00\xff\n", b"y" * 300, bytearray(b"z\x80")],
    "tuples": [(), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4)],
    ("FINA", 7): {"nested": [[]]},
    "sets": [{1}, frozenset(["a"]), set()],
    "ordered": OrderedDict([("b", 1), ("a", 2)]),
    "shared": [shared, shared],
    "arrays": [
        numpy.array([[1, 2, 3], [4, 5, 6.5]], dtype=numpy.float32),
        numpy.asfortranarray(numpy.arange(6, dtype=numpy.float64).reshape(2, 3)),
        numpy.array([1, -2], dtype=">i4"),
        numpy.array([2**62, -1], dtype=numpy.int64),
        numpy.array([True, False]),
        numpy.array([0.5, -2], dtype=numpy.float16),
        numpy.array(7, dtype=numpy.uint8),
        numpy.zeros((0, 3), dtype=numpy.int16),
        numpy.array(["ab", "\u6c34"]),
        numpy.array([b"ab", b"c"]),
        numpy.array([["a", None], [1, 2.5]], dtype=object),
        numpy.arange(12, dtype=numpy.int32).reshape(3, 4)[:, 1:3],
    ],
    "scalars": [
        numpy.float64(0.1),
        numpy.float32(0.5),
        numpy.int64(-3),
        numpy.int64(2**60),
        numpy.bool_(True),
        numpy.str_("ok"),
    ],
}
for protocol in range(6):
    data = pickle.dumps(plain, protocol)
    (target / f"plain-{protocol}.pickle").write_bytes(numpy1(data) if protocol in (2, 3) else data)

# Labels as FineDiving's authors keep them, made up: protocol 3, numpy 1, dicts keyed by tuples, arrays inside lists.
keys = [("FINAWorldChampionships2019_Women10m_final_r1", 0), ("01", 121)]
frame_labels = [numpy.repeat([8, 21, 36], [3, 4, 2]), numpy.repeat([8.0, 36.0], [2, 3])]
(target / "finediving-aqa.pickle").write_bytes(
    numpy1(
        pickle.dumps(
            {
                keys[0]: ["407C", 83.2, 3.2, numpy.array([3, 7]), frame_labels[0]],
                keys[1]: ["5253B", numpy.float64(70.5), 3.4, numpy.array([2]), frame_labels[1]],
            },
            3,
        )
    )
)
(target / "finediving-fine.pickle").write_bytes(
    numpy1(
        pickle.dumps(
            {
                keys[0]: {
                    "action_type": "407C",
                    "sub-action_types": ["Inward", "3.5 Soms.Tuck", "Entry"],
                    "(x, y)": 0,
                    "dive_score": 83.2,
                    "difficulty": 3.2,
                    "steps_transit_frames": numpy.array([3, 7]),
                    "frames_labels": frame_labels[0],
                }
            },
            3,
        )
    )
)
(target / "finediving-split.pickle").write_bytes(numpy1(pickle.dumps(keys, 3)))


def describe(value):
    """Tensors as [dtype, shape, elements]; everything else as JSON can say it."""
    if isinstance(value, torch.Tensor):
        return [str(value.dtype), list(value.shape), value.detach().double().flatten().tolist()]
    if isinstance(value, dict):
        return {str(key): describe(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [describe(item) for item in value]
    return value.item() if isinstance(value, numpy.generic) else value


def save(name, value):
    """Both formats, and what is in them."""
    torch.save(value, target / f"{name}-zip.pth")
    torch.save(value, target / f"{name}-legacy.pth", _use_new_zipfile_serialization=False)
    versions = {"python": platform.python_version(), "torch": torch.__version__, "numpy": numpy.__version__}
    content = {"seed": SEED, **versions, "content": describe(value)}
    (target / f"{name}.json").write_text(json.dumps(content, indent=1) + "\n")


# A checkpoint with the keys of the released ones, its networks as small as they can be.
networks = {
    "base_model": torch.nn.Sequential(torch.nn.Conv2d(3, 2, 1), torch.nn.BatchNorm2d(2)),
    "psnet_model": torch.nn.GRU(2, 2, bidirectional=True),
    "decoder": torch.nn.Linear(2, 2, bias=False),
    "regressor_delta": torch.nn.Linear(2, 1),
}
optimizer = torch.optim.Adam(
    [
        {"params": networks["base_model"].parameters(), "lr": 1e-4},
        {"params": networks["decoder"].parameters()},
    ],
    lr=1e-3,
)
networks["base_model"](torch.randn(2, 3, 4, 4)).square().mean().backward()
networks["decoder"](torch.randn(2, 2)).sum().backward()
optimizer.step()
save(
    "released",
    {
        **{name: torch.nn.DataParallel(network).state_dict() for name, network in networks.items()},
        "optimizer": optimizer.state_dict(),
        "epoch": 199,
        "epoch_best_aqa": 187,
        "rho_best": numpy.float64(0.9232),
        "L2_min": numpy.float32(0.25),
    },
)

# Windows on storages.
base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4)
save(
    "strides",
    {
        "base": base,
        "transposed": base.transpose(0, 2),
        "offset": base[1, 1:],
        "every other": base[:, :, ::2],
        "expanded": torch.tensor([[1.0], [2.0]]).expand(2, 3),
        "channels last": torch.arange(16, dtype=torch.int16).reshape(1, 2, 2, 4).to(memory_format=torch.channels_last),
        "scalar": torch.tensor(-1.5, dtype=torch.float64),
        "empty": torch.zeros((0, 3)),
        "empty transposed": torch.zeros((3, 0)).t(),
        "parameter": torch.nn.Parameter(base[0, :, 1]),
        "half": torch.tensor([0.5, -2.0], dtype=torch.float16),
        "bfloat16": torch.tensor([0.5, -2.0], dtype=torch.bfloat16),
        "long": torch.tensor([2**40, -1]),
        "int": torch.tensor([7], dtype=torch.int32),
        "char": torch.tensor([-7], dtype=torch.int8),
        "byte": torch.tensor([200], dtype=torch.uint8),
        "bool": torch.tensor([True, False]),
        "size": base.shape,
    },
)

# The same archive with every file deflated, and without the 64-bit fields that PyTorch writes.
packed = io.BytesIO()
with (
    zipfile.ZipFile(target / "strides-zip.pth") as stored,
    zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as deflated,
):
    for name in stored.namelist():
        deflated.writestr(zipfile.ZipInfo(name), stored.read(name), zipfile.ZIP_DEFLATED)
(target / "strides-deflated.pth").write_bytes(packed.getvalue())
