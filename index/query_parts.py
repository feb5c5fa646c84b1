"""The parts of a query that tells several troubles, in clauses of plain words or beside a documented message."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from index.analysis.clauses import same_places
from index.decision import THRESHOLD
from index.hit import PartHits
from index.ranking.ranker import ClauseHits, Ranking

_SHARED = 0.2  # the least probability at which a clause could tell the trouble of another one
# Of 22 judged queries with two troubles 12 become two parts at THRESHOLD, and 3 of 214 others.


def parts_of(query: str, ranking: Ranking) -> list[PartHits]:
    """Return the clauses of a query that tell a trouble each, where none of them could mean the trouble of another."""
    sure = [each for each in ranking.clauses if _is_sure(each)]
    parts: list[PartHits] = []
    first_ids: set[str] = set()
    for each in sure:
        place = same_places(each.clause, ranking.text, query)
        entry_id = each.hits[0].entry_id
        if place is not None and entry_id not in first_ids and all(_are_apart(each, other) for other in sure):
            parts.append(PartHits(*place, each.hits))
            first_ids.add(entry_id)
    return parts


def _is_sure(clause: ClauseHits) -> bool:
    """Return whether a clause tells a trouble by itself; one that ends in a colon introduces the next."""
    is_whole = not clause.clause.text.endswith(":")
    return is_whole and bool(clause.hits) and (clause.hits[0].probability or 0.0) >= THRESHOLD


def _are_apart(one: ClauseHits, other: ClauseHits) -> bool:
    if one.hits[0].entry_id == other.hits[0].entry_id:
        return True
    return _probability(one, other) < _SHARED and _probability(other, one) < _SHARED


def _probability(clause: ClauseHits, other: ClauseHits) -> float:
    """Return how probable it is that a clause tells the trouble of another one."""
    return next((hit.probability or 0.0 for hit in clause.hits if hit.entry_id == other.hits[0].entry_id), 0.0)


def beside(recognised: PartHits, parts: Sequence[PartHits]) -> list[PartHits]:
    """Return the parts of a query that stand beside a documented message and tell another trouble."""
    own = {hit.entry_id for hit in recognised.hits[: max(recognised.tied, 1)]}
    elsewhere = [part for part in parts if part.end <= recognised.start or part.start >= recognised.end]
    return [part for part in elsewhere if part.hits[0].entry_id not in own]


def in_order(parts: Sequence[PartHits]) -> tuple[PartHits, ...]:
    """Return parts in the order in which they stand in the query, their hits numbered so."""
    ordered = sorted(parts, key=lambda part: part.start)
    return tuple(
        replace(part, hits=tuple(replace(hit, part=number) for hit in part.hits)) for number, part in enumerate(ordered)
    )
