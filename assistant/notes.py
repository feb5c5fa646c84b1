"""What the journal keeps, and what it says of it to editors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a note records."""

    ASKED = "asked"
    OPENED = "opened"
    HELPED = "helped"
    DID_NOT_HELP = "did_not_help"


@dataclass(frozen=True, slots=True)
class Note:
    """One event on the page.

    Attributes:
        kind: A query was asked, an entry was opened, or an answer was judged.
        query: As it was typed; masked when it is written.
        decision: The decision of the answer to it.
        generation: The id of the generation that answered.
        entry: The id of the entry that was opened or judged.
        reason: Why it did not help, in the person's words; masked when it is written.
        client: The program that asked; None for the page. Masked when it is written.
    """

    kind: Kind
    query: str
    decision: str
    generation: str
    entry: str | None = None
    reason: str | None = None
    client: str | None = None


@dataclass(frozen=True, slots=True)
class Count:
    """A query, an entry's id or a client, and how often it occurs."""

    text: str
    times: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was asked and did not help.

    Attributes:
        query: What was asked, masked.
        entry: The id of the entry; empty where it was none of the choices.
        reason: Why, if people said so; masked.
    """

    query: str
    entry: str
    reason: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What the journal shows to editors, each list with the most frequent or latest first.

    Attributes:
        queries: What was asked.
        unanswered: Queries to which nothing in the articles is near.
        unhelpful: Ids of entries that did not help.
        refusals: What was asked and did not help, together.
        clients: The programs that asked; the page is none of them.
    """

    queries: tuple[Count, ...]
    unanswered: tuple[Count, ...]
    unhelpful: tuple[Count, ...]
    refusals: tuple[Refusal, ...]
    clients: tuple[Count, ...] = ()


EMPTY = Summary((), (), (), ())
