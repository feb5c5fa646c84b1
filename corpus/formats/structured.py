"""A record, a row of a table or a line of JSON, becomes the elements of one entry in our own format."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from corpus.formats import markdown
from corpus.formats.document import Element, ElementKind, size_of
from corpus.labels import Label

_ORDER = (Label.CONTEXT, Label.MESSAGE, Label.SYMPTOMS, Label.CAUSE, Label.SOLUTION, Label.NOTE, Label.CAUTION)


@dataclass(frozen=True, slots=True)
class Record:
    """An entry in a structured format.

    Attributes:
        title: Its heading; None if its first message is the heading.
        slug: Its id; None if it has none.
        parts: The texts of each part as Markdown.
        line: Its line in the file, from 1.
    """

    title: str | None
    slug: str | None
    parts: Mapping[Label, Sequence[str]]
    line: int


def record_elements(record: Record, size: int) -> Iterator[Element]:
    """Yield a heading, then a label and the texts of each part.

    Args:
        record: The record.
        size: The characters of the whole record, which the heading gets.
    """
    errors = [*record.parts.get(Label.MESSAGE, ()), *record.parts.get(Label.SYMPTOMS, ())]
    title = " ".join((record.title or _title_of(errors) or record.slug or "").split())
    heading = f"{title} {{#{record.slug}}}" if record.slug else title
    yield Element(ElementKind.HEADING, heading, record.line, record.line, level=2, size=size)
    for label in _ORDER:
        texts = [text for text in record.parts.get(label, ()) if text.strip()]
        if not texts:
            continue
        yield _element(ElementKind.PARAGRAPH, f"**{label.value.title()}:**", record.line)
        if label in {Label.MESSAGE, Label.SYMPTOMS}:
            bullets = "\n".join(f"- {text}" for text in texts)
            yield replace(_element(ElementKind.BULLETS, bullets, record.line), items=tuple(map(str.strip, texts)))
            continue
        for text in texts:
            for element in markdown.read(text, "").elements or [_element(ElementKind.PARAGRAPH, text, record.line)]:
                is_heading = element.kind is ElementKind.HEADING
                level = max(element.level, 3) if is_heading else 0
                yield replace(element, first_line=record.line, last_line=record.line, level=level, size=0)


def _title_of(errors: Sequence[str]) -> str:
    """Return the title of an entry without a heading: its message, a code together with what it means."""
    if len(errors) > 1 and " " not in errors[0]:
        return f"{errors[0]}: {errors[1]}"
    return next(iter(errors), "")


def _element(kind: ElementKind, text: str, line: int) -> Element:
    return Element(kind, text, line, line)


def size_of_texts(texts: Sequence[str]) -> int:
    """Count the characters of several texts that are not white space."""
    return sum(map(size_of, texts))
