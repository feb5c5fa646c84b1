"""A symptom or an entry is put into the text of a Markdown article; nothing else of it changes, which is checked.

The new text is parsed again and compared with the old: a label, a heading or front matter in what somebody typed cannot
reach another entry.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.editing.article_lines import line_end, lines_of, own_labels, place_of_symptom
from assistant.errors import EditError
from corpus.article import Entry, Span
from corpus.authoring.article_writer import listed
from corpus.errors import ArticleError
from corpus.formats.escaping import escape_inline, escape_lines
from corpus.formats.registry import format_of
from corpus.labels import Label, Labels
from corpus.loader import read_content
from corpus.parsing.article_parser import ParsedArticle
from corpus.parsing.entry_ids import slugify

_MAX_SYMPTOM = 300


@dataclass(frozen=True, slots=True)
class NewEntry:
    """What an editor writes in the form of a new entry; cause and solution are Markdown.

    Attributes:
        title: Its heading.
        messages: The error as the product shows it.
        symptoms: In readers' words.
        cause: Why it happens; may be empty.
        solution: What to do.
    """

    title: str
    solution: str
    messages: Sequence[str] = ()
    symptoms: Sequence[str] = ()
    cause: str = ""


@dataclass(frozen=True, slots=True)
class EditedArticle:
    """The text of an article with an edit in it.

    Attributes:
        text: All of it.
        entry: The entry that was changed or added, as it is read from that text.
        parsed: The article, as it is read from that text.
    """

    text: str
    entry: Entry
    parsed: ParsedArticle = field(repr=False)


def with_symptom(text: str, source: str, entry_id: str, symptom: str, labels: Labels) -> EditedArticle:
    """Return an article with a symptom added to one of its entries.

    Raises:
        EditError: The file is not Markdown, has no such entry, or the symptom cannot be written into it.
    """
    old = _read(text, source, labels)
    entry = next((each for each in old.entries if each.entry_id == entry_id), None)
    if entry is None:
        raise EditError(f"{source} has no entry {entry_id} any more; look at the articles again")
    words = _symptom(symptom)
    if words in entry.symptoms:
        raise EditError(f"{entry_id} has this symptom already")
    lines = lines_of(text)
    place, added = place_of_symptom(lines, entry, words, labels, source)
    edited = "".join([*lines[:place], *(f"{line}{line_end(lines)}" for line in added), *lines[place:]])
    expected = {each.entry_id: each for each in old.entries}
    expected[entry_id] = replace(entry, symptoms=(*entry.symptoms, words))
    return _checked(edited, entry_id, expected, old=old, labels=labels)


def with_entry(text: str, source: str, new: NewEntry, labels: Labels) -> EditedArticle:
    """Return an article with an entry added at its end, with the labels that the article uses.

    Raises:
        EditError: The file is not Markdown, something is missing, or what was typed would be read as something else.
    """
    old = _read(text, source, labels)
    title = " ".join(new.title.split())
    if not title or not new.solution.strip():
        raise EditError("an entry needs a title and a solution; write both")
    title = escape_inline(title)
    messages = tuple(filter(None, (" ".join(each.split()) for each in new.messages)))
    symptoms = tuple(map(_symptom, filter(str.strip, new.symptoms)))
    taken = {each.entry_id for each in old.entries}
    slug = slugify(title) or "entry"
    ids = (slug, *(f"{slug}-{number}" for number in range(2, len(taken) + 3)))
    article_id = old.article.article_id
    slug = next(each for each in ids if f"{article_id}#{each}" not in taken)
    parts = {
        Label.MESSAGE: listed(messages),
        Label.SYMPTOMS: listed(symptoms),
        Label.CAUSE: new.cause.strip(),
        Label.SOLUTION: new.solution.strip(),
    }
    words = own_labels(text, labels)
    body = "\n\n".join(f"**{words[label]}:**\n\n{part}" for label, part in parts.items() if part)
    end = line_end(lines_of(text))
    added = f"## {title} {{#{slug}}}\n\n{body}\n".replace("\r\n", "\n").replace("\r", "\n").replace("\n", end)
    edited = f"{text.rstrip()}{end}{end}{added}"
    entry_id = f"{article_id}#{slug}"
    expected: dict[str, Entry] = {each.entry_id: each for each in old.entries}
    edit = _checked(edited, entry_id, expected, old=old, labels=labels)
    if (edit.entry.symptoms, bool(edit.entry.cause)) != (symptoms, bool(new.cause.strip())):
        raise EditError(_not_as_typed(edit.entry.title))
    return edit


def diff(before: str, after: str, source: str) -> list[str]:
    """Return the lines of a unified diff."""
    old, new = (text.splitlines() for text in (before, after))
    return list(difflib.unified_diff(old, new, source, source, lineterm=""))


def _read(text: str, source: str, labels: Labels) -> ParsedArticle:
    try:
        if format_of(source).module != "markdown":
            remedy = f'change it there, or run "assistant import {source}" and edit the Markdown that it writes'
            raise EditError(f"{source} is not Markdown, so it is not edited here; {remedy}")
    except ArticleError as error:
        raise EditError(str(error)) from error
    read = list(read_content(text.encode(), source, labels=labels))
    if len(read) != 1 or not isinstance(read[0], ParsedArticle):
        raise EditError(f"{read[0] if read else source}; mend that first")
    return read[0]


def _symptom(text: str) -> str:
    words = " ".join(text.split())
    if not words or len(words) > _MAX_SYMPTOM:
        raise EditError(f"a symptom is a sentence of up to {_MAX_SYMPTOM} characters; write it in a few words")
    return escape_lines(escape_inline(words))


def _checked(
    text: str, entry_id: str, expected: dict[str, Entry], *, old: ParsedArticle, labels: Labels
) -> EditedArticle:
    """Return the edited article, if every entry of it is as expected."""
    source = old.article.source
    read = list(read_content(text.encode(), source, labels=labels))
    parsed = read[0] if len(read) == 1 else None
    entries = {each.entry_id: each for each in parsed.entries} if isinstance(parsed, ParsedArticle) else {}
    others = {each: entry for each, entry in entries.items() if each != entry_id or each in expected}
    is_expected = {each: _without_place(entry) for each, entry in others.items()} == {
        each: _without_place(entry) for each, entry in expected.items()
    }
    if not isinstance(parsed, ParsedArticle) or not is_expected or entry_id not in entries:
        raise EditError(_not_as_typed(source))
    if len(parsed.problems) > len(old.problems) or parsed.article != old.article:
        raise EditError(_not_as_typed(source))
    return EditedArticle(text, entries[entry_id], parsed)


def _not_as_typed(place: str) -> str:
    return f"{place}: what was typed would be read as another part of the article; write it without headings and labels"


def _without_place(entry: Entry) -> Entry:
    return replace(entry, span=Span(None, None))
