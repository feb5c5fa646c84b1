"""A documented message becomes a template: codes and words stay, values become slots."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TypeAlias

from index.analysis.lexicon import CURRENCIES, MONTHS, UNITS, WEEKDAYS
from index.analysis.statuses import status_spans
from index.analysis.tokens import Tokens, tokenize
from index.codes.error_codes import Evidence, code_spans
from index.messages.template import Element, Template, Word
from index.messages.value_patterns import Slot, value_spans


def template_of(message: str, names: Collection[str] = ()) -> Template:
    """Return the template of a message; what it quotes is a value unless it is one of `names`.

    "Printer 'XYZ' has no paper in tray 2." is printer, a slot, has no paper in tray, a slot.
    """
    return spanned_template_of(message, names)[0]


def spanned_template_of(message: str, names: Collection[str] = ()) -> tuple[Template, tuple[tuple[int, int], ...]]:
    """Return a message's template, and where each element stands in the message; of a very long one, of its beginning.

    What a comparison costs grows with the message, and nobody recognises an error by its fourth page.
    """
    tokens = tokenize(_beginning(message))
    values = _values(tokens.folded.text, names)
    statuses = tuple(status_spans(tokens.folded.text))
    kinds = _kinds(tokens, values)
    _join_values(tokens, kinds)
    left_out = _left_out(tokens, values)
    elements: list[Element] = []
    opens: list[bool] = []
    spans: list[tuple[int, int]] = []
    number = 0
    while number < len(tokens):
        end = number + 1
        if isinstance(kind := kinds[number], Slot):
            while end < len(tokens) and isinstance(kinds[end], Slot) and not _are_two(tokens, values, end):
                end += 1
            element: Element = Slot.ANY if Slot.ANY in kinds[number:end] else Slot.NUMBER
        else:
            element, end = _word(tokens, kinds, number)
            first, last = tokens.spans[number]
            if any(start <= first and last <= stop for start, stop in statuses):
                element = replace(element, is_status=True)
        if number in left_out and not (isinstance(kind, Slot) or (elements and isinstance(elements[-1], Slot))):
            elements.append(Slot.ANY)
            opens.append(False)
            spans.append(left_out[number])
        elements.append(element)
        opens.append(number == 0 or _CLAUSE_END.search(tokens.between(number)) is not None)
        spans.append(tokens.original(number, end))
        number = end
    return Template(tuple(elements), tuple(opens)), tuple(spans)


def _beginning(message: str) -> str:
    """Return a message, cut before the word that crosses the limit."""
    if len(message) <= _LONGEST:
        return message
    return next(iter(message[:_LONGEST].rsplit(None, 1)), "")


_LONGEST = 4_000  # characters, as many as a stack trace of 60 lines; the longest documented message seen has 230
_CLAUSE_END = re.compile(r"[.:;!?]")
_CLAUSE_BREAK = re.compile(r"[.:;!?]\s")
_NEW_VALUE = re.compile(r"[.:;!?]\s|[(\[\"'`]")
_Kind: TypeAlias = Slot | Evidence | None  # a value, (part of) a code, a word
_NAME_WITH_DIGIT = re.compile(r"[a-z]+\d|[a-z]{2,}\d{2}")
_INFLECTIONS = {"s", "es", "n", "en", "e"}
_VERB_PAIRS = ({"is", "are"}, {"was", "were"}, {"has", "have"}, {"his", "her"}, {"does", "do"})


def _values(text: str, names: Collection[str]) -> list[tuple[int, int, Slot | Evidence]]:
    """Return the places of codes and of the values that have a form, in a folded text; none overlaps a code."""
    codes = [(start, end) for start, end, _, evidence in code_spans(text) if evidence > Evidence.SHAPED]
    values = [
        span
        for span in value_spans(text)
        if text[span[0] : span[1]].strip("'\"`") not in names
        and not any(start < span[1] and span[0] < end for start, end in codes)
    ]
    return [*((start, end, Evidence.NAMED) for start, end in codes), *values]


def _are_two(tokens: Tokens, values: Sequence[tuple[int, int, Slot | Evidence]], number: int) -> bool:
    """Whether a value begins anew at a token: after a colon or a mark of its own; a list goes on."""
    separator = tokens.between(number)
    if (
        tokens.keys[number] == "s"
        or not _NEW_VALUE.search(separator)
        or ("," in separator and not _CLAUSE_BREAK.search(separator))
    ):
        return False
    start, end = tokens.spans[number - 1][0], tokens.spans[number][1]
    return not any(first <= start and end <= last for first, last, _ in values)


def _kinds(tokens: Tokens, values: Sequence[tuple[int, int, Slot | Evidence]]) -> list[_Kind]:
    """Return what each token is by itself: codes first, then values by their form, then words with a digit."""
    kinds: list[_Kind] = [None] * len(tokens)
    for number, (start, end) in enumerate(tokens.spans):
        covering = [kind for first, last, kind in values if first <= start and end <= last]
        if covering:
            kinds[number] = covering[0]
        elif _NAME_WITH_DIGIT.fullmatch(tokens.keys[number]):
            kinds[number] = Evidence.PLACED  # V2, S3, IPv6: a name that has a digit
        elif any(map(str.isdigit, tokens.keys[number])):
            kinds[number] = Slot.NUMBER
    return kinds


def _left_out(tokens: Tokens, values: Sequence[tuple[int, int, Slot | Evidence]]) -> dict[int, tuple[int, int]]:
    """Return the values that have no word in them ("..." or "{}"), by the token they stand before."""
    origin = tokens.folded.origin
    return {
        number: (origin(start), origin(end))
        for start, end, kind in values
        if isinstance(kind, Slot) and not any(start <= first < end for first, _ in tokens.spans)
        for number in [sum(first < start for first, _ in tokens.spans)]
        if number < len(tokens)
    }


def _join_values(tokens: Tokens, kinds: list[_Kind]) -> None:
    """Make what belongs to a value part of it: its unit, currency, month, the letters of an id, the rest of a list."""
    for number in range(len(tokens)):
        if kinds[number] is Slot.NUMBER:
            _join_left(tokens, kinds, number)
    for number in range(1, len(tokens)):
        if kinds[number] is None and isinstance(kinds[number - 1], Slot) and _continues(tokens, kinds, number):
            kinds[number] = kinds[number - 1]


def _join_left(tokens: Tokens, kinds: list[_Kind], number: int) -> None:
    """Join what stands before a number: INV-0042, USD 310, March 2026, Thursday, 30 April."""
    while number and kinds[number - 1] is None:
        key, link = tokens.keys[number - 1], tokens.between(number)
        id_letters = link in ("-", "_", "/") and len(tokens.keys[number]) > 1
        glued = link in ("$", "\u20ac", "\u00a3") and len(key) <= 2
        amount = key in CURRENCIES and len(link) <= 2
        date = (key in MONTHS | WEEKDAYS) and set(link) <= set(" ,-/.") and _is_name(tokens, number - 1)
        if not (id_letters or glued or amount or date):
            return
        number -= 1
        kinds[number] = Slot.NUMBER


def _continues(tokens: Tokens, kinds: list[_Kind], number: int) -> bool:
    """Whether a word after a value belongs to it: 30 s, 250.00 GBP, 2 March 2026, 4:30 pm, "4, 7 and 9", "3 day(s)"."""
    key, link = tokens.keys[number], tokens.between(number)
    follows = kinds[number + 1] if number + 1 < len(kinds) else None
    if key in ("and", "or") and isinstance(follows, Slot):
        return link.strip(" ,") == "" or link.endswith(" ")
    if kinds[number - 1] is not Slot.NUMBER:
        return False
    if key == "s" and link == "(" and tokens.keys[number - 1] in UNITS:
        return True
    if not set(link) <= set(" -.,/%)") or "." in link.strip():
        return False
    if key in MONTHS:
        return _is_name(tokens, number)
    close = link in ("", " ", "-")
    return close and (key in UNITS or key in CURRENCIES or key in ("am", "pm", "utc", "gmt"))


def _is_name(tokens: Tokens, number: int) -> bool:
    """A month or weekday, not the verb or noun written like it: "5 May 2026", but "5 may not"."""
    start, _ = tokens.spans[number]
    return len(tokens.keys[number]) > 3 or tokens.folded.text[start].isupper()


def _word(tokens: Tokens, kinds: Sequence[_Kind], number: int) -> tuple[Word, int]:
    """Return the fixed word that begins with a token, and the token after it."""
    key = tokens.keys[number]
    if kinds[number] is not None:
        return Word(((key,),), exact=True), number + 1
    if number + 1 < len(tokens) and kinds[number + 1] is None:
        following, link = tokens.keys[number + 1], tokens.between(number + 1)
        if link == "(" and following in _INFLECTIONS and tokens.between(number + 2).startswith(")"):
            return Word(((key,), (key + following,), (key, following))), number + 2
        if link == "/" and _are_forms(key, following):
            return Word(((key,), (following,), (key, following))), number + 2
    if number and kinds[number - 1] is Slot.NUMBER and tokens.between(number) == " ":
        return Word(((key,), *_other_number(tokens.keys[number - 1], key))), number + 1
    if (
        number > 1
        and kinds[number - 2] is Slot.NUMBER
        and _other_number(tokens.keys[number - 2], tokens.keys[number - 1])
    ):
        return Word(((key,), *((other,) for pair in _VERB_PAIRS if key in pair for other in pair - {key}))), number + 1
    return Word(((key,),)), number + 1


def _are_forms(one: str, other: str) -> bool:
    """entry/entries and is/are are forms of a word, user/password are two words."""
    shared = next(
        (i for i, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), min(len(one), len(other))
    )
    return {one, other} in _VERB_PAIRS or (shared >= 3 and shared >= min(len(one), len(other)) - 1)


def _other_number(count: str, noun: str) -> tuple[tuple[str], ...]:
    """A noun follows the number before it: "14 pages" may be "1 page", and "1 entry" may be "7 entries"."""
    if not noun.isalpha() or len(noun) < 4:
        return ()
    if count == "1":
        return ((noun[:-1] + "ies" if noun.endswith("y") and noun[-2] not in "aeiou" else noun + "s",),)
    if noun.endswith("ies"):
        return ((noun[:-3] + "y",),)
    return ((noun[:-1],),) if noun.endswith("s") and not noun.endswith("ss") else ()
