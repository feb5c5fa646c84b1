"""Labels, the words that name the part of an entry that follows: "Cause:", "How to resolve", "Error message".

`**Cause:**` is a label wherever a line begins with it. `Cause:` and a bare `Cause` are labels only in an article that
marks its parts so throughout (see `Style`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from corpus.errors import CorpusError
from corpus.label_languages import LANGUAGES
from corpus.label_synonyms import SYNONYMS


class Label(StrEnum):
    """The part of an entry that a label names, whatever its wording."""

    MESSAGE = "message"
    SYMPTOMS = "symptoms"
    CAUSE = "cause"
    SOLUTION = "solution"
    NOTE = "note"
    CAUTION = "caution"
    CONTEXT = "context"


CALLOUTS = frozenset({Label.NOTE, Label.CAUTION})
CORE_LABELS = frozenset({Label.MESSAGE, Label.SYMPTOMS, Label.CAUSE, Label.SOLUTION})  # these make a text an entry
_QUESTION_LETTERS = {"q": Label.MESSAGE, "a": Label.SOLUTION}
_ONLY_BOLD = frozenset({"troubleshooting"})
_END = r"(?: ?[:?]|\.| [-\u2013\u2014](?= ))"  # what separates a label from its text
_BOLD = re.compile(
    rf"(?P<mark>\*\*|__)(?P<words>[^*_\n]{{1,60}}?)(?P<colon>{_END}?)[ \t]*(?P=mark)"
    r"(?P<after>(?: ?:| [-\u2013\u2014](?= ))?)[ \t]*"
)
_ALERT = re.compile(r"\[!(?P<words>\w+)\][ \t]*")  # GitHub's alerts: "> [!NOTE]"
_COLON = re.compile(r"(?P<words>\w[^\n*:?]{0,59}?)(?: ?[:?]|(?<=\b[QA])\.| [-\u2013\u2014])(?:[ \t]+|$)")
_MARKS = ("*", "_")
_SEPARATOR = re.compile(r"[:?\u2013\u2014-]|[QA]\.")  # one of these is in what _COLON finds
_LATEST = 63  # characters, by which it is there
_NUMBERED = re.compile(r"\s*(?:#?\d{1,3}|\b[a-z])\Z", re.IGNORECASE)
_HEADING = re.compile(r"(?P<words>[^:\n]{1,60}?)\s*(?:(?::|\s[-\u2013\u2014](?=\s))\s*(?P<rest>.*))?\Z", re.DOTALL)
_CODED = re.compile(
    r"(?:error|fault|alarm|status|exception|warning|event)(?: code| id)? #?(?=[\w-]*\d)[\w-]{2,20}\Z", re.IGNORECASE
)
_NO_BARE_LABEL = re.compile(r"(?:you|what)\b", re.IGNORECASE)  # these begin a sentence more often than a label
_JOINT = re.compile(r" (?:and|or|&|und|oder|et|ou|y|o|e|en|of) | ?/ ?")
_TITLE_OF_MANY = re.compile(
    r"(?:common |known )?(?:errors|issues|problems|questions|messages|codes|exceptions|alarms)\Z"
)
_MAX_LABEL = 60  # characters
_KEPT = 1 << 15  # lines whose label is kept; more than a file may have
_TEXT_START = re.compile(r"[^\W_a-z]|['\"\u2018\u201c`\[(#<*]")


class Style(StrEnum):
    """How an article marks its labels at the start of a line."""

    BOLD = "bold"  # "**Cause:** text", "**Cause**: text", "**Cause**" alone
    BOLD_BARE = "bold without a colon"  # "**Cause** The disk is full."
    COLON = "colon"  # "Cause: The disk is full."
    ALONE = "alone"  # "Cause" alone on its line
    BARE = "bare"  # "Cause The disk is full.", as browsers copy a page of two columns


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A label at the start of a line, or a heading that is one.

    Attributes:
        label: The part of the entry.
        words: The label as written, without markup: "Cause 2".
        rest: The rest of the line.
        keeps_words: Whether the words are no known label, so that they have to be shown as well.
    """

    label: Label
    words: str
    rest: str
    keeps_words: bool = False

    @property
    def is_numbered(self) -> bool:
        """Whether it has a number or a letter: "Solution 2"."""
        return len(self.words) > 1 and _NUMBERED.search(self.words) is not None


