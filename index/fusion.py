"""Several signals become one score: each is compared with itself over the candidates of the query, then they are added.

A z-score over the candidates lets the weight follow the query without being told to: where a signal sees one entry
stand out it speaks loudly, where all entries look alike to it, it says little. The exponential of it goes further: what
one signal singles out is lifted, what a signal ranks low is not held against an entry that the others like.
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


WEIGHTS: Mapping[str, float] = {"whole": 0.26, "window": 0.45, "lexical": 0.43, "late": 1.37}
# Found by a random search for nDCG@10 on the tune parts of two sets (aws-troubleshoot, emanual-tv), around what
# tests/fit_weights.py gave for plain sums; the quality is flat around them.
_STEEPNESS = 0.6  # from 0.5 to 1 the quality is the same; at 0, a plain sum, questions of many words lose half a point
_HIGHEST = 8.0  # standard deviations; of 100 candidates none can stand out further than 10


def fuse(signals: Signals, weights: Mapping[str, float] = WEIGHTS) -> Floats:
    """Return (candidates,) scores, higher is better; comparable within one query only."""
    found = np.zeros(len(signals.whole), dtype=np.float32)
    for field in fields(signals):
        found += weights[field.name] * raised(getattr(signals, field.name))
    return found


def raised(values: Floats) -> Floats:
    """Return how far each value stands out, always above 0."""
    found: Floats = np.exp(_STEEPNESS * np.minimum(standardised(values), np.float32(_HIGHEST)))
    return found


def standardised(values: Floats) -> Floats:
    """Return values as standard deviations from their mean; zeros where all are equal."""
    if not len(values):
        return values
    spread = float(values.std())
    found: Floats = (values - values.mean()) / (spread + 1e-6)
    return found
