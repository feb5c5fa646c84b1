"""The lines of a Markdown article: where a symptom belongs among them, and the words of its labels."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from assistant.errors import EditError
from corpus.article import Entry
from corpus.labels import Label, Labels, Style

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_HEADING = re.compile(r" {0,3}#{1,6}(?:\s|\Z)")
_ITEM = re.compile(r"(?P<mark> {0,3}[-*+] +)\S")
_BOLD = frozenset({Style.BOLD})
_BOLD_LABEL = re.compile(r"\*\*(?P<words>[^*\n:]{2,40})(?::\*\*|\*\*:)")
_AFTER_SYMPTOMS = (Label.CAUSE, Label.SOLUTION)


def place_of_symptom(
    lines: Sequence[str], entry: Entry, words: str, labels: Labels, source: str
) -> tuple[int, list[str]]:
    """Return before which line, from 0, something is to be put in, and the lines to put in."""
    first, last = (entry.span.first_line or 1) - 1, entry.span.last_line or 0
    found = [(number, label) for number, label in _labelled(lines[first:last], labels)]
    for number, label in found:
        if label is Label.SYMPTOMS:
            end = next((later for later, _ in found if later > number), last - first)
            own = lines[first + number : first + end]
            heading = next((at for at, line in enumerate(own) if at and _HEADING.match(line)), len(own))
            while heading > 1 and not own[heading - 1].strip():
                heading -= 1
            mark = next((item["mark"] for line in own[:heading] if (item := _ITEM.match(line))), None)
            added = [f"{mark}{words}"] if mark else ["", f"- {words}"]
            return first + number + heading, added
    for number, label in found:
        if label in _AFTER_SYMPTOMS:
            return first + number, [f"**{own_labels(''.join(lines), labels)[Label.SYMPTOMS]}:**", "", f"- {words}", ""]
    place = f"{source}, line {first + 1}"
    raise EditError(f'"{entry.title}" has no label before which a symptom could stand; write it by hand in {place}')


def _labelled(lines: Sequence[str], labels: Labels) -> Iterator[tuple[int, Label]]:
    for number, line in enumerate(lines):
        if (match := labels.match_line(line.strip(), _BOLD)) is not None:
            yield number, match.label


def own_labels(text: str, labels: Labels) -> dict[Label, str]:
    """Return the words that an article uses for the parts of an entry, or else those of the article format."""
    words = {label: label.value.title() for label in (Label.MESSAGE, Label.SYMPTOMS, Label.CAUSE, Label.SOLUTION)}
    for line in reversed(lines_of(text)):
        bold = _BOLD_LABEL.match(line.strip())
        label = labels.of(bold["words"]) if bold else None
        if bold and label in words:
            words[label] = bold["words"]
    return words


def lines_of(text: str) -> list[str]:
    """Return the lines of a text with their ends; together they are the text."""
    return _LINE.findall(text)


def line_end(lines: Sequence[str]) -> str:
    """Return how the lines of a text end: as its first one does."""
    first = lines[0] if lines else "\n"
    return next((end for end in ("\r\n", "\n", "\r") if first.endswith(end)), "\n")
