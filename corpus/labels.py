"""The words that say which part of an entry follows: "Cause:", "How to resolve", "Error message" ...

Where they stand decides how much is needed to believe them. `**Cause:**` is a label wherever a line begins with it;
`Cause:` and a bare `Cause` are only in an article that marks its parts so throughout (see `Style`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from corpus.errors import CorpusError


class Label(StrEnum):
    """A part of an entry, whatever an article calls it."""

    MESSAGE = "message"
    SYMPTOMS = "symptoms"
    CAUSE = "cause"
    SOLUTION = "solution"
    NOTE = "note"
    CAUTION = "caution"
    CONTEXT = "context"


ASIDES = frozenset({Label.NOTE, Label.CAUTION})
PARTS = frozenset({Label.MESSAGE, Label.SYMPTOMS, Label.CAUSE, Label.SOLUTION})  # what tells an entry from prose
_SYNONYMS = {
    Label.MESSAGE: "message, messages, error, error message, error messages, issue, problem, code, error code,"
    " errors, example error, example issue, question",
    Label.SYMPTOMS: "symptom, symptoms",
    Label.CAUSE: "cause, causes, explanation, reason, reasons, why does this happen, why this happens, possible cause,"
    " possible causes, potential cause, potential causes, root cause",
    Label.SOLUTION: "solution, solutions, resolution, resolutions, fix, action, how to resolve, how to fix,"
    " workaround, possible solution, possible solutions, possible fix, possible fixes, recommended solution,"
    " recommended solutions, suggested solution, suggested action, suggested actions, action to take, remediation,"
    " what to do, troubleshooting, answer",
    Label.NOTE: "note, notes, tip, important note",
    Label.CAUTION: "caution, warning, important",
    Label.CONTEXT: "applies to, where, product, plan, context, description",
}
_LETTERS = {"q": Label.MESSAGE, "a": Label.SOLUTION}
_ONLY_BOLD = frozenset({"troubleshooting"})
_BOLD = re.compile(r"(?P<mark>\*\*|__)(?P<words>[^*_\n]{1,40}?)(?P<colon>:?)[ \t]*(?P=mark)(?P<after>:?)[ \t]*")
_COLON = re.compile(r"(?P<words>\w[^\n*:]{0,39}?) ?:(?:[ \t]+|$)")
_NUMBERED = re.compile(r"\s*#?(?:\d{1,3}|(?-i:\b[A-Z]))\Z")
_HEADING = re.compile(r"(?P<words>[^:\n]{1,40}?)\s*(?::\s*(?P<rest>.*))?\Z", re.DOTALL)
_BEGINS_A_TEXT = re.compile(r"[^\W_a-z]|['\"\u2018\u201c`\[(#<*]")


class Style(StrEnum):
    """How an article marks its labels at the start of a line."""

    BOLD = "bold"  # "**Cause:** text", "**Cause**: text", "**Cause**" alone
    BOLD_BARE = "bold without a colon"  # "**Cause** The disk is full."
    COLON = "colon"  # "Cause: The disk is full."
    BARE = "bare"  # "Cause The disk is full.", what is left of a two-column page when it is copied as text


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line that begins with a label.

    Attributes:
        words: The label as written, without marks: "Cause 2".
        rest: What follows it on the line.
    """

    label: Label
    words: str
    rest: str

    @property
    def numbered(self) -> bool:
        """Whether it is one of several: "Solution 2"."""
        return _NUMBERED.search(self.words) is not None


