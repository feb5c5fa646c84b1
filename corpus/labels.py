"""The words that say which part of an entry follows: "Cause:", "How to resolve", "Error message" ...

Where they stand decides how much is needed to believe them. `**Cause:**` is a label wherever a line begins with it;
`Cause:` and a bare `Cause` are only in an article that marks its parts so throughout (see `Style`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from corpus.errors import CorpusError
from corpus.label_synonyms import SYNONYMS


class Label(StrEnum):
    """A part of an entry, whatever an article calls it."""

    MESSAGE = "message"
    SYMPTOMS = "symptoms"
    CAUSE = "cause"
    SOLUTION = "solution"
    NOTE = "note"
    CAUTION = "caution"
    CONTEXT = "context"


CALLOUTS = frozenset({Label.NOTE, Label.CAUTION})
CORE_LABELS = frozenset({Label.MESSAGE, Label.SYMPTOMS, Label.CAUSE, Label.SOLUTION})  # what tells an entry from prose
_LETTERS = {"q": Label.MESSAGE, "a": Label.SOLUTION}
_ONLY_BOLD = frozenset({"troubleshooting"})
_END = r"(?: ?[:?]|\.| [-\u2013\u2014](?= ))"  # what divides a label from its text
_BOLD = re.compile(
    rf"(?P<mark>\*\*|__)(?P<words>[^*_\n]{{1,60}}?)(?P<colon>{_END}?)[ \t]*(?P=mark)"
    r"(?P<after>(?: ?:| [-\u2013\u2014](?= ))?)[ \t]*"
)
_ALERT = re.compile(r"\[!(?P<words>\w+)\][ \t]*")  # "> [!NOTE]", as some write a box
_COLON = re.compile(r"(?P<words>\w[^\n*:?]{0,59}?)(?: ?[:?]|(?<=\b[QA])\.| [-\u2013\u2014])(?:[ \t]+|$)")
_NUMBERED = re.compile(r"\s*(?:#?\d{1,3}|\b[a-z])\Z", re.IGNORECASE)
_HEADING = re.compile(r"(?P<words>[^:\n]{1,60}?)\s*(?:(?::|\s[-\u2013\u2014](?=\s))\s*(?P<rest>.*))?\Z", re.DOTALL)
_CODED = re.compile(
    r"(?:error|fault|alarm|status|exception|warning|event)(?: code| id)? #?(?=[\w-]*\d)[\w-]{2,20}\Z", re.IGNORECASE
)
_NO_BARE_LABEL = re.compile(r"(?:you|what)\b", re.IGNORECASE)  # as a rule a sentence
_LONGEST = 60  # characters
_BEGINS_A_TEXT = re.compile(r"[^\W_a-z]|['\"\u2018\u201c`\[(#<*]")


class Style(StrEnum):
    """How an article marks its labels at the start of a line."""

    BOLD = "bold"  # "**Cause:** text", "**Cause**: text", "**Cause**" alone
    BOLD_BARE = "bold without a colon"  # "**Cause** The disk is full."
    COLON = "colon"  # "Cause: The disk is full."
    ALONE = "alone"  # "Cause" alone on its line
    BARE = "bare"  # "Cause The disk is full.", what is left of a two-column page when it is copied as text


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A line that begins with a label.

    Attributes:
        words: The label as written, without marks: "Cause 2".
        rest: What follows it on the line.
    """

    label: Label
    words: str
    rest: str

    @property
    def is_numbered(self) -> bool:
        """Whether it is one of several: "Solution 2"."""
        return len(self.words) > 1 and _NUMBERED.search(self.words) is not None


