"""Each hit gets the probability that it is a right entry: that the query has an answer at all, times that this is it.

Whether it has one is told by how close the entry comes to the query, and how close a common trouble comes that is not
the entry's: a logistic function of absolute figures, which mean the same in every corpus. Which one it is, is told by
the entry's share of the scores (a softmax). To multiply the two keeps them apart: an entry that stands out among poor
neighbours is no answer, and of two good ones each has half the chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.ranking.fusion import Floats


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What tells whether an entry answers a query.

    Attributes:
        window: (candidates,) cosine of the query and the entry's best short passage.
        late: Late interaction with the entry's best passage.
        coverage: Share of the query's words, by their rarity, that each entry has.
        background: Cosine of the query and the nearest common trouble that is not the entry's own.
        words: How many words the query has. Cosines fall as a query gets longer, also with what answers it.
    """

    window: Floats
    late: Floats
    coverage: Floats
    background: Floats
    words: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """The constants, rounded from a fit on the tune parts of judged sets, as tests/programs/fit_weights.py makes it.

    Each set is weighed alike, its queries with and without an answer as well, and those of the second kind twice: as
    they are judged, and as every query is asked again with its right entries left out of the index.
    """

    window: float = 8.5
    late: float = 4.3
    coverage: float = 4.3
    background: float = -5.0
    length: float = 1.35
    bias: float = -8.6
    steepness: float = 1.5


CALIBRATION = Calibration()


def probabilities(evidence: Evidence, scores: Floats, calibration: Calibration = CALIBRATION) -> Floats:
    """Return (candidates,) probabilities.

    Args:
        evidence: What tells whether each candidate answers the query.
        scores: (candidates,) the fused scores.
        calibration: The constants.
    """
    logits = (
        calibration.window * evidence.window
        + calibration.late * evidence.late
        + calibration.coverage * evidence.coverage
        + calibration.background * evidence.background
        + calibration.length * np.log1p(evidence.words)
        + calibration.bias
    )
    chances: Floats = (softmax(scores, calibration.steepness) / (1 + np.exp(-logits))).astype(np.float32)
    return chances


def softmax(scores: Floats, steepness: float = CALIBRATION.steepness) -> Floats:
    """Return the softmax of (candidates,) scores times `steepness`: shares that add up to 1."""
    if not len(scores):
        return scores
    exponentials = np.exp(np.float32(steepness) * (scores - scores.max()))
    shares: Floats = exponentials / exponentials.sum()
    return shares
