"""The program that fits the weights ends on sets of every kind, and gives weight to what tells."""

from __future__ import annotations

import numpy as np

from tests.programs.fit_weights import EVIDENCE, NAMES, Candidates, fit_calibration, fit_weights


def asked(*, has_answer: bool, seed: int) -> Candidates:
    """Return a query whose right entry has the best first signal and the best first evidence; the rest is noise."""
    noise = np.random.default_rng(seed)
    standard, evidence = noise.normal(size=(6, len(NAMES))), noise.normal(size=(6, len(EVIDENCE)))
    standard[0, 0] = 3.0
    evidence[:, 0] = 0.2
    evidence[0, 0] = 0.9 if has_answer else 0.2
    left_out = noise.normal(size=len(EVIDENCE))
    left_out[0] = 0.2
    grades = {"right": 1} if has_answer else {}
    ids = ("right", *(f"other-{at}" for at in range(5)))
    return Candidates(ids, standard, evidence, grades, is_tune=True, left_out=left_out if has_answer else None)


def test_what_tells_has_weight_also_where_every_query_has_an_answer() -> None:
    answered = [asked(has_answer=True, seed=seed) for seed in range(40)]
    mixed = [asked(has_answer=seed % 2 == 0, seed=seed) for seed in range(40, 80)]
    weights = fit_weights([answered, mixed])
    assert weights.argmax() == 0
    constants = fit_calibration([answered, mixed], weights)
    assert constants[: len(EVIDENCE)].argmax() == 0
    assert len(constants) == len(EVIDENCE) + 2
