"""The titles of tabs, and of parts that unfold, become headings or lines in bold.

The tabs of an entry are alternatives. A part that unfolds is a part of the entry around it, unless the page is a list
of questions: then each is an entry.

    ## It leaks / text / <details>On old pots</details>     "On old pots" is part of the entry
    # Questions / <details>Why does it leak?</details> ...  each question is an entry
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.formats.document import Element, ElementKind
from corpus.labels import Labels, Style
from corpus.parsing.sections.headings import describes_problem, is_message_like

_DEFINITION = re.compile(r"\A(?P<term>[^\n]{2,200})\n:[ \t]+(?P<text>\S.*)\Z", re.DOTALL)
ALTERNATIVE_LEVEL = 7  # of the title of a tab: below every heading of the article


def definitions_as_folds(elements: Sequence[Element]) -> Iterator[Element]:
    """Yield the elements; a term over ": its definition" becomes the title of a part, the definition its text."""
    pending: Element | None = None
    for element in elements:
        is_text = element.kind is ElementKind.PARAGRAPH
        match = _DEFINITION.match(element.markdown) if is_text else None
        if pending is not None and is_text and element.markdown.startswith(": "):
            yield from _definition(pending, replace(element, markdown=element.markdown[2:].lstrip()))
            pending = None
            continue
        if pending is not None:
            yield pending
            pending = None
        if match:
            text = replace(element, markdown=match["text"].replace("\n: ", "\n\n"), size=0)
            yield from _definition(replace(element, markdown=match["term"]), text)
        elif is_text and "\n" not in element.markdown:
            pending = element
        else:
            yield element
    if pending is not None:
        yield pending


def _definition(term: Element, text: Element) -> Iterator[Element]:
    title = term.markdown.strip("* ")
    yield replace(term, kind=ElementKind.FOLD, markdown=title)
    yield text
    yield replace(text, kind=ElementKind.FOLD, markdown="", size=0)


def part_ends(elements: Sequence[Element]) -> Iterator[Element]:
    """Yield the elements that only mark the end of a part."""
    yield from (each for each in elements if each.kind in {ElementKind.FOLD, ElementKind.TAB} and not each.markdown)


def settle_folds(elements: Sequence[Element], labels: Labels) -> Iterator[Element]:
    """Yield the elements without any of the kinds FOLD and TAB."""
    section: list[Element] = []
    level = 0
    for element in elements:
        if element.kind is ElementKind.HEADING:
            yield from _settled(section, level, labels)
            section, level = [], element.level
        section.append(element)
    yield from _settled(section, level, labels)


def _settled(section: Sequence[Element], level: int, labels: Labels) -> Iterator[Element]:
    """Yield the elements of one section: a heading and what follows it until the next."""
    kinds = {element.kind for element in section}
    if not kinds & {ElementKind.TAB, ElementKind.FOLD}:
        yield from section
        return
    are_entries = _are_entries(section, level, labels)
    are_alternatives = _are_alternatives(section, labels)
    for element in section:
        if element.kind is ElementKind.TAB:
            if element.markdown:
                yield _alternative(element) if are_alternatives else _bold(element)
        elif element.kind is ElementKind.FOLD:
            if element.markdown:
                is_label = labels.of(element.markdown) is not None
                yield _heading(element, level) if are_entries and not is_label else _bold(element)
        else:
            yield element


def _are_entries(section: Sequence[Element], level: int, labels: Labels) -> bool:
    """Whether the parts of a section that unfold are entries of their own."""
    titles = [each.markdown for each in section if each.kind is ElementKind.FOLD and each.markdown]
    titles = [title for title in titles if labels.of(title) is None]
    first = next((at for at, each in enumerate(section) if each.kind is ElementKind.FOLD), 0)
    before = any(each.kind is not ElementKind.HEADING for each in section[:first])
    after = bool(list(_outside(section[first:])))
    asks = sum(is_message_like(title) or describes_problem(title) for title in titles)
    if asks * 2 > len(titles):
        return level < 2 or not (before or after) or len(titles) > 1
    return len(titles) > 1 and not after and (level < 2 or not before)


def _outside(section: Sequence[Element]) -> Iterator[Element]:
    """Yield the elements that follow a part that unfolds, as far as its end is marked."""
    is_open = False
    for element in section:
        if element.kind is ElementKind.FOLD:
            is_open = bool(element.markdown)
        elif not is_open and re.search(r"\w", element.markdown):
            yield element


def _are_alternatives(section: Sequence[Element], labels: Labels) -> bool:
    """Whether the tabs of a section are all that it says: otherwise they are a step of it."""
    tabs = [at for at, each in enumerate(section) if each.kind is ElementKind.TAB]
    if not tabs:
        return False
    styles = frozenset({Style.BOLD})
    before = [each for each in section[: tabs[0]] if each.kind is not ElementKind.HEADING]
    are_labels = all((match := labels.match_line(each.markdown, styles)) and not match.rest.strip() for each in before)
    last = section[tabs[-1]]
    after = [] if last.markdown else [each for each in section[tabs[-1] + 1 :] if re.search(r"\w", each.markdown)]
    return are_labels and not after


def _alternative(element: Element) -> Element:
    return replace(element, kind=ElementKind.HEADING, level=ALTERNATIVE_LEVEL)


def _heading(element: Element, level: int) -> Element:
    return replace(element, kind=ElementKind.HEADING, level=min(level + 1, 6) if level else 2)


def _bold(element: Element) -> Element:
    return replace(element, kind=ElementKind.PARAGRAPH, level=0, markdown=f"**{element.markdown.strip('*')}**")
