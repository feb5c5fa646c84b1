"""A stand-in for the assistant, without an index, for tests of the page and of HTTP."""

from __future__ import annotations

from assistant.answering.answer import Answer, AnswerHit, EntryInfo, GenerationInfo, Status
from assistant.answering.query import Query
from corpus.article import Article, Block, BlockKind, Entry, Field, Solution, Span
from index.build_report import Rejected
from index.decision import Decision, Reason
from index.errors import NoIndexError
from index.hit import Hit, Why

ARTICLE = Article("help/vpn", "VPN", None, None, (), None, None, (), False, "help/vpn.md")
SOLUTION = Solution(None, (Block(BlockKind.TEXT, "Open the *port*."),))
ENTRY = Entry("help/vpn#error-809", "Error 809", (), (), None, (SOLUTION,), None, ("VPN",), Span(5, 12))
GENERATION = GenerationInfo("g1", "2026-11-23T03:40:00+00:00")


class StubAssistant:
    """Answers queries about a "port" with its one entry, and records what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Query] = []
        self.built = True
        self.broken = False

    def ask(self, query: Query) -> Answer:
        self._check()
        self.asked.append(query)
        if "port" not in query.text:
            reason = Reason.NO_MATCH if query.text.strip() else Reason.EMPTY_QUERY
            return Answer(query.text, Decision.NONE, reason, 0.5, GENERATION, 0.1)
        hit = AnswerHit.from_hit(Hit(ENTRY.entry_id, 1, 0.9, None, Why("dense", Field.SOLUTION)), ENTRY, ARTICLE)
        return Answer(query.text, Decision.ANSWER, None, 0.5, GENERATION, 0.1, hits=(hit,))

    def entry(self, entry_id: str) -> EntryInfo | None:
        self._check()
        return EntryInfo.from_entry(ENTRY, ARTICLE) if entry_id == ENTRY.entry_id else None

    def contents(self) -> tuple[tuple[Article, tuple[Entry, ...]], ...]:
        self._check()
        return ((ARTICLE, (ENTRY,)),)

    def status(self) -> Status:
        self._check()
        return Status(GENERATION, 1, 1, 2, "words", (Rejected("broken.md", "broken.md:3: no title", 4),))

    def check_ready(self) -> None:
        self._check()

    def _check(self) -> None:
        if self.broken:
            raise RuntimeError("the secret of the exception")
        if not self.built:
            raise NoIndexError('Nothing has been built in index/built; run "assistant build".')