class Labels:
    """The words that are labels: the built-in ones, and further ones from the settings.

    Args:
        further: The further words by label: {Label.SOLUTION: ("Lösung", "Abhilfe")}.

    Attributes:
        fingerprint: Equal for labels with the same words.
    """

    def __init__(self, further: Mapping[Label, Iterable[str]] | None = None) -> None:
        patterns = {Label(name): [*synonyms, *LANGUAGES[name]] for name, synonyms in SYNONYMS.items()}
        for label, words in (further or {}).items():
            patterns[label] += [re.escape(_normalized(each)) for each in words]
        pairs = [(label, pattern) for label, own in patterns.items() for pattern in own]
        self.fingerprint = repr([(label.value, pattern) for label, pattern in pairs])
        self._patterns = [(label, re.compile(rf"(?:{pattern})\Z")) for label, pattern in pairs]
        self._bare = [re.compile(rf"(?P<words>{pattern})(?:[ \t]+|$)", re.IGNORECASE) for _, pattern in pairs]
        self._any = re.compile(rf"(?:{'|'.join(f'(?:{pattern})' for _, pattern in pairs)})\Z")
        self._label_of = lru_cache(maxsize=_KEPT)(self._look_up)
        self._label_of_prose = lru_cache(maxsize=_KEPT)(self._look_up_prose)

    def of(self, words: str) -> Label | None:
        """Return the label that words are, such as "Error message:" or "Solution 2", or None.

        "Error 809" is not a label but a message: a number of two digits or more is a code.
        """
        return self._label_of(words) if len(words) <= _MAX_LABEL else None

    def match_line(self, line: str, styles: frozenset[Style]) -> LabelMatch | None:
        """Return the label that a line begins with in one of the styles, or None."""
        first = line[:1]
        if first == "[" and (alert := _ALERT.match(line)) and (label := self.of(alert["words"])):
            return LabelMatch(label, alert["words"], line[alert.end() :])
        if first in _MARKS and (bold := _BOLD.match(line)):
            return self._match_bold(line, bold, styles)
        if Style.COLON in styles and _SEPARATOR.search(line, 0, _LATEST) and (start := _COLON.match(line)):
            if _CODED.match(start["words"]):
                return LabelMatch(Label.MESSAGE, start["words"], line)
            if label := self._of_prose(start["words"]):
                return LabelMatch(label, start["words"], line[start.end() :])
        if Style.ALONE in styles and len(line) <= _MAX_LABEL and (label := self._of_prose(line)) in CORE_LABELS:
            return LabelMatch(label, line.strip(), "")
        return self._match_bare(line) if Style.BARE in styles and line[:1].isupper() else None

    def match_heading(self, heading: str) -> LabelMatch | None:
        """Return the label that a heading is, such as "Cause", "Resolution 2" or "Workaround: restart it", or None."""
        match = _HEADING.match(heading.strip("*_ "))
        label = self.of(match["words"]) if match else None
        if match is None or label is None or _normalized(match["words"]) in _ONLY_BOLD:
            return None
        has_code = label is Label.MESSAGE and _NUMBERED.search(match["words"])
        if has_code or (match["rest"] and label in {Label.MESSAGE, Label.CONTEXT}):
            return None  # "Error: connection refused" and "Alarm 7" are messages, not labels
        return LabelMatch(label, match["words"], match["rest"] or "")

    def _look_up(self, words: str) -> Label | None:
        normalized = _normalized(words)
        if label := self._matched(normalized) or self._compound(normalized):
            return label
        if (number := _NUMBERED.search(normalized)) is None:
            return None
        label = self._matched(_normalized(normalized[: number.start()]))
        is_code = label is Label.MESSAGE and len(number[0].strip(" #")) > 1
        return None if is_code else label

    def _matched(self, normalized: str) -> Label | None:
        if not self._any.match(normalized):
            return None
        return next((label for label, pattern in self._patterns if pattern.match(normalized)), None)

    def _compound(self, normalized: str) -> Label | None:
        """Return the label of two joined ones, "symptoms or error"; with a solution among them it is the solution."""
        if not (joint := _JOINT.search(normalized)):
            return None
        words = normalized[: joint.start()], normalized[joint.end() :]
        labels = [self._matched(each) for each in words]
        if None in labels or not CORE_LABELS.issuperset(filter(None, labels)) or any(map(_TITLE_OF_MANY.match, words)):
            return None
        return Label.SOLUTION if Label.SOLUTION in labels else labels[0]

    def _match_bare(self, line: str) -> LabelMatch | None:
        """Return the longest label that a line begins with, if what follows is the beginning of a text."""
        match = max((m for each in self._bare if (m := each.match(line))), key=lambda m: m.end(), default=None)
        label = self._of_prose(match["words"]) if match else None
        if match is None or label not in CORE_LABELS or _NO_BARE_LABEL.match(line):
            return None
        rest = line[match.end() :]
        return LabelMatch(label, match["words"], rest) if not rest or _TEXT_START.match(rest) else None

    def _of_prose(self, words: str) -> Label | None:
        """Return the label that words without markup are, except for words that begin titles: "Troubleshooting X"."""
        return self._label_of_prose(words) if len(words) <= _MAX_LABEL else None

    def _look_up_prose(self, words: str) -> Label | None:
        return None if _normalized(words) in _ONLY_BOLD else self._of_line_start(words)

    def _of_line_start(self, words: str) -> Label | None:
        """Return the label that words are, Q and A included, which are labels on a line but not as headings."""
        return _QUESTION_LETTERS.get(_normalized(words)) or self.of(words)

    def _match_bold(self, line: str, bold: re.Match[str], styles: frozenset[Style]) -> LabelMatch | None:
        words, rest = bold["words"].strip(), line[bold.end() :]
        has_separator = bool(bold["colon"] or bold["after"])
        if rest and not has_separator and Style.BOLD_BARE not in styles:
            return None
        if _CODED.match(words):
            return LabelMatch(Label.MESSAGE, words, f"{words}: {rest}" if rest else words)
        label = self._of_line_start(words)
        return None if label is None else LabelMatch(label, words, rest)


