"""What a message quotes and is about: "Class 'PDO' not found" is another error with another class.

A quoted name is a value, as a rule: "Printer 'Reception' has no paper". It is none where the article says it again, in
the title, the cause or the solution ("Install the PDO extension"), or where it names a part of a program.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.article import Entry
from corpus.passages import plain_text
from index.analysis.lexicon import words
from index.analysis.paste_cleanup import message_text
from index.analysis.tokens import fold

_QUOTED = re.compile(r"(?<!\w)(?P<mark>['\"`])(?P<name>[^'\"`\n]{2,60})(?P=mark)(?!\w)")
_PARTS_OF_PROGRAMS = words(
    "class classes module modules function method overloaded package extension provider interface trait type property",
    "attribute symbol component plugin library gem namespace directive keyword operator constructor decorator hook",
    "driver middleware macro crate header",
)
_NAMED = words("named called the a an of")
_PLACEHOLDER = re.compile(
    r"[^A-Za-z]*|X{2,}\w*|x{3,}|N{3,}|n{3,}|foo|bar|[\[<{$%].*|.*[#\d].*|.*[\]>}]|.*\.[a-z]\w{1,4}|\W.*|.*[/\\].*"
)
_IDENTIFIER = re.compile(r"\w+\(.*\)|\w*[a-z][A-Z]\w*|[A-Za-z]\w*(?:(?:::|\\|\.)[A-Za-z_]\w*)+")
_WORD = re.compile(r"\w+")
_LEAST_BEFORE = 8  # characters before a name by which two messages of an entry are one with two names


def names_in(message: str, entry: Entry) -> frozenset[str]:
    """Return what a message quotes that is no value.

    Args:
        message: As the product shows it, without its Markdown.
        entry: The entry whose message it is.
    """
    text = fold(message).text
    found = list(_QUOTED.finditer(text))
    if not found:
        return frozenset()
    said = fold("\n".join(_said(entry, message))).text
    return frozenset(
        each["name"]
        for each in found
        if not _PLACEHOLDER.fullmatch(each["name"])
        and (_names_part_of_program(text, each) or _says(said, each["name"]))
        and not _is_varied(text[: each.start("name")], each["name"], entry)
    )


def quoted_in(text: str) -> frozenset[str]:
    """Return all that a text quotes."""
    return frozenset(each["name"] for each in _QUOTED.finditer(fold(text).text))


def _said(entry: Entry, message: str) -> Iterator[str]:
    """Yield what an entry says beside its messages."""
    if plain_text(entry.title) != plain_text(message):
        yield entry.title
    yield entry.cause or ""
    for solution in entry.solutions:
        yield solution.title or ""
        yield from (block.markdown for block in solution.blocks)


def _says(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _names_part_of_program(text: str, quoted: re.Match[str]) -> bool:
    before = [word.casefold() for word in _WORD.findall(text[max(0, quoted.start() - 40) : quoted.start()])]
    while before and before[-1] in _NAMED:
        before.pop()
    is_called_so = bool(before) and before[-1] in _PARTS_OF_PROGRAMS
    return (is_called_so and " " not in quoted["name"]) or _IDENTIFIER.fullmatch(quoted["name"]) is not None


def _is_varied(before: str, name: str, entry: Entry) -> bool:
    """Whether another message of the entry has another name in the same place."""
    others = (fold(message_text(each)).text for each in entry.messages)
    return len(before) >= _LEAST_BEFORE and any(
        each.startswith(before) and not each.startswith(before + name) for each in others
    )
