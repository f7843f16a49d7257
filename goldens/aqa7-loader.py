"""MAT-files in the form of AQA-7's and UNLV-Dive's, of made-up videos, as SciPy writes them, and what they hold.

Run from the root of the repository: python goldens/aqa7-loader.py
"""

import json
import pathlib

import numpy
import scipy
import scipy.io

FIXTURES = pathlib.Path(__file__).parent.parent / "packages/aqa7-loader/src/__fixtures__"
TRAIN = [[1, 2, 81.6], [4, 1, 55.25], [1, 3, 64.0], [6, 7, 70.5]]
TEST = [[1, 1, 92.4], [4, 2, 30.0]]
SCORES = [92.4, 81.6, 64.0]
DIFFICULTIES = [3.3, 3.2, 3.0]


def save(path, name, value, compressed):
    path.parent.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(path, {"about": "made up", name: value}, do_compression=compressed)


def main():
    seven, unlv = FIXTURES / "aqa-7", FIXTURES / "unlv-dive"
    save(seven / "Split_4/split_4_train_list.mat", "consolidated_train_list", numpy.array(TRAIN), True)
    save(seven / "Split_4/split_4_test_list.mat", "consolidated_test_list", numpy.array(TEST), False)
    save(unlv / "diving_overall_scores.mat", "overall_scores", numpy.array(SCORES)[:, None], True)
    save(unlv / "diving_difficulty_level.mat", "difficulty_level", numpy.array(DIFFICULTIES, dtype=numpy.float32)[None], False)
    save(unlv / "split_300_70/training_idx.mat", "training_idx", numpy.array([[2, 3]], dtype=numpy.uint16), True)
    save(unlv / "split_300_70/testing_idx.mat", "testing_idx", numpy.array([[1]], dtype=numpy.uint8), False)
    about = {"script": "goldens/aqa7-loader.py", "scipy": scipy.__version__, "numpy": numpy.__version__}
    golden = {"about": about, "train": TRAIN, "test": TEST, "scores": SCORES, "difficulties": DIFFICULTIES}
    (FIXTURES / "labels.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
