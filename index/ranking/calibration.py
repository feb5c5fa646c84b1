"""Each hit gets the probability that it is a right entry: that the query has an answer at all, times that this is it.

Whether it has one is told by how close the entry comes to the query: a logistic function of absolute figures, which
mean the same in every corpus. Which one it is, is told by the entry's share of the scores (a softmax). To multiply the
two keeps them apart: an entry that stands out among poor neighbours is no answer, and of two good ones each has half
the chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.ranking.fusion import Floats, Signals


@dataclass(frozen=True, slots=True)
class Calibration:
    """The constants, fitted by tests/programs/fit_weights.py on the tune parts of judged sets.

    The first five are those of clinc-oos, which has queries that are known to have no answer, `steepness` that of all.
    """

    whole: float = 4.59
    window: float = 3.77
    late: float = 5.33
    coverage: float = 1.78
    bias: float = -6.19
    steepness: float = 1.24


CALIBRATION = Calibration()


def probabilities(signals: Signals, coverage: Floats, scores: Floats, calibration: Calibration = CALIBRATION) -> Floats:
    """Return (candidates,) probabilities.

    Args:
        signals: What each signal says of the candidates.
        coverage: Share of the query's words, by their rarity, that each entry has.
        scores: The fused scores.
        calibration: The constants.
    """
    logits = (
        calibration.whole * signals.whole
        + calibration.window * signals.window
        + calibration.late * signals.late
        + calibration.coverage * coverage
        + calibration.bias
    )
    found: Floats = (shares(scores, calibration.steepness) / (1 + np.exp(-logits))).astype(np.float32)
    return found


def shares(scores: Floats, steepness: float = CALIBRATION.steepness) -> Floats:
    """Return each score's share of all: a softmax, the steeper the more the best one gets."""
    if not len(scores):
        return scores
    risen = np.exp(np.float32(steepness) * (scores - scores.max()))
    found: Floats = risen / risen.sum()
    return found
