"""The entries of a corpus, one article after another; those of an article may be read only when they are asked for."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, groupby
from typing import overload

from corpus.article import Entry


class LazyEntries(Sequence[Entry]):
    """Entries that equal any other sequence of the same entries; a subclass says how many there are, and which."""

    @overload
    def __getitem__(self, at: int) -> Entry: ...

    @overload
    def __getitem__(self, at: slice) -> tuple[Entry, ...]: ...

    def __getitem__(self, at: int | slice) -> Entry | tuple[Entry, ...]:
        if isinstance(at, slice):
            return tuple(map(self._entry, range(*at.indices(len(self)))))
        if not -len(self) <= at < len(self):
            raise IndexError(at)
        return self._entry(at % len(self))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(one == another for one, another in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def _entry(self, at: int) -> Entry:
        raise NotImplementedError


class ArticleEntries(LazyEntries):
    """The entries of one article.

    Attributes:
        article_id: The article's.
    """

    article_id: str


class EntryRuns(LazyEntries):
    """The entries of several articles, one article after another.

    Attributes:
        runs: The entries of each article, none of them empty.
    """

    def __init__(self, runs: Iterable[Sequence[Entry]]) -> None:
        self.runs = tuple(run for run in runs if len(run))
        self._starts = list(accumulate(map(len, self.runs), initial=0))

    def __len__(self) -> int:
        return self._starts[-1]

    def __iter__(self) -> Iterator[Entry]:
        return chain.from_iterable(self.runs)

    def _entry(self, at: int) -> Entry:
        number = bisect_right(self._starts, at) - 1
        return self.runs[number][at - self._starts[number]]


def runs_of(entries: Sequence[Entry]) -> tuple[Sequence[Entry], ...]:
    """Return the entries of each article, of entries that stand one article after another."""
    if isinstance(entries, EntryRuns):
        return entries.runs
    return tuple(tuple(run) for _, run in groupby(entries, key=lambda entry: entry.article_id))


def article_id_of(entries: Sequence[Entry]) -> str:
    """Return the id of the article that entries are of, at least one; known without reading any that are stored."""
    return entries.article_id if isinstance(entries, ArticleEntries) else entries[0].article_id
