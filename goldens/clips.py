"""Golden values of @mcore/clips: numpy's sampling and Pillow's resizing.

Run from the root of the repository: python goldens/clips.py
"""

import hashlib
import json
import pathlib

import numpy
from PIL import Image, __version__ as pillow_version

SEED = 20240414
FIXTURES = pathlib.Path(__file__).parent.parent / "packages/clips/src/__fixtures__"


def sampled(start, frames, count):
    """float64 linspace, cut to whole numbers, from the clip's own zero"""
    return numpy.floor(numpy.linspace(start, start + frames - 1, count)).astype(numpy.int64) - start


def digest(indices):
    return hashlib.sha256(",".join(map(str, indices)).encode()).hexdigest()[:16]


def sampling():
    generator = numpy.random.default_rng(SEED)
    full = [
        {"start": start, "frames": frames, "count": count, "indices": sampled(start, frames, count).tolist()}
        for start, frames, count in [
            (0, 101, 96), (489, 104, 96), (0, 63, 96), (0, 273, 96), (0, 1, 96), (0, 2, 96), (7, 96, 96),
            (14425, 118, 96), (0, 10000, 96), (0, 20, 1), (5, 20, 2), (0, 97, 16), (3, 300, 32),
        ]
    ]
    # every length of FineDiving at 40 starts each; one digest a length
    starts = [0, 1, 2, 3, 489, 1000] + sorted(int(start) for start in generator.integers(4, 60000, 34))
    digests = [
        digest(index for start in starts for index in sampled(start, frames, 96)) for frames in range(60, 281)
    ]
    off_by_one = [
        [start, frames]
        for frames in (134, 266, 267)
        for start in range(0, 3000)
        if (sampled(start, frames, 96) != sampled(0, frames, 96)).any()
    ]
    first = {}
    for start, frames in off_by_one:
        first.setdefault(frames, [start, frames, sampled(start, frames, 96).tolist()])
    return {"full": full, "starts": starts, "digests": digests, "offByOne": list(first.values())}


def main():
    FIXTURES.mkdir(exist_ok=True)
    about = {"script": "goldens/clips.py", "numpy": numpy.__version__, "pillow": pillow_version, "seed": SEED}
    (FIXTURES / "sampling.json").write_text(json.dumps({"about": about | {"dtype": "float64"}, **sampling()}) + "\n")


if __name__ == "__main__":
    main()
