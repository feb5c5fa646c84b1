"""Like questions together: "cannot sign in on my phone" and "login on mobile does not work"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from assistant.editing.questions import Mark, Outcome, PastQuestion
from assistant.notes import Count
from index.analysis.terms import is_stop_word, stem, words_of
from index.models.encoder import Vectors

_ALIKE = 0.6  # of the cosine plus the share of common words, below
_WORDS = 0.2
# Of 25,200 pairs of judged queries about ten neighbouring problems, one in ten has the same answer; of those that are
# alike by these two constants four in ten, and they are a fifth of all pairs with the same answer.
_WORST_FIRST = tuple(Outcome)


@dataclass(frozen=True, slots=True)
class QuestionGroup:
    """Questions that are about the same trouble.

    Attributes:
        questions: The most frequent first.
    """

    questions: tuple[PastQuestion, ...]

    @property
    def text(self) -> str:
        """The question that stands for all."""
        return self.questions[0].text

    @property
    def times(self) -> int:
        """How often they were asked together."""
        return sum(each.times for each in self.questions)

    @property
    def last(self) -> str:
        """When one of them was asked last."""
        return max(each.last for each in self.questions)

    @property
    def outcome(self) -> Outcome:
        """The worst that one of them had."""
        return min((each.outcome for each in self.questions), key=_WORST_FIRST.index)

    @property
    def mark(self) -> Mark | None:
        """Not ours if one of them is; done only if all are, for another wording may be a new question."""
        marks = [each.mark for each in self.questions]
        if Mark.NOT_OURS in marks:
            return Mark.NOT_OURS
        return Mark.DONE if all(each is Mark.DONE for each in marks) else None

    def added(self, counts: Callable[[PastQuestion], Sequence[Count]]) -> tuple[Count, ...]:
        """Return counts of all questions together, the most frequent first."""
        total: dict[str, int] = {}
        for each in self.questions:
            for count in counts(each):
                total[count.text] = total.get(count.text, 0) + count.times
        return tuple(Count(*pair) for pair in sorted(total.items(), key=lambda pair: -pair[1]))


def group(questions: Sequence[PastQuestion], vectors: Vectors) -> tuple[QuestionGroup, ...]:
    """Put each question with the first group whose most frequent question is like it; the largest group first.

    Args:
        questions: The most frequent first.
        vectors: (questions, dimension) float32 unit rows.
    """
    words = [_words(each.text) for each in questions]
    cosines = vectors @ vectors.T
    is_leader = np.zeros(len(questions), np.bool_)
    members: dict[int, list[int]] = {}
    for number in range(len(questions)):
        may_be = np.flatnonzero(is_leader & (cosines[number] >= _ALIKE - _WORDS))  # whatever words they have in common
        alike = [
            (float(cosines[number, leader]) + _WORDS * _common(words[leader], words[number]), leader)
            for leader in may_be.tolist()
        ]
        likeness, leader = max(alike, default=(0.0, number))
        if likeness < _ALIKE:
            is_leader[number] = True
            leader = number
        members.setdefault(leader, []).append(number)
    groups = (QuestionGroup(tuple(questions[each] for each in own)) for own in members.values())
    return tuple(sorted(groups, key=lambda each: -each.times))


def _words(text: str) -> frozenset[str]:
    return frozenset(stem(word) for word in words_of(text) if not is_stop_word(word))


def _common(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of the words of the shorter text that the other has, too."""
    return len(one & other) / max(1, min(len(one), len(other)))
