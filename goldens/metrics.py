"""Goldens of packages/metrics from scipy: python goldens/metrics.py (scipy, numpy)."""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy import stats

SEED = 20240414
OUT = Path(__file__).parent.parent / "packages/metrics/src/__fixtures__/scipy.json"


def number(value):
    """JSON has no NaN: null stands for it."""
    return None if np.isnan(value) else float(value)


def correlations(name, x, y):
    with np.errstate(all="ignore"):
        return {
            "name": name,
            "x": [number(v) for v in x],
            "y": [number(v) for v in y],
            "pearson": number(stats.pearsonr(x, y)[0]),
            "spearman": number(stats.spearmanr(x, y)[0]),
            "kendall": number(stats.kendalltau(x, y)[0]),
        }


def main():
    rng = np.random.default_rng(SEED)
    x = rng.normal(70, 15, 120)
    y = x + rng.normal(0, 8, 120)
    cases = [
        correlations("continuous", x, y),
        correlations("ties on both sides", np.round(x / 5) * 5, np.round(y / 10) * 10),
        correlations("ties on one side", np.round(x / 20), y),
        correlations("uncorrelated", rng.normal(size=50), rng.normal(size=50)),
        correlations("tiny values", x[:30] * 1e-200, y[:30] * 1e-200),
        correlations("huge values", x[:30] * 1e200, y[:30] * 1e200),
        correlations("constant predictions", np.full(5, 0.1), np.arange(5.0)),
        correlations("constant truth", np.arange(5.0), np.full(5, 7.0)),
        correlations("a NaN", np.array([1.0, np.nan, 3.0]), np.array([1.0, 2.0, 3.0])),
        correlations("two pairs", np.array([1.0, 2.0]), np.array([5.0, 3.0])),
        correlations("negative with ties", np.array([5.0, 5, 1, 1]), np.array([2.0, 2, 9, 9])),
    ]
    small_x, small_y = x[:60], y[:60]
    interval = stats.bootstrap(
        (small_x, small_y),
        lambda a, b: stats.spearmanr(a, b)[0],
        paired=True,
        vectorized=False,
        method="percentile",
        n_resamples=20000,
        confidence_level=0.9,
        random_state=SEED,
    ).confidence_interval
    r = [0.7, 0.85, -0.1, 0.99]
    quantiles = rng.normal(size=17)
    shares = [0.0, 0.025, 0.3, 0.5, 0.975, 1.0]
    OUT.write_text(
        json.dumps(
            {
                "about": "computed by goldens/metrics.py",
                "versions": {"python": platform.python_version(), "numpy": np.__version__, "scipy": scipy.__version__},
                "seed": SEED,
                "dtype": "float64",
                "correlations": cases,
                "bootstrap": {
                    "x": small_x.tolist(),
                    "y": small_y.tolist(),
                    "level": 0.9,
                    "resamples": 20000,
                    "interval": [interval.low, interval.high],
                },
                "fisher": {"correlations": r, "mean": float(np.tanh(np.mean(np.arctanh(r))))},
                "quantiles": {
                    "values": np.sort(quantiles).tolist(),
                    "shares": shares,
                    "quantiles": np.quantile(quantiles, shares).tolist(),
                },
                "differences": {
                    "mae": float(np.mean(np.abs(x - y))),
                    "rmse": float(np.sqrt(np.mean((x - y) ** 2))),
                    "relativeL2": float(np.mean(((x - y) / (y.max() - y.min())) ** 2)),
                },
            },
            indent=1,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
