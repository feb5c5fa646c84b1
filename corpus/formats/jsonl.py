"""JSON lines: a line is an entry.

Names: `id` or `_id`, `title`, `message` or `messages`, `symptoms`, `cause`, `solution` or `solutions`, `context`, and
`text` for what an entry says in one piece, under its title (as BEIR's collections have it). All are Markdown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from corpus.formats.decoding import decode_text
from corpus.formats.document import Document, Element, Excluded, ExcludedKind, Problem, size_of
from corpus.formats.structured import Record, elements_of, size_of_texts
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
_SLUG = re.compile(r"[^\w.-]+")


def documents(content: bytes, source: str, _labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of a file of JSON lines; a line that cannot be read is a problem of the document.

    Raises:
        ArticleError: It is no text.
    """
    elements: list[Element] = []
    problems: list[Problem] = []
    excluded: list[Excluded] = []
    lines: dict[str, int] = {}
    size = 0
    for number, line in enumerate(decode_text(content, source).split("\n"), 1):
        if not line.strip():
            continue
        try:
            record, unread = _record(json.loads(line), number)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)[:100]
            problems.append(Problem(number, f"the line is no entry ({reason}); correct it"))
            continue
        if record.slug and (earlier := lines.setdefault(record.slug, number)) != number:
            text = f'the entry has the id "{record.slug}", which line {earlier} already has; change one'
            problems.append(Problem(number, text))
            continue
        texts = [record.title or "", *(text for part in record.parts.values() for text in part)]
        told = size_of_texts(texts)
        elements += elements_of(record, told)
        excluded += [
            Excluded(ExcludedKind.UNKNOWN_FIELD, number, number, size_of(str(value)[:1000]))
            for value in unread.values()
        ]
        size += told
    size += sum(each.size for each in excluded)
    return (Document(elements=tuple(elements), excluded=tuple(excluded), size=size, problems=tuple(problems)),)


def _record(found: object, line: int) -> tuple[Record, Mapping[str, object]]:
    if not isinstance(found, dict):
        raise ValueError("it is not of the form {...}")  # noqa: TRY004 - what is wrong is the file's content
    unread: dict[str, object] = {}
    parts: dict[Label, list[str]] = {}
    for name, value in found.items():
        if label := _PARTS.get(name):
            parts.setdefault(label, []).extend(_texts(name, value))
        elif name not in {"id", "_id", "title"} and value not in (None, "", [], {}):
            unread[name] = value
    title = " ".join(_texts("title", found.get("title"))) or None
    if title and "text" in found and Label.MESSAGE not in parts:
        parts[Label.MESSAGE] = [title]
    if Label.SOLUTION not in parts:
        raise ValueError('it has no "solution" and no "text"')
    slug = _SLUG.sub("-", str(found.get("id", found.get("_id", "")))[:200]).strip("-") or None
    return Record(title, slug, parts, line), unread


def _texts(name: str, value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return [value.strip()] if value.strip() else []
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return [each.strip() for each in value if each.strip()]
    raise ValueError(f'"{name}" is neither a text nor a list of texts')
