"""How probable it is that a hit is a right entry.

A logistic function of what the signals say by themselves (how close the entry is) and of how far the entry stands out
among the candidates. It knows nothing of the corpus, so it holds on articles that it was not fitted on; the closeness
tells an answerable query from an unanswerable one, the share tells one entry from its neighbours.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from index.fusion import Floats, Signals

_LEAST_SHARE = 1e-6


@dataclass(frozen=True, slots=True)
class Calibration:
    """The constants of the logistic function.

    Fitted by tests/fit_weights.py on the tune parts of three sets: aws-troubleshoot, clinc-oos, emanual-tv.
    """

    whole: float = 1.862
    window: float = 1.951
    title: float = 0.443
    late: float = 1.348
    coverage: float = 0.296
    share: float = 0.376
    bias: float = -2.656


CALIBRATION = Calibration()


def probabilities(
    signals: Signals, title: Floats, coverage: Floats, scores: Floats, calibration: Calibration = CALIBRATION
) -> Floats:
    """Return (candidates,) probabilities.

    Args:
        signals: What each signal says of the candidates.
        title: Cosine of the query and the best of the entry's title and messages.
        coverage: Share of the query's words, by their rarity, that the entry has.
        scores: The fused scores.
        calibration: The constants.
    """
    logits = (
        calibration.whole * signals.whole
        + calibration.window * signals.window
        + calibration.title * title
        + calibration.late * signals.late
        + calibration.coverage * coverage
        + calibration.share * log_shares(scores)
        + calibration.bias
    )
    found: Floats = (1 / (1 + np.exp(-logits))).astype(np.float32)
    return found


def log_shares(scores: Floats) -> Floats:
    """Return the logarithm of each score's softmax share, not below that of one in a million."""
    if not len(scores):
        return scores
    shifted = scores - scores.max()
    found: Floats = np.maximum(shifted - np.log(np.exp(shifted).sum()), np.float32(math.log(_LEAST_SHARE)))
    return found
