"""Writes packages/pickle/src/__fixtures__/npy: .npy and .npz files of every kind, and what is in them.

Run from the repository's root: python goldens/npy.py (numpy)
"""

import io
import json
import platform
from pathlib import Path

import numpy as np
from numpy.lib import format as npy

SEED = 20240414
target = Path(__file__).parent.parent / "packages/pickle/src/__fixtures__/npy"
target.mkdir(parents=True, exist_ok=True)
rng = np.random.default_rng(SEED)

DTYPES = ["f2", "f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "b1"]


def values(dtype, shape):
    kind = np.dtype(dtype).kind
    if kind == "f":
        return rng.normal(size=shape).astype(dtype)
    if kind == "b":
        return rng.random(shape) < 0.5
    info = np.iinfo(dtype)
    return rng.integers(info.min, info.max, size=shape, dtype=np.dtype(dtype).newbyteorder("="), endpoint=True).astype(dtype)


def write(name, array, version=None):
    with open(target / name, "wb") as file:
        npy.write_array(file, array, version=version, allow_pickle=array.dtype.kind == "O")
    if array.dtype.kind not in "fiub":
        return
    files[name] = {
        "descr": array.dtype.str,
        "shape": list(array.shape),
        "values": [repr(v) if array.dtype.kind in "iu" else float(v) for v in array.astype(array.dtype.newbyteorder("=")).ravel(order="C").tolist()],
    }


files = {}
for dtype in DTYPES:
    for order in ["<", ">"] if np.dtype(dtype).itemsize > 1 else ["|"]:
        array = values(f"{order}{dtype}", (4, 3))
        write(f"{dtype}-{'big' if order == '>' else 'little'}.npy", array)
for dtype, order in [("f4", "<"), ("f8", ">"), ("i2", "<")]:
    write(f"{dtype}-fortran.npy", np.asfortranarray(values(f"{order}{dtype}", (2, 3, 4))))
for version in [(1, 0), (2, 0), (3, 0)]:
    write(f"version-{version[0]}.npy", values("<f4", (5, 2)), version)
write("scalar.npy", np.float32(2.5).reshape(()))
write("vector.npy", values("<f4", (7,)))
write("empty.npy", np.zeros((0, 6), "<f4"))
write("objects.npy", np.array([[1.5, None]], dtype=object))
write("text.npy", np.array(["a", "b"]))
write("complex.npy", np.array([1 + 2j]))
write("structured.npy", np.zeros(2, dtype=[("x", "<f4"), ("y", "<i4")]))

archive = {"features": values("<f4", (6, 4)), "mask": values("b1", (6,)), "objects": np.array([None], dtype=object)}
for name, save in [("stored.npz", np.savez), ("deflated.npz", np.savez_compressed)]:
    buffer = io.BytesIO()
    save(buffer, **archive)
    (target / name).write_bytes(buffer.getvalue())

about = {
    "about": "computed by goldens/npy.py",
    "versions": {"python": platform.python_version(), "numpy": np.__version__},
    "seed": SEED,
    "files": files,
    "archive": {"features": [float(v) for v in archive["features"].ravel()], "mask": [int(v) for v in archive["mask"]]},
}
(target / "about.json").write_text(json.dumps(about, indent=1) + "\n")
