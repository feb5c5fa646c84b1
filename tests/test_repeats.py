"""Messages and pastes that repeat themselves, as stack traces and retry logs do, take no longer than others."""

from __future__ import annotations

from pathlib import Path

import pytest

from index.messages.template_matcher import MessageMatch, TemplateMatcher
from tests.programs.processor_time import in_time
from tests.test_templates import ARTICLE, entry, matcher_of

_MOST_S = 2.5  # of processor; five times what a query may take at worst
_LONGEST = 20_000  # characters of a query

HEAD = "java.lang.StackOverflowError: stack overflow\n"
FRAMES = (
    "   at com.example.app.Service.handle(Service.java:42)",
    "   at com.example.app.Worker.run(Worker.java:17)",
)
ONE = "\n".join(FRAMES[:1] * 30)
TWO = "\n".join(FRAMES * 15)
RETRY = "Retrying the connection to the server now.\n"
COPY = "Copy 'x' to 'y' failed. "
PARTS = "The <a> <b>, <c> <d> and "


def recognised(folder: Path, message: str, query: str) -> tuple[MessageMatch, ...]:
    """Return what is recognised of a query, if that does not take too long."""
    matcher: TemplateMatcher = matcher_of(folder, [ARTICLE], [entry("0", message), entry("1", "Printer is offline")])
    return in_time(_MOST_S, lambda: matcher.recognise(query[:_LONGEST])).matches


@pytest.mark.parametrize(
    ("message", "query", "found"),
    [
        (HEAD + ONE, HEAD + "\n".join(FRAMES[:1] * 360), [HEAD + ONE]),
        (HEAD + TWO, HEAD + "\n".join(FRAMES * 180), [HEAD + TWO]),
        (HEAD + TWO, f"It stopped.\n\n{HEAD}{TWO}", [HEAD + TWO]),
        (RETRY * 3, RETRY * 400, [RETRY * 3]),
        (COPY * 3, "Copy 'abc' to 'def' failed. " * 700, ["Copy 'abc' to 'def' failed. " * 3]),
    ],
    ids=["equal frames", "alternating frames", "amid other text", "a line", "values"],
)
def test_a_message_that_repeats_itself_is_recognised(
    tmp_path: Path, message: str, query: str, found: list[str]
) -> None:
    matches = recognised(tmp_path, message, query)
    assert [query[each.start : each.end] for each in matches] == [each.rstrip(" \n.):") for each in found]
    assert [each.rows for each in matches] == [(0,)]


@pytest.mark.parametrize(
    ("message", "query"),
    [
        (HEAD + ONE, "\n".join(FRAMES[:1] * 400)),
        (HEAD + TWO, "\n".join(FRAMES * 200)),
        (COPY * 30, "Copy 'abc' to 'def' failed. " * 700),
        (PARTS * 60, "The x y, z w and " * 1_200),
        ("at a.b(c) " * 120, "at a.b(c) " * 120),
        ("Row 1 is 2 of 3 " * 40, "Row 5 is 6 of 7 " * 1_200),
        ("Retrying the connection now. " * 5_000, "Retrying the connection now. " * 680),
        ("The task failed: see there. " * 100, "The task failed: see here. " * 700),
    ],
    ids=["frames", "alternating", "quoted values", "values", "short frames", "numbers", "155 kB", "colons"],
)
def test_no_repetition_takes_longer_than_a_query_may_or_is_another_message(
    tmp_path: Path, message: str, query: str
) -> None:
    assert {each.rows for each in recognised(tmp_path, message, query)} <= {(0,)}


def test_of_a_message_of_many_pages_the_beginning_counts(tmp_path: Path) -> None:
    words = [f"word{number}" for number in range(1_000)]
    query = " ".join(words[:450])
    assert [each.rows for each in recognised(tmp_path, " ".join(words), query)] == [(0,)]
