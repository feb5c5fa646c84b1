"""A query: the text, the number of hits, the filter and the choice."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Query:
    """A reader's or a program's query.

    Attributes:
        text: A description in plain words, or a pasted message.
        k: How many hits at most, from 1; the choices of a question are among the hits in any case.
        product: Only articles of this product.
        tags: Only articles with all of these tags.
        choice: The id of a choice of the question in an earlier answer.
    """

    text: str
    k: int = 5
    product: str | None = None
    tags: tuple[str, ...] = ()
    choice: str | None = None
