"""Every group of questions is asked again of the current generation: what is solved leaves by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import accumulate, islice, takewhile

import numpy as np

from assistant.answering.answer import Answer, AnswerHit
from assistant.answering.interface import AssistantInterface
from assistant.answering.query import Query
from assistant.editing.question_groups import QuestionGroup, group
from assistant.editing.questions import Mark, Outcome, PastQuestion, questions
from assistant.journal import Journal
from assistant.notes import Count
from index.decision import Decision
from index.models.encoder import Encoder, Vectors

_READ = 400  # letters of a question by which it is compared with others
_LETTERS = 50_000  # that are compared in all, some 1,500 short questions: a second of processor where none is known yet
_TRIED = 4  # times as many groups are asked again as are shown, to find those that lead to one article
_NEAREST = 3
_ONE_PERCENT = 0.01


class State(StrEnum):
    """What has become of a group of questions."""

    OPEN = "open"
    SOLVED = "solved"  # the current generation answers it
    DONE = "done"
    NOT_OURS = "not_ours"


@dataclass(frozen=True, slots=True)
class Nearest:
    """An entry that is near a question, and why it is not enough."""

    entry_id: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class ToldGroup:
    """Like questions together, with what has become of them."""

    text: str = field(metadata={"description": "The most frequent of them."})
    questions: tuple[PastQuestion, ...]
    times: int = field(metadata={"description": "How often they were asked together."})
    last: str = field(metadata={"description": "When one of them was asked last, ISO 8601 in UTC."})
    outcome: Outcome = field(metadata={"description": "The worst that one of them had."})
    state: State
    answered_by: str | None = field(metadata={"description": "The id of the entry that answers it now."})
    nearest: tuple[Nearest, ...]
    helped: tuple[Count, ...] = field(metadata={"description": "Ids of entries, each with how often."})
    opened: tuple[Count, ...]
    refused: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class ReviewedGroup:
    """A group of questions, asked again.

    Attributes:
        group: The questions.
        state: What has become of it.
        answered_by: The entry that answers it now, or None.
        nearest: The nearest entries, best first, each with why it is not enough.
    """

    group: QuestionGroup
    state: State
    answered_by: str | None
    nearest: tuple[Nearest, ...]

    def told(self) -> ToldGroup:
        """Return what programs and the editor's page are told of it."""
        return ToldGroup(
            text=self.group.text,
            questions=self.group.questions,
            times=self.group.times,
            last=self.group.last,
            outcome=self.group.outcome,
            state=self.state,
            answered_by=self.answered_by,
            nearest=self.nearest,
            helped=self.group.added(lambda question: question.helped),
            opened=self.group.added(lambda question: question.opened),
            refused=self.group.added(lambda question: question.refused),
        )


@dataclass(frozen=True, slots=True)
class Review:
    """Groups of questions, and how many rarer questions were not looked at."""

    groups: tuple[ReviewedGroup, ...]
    left_out: int


class Reviewer:
    """Groups questions and asks them again; what was asked of a generation is remembered.

    Args:
        assistant: Answers from the current generation.
        encoder: Encodes the questions.
    """

    def __init__(self, assistant: AssistantInterface, encoder: Encoder) -> None:
        self._assistant = assistant
        self._encoder = encoder
        self._answers: dict[str, Answer] = {}
        self._generation = ""
        self._known: dict[str, Vectors] = {}

    def review(
        self,
        journal: Journal,
        *,
        since: datetime | None = None,
        outcome: Outcome | None = None,
        article: str | None = None,
        limit: int = 50,
    ) -> Review:
        """Return what was asked in vain, the most frequent first; those that are solved or marked come last.

        Args:
            journal: Where it was kept.
            since: What is older is left out.
            outcome: Only questions that went like this; None for all but those that were answered.
            article: Only groups that lead to an entry of this article.
            limit: The most groups that are asked again.

        Raises:
            JournalError: The journal cannot be read.
            SearchIndexError: There is no index.
        """
        past = questions(journal, since=since, in_vain=outcome is not Outcome.ANSWERED)
        wanted = [each for each in past.questions if outcome is None or each.outcome is outcome]
        read = list(
            takewhile(lambda total: total <= _LETTERS, accumulate(min(len(each.text), _READ) for each in wanted))
        )
        found = wanted[: max(1, len(read))]
        groups = group(found, self._vectors_of([each.text[:_READ] for each in found])) if found else ()
        reviewed = map(self._reviewed, groups[: limit if article is None else _TRIED * limit])
        of_article = list(islice((each for each in reviewed if article is None or article in _articles(each)), limit))
        left_out = past.left_out + len(wanted) - len(found)
        return Review(tuple(sorted(of_article, key=lambda each: each.state is not State.OPEN)), left_out)

    def _vectors_of(self, texts: Sequence[str]) -> Vectors:
        """Return (texts, dimension) float32 unit rows; those of the last review are not encoded again."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        new = self._encoder.encode(missing, as_query=True) if missing else ()
        known = {**self._known, **dict(zip(missing, new, strict=True))}
        self._known = {text: known[text] for text in texts}
        return np.stack([known[text] for text in texts])

    def _reviewed(self, group: QuestionGroup) -> ReviewedGroup:
        answer = self._ask(group.text)
        refused = {count.text for count in group.added(lambda question: question.refused)}
        first = answer.hits[0].entry_id if answer.decision is Decision.ANSWER and answer.hits else None
        answered_by = first if first not in refused else None
        marked = {Mark.DONE: State.DONE, Mark.NOT_OURS: State.NOT_OURS}
        state = marked[group.mark] if group.mark else State.SOLVED if answered_by else State.OPEN
        near = (*answer.hits, *answer.near_misses)[:_NEAREST] if answered_by is None else ()
        return ReviewedGroup(group, state, answered_by, tuple(_nearest(hit, answer, refused) for hit in near))

    def _ask(self, text: str) -> Answer:
        current = self._assistant.status().generation.id
        if current != self._generation:
            self._generation, self._answers = current, {}
        if text not in self._answers:
            self._answers[text] = self._assistant.ask(Query(text))
        return self._answers[text]


def _nearest(hit: AnswerHit, answer: Answer, refused: set[str]) -> Nearest:
    return Nearest(hit.entry_id, hit.entry_title, _why(hit, answer, refused))


def _why(hit: AnswerHit, answer: Answer, refused: set[str]) -> str:
    """Return why an entry is not enough, in words."""
    if hit.entry_id in refused:
        return "people said that it did not help"
    if answer.unknown_codes:
        return f"no entry has the code {', '.join(answer.unknown_codes)}"
    words = f"in common: {', '.join(hit.why.words)}" if hit.why.words else "no word in common"
    if hit.probability is None:
        return words
    sure = f"{hit.probability:.0%}" if hit.probability >= _ONE_PERCENT else "under 1%"
    return f"{sure} sure, {answer.threshold:.0%} are needed; {words}"


def _articles(reviewed: ReviewedGroup) -> set[str]:
    group = reviewed.group
    ids = [each.entry_id for each in reviewed.nearest[:1]]
    ids += [each.text for each in group.added(lambda one: (*one.helped, *one.opened, *one.refused))]
    return {each.rpartition("#")[0] for each in [*ids, reviewed.answered_by or ""]}
