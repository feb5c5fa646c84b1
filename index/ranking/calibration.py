"""The probability that a hit is right: that the query has an answer at all, times that this entry is the answer.

The first factor is a logistic function of figures that mean the same in every corpus: how close the entry comes to the
query. The second is the entry's share among the candidates, a softmax over their scores. Both are needed: an entry that
is far better than poor neighbours is still no answer, and of two equally good ones each has half the probability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.ranking.fusion import Floats, Signals


@dataclass(frozen=True, slots=True)
class Calibration:
    """The constants, fitted by tests/programs/fit_weights.py on the tune parts of judged sets.

    The first five are fitted on clinc-oos, which has queries that are known to have no answer; `steepness` on all sets.

    Attributes:
        whole: The logistic function's weight of the signal `whole`.
        window: That of the signal `window`.
        late: That of the signal `late`.
        coverage: That of the share of the query's words that the entry contains.
        bias: Its constant term.
        steepness: The softmax's factor: the larger, the more of the probability the best entry gets.
    """

    whole: float = 4.59
    window: float = 3.77
    late: float = 5.33
    coverage: float = 1.78
    bias: float = -6.19
    steepness: float = 1.24


CALIBRATION = Calibration()


def probabilities(signals: Signals, coverage: Floats, scores: Floats, calibration: Calibration = CALIBRATION) -> Floats:
    """Return the (candidates,) float32 probabilities, 0 to 1.

    Args:
        signals: The candidates' signals.
        coverage: (candidates,) share of the query's words, weighted by rarity, that each entry contains.
        scores: (candidates,) fused scores.
        calibration: The constants.
    """
    logits = (
        calibration.whole * signals.whole
        + calibration.window * signals.window
        + calibration.late * signals.late
        + calibration.coverage * coverage
        + calibration.bias
    )
    product: Floats = (softmax(scores, calibration.steepness) / (1 + np.exp(-logits))).astype(np.float32)
    return product


def softmax(scores: Floats, steepness: float = CALIBRATION.steepness) -> Floats:
    """Return the softmax of (candidates,) scores times `steepness`: shares that add up to 1."""
    if not len(scores):
        return scores
    exponentials = np.exp(np.float32(steepness) * (scores - scores.max()))
    shares: Floats = exponentials / exponentials.sum()
    return shares
