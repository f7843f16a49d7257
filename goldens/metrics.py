"""Goldens of packages/metrics from scipy: python goldens/metrics.py (scipy, numpy)."""

import json
import platform
from pathlib import Path

import numpy as np
import scipy
from scipy import special, stats

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


def distribution(score, deviation, low, high, bins):
    """USDL, section 3.2, on a grid of scores instead of bin numbers; narrow ones through the log density."""
    grid = np.linspace(low, high, bins)
    logs = stats.norm.logpdf(grid, loc=score, scale=deviation)
    shares = np.exp(logs - special.logsumexp(logs))
    return {
        "score": score,
        "deviation": deviation,
        "min": low,
        "max": high,
        "bins": bins,
        "shares": shares.tolist(),
        "expected": float(np.sum(shares * grid)),
        "modal": float(grid[np.argmax(shares)]),
    }


def by_class(rng):
    """Three classes of their own sizes and ranges: correlations by scipy, means as AQA-7 reports them."""
    names, x, y, figures = [], [], [], []
    for name, size, spread in [("vault", 23, 2.0), ("ski", 31, 10.0), ("sync", 17, 0.5)]:
        truth = rng.normal(60, 10, size)
        guess = truth + rng.normal(0, spread, size)
        names += [name] * size
        x += guess.tolist()
        y += truth.tolist()
        figures.append(
            {
                "name": name,
                "clips": size,
                "srcc": float(stats.spearmanr(guess, truth)[0]),
                "relativeL2": float(np.mean(((guess - truth) / (truth.max() - truth.min())) ** 2)),
            }
        )
    return {
        "names": names,
        "x": x,
        "y": y,
        "classes": figures,
        "srcc": float(np.tanh(np.mean(np.arctanh([figure["srcc"] for figure in figures])))),
        "relativeL2": float(np.mean([figure["relativeL2"] for figure in figures])),
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
    # a generator of their own: the values above stay as they were
    more = np.random.default_rng(SEED + 1)
    classes = by_class(more)
    distributions = [
        distribution(81.6, 5.225, 0.0, 104.5, 101),
        distribution(7.25, 0.5, 0.0, 10.0, 21),
        distribution(3.3, 0.001, 0.0, 10.0, 21),
        distribution(120.0, 4.0, 0.0, 100.0, 11),
    ]
    p, q = more.random(33), more.random(33)
    p[4] = 0.0
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
                    "mse": float(np.mean((x - y) ** 2)),
                },
                "byClass": classes,
                "distributions": distributions,
                "divergence": {"p": p.tolist(), "q": q.tolist(), "kl": float(stats.entropy(p, q))},
            },
            indent=1,
        )
        + "\n"
    )


if __name__ == "__main__":
    main()
