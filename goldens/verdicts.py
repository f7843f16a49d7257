"""Goldens of areaUnderCurve and summariseFolds of packages/metrics: python goldens/verdicts.py (scipy, numpy)."""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

SEED = 20240415
OUT = Path(__file__).parent.parent / "packages/metrics/src/__fixtures__/verdicts.json"


def auc(name, scores, passed):
    positives, negatives = scores[passed == 1], scores[passed == 0]
    value = stats.mannwhitneyu(positives, negatives).statistic / (len(positives) * len(negatives))
    return {"name": name, "scores": ["Infinity" if np.isinf(v) else v for v in scores.tolist()], "passed": passed.tolist(), "auc": float(value)}


def main():
    rng = np.random.default_rng(SEED)
    passed = (rng.random(80) < 0.4).astype(int)
    scores = passed + rng.normal(0, 1.2, 80)
    folds = rng.uniform(-0.2, 0.95, 9)
    OUT.write_text(
        json.dumps(
            {
                "about": "computed by goldens/verdicts.py",
                "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
                "seed": SEED,
                "auc": [
                    auc("continuous", scores, passed),
                    auc("many ties", np.round(scores), passed),
                    auc("all tied", np.zeros(80), passed),
                    auc("perfect", passed.astype(float), passed),
                    auc("reversed", -passed.astype(float), passed),
                    auc("infinite scores", np.where(scores > 1, np.inf, scores), passed),
                ],
                "folds": {
                    "values": folds.tolist(),
                    "mean": float(np.mean(folds)),
                    "deviation": float(np.std(folds, ddof=1)),
                    "fisherMean": float(np.tanh(np.mean(np.arctanh(folds)))),
                },
            },
            indent=1,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
