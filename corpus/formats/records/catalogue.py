"""A catalogue of errors, or of questions, in JSON: each record is an entry.

[{"code": "E7", "message": "Lamp is dark", "fix": "Turn it on."}]        a list
{"errors": [...]}, {"faq": [...]}, {"mainEntity": [...]}                 a list under a name
{"E7": {"message": "Lamp is dark", "fix": "Turn it on."}}                a map by code
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from corpus.formats.document import Document, Element, Excluded, ExcludedKind, Problem, size_of
from corpus.formats.records.fields import CODE_NAMES, TITLE_NAMES, field_name, label_of_field, texts_of
from corpus.formats.structured import Record, record_elements, size_of_texts
from corpus.labels import Label, Labels

_MAX_DEPTH = 6
_MAX_NAME = 80  # characters in a message
_ERROR = frozenset({Label.MESSAGE, Label.SYMPTOMS})
_ANSWER = frozenset({Label.CAUSE, Label.SOLUTION})


def catalogue_of(value: object, labels: Labels) -> Document | None:
    """Return the catalogue in parsed JSON as a document, or None if it is none.

    Records without an error, or without anything that says what to do, become problems.
    """
    found = list(_records(value, labels, None, 0))
    records = [(record, unknown) for record, unknown in found if _is_entry(record)]
    if not records:
        return None
    elements: list[Element] = []
    excluded: list[Excluded] = []
    problems = [
        Problem(
            None, f'the record "{record.title or _first(record)}" says neither why nor what to do; add a "solution"'
        )
        for record, _ in found
        if not _is_entry(record)
    ]
    size = 0
    for record, unknown in records:
        own = size_of_texts([record.title or "", *(text for part in record.parts.values() for text in part)])
        elements += _without_lines(record_elements(record, own))
        excluded.append(Excluded(ExcludedKind.UNKNOWN_FIELD, None, None, unknown))
        size += own + unknown
    metadata = {"title": value["title"]} if isinstance(value, dict) and isinstance(value.get("title"), str) else {}
    return Document(metadata, tuple(elements), tuple(excluded), size, tuple(problems))


def record_of(value: Mapping[str, object], labels: Labels, code: str | None = None) -> tuple[Record, int]:
    """Return the record that an object is, and the characters of its fields that are not read."""
    parts: dict[Label, list[str]] = {}
    title, codes, unknown = None, [code] if code else [], 0
    for name, field in value.items():
        words, texts = field_name(name), texts_of(field)
        label = label_of_field(name, labels)
        if words in CODE_NAMES and len(texts) == 1 and len(texts[0]) <= 80 and "\n" not in texts[0]:
            codes += texts if texts[0] not in codes else []
        elif words in TITLE_NAMES and texts and title is None:
            title = " ".join(texts)
        elif label is not None:
            parts.setdefault(label, []).extend(texts)
        else:
            unknown += sum(map(size_of, texts))
    return _completed(title, codes, parts), unknown


def _completed(title: str | None, codes: list[str], parts: dict[Label, list[str]]) -> Record:
    """Return a record whose title, or whose description, is the message where no field is."""
    is_code = bool(codes) and any(any(letter.isdigit() or letter in "_-" for letter in code) for code in codes)
    if not codes and not parts.get(Label.SOLUTION):
        parts.pop(Label.CAUSE, None)  # a name and a description are not yet an error
    if not parts.get(Label.MESSAGE):
        causes = parts.get(Label.CAUSE, [])
        if title:
            parts[Label.MESSAGE] = [title]
        elif causes and parts.get(Label.SOLUTION):
            parts[Label.MESSAGE] = [causes.pop(0)]
    messages = parts.get(Label.MESSAGE, [])
    if is_code or (codes and not messages):
        parts[Label.MESSAGE] = [*codes, *messages]
        if title is None and messages:
            title = f"{codes[0]}: {messages[0]}"
    return Record(title, None, {label: texts for label, texts in parts.items() if texts}, 1)


def _is_entry(record: Record) -> bool:
    return bool(record.parts.keys() & _ERROR and record.parts.keys() & _ANSWER)


def _first(record: Record) -> str:
    return next((texts[0] for texts in record.parts.values()), "")


def _records(value: object, labels: Labels, code: str | None, depth: int) -> Iterator[tuple[Record, int]]:
    """Yield the records in lists and maps; an object of which most values are objects is a map by code."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for each in value:
            yield from _records(each, labels, None, depth + 1)
    elif isinstance(value, dict):
        record, unknown = record_of(value, labels, code)
        if _is_entry(record):
            yield record, unknown
            return
        inside = [pair for name, each in value.items() for pair in _inside(name, each, labels, depth)]
        if inside:
            yield from inside
        elif record.parts.keys() & _ERROR:
            yield record, unknown


def _inside(name: str, value: object, labels: Labels, depth: int) -> list[tuple[Record, int]]:
    if isinstance(value, dict):
        return list(_records(value, labels, name, depth + 1))
    has_objects = isinstance(value, list) and any(isinstance(each, dict) for each in value)
    return list(_records(value, labels, None, depth + 1)) if has_objects else []


def _without_lines(elements: Iterator[Element]) -> Iterator[Element]:
    for each in elements:
        yield Element(each.kind, each.markdown, level=each.level, items=each.items, rows=each.rows, size=each.size)
