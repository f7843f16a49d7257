"""What labels alone predict on FineDiving's test clips, from the bundled labels with numpy and scipy.

Writes packages/training/src/predictions/__fixtures__/label-baselines.json. Run from the root of the repository: python goldens/label-baselines.py
"""

import collections
import json
import pathlib

import numpy
import scipy
import scipy.stats

ROOT = pathlib.Path(__file__).parent.parent
FRAMES = 96


def sampled(first_frames, count):
    """transitions as indices of sampled frames: the first sampled frame at or after each"""
    indices = numpy.linspace(0, count - 1, FRAMES).astype(int)
    return [int(numpy.argmax(indices >= frame)) for frame in first_frames]


def iou(a, b):
    overlap = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    return overlap / (max(a[1], b[1]) - min(a[0], b[0]))


def shares(predicted, actual):
    values = numpy.array([iou(a, b) for a, b in zip(predicted, actual)])
    return {"aiou50": 100 * float(numpy.mean(values >= 0.5)), "aiou75": 100 * float(numpy.mean(values >= 0.75))}


def main():
    rows = json.loads((ROOT / "packages/finediving-loader/src/data/labels.json").read_text())["clips"]
    clips = [
        {"test": row[2] == 2, "number": row[3], "score": row[4], "transitions": sampled([row[10][3], row[10][-1]], row[7])}
        for row in rows
    ]
    training, test = ([clip for clip in clips if clip["test"] == part] for part in (False, True))
    of_number = collections.defaultdict(list)
    for clip in training:
        of_number[clip["number"]].append(clip)
    scores = numpy.array([clip["score"] for clip in test])
    # rounded: some dive numbers have the same mean, which sums in another order make different in the last digit
    means = numpy.array([round(numpy.mean([other["score"] for other in of_number[clip["number"]]]), 9) for clip in test])
    median = numpy.median([clip["transitions"] for clip in training], axis=0)
    medians = {key: numpy.median([clip["transitions"] for clip in each], axis=0) for key, each in of_number.items()}
    actual = [clip["transitions"] for clip in test]
    golden = {
        "about": {"script": "goldens/label-baselines.py", "numpy": numpy.__version__, "scipy": scipy.__version__, "frames": FRAMES},
        "meanScoreOfDiveNumber": {
            "srcc": float(scipy.stats.spearmanr(means, scores)[0]),
            "rl2x100": 100 * float(numpy.mean(((means - scores) / (scores.max() - scores.min())) ** 2)),
        },
        "medianTransitions": shares([median] * len(test), actual),
        "medianTransitionsOfDiveNumber": shares([medians[clip["number"]] for clip in test], actual),
        "outsideWindows": sum(first >= FRAMES // 2 or second < FRAMES // 2 for first, second in actual),
    }
    (ROOT / "packages/training/src/predictions/__fixtures__/label-baselines.json").write_text(json.dumps(golden, indent=1) + "\n")


if __name__ == "__main__":
    main()
