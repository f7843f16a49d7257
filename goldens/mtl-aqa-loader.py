"""Fixtures of packages/mtl-aqa-loader: python goldens/mtl-aqa-loader.py (numpy).

Pickles with the structure of MTL-AQA's Ready_2_Use/MTL-AQA_split_0_data, as its Readme.txt describes it, of made-up dives: the
official ones are given out by the data set's authors. One folder has plain Python numbers, the other numpy's and dive numbers.
"""

import json
import pickle
import platform
from pathlib import Path

import numpy as np

SEED = 20190409
OUT = Path(__file__).parent.parent / "packages/mtl-aqa-loader/src/__fixtures__"
KEYS = [(1, 1), (1, 2), (1, 3), (7, 25), (7, 26), (26, 104)]
TRAIN = [(7, 25), (1, 1), (26, 104)]
TEST = [(1, 3), (7, 26)]
NUMBERS = ["407C", "5253B", "107B", "407C", "626C", "305C"]


def annotation(rng, index, integer, real):
    start = int(rng.integers(100, 40000))
    return {
        "primary_view": integer(0),
        "start_frame": integer(start),
        "end_frame": integer(start + int(rng.integers(60, 140))),
        "position": integer(index % 3),
        "difficulty": real(round(float(rng.uniform(1.6, 4.1)), 1)),
        "armstand": integer(index % 2),
        "rotation_type": integer(index % 4),
        "ss_no": integer(3 + index),
        "tw_no": integer(index % 3),
        "final_score": real(round(float(rng.uniform(20, 104.5)), 2)),
    }


def main():
    rng = np.random.default_rng(SEED)
    plain = {key: annotation(rng, index, int, float) for index, key in enumerate(KEYS)}
    numpys = {
        (np.int64(video), np.int64(dive)): {
            name: (np.float64(value) if isinstance(value, float) else np.int64(value)) for name, value in each.items()
        }
        | {"dive_number": NUMBERS[index]}
        for index, ((video, dive), each) in enumerate(plain.items())
    }
    for folder, annotations, name, protocol in [
        ("plain", plain, "final_annotations_dict.pkl", 2),
        ("numpy", numpys, "final_annotations_dict_with_dive_number.pkl", 4),
    ]:
        where = OUT / folder / "info"
        where.mkdir(parents=True, exist_ok=True)
        for file, value in [(name, annotations), ("train_split_0.pkl", TRAIN), ("test_split_0.pkl", TEST)]:
            (where / file).write_bytes(pickle.dumps(value, protocol=protocol))
    (OUT / "labels.json").write_text(
        json.dumps(
            {
                "about": "computed by goldens/mtl-aqa-loader.py",
                "versions": {"python": platform.python_version(), "numpy": np.__version__},
                "seed": SEED,
                "annotations": {f"{video:02d}__{dive:02d}": plain[video, dive] for video, dive in KEYS},
                "numbers": {f"{video:02d}__{dive:02d}": NUMBERS[index] for index, (video, dive) in enumerate(KEYS)},
                "train": [f"{video:02d}__{dive:02d}" for video, dive in TRAIN],
                "test": [f"{video:02d}__{dive:02d}" for video, dive in TEST],
            },
            indent=1,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
