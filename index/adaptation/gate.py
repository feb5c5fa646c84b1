"""Whether an adapted encoder finds more: it is asked what was held back, beside the one before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from corpus.loader import Corpus
from index.adaptation.questions import Lessons
from index.evaluation.estimate import Estimate
from index.evaluation.judged_set import JudgedQuery, JudgedSet
from index.evaluation.measures import MEASURES
from index.evaluation.run_measures import paired
from index.evaluation.systems import open_search
from index.models.encoder import Encoder

MEASURE = "nDCG@10"
MOST_ASKED = 1_000  # questions; a gain of .01 over as many is mostly sure, and they take a minute
HELD_BACK = "held back"
_DEPTH = 10  # of the measure
_SIGNALS = ("whole", "late")  # those that the encoder decides
_LEAST = -0.003  # by how much a judged set may be worse


@dataclass(frozen=True, slots=True)
class Row:
    """Both encoders on one set of questions.

    Attributes:
        questions: The set's name.
        search: "ours", the search that users get, or the name of a signal alone.
        before: The mean nDCG@10 with the encoder before.
        after: That with the adapted one.
        gain: The mean difference over the questions, with its interval.
    """

    questions: str
    search: str
    before: float
    after: float
    gain: Estimate


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a comparison came to.

    Attributes:
        rows: The figures.
        refused: Why the adapted encoder is not offered; None if it is.
    """

    rows: tuple[Row, ...]
    refused: str | None


def held_back_set(lessons: Lessons, corpus: Corpus) -> tuple[JudgedSet, Corpus]:
    """Return what was held back as a judged set, and the articles without it."""
    # equal shares of all entries: they are in the order of the entries
    step = max(1, -(-len(lessons.held_back) // MOST_ASKED))
    asked = tuple(
        JudgedQuery(f"q{number}", each.text, None, ((each.entry_id, 1),))
        for number, each in enumerate(lessons.held_back[::step])
    )
    articles = replace(corpus, entries=tuple(each.entry for each in lessons.lessons), digests={})
    return JudgedSet(HELD_BACK, asked, (), 0, None), articles


def compare(
    before: Encoder, after: Encoder, sets: Sequence[tuple[JudgedSet, Corpus]], caches: tuple[Path, Path]
) -> Verdict:
    """Ask every set with both encoders.

    Args:
        before: The encoder in use.
        after: The adapted one.
        sets: What to ask, and the articles that it is asked of; the first is what was held back.
        caches: Folders for the index of each encoder.
    """
    rows: list[Row] = []
    for judged, corpus in sets:
        old = _values(before, judged, corpus, caches[0])
        new = _values(after, judged, corpus, caches[1])
        rows += [
            Row(judged.name, name, _mean(old[name]), _mean(new[name]), paired(new[name], old[name])) for name in old
        ]
    return Verdict(tuple(rows), refusal(rows))


def refusal(rows: Sequence[Row]) -> str | None:
    """Return why an adapted encoder is not offered, or None.

    It has to gain on what was held back, surely, and may lose on no judged set.
    """
    for row in (row for row in rows if row.search == "ours"):
        if row.questions == HELD_BACK and not row.gain.low > 0:
            interval = f"[{row.gain.low:+.3f}, {row.gain.high:+.3f}]"
            return f"its gain on what was held back is not sure: {row.gain.mean:+.3f} {interval}"
        if row.questions != HELD_BACK and row.gain.mean < _LEAST:
            return f"it is worse on {row.questions}: {row.gain.mean:+.3f}, where {_LEAST:+.3f} is allowed"
    return None


def _values(encoder: Encoder, judged: JudgedSet, corpus: Corpus, cache: Path) -> Mapping[str, list[float]]:
    """Return the measure of each question, for some signals alone and for the search that users get."""
    retriever = open_search(corpus, encoder, cache)
    ranker, values = retriever.ranker, {name: list[float]() for name in (*_SIGNALS, "ours")}
    for query in judged.answerable:
        scored = ranker.score(ranker.encode(query.text))
        ids = [retriever.entries.entry_id(int(row)) for row in scored.entries]
        rankings = {
            name: [ids[at] for at in np.argsort(-getattr(scored.signals, name), kind="stable")[:_DEPTH]]
            for name in _SIGNALS
        }
        rankings["ours"] = [hit.entry_id for hit in retriever.search(query.text, k=_DEPTH).hits]
        for name, ranking in rankings.items():
            values[name].append(MEASURES[MEASURE](ranking, dict(query.grades)))
    return values


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
