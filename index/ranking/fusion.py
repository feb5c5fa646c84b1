"""Several signals become one score: each is compared with itself over the candidates of the query, then they are added.

A z-score over the candidates lets the weight follow the query without being told to: where a signal sees one entry
stand out it speaks loudly, where all entries look alike to it, it says little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Signals:
    """What each signal says of the candidates.

    Attributes:
        whole: (candidates,) cosine of the query and the entry as a whole.
        window: Cosine of the query and the entry's best short passage.
        lexical: BM25.
        late: Late interaction with the entry's best passage: for each word of the query the closest word there.
    """

    whole: Floats
    window: Floats
    lexical: Floats
    late: Floats


WEIGHTS: Mapping[str, float] = {"whole": 0.4, "window": 0.6, "lexical": 0.5, "late": 0.9}
# Rounded from what tests/programs/fit_weights.py finds; the quality is flat around them. Neither an exponential of the
# values nor weights that follow how far a signal stands out or how long the query is did better on sets that were left
# out.

_LEAST_COSINE = 0.04  # 19 of 20 queries spread by as much or more, also over the ten entries of the shipped article
_LEAST_LEXICAL = 0.1  # of the mean


def fuse(signals: Signals, weights: Mapping[str, float] = WEIGHTS) -> Floats:
    """Return (candidates,) scores, higher is better; comparable within one query only."""
    found = np.zeros(len(signals.whole), dtype=np.float32)
    for field in fields(signals):
        found += weights[field.name] * stand_out(signals, field.name)
    return found


def stand_out(signals: Signals, name: str) -> Floats:
    """Return (candidates,) by how much each stands out to one signal.

    Of two or three candidates a hair's breadth is no standing out, so a small spread is taken for a larger one.
    """
    values: Floats = getattr(signals, name)
    least = _LEAST_LEXICAL * float(values.mean()) if name == "lexical" and len(values) else _LEAST_COSINE
    return standardised(values, least)


def standardised(values: Floats, least_spread: float = 0.0) -> Floats:
    """Return values as standard deviations from their mean; zeros where all are equal.

    Args:
        values: (candidates,) what a signal says of each.
        least_spread: What the deviation is taken for where it is less.
    """
    if not len(values):
        return values
    spread = max(float(values.std()), least_spread)
    found: Floats = (values - values.mean()) / (spread + 1e-6)
    return found
