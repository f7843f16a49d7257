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


def pattern(kind, height, width):
    """the same bytes as `pattern` in resize.test.ts, [height, width, 3]"""
    index = numpy.arange(height * width * 3, dtype=numpy.uint64)
    channel, x, y = index % 3, index // 3 % width, index // 3 // width
    if kind == "noise":
        mixed = index * 2654435761 & 0xFFFFFFFF
        mixed = (mixed ^ (mixed >> 15)) * 2246822519 & 0xFFFFFFFF
        values = (mixed ^ (mixed >> 13)) >> 24
    elif kind == "extremes":
        values = (x // 3 + y // 2 + channel) % 2 * 255
    else:
        values = (x * 5 + y * 3 + channel * 40 + x * y // 16) % 511
        values = numpy.minimum(values, 511 - values)
    return values.astype(numpy.uint8).reshape(height, width, 3)


def bytes_of(image):
    return numpy.asarray(image).tobytes()


def resizing():
    sizes = [
        (456, 256, 200, 112), (456, 256, 112, 200), (455, 256, 200, 112), (457, 256, 112, 200), (492, 256, 200, 112),
        (1920, 1080, 200, 112), (64, 64, 64, 64), (60, 40, 112, 112), (100, 56, 57, 32), (320, 240, 320, 31),
        (33, 50, 12, 50),
    ]
    small = [(7, 5, 3, 9), (1, 1, 4, 4), (5, 1, 2, 1), (9, 8, 4, 3), (2, 2, 5, 5)]
    digests = [
        {"kind": kind, "from": [width, height], "to": [to_width, to_height], "sha256": hashlib.sha256(bytes_of(
            Image.fromarray(pattern(kind, height, width)).resize((to_width, to_height), Image.BILINEAR))).hexdigest()}
        for kind in ("noise", "smooth", "extremes")
        for width, height, to_width, to_height in sizes
    ]
    values = [
        {"kind": "noise", "from": [width, height], "to": [to_width, to_height], "bytes": list(bytes_of(
            Image.fromarray(pattern("noise", height, width)).resize((to_width, to_height), Image.BILINEAR)))}
        for width, height, to_width, to_height in small
    ]
    return {"digests": digests, "values": values}


def transforming():
    """flip, resize, crop, in the released order"""
    cases = []
    for preset, size in (("paper", (200, 112)), ("released", (112, 200))):
        for flip, top, left in ((False, None, None), (True, None, None), (True, 0, 0), (True, 0, 61), (False, 73, 0)):
            width, height = size
            top = (height - 112) // 2 if top is None else min(top, height - 112)
            left = (width - 112) // 2 if left is None else min(left, width - 112)
            image = Image.fromarray(pattern("smooth", 256, 456))
            image = image.transpose(Image.FLIP_LEFT_RIGHT) if flip else image
            image = image.resize(size, Image.BILINEAR).crop((left, top, left + 112, top + 112))
            cases.append({"preset": preset, "flip": flip, "top": top, "left": left,
                          "sha256": hashlib.sha256(bytes_of(image)).hexdigest()})
    return cases


def main():
    FIXTURES.mkdir(exist_ok=True)
    about = {"script": "goldens/clips.py", "numpy": numpy.__version__, "pillow": pillow_version, "seed": SEED}
    (FIXTURES / "sampling.json").write_text(json.dumps({"about": about | {"dtype": "float64"}, **sampling()}) + "\n")
    resized = {"about": about | {"dtype": "uint8"}, **resizing(), "transforms": transforming()}
    (FIXTURES / "resizing.json").write_text(json.dumps(resized) + "\n")


if __name__ == "__main__":
    main()
