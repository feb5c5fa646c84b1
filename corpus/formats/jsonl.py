"""JSON lines: each line is an entry.

Fields: `id` or `_id`, `title`, `code` or `error_code`, `message` or `messages`, `symptoms`, `cause`, `solution` or
`solutions`, `context`, `note`, `caution`, and `text` for an entry that is not divided into parts, as in the collections
of BEIR. All but the id are Markdown. A line with other names, a question and its answer or an error and its fix, is a
record of a catalogue.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from corpus.formats.decoding import decode_text
from corpus.formats.document import Document, Element, Excluded, ExcludedKind, Problem, size_of
from corpus.formats.records.catalogue import record_of
from corpus.formats.structured import Record, record_elements, size_of_texts
from corpus.labels import Label, Labels

_PARTS = {
    "message": Label.MESSAGE,
    "messages": Label.MESSAGE,
    "symptom": Label.SYMPTOMS,
    "symptoms": Label.SYMPTOMS,
    "cause": Label.CAUSE,
    "solution": Label.SOLUTION,
    "solutions": Label.SOLUTION,
    "text": Label.SOLUTION,
    "context": Label.CONTEXT,
    "note": Label.NOTE,
    "caution": Label.CAUTION,
}
_ID_FIELDS = ("id", "_id")
_CODE_FIELDS = ("code", "error_code", "errorCode", "error_number")
_MAX_ID = 200  # characters
_MAX_UNKNOWN = 1_000  # characters of an unknown field that are counted
_NOT_IN_ID = re.compile(r"[^\w.-]+")


def documents(content: bytes, source: str, labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of JSON lines; a line that is not an entry becomes a problem of the document.

    Raises:
        ArticleError: They are not text.
    """
    elements: list[Element] = []
    problems: list[Problem] = []
    excluded: list[Excluded] = []
    lines_of_ids: dict[str, int] = {}
    size = 0
    for number, line in enumerate(decode_text(content, source).split("\n"), 1):
        if not line.strip():
            continue
        try:
            record, unknown = _record(json.loads(line), number, labels)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)[:100]
            problems.append(Problem(number, f"the line is not an entry ({reason}); correct it"))
            continue
        if record.slug and (first := lines_of_ids.setdefault(record.slug, number)) != number:
            text = f'the entry has the id "{record.slug}", which line {first} already has; change one'
            problems.append(Problem(number, text))
            continue
        record_size = size_of_texts([record.title or "", *(text for part in record.parts.values() for text in part)])
        elements += record_elements(record, record_size)
        for value in unknown.values():
            value_size = size_of(str(value)[:_MAX_UNKNOWN])
            excluded.append(Excluded(ExcludedKind.UNKNOWN_FIELD, number, number, value_size))
        size += record_size
    size += sum(part.size for part in excluded)
    return (Document(elements=tuple(elements), excluded=tuple(excluded), size=size, problems=tuple(problems)),)


def _record(value: object, line: int, labels: Labels) -> tuple[Record, Mapping[str, object]]:
    """Return the record in a line, and its fields that are not read.

    Raises:
        ValueError: It is not an object, has no solution, or a field has the wrong type.
    """
    if not isinstance(value, dict):
        raise ValueError("it is not of the form {...}")  # noqa: TRY004 - what is wrong is the content of the file
    unknown: dict[str, object] = {}
    parts: dict[Label, list[str]] = {}
    for name, field in value.items():
        if label := _PARTS.get(name):
            parts.setdefault(label, []).extend(_texts(name, field))
        elif name not in {*_ID_FIELDS, *_CODE_FIELDS, "title"} and field not in (None, "", [], {}):
            unknown[name] = field
    codes = [code for name in _CODE_FIELDS if name in value for code in _codes(name, value[name])]
    if codes:
        parts[Label.MESSAGE] = [*codes, *parts.get(Label.MESSAGE, ())]
    title = " ".join(_texts("title", value.get("title"))) or None
    if title and "text" in value and Label.MESSAGE not in parts:
        parts[Label.MESSAGE] = [title]
    if Label.SOLUTION not in parts:
        further, _ = record_of(value, labels)  # of other names: a question and its answer, an error and its fix
        if {Label.MESSAGE, Label.SOLUTION} <= further.parts.keys():
            return replace(further, line=line), {}
        raise ValueError('it has no "solution" and no "text"')
    entry_id = str(next((value[name] for name in _ID_FIELDS if name in value), ""))
    slug = _NOT_IN_ID.sub("-", entry_id[:_MAX_ID]).strip("-") or None
    return Record(title, slug, parts, line), unknown


def _codes(name: str, field: object) -> list[str]:
    """Return the code in a field, which may be a number."""
    is_number = isinstance(field, int) and not isinstance(field, bool)
    return [str(field)] if is_number else _texts(name, field)


def _texts(name: str, field: object) -> list[str]:
    if field is None:
        return []
    if isinstance(field, str):
        return [field.strip()] if field.strip() else []
    if isinstance(field, list) and all(isinstance(each, str) for each in field):
        return [each.strip() for each in field if each.strip()]
    raise ValueError(f'"{name}" is neither a text nor a list of texts')