class Labels:
    """The known labels, those of the settings included.

    Args:
        further: Words for a label beside the built-in ones: {Label.SOLUTION: ("Lösung", "Abhilfe")}.
    """

    def __init__(self, further: Mapping[Label, Iterable[str]] | None = None) -> None:
        self._by_words = {words.strip(): label for label, text in _SYNONYMS.items() for words in text.split(",")}
        for label, synonyms in (further or {}).items():
            self._by_words |= {_plain(words): label for words in synonyms}
        # longest first: "Error message" before "Error"
        bare = sorted((words for words, label in self._by_words.items() if len(words) > 2), key=len, reverse=True)
        self._bare = re.compile(rf"(?P<words>{'|'.join(map(re.escape, bare))})(?:[ \t]+|$)", re.IGNORECASE)

    def of(self, words: str) -> Label | None:
        """Return the label that `words` name ("Error message:" and "Solution 2" are known), or None."""
        known = self._by_words.get(_plain(words))
        return known or self._by_words.get(_plain(_NUMBERED.sub("", words.strip(" :*_"))))

    def in_line(self, line: str, styles: frozenset[Style]) -> Labelled | None:
        """Split a line into the label it begins with and the rest, or return None."""
        if found := _BOLD.match(line):
            return self._bold(line, found, styles)
        if Style.COLON in styles and (found := _COLON.match(line)) and (label := self._in_prose(found["words"])):
            return Labelled(label, found["words"], line[found.end() :])
        if Style.BARE in styles and (found := self._bare.match(line)) and line[:1].isupper():
            rest = line[found.end() :]
            label = self._in_prose(found["words"])
            if label is not None and label in PARTS and (not rest or _BEGINS_A_TEXT.match(rest)):
                return Labelled(label, found["words"], rest)
        return None

    def in_heading(self, heading: str) -> Labelled | None:
        """Split the heading of a part: "Cause", "Resolution 2", "Workaround: restart it"; None for any other."""
        found = _HEADING.match(heading.strip("*_ "))
        label = self.of(found["words"]) if found else None
        if found is None or label is None or _plain(found["words"]) in _ONLY_BOLD:
            return None
        if found["rest"] and label in {Label.MESSAGE, Label.CONTEXT}:
            return None  # "Error: connection refused" is a message, not a part of one
        return Labelled(label, found["words"], found["rest"] or "")

    def _in_prose(self, words: str) -> Label | None:
        """A word that is a label only in bold begins many a title: "Troubleshooting printers"."""
        return None if _plain(words) in _ONLY_BOLD else self._in_line(words)

    def _in_line(self, words: str) -> Label | None:
        """Q and A are labels before a colon, and no headings."""
        return _LETTERS.get(_plain(words)) or self.of(words)

    def _bold(self, line: str, found: re.Match[str], styles: frozenset[Style]) -> Labelled | None:
        rest = line[found.end() :]
        label = self._in_line(found["words"])
        has_colon = bool(found["colon"] or found["after"])
        if label is None or (rest and not has_colon and Style.BOLD_BARE not in styles):
            return None
        return Labelled(label, found["words"].strip(), rest)


def styles_of(lines: Iterable[str], labels: Labels, *, as_text: bool = False) -> frozenset[Style]:
    """Return how an article marks its labels, seen from all its lines.

    Bold labels with a colon always count. The weaker styles count only where there are none of those and the style
    marks at least two kinds of part, the solution among them: "Cause: ..." in a sentence is a word, "Cause: ..." and
    "Solution: ..." on two lines are labels. The bare style needs each twice, and a text without markup.
    """
    strong = frozenset({Style.BOLD})
    weaker = [Style.BOLD_BARE, Style.COLON, *([Style.BARE] if as_text else [])]
    seen: dict[Style, list[Label]] = {style: [] for style in (Style.BOLD, *weaker)}
    for line in lines:
        for style, found in seen.items():
            if (labelled := labels.in_line(line, frozenset({style}))) and labelled.label in PARTS:
                found.append(labelled.label)
                break
    if seen[Style.BOLD]:
        return strong
    trusted = {style for style in weaker if _is_trusted(seen[style], times=2 if style is Style.BARE else 1)}
    return strong | trusted | ({Style.COLON} if as_text else set())


def labels_of(setting: str) -> Labels:
    """Return the labels with those of the settings: "solution=L\u00f6sung,Abhilfe; cause=Ursache".

    Raises:
        CorpusError: A part of it is not of this form, or names no label.
    """
    further: dict[Label, list[str]] = {}
    for part in filter(str.strip, setting.split(";")):
        name, _, words = part.partition("=")
        if name.strip() not in set(Label) or not words.strip():
            known = ", ".join(Label)
            raise CorpusError(f'the setting of labels has "{part.strip()}"; write label=word,word with one of {known}')
        further.setdefault(Label(name.strip()), []).extend(filter(str.strip, words.split(",")))
    return Labels(further)


def _is_trusted(seen: list[Label], *, times: int) -> bool:
    often = {label for label in seen if seen.count(label) >= times}
    return Label.SOLUTION in often and len(often) > 1


def _plain(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip(" :?.*_").casefold()