class Labels:
    """The known labels, those of the settings included.

    Args:
        further: Words for a label beside the built-in ones: {Label.SOLUTION: ("Lösung", "Abhilfe")}.

    Attributes:
        fingerprint: Equal for labels that know the same words.
    """

    def __init__(self, further: Mapping[Label, Iterable[str]] | None = None) -> None:
        known = {Label(name): list(patterns) for name, patterns in SYNONYMS.items()}
        for label, words in (further or {}).items():
            known[label] += [re.escape(_plain(each)) for each in words]
        pairs = [(label, pattern) for label, patterns in known.items() for pattern in patterns]
        self.fingerprint = repr([(label.value, pattern) for label, pattern in pairs])
        self._patterns = [(label, re.compile(rf"(?:{pattern})\Z")) for label, pattern in pairs]
        self._bare = [re.compile(rf"(?P<words>{pattern})(?:[ \t]+|$)", re.IGNORECASE) for _, pattern in pairs]
        self._label_of = lru_cache(maxsize=1 << 14)(self._look_up)

    def of(self, words: str) -> Label | None:
        """Return the label that `words` name ("Error message:" and "Solution 2" are known), or None.

        "Error 809" is none: a number of two digits or more is a code, and the words are the message.
        """
        return self._label_of(words)

    def match_line(self, line: str, styles: frozenset[Style]) -> LabelMatch | None:
        """Split a line into the label it begins with and the rest, or return None."""
        if (found := _ALERT.match(line)) and (label := self.of(found["words"])):
            return LabelMatch(label, found["words"], line[found.end() :])
        if found := _BOLD.match(line):
            return self._bold(line, found, styles)
        if Style.COLON in styles and (found := _COLON.match(line)):
            if _CODED.match(found["words"]):
                return LabelMatch(Label.MESSAGE, found["words"], line)
            if label := self._in_prose(found["words"]):
                return LabelMatch(label, found["words"], line[found.end() :])
        if Style.ALONE in styles and len(line) <= _LONGEST and (label := self._in_prose(line)) in CORE_LABELS:
            return LabelMatch(label, line.strip(), "")
        return self._without_mark(line) if Style.BARE in styles and line[:1].isupper() else None

    def match_heading(self, heading: str) -> LabelMatch | None:
        """Split the heading of a part: "Cause", "Resolution 2", "Workaround: restart it"; None for any other."""
        found = _HEADING.match(heading.strip("*_ "))
        label = self.of(found["words"]) if found else None
        if found is None or label is None or _plain(found["words"]) in _ONLY_BOLD:
            return None
        names_error = label is Label.MESSAGE and _NUMBERED.search(found["words"])
        if names_error or (found["rest"] and label in {Label.MESSAGE, Label.CONTEXT}):
            return None  # "Error: connection refused" and "Alarm 7" are messages, not parts of one
        return LabelMatch(label, found["words"], found["rest"] or "")

    def _look_up(self, words: str) -> Label | None:
        if len(words) > _LONGEST:
            return None
        plain = _plain(words)
        if label := self._matched(plain):
            return label
        if (number := _NUMBERED.search(plain)) is None:
            return None
        label = self._matched(_plain(plain[: number.start()]))
        is_code = label is Label.MESSAGE and len(number[0].strip(" #")) > 1
        return None if is_code else label

    def _matched(self, plain: str) -> Label | None:
        return next((label for label, pattern in self._patterns if pattern.match(plain)), None)

    def _without_mark(self, line: str) -> LabelMatch | None:
        """The longest label that the line begins with, if what follows it begins a text."""
        found = max((m for each in self._bare if (m := each.match(line))), key=lambda m: m.end(), default=None)
        label = self._in_prose(found["words"]) if found else None
        if found is None or label not in CORE_LABELS or _NO_BARE_LABEL.match(line):
            return None
        rest = line[found.end() :]
        return LabelMatch(label, found["words"], rest) if not rest or _BEGINS_A_TEXT.match(rest) else None

    def _in_prose(self, words: str) -> Label | None:
        """A word that is a label only in bold begins many a title: "Troubleshooting printers"."""
        return None if _plain(words) in _ONLY_BOLD else self._in_line(words)

    def _in_line(self, words: str) -> Label | None:
        """Q and A are labels before a colon, and no headings."""
        return _LETTERS.get(_plain(words)) or self.of(words)

    def _bold(self, line: str, found: re.Match[str], styles: frozenset[Style]) -> LabelMatch | None:
        words, rest = found["words"].strip(), line[found.end() :]
        has_mark = bool(found["colon"] or found["after"])
        if rest and not has_mark and Style.BOLD_BARE not in styles:
            return None
        if _CODED.match(words):
            return LabelMatch(Label.MESSAGE, words, f"{words}: {rest}" if rest else words)
        label = self._in_line(words)
        return None if label is None else LabelMatch(label, words, rest)


DEFAULT_LABELS = Labels()


def detect_styles(lines: Iterable[str], labels: Labels, *, is_plain_text: bool = False) -> frozenset[Style]:
    """Return how an article marks its labels, seen from all its lines.

    Bold labels with a colon always count. The weaker styles count only where there are none of those and the style
    marks at least two kinds of part, the solution among them: "Cause: ..." in a sentence is a word, "Cause: ..." and
    "Solution: ..." on two lines are labels. The bare style needs each twice, and a text without markup.
    """
    strong = frozenset({Style.BOLD})
    weaker = [Style.BOLD_BARE, Style.COLON, Style.ALONE, *([Style.BARE] if is_plain_text else [])]
    seen: dict[Style, list[Label]] = {style: [] for style in (Style.BOLD, *weaker)}
    for line in lines:
        for style, found in seen.items():
            if (labelled := labels.match_line(line, frozenset({style}))) and labelled.label in CORE_LABELS:
                found.append(labelled.label)
                break
    if seen[Style.BOLD]:
        return strong
    trusted = {style for style in weaker if _is_trusted(seen[style], times=2 if style is Style.BARE else 1)}
    return strong | trusted | ({Style.COLON} if is_plain_text else set())


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
    return re.sub(r"\s+", " ", words.replace("\u2019", "'")).strip(" :?.*_").casefold()
