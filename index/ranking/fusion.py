"""Several signals become one score: the weighted sum of their z-scores over the candidates.

Z-scores make a signal's influence depend on the query: a signal that separates one entry clearly from the others adds
a large number, one that hardly distinguishes the entries adds little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """Four figures for each candidate, (candidates,) float32 each.

    Attributes:
        whole: The cosine of the query and the entry as a whole.
        window: The cosine of the query and the entry's best short passage.
        lexical: The entry's BM25 score.
        late: Late interaction with the entry's best passage: the mean, over the query's words and weighted by their
            rarity, of the cosine with the closest word of the passage.
    """

    whole: Floats
    window: Floats
    lexical: Floats
    late: Floats


WEIGHTS: Mapping[str, float] = {"whole": 0.4, "window": 0.6, "lexical": 0.5, "late": 0.9}
# Rounded from the fit of tests/programs/fit_weights.py; quality hardly changes around them. On sets that were left out
# of the fit, neither exponentials of the values did better, nor weights that depend on a signal's spread or the query's
# length.

# The standard deviation is taken to be at least this: of two or three candidates that differ by a hair none is better.
_LEAST_COSINE_SPREAD = 0.04  # 19 of 20 queries have as much or more, also over the ten entries of the shipped article
_LEAST_LEXICAL_SPREAD = 0.1  # of the mean


def fuse(signals: Signals, weights: Mapping[str, float] = WEIGHTS) -> Floats:
    """Return the (candidates,) float32 scores, higher is better; comparable only within one query."""
    scores = np.zeros(len(signals.whole), dtype=np.float32)
    for field in fields(signals):
        scores += weights[field.name] * signal_z_scores(signals, field.name)
    return scores


def signal_z_scores(signals: Signals, name: str) -> Floats:
    """Return the (candidates,) z-scores of one signal, with the least spread that is credible for it."""
    values: Floats = getattr(signals, name)
    least_spread = (
        _LEAST_LEXICAL_SPREAD * float(values.mean()) if name == "lexical" and len(values) else _LEAST_COSINE_SPREAD
    )
    return z_scores(values, least_spread)


def z_scores(values: Floats, least_spread: float = 0.0) -> Floats:
    """Return how many standard deviations each value is from the mean; zeros where all are equal.

    Args:
        values: (candidates,) float32.
        least_spread: The least standard deviation to divide by.
    """
    if not len(values):
        return values
    spread = max(float(values.std()), least_spread)
    scores: Floats = (values - values.mean()) / (spread + 1e-6)
    return scores