DEFAULT_LABELS = Labels()


def detect_styles(lines: Iterable[str], labels: Labels, *, is_plain_text: bool = False) -> frozenset[Style]:
    """Return how an article marks its labels.

    BOLD always counts. The weaker styles count only if no label is bold with a colon, and the style marks at least two
    parts of an entry, the solution among them: "Cause: ..." alone may be part of a sentence; "Cause: ..." and
    "Solution: ..." on two lines are labels. BARE needs each of them twice, and a text without markup.

    Args:
        lines: All lines of the article.
        labels: The words that are labels.
        is_plain_text: Whether it has no markup; then COLON always counts.
    """
    strong = frozenset({Style.BOLD})
    weaker = [Style.BOLD_BARE, Style.COLON, Style.ALONE, *([Style.BARE] if is_plain_text else [])]
    seen: dict[Style, list[Label]] = {style: [] for style in (Style.BOLD, *weaker)}
    any_style = frozenset(seen)
    for line in filter(None, lines):
        if labels.match_line(line, any_style) is None:  # then no style alone has a label, either
            continue
        for style, labels_seen in seen.items():
            if (match := labels.match_line(line, frozenset({style}))) and match.label in CORE_LABELS:
                labels_seen.append(match.label)
                break
    if seen[Style.BOLD]:
        return strong
    trusted = {style for style in weaker if _is_trusted(seen[style], times=2 if style is Style.BARE else 1)}
    return strong | trusted | ({Style.COLON} if is_plain_text else set())


def labels_of(setting: str) -> Labels:
    """Return the built-in labels and those of a setting such as "solution=L\u00f6sung,Abhilfe; cause=Ursache".

    Raises:
        CorpusError: A part of the setting is not of the form label=word,word, or has an unknown label.
    """
    further: dict[Label, list[str]] = {}
    for part in filter(str.strip, setting.split(";")):
        name, _, words = part.partition("=")
        if name.strip() not in set(Label) or not words.strip():
            known = ", ".join(Label)
            text = f'ASSISTANT_LABELS has "{part.strip()}"; write label=word,word, where label is one of {known}'
            raise CorpusError(text)
        further.setdefault(Label(name.strip()), []).extend(filter(str.strip, words.split(",")))
    return Labels(further)


def _is_trusted(seen: list[Label], *, times: int) -> bool:
    often = {label for label, count in Counter(seen).items() if count >= times}
    return Label.SOLUTION in often and len(often) > 1


def _normalized(words: str) -> str:
    if not words.isascii():
        words = unicodedata.normalize("NFC", words).replace("\u2019", "'").replace("\u00bf", "")
    return " ".join(words.split()).strip(" :?!.*_").casefold()
