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


WEIGHTS: Mapping[str, float] = {"whole": 0.4, "window": 0.6, "lexical": 0.5, "late": 0.8}
# Rounded from what tests/fit_weights.py finds; the quality is flat around them. Neither an exponential of the values
# nor weights that follow how far a signal stands out or how long the query is did better on sets that were left out.


def fuse(signals: Signals, weights: Mapping[str, float] = WEIGHTS) -> Floats:
    """Return (candidates,) scores, higher is better; comparable within one query only."""
    found = np.zeros(len(signals.whole), dtype=np.float32)
    for field in fields(signals):
        found += weights[field.name] * standardised(getattr(signals, field.name))
    return found


def standardised(values: Floats) -> Floats:
    """Return values as standard deviations from their mean; zeros where all are equal."""
    if not len(values):
        return values
    spread = float(values.std())
    found: Floats = (values - values.mean()) / (spread + 1e-6)
    return found
