"""A mean over queries with its 95 % bootstrap interval."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from index.evaluation.measures import interval


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean and its 95 % bootstrap interval over queries."""

    mean: float
    low: float
    high: float


def estimate(*samples: Sequence[float]) -> Estimate:
    """Return the mean of the samples' means; each sample is drawn from by itself."""
    means = [sum(values) / len(values) if values else float("nan") for values in samples]
    low, high = interval(*samples)
    return Estimate(sum(means) / len(means), low, high)
