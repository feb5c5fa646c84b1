"""Measures of a ranking, and their statistics.

The measures are those of trec_eval and ir_measures: nDCG with gains of 2^grade - 1 and a discount of log2(rank + 1);
reciprocal rank, success and recall count every grade from 1 as right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

Grades = Mapping[str, int]
Floats = npt.NDArray[np.float64]


def ndcg(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """Return the discounted gain of the first `k` entries divided by that of the best possible ranking."""
    best = _discounted(sorted(grades.values(), reverse=True)[:k])
    return _discounted([grades.get(entry_id, 0) for entry_id in ranking[:k]]) / best if best else 0.0


def reciprocal_rank(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """Return 1 over the rank of the first right entry among the first `k`, or 0."""
    for rank, entry_id in enumerate(ranking[:k], start=1):
        if grades.get(entry_id, 0) > 0:
            return 1 / rank
    return 0.0


def success(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """Return 1 if a right entry is among the first `k`, else 0."""
    return float(any(grades.get(entry_id, 0) > 0 for entry_id in ranking[:k]))


def recall(ranking: Sequence[str], grades: Grades, k: int) -> float:
    """Return the share of the right entries that are among the first `k`."""
    right = {entry_id for entry_id, grade in grades.items() if grade > 0}
    return len(right.intersection(ranking[:k])) / len(right) if right else 0.0


MEASURES: Mapping[str, Callable[[Sequence[str], Grades], float]] = {
    "nDCG@10": lambda ranking, grades: ndcg(ranking, grades, 10),
    "RR@10": lambda ranking, grades: reciprocal_rank(ranking, grades, 10),
    "success@1": lambda ranking, grades: success(ranking, grades, 1),
    "success@5": lambda ranking, grades: success(ranking, grades, 5),
    "recall@50": lambda ranking, grades: recall(ranking, grades, 50),
}


def interval(*samples: Sequence[float], resamples: int = 1000, seed: int = 0) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of the mean of the samples' means, each drawn from by itself.

    Returns (low, high), or two NaN where a sample has no values.
    """
    given = [np.asarray(values, dtype=np.float64) for values in samples]
    if not all(map(len, given)):
        return math.nan, math.nan
    draw = np.random.default_rng(seed)
    means = [np.mean([draw.choice(values, len(values)).mean() for values in given]) for _ in range(resamples)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def auroc(answerable: Sequence[float], unanswerable: Sequence[float]) -> float:
    """Return the probability that an answerable query scores higher than an unanswerable one; a tie counts half."""
    scores = np.concatenate([np.asarray(answerable, dtype=np.float64), np.asarray(unanswerable, dtype=np.float64)])
    n, m = len(answerable), len(unanswerable)
    if not n or not m:
        return math.nan
    _, groups, counts = np.unique(scores, return_inverse=True, return_counts=True)
    mean_ranks = np.cumsum(counts) - (counts - 1) / 2
    return float((mean_ranks[groups[:n]].sum() - n * (n + 1) / 2) / (n * m))


def threshold_at(unanswerable: Sequence[float], false_answers: float) -> float:
    """Return the least threshold that at most this share of the unanswerable queries reaches."""
    scores = np.sort(np.asarray(unanswerable, dtype=np.float64))[::-1]
    allowed = math.floor(false_answers * len(scores) + 1e-9)  # as float, .29 * 100 is 28.999999999999996
    return float(np.nextafter(scores[allowed], math.inf)) if allowed < len(scores) else -math.inf


def calibration_error(probabilities: Sequence[float], right: Sequence[bool], *, bins: int = 15) -> float:
    """Return the expected calibration error: over bins of equal size, the mean of |mean probability - share right|.

    Source: Naeini, Cooper, Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", AAAI 2015;
    bins of equal size as in Nixon et al., "Measuring Calibration in Deep Learning", CVPR workshops 2019.
    """
    sample, was_right = np.asarray(probabilities, dtype=np.float64), np.asarray(right, dtype=np.float64)
    order = np.argsort(sample, kind="stable")
    gaps = [
        len(each) * abs(sample[each].mean() - was_right[each].mean())
        for each in np.array_split(order, bins)
        if len(each)
    ]
    return float(sum(gaps) / max(len(sample), 1))


def calibration_error_by_chance(probabilities: Sequence[float], *, draws: int = 200, seed: int = 0) -> float:
    """Return the calibration error that so few queries show on average, even if every probability is exactly right.

    It is drawn: each time an answer is right with just its probability.
    """
    sample, chance = np.asarray(probabilities, dtype=np.float64), np.random.default_rng(seed)
    drawn = (chance.random(len(sample)) < sample for _ in range(draws))
    return float(np.mean([calibration_error(probabilities, list(map(bool, right))) for right in drawn]))


def _discounted(grades: Sequence[int]) -> float:
    return math.fsum((2.0**grade - 1) / math.log2(rank + 1) for rank, grade in enumerate(grades, start=1))
