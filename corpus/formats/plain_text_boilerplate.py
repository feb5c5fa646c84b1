"""What is copied along with an article from a page: menus above it, votes and links below it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from corpus.formats.document import ElementKind, Excluded, ExcludedKind, size_of
from corpus.formats.plain_text_blocks import Block

_NAVIGATION = re.compile(
    r".*\b(?:help|support|docs|documentation|knowledge|portal|home|articles|search|skip to|sign in|log in|menu"
    r"|contact us|submit a request|collections|toggle)\b|.* [>\u203a/\u00bb] ",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:last )?(?:updated|modified|edited|published|created|reviewed)\b.{0,60}|(?:written|posted|created) by .{0,60}"
    r"|\d+ min(?:ute)?s? (?:read|to read)|(?:not (?:yet )?)?follow(?:ed by .{0,40})?",
    re.IGNORECASE,
)
_FOOTER = re.compile(
    r"(?:last )?updated\b.{0,60}|(?:was|is|did|do) (?:this|you) .{0,40}|yes|no|yes no|\W*|share|print|facebook|twitter"
    r"|linkedin|back to top|return to top|(?:\d+ )?comments?|related articles|recently viewed articles|\u00a9.*"
    r"|copyright.*|powered by.*|.{0,40}found this helpful|have more questions\?.{0,40}",
    re.IGNORECASE,
)
_FOOTER_START = re.compile(
    r"(?:related (?:articles|topics|content|posts)|recently viewed articles|articles in this section"
    r"|(?:was|is|did) this (?:article|page|answer|information|topic)\b.{0,30}\?|did you find (?:it|this) .{0,30}\?"
    r"|have more questions\?.{0,30}|still need help\?.{0,30})\W*\Z",
    re.IGNORECASE,
)
_MAX_MENU_WORDS = 6
_MAX_BYLINE_POSITION = 8  # blocks from the title on


def split_boilerplate(blocks: Sequence[Block]) -> tuple[list[Block], tuple[Excluded, ...]]:
    """Return the blocks of the article, and what is above, among and below them on the page."""
    start = _title_position(blocks)
    article, footer = _without_footer(blocks[start:])
    bylines = [block for block in article[1:_MAX_BYLINE_POSITION] if _is_byline(block)]
    excluded = [
        *(_exclude(ExcludedKind.NAVIGATION, block) for block in blocks[:start]),
        *(_exclude(ExcludedKind.PAGE_HEADER, block) for block in bylines),
        *(_exclude(ExcludedKind.PAGE_FOOTER, block) for block in footer),
    ]
    return [block for block in article if block not in bylines], tuple(excluded)


def _title_position(blocks: Sequence[Block]) -> int:
    """Return the position of the title, below short lines of navigation.

    A repeated short line is the title, which ends the breadcrumb above it.
    """
    short = 0
    while short < len(blocks) - 1 and blocks[short].is_short:
        short += 1
    seen: set[str] = set()
    repeated: int | None = None
    for at, block in enumerate(blocks[:short]):
        repeated = at if block.text in seen else repeated
        seen.add(block.text)
    if repeated is not None:
        return repeated
    title = 0
    while title + 1 < short and _is_navigation(blocks[title]):
        title += 1
    return title


def _is_navigation(block: Block) -> bool:
    return len(block.text.split()) <= _MAX_MENU_WORDS and _NAVIGATION.match(block.text) is not None


def _is_byline(block: Block) -> bool:
    """Whether a block says when the article was written, by whom, or how long it takes to read."""
    return block.kind is ElementKind.PARAGRAPH and all(_BYLINE.fullmatch(line.strip()) for line in block.lines)


def _without_footer(blocks: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """Return the blocks above the footer, and those of the footer.

    It begins with a line such as "Was this article helpful?" if no label follows, or else with the last lines that are
    all of a footer: votes, links, copyright.
    """
    article, footer = list(blocks), list[Block]()
    starts = [at for at, block in enumerate(article) if at and _FOOTER_START.match(block.lines[0].strip())]
    if starts and not any(block.first_label for block in article[starts[0] :]):
        article, footer = article[: starts[0]], article[starts[0] :]
    while len(article) > 1 and article[-1].kind is ElementKind.PARAGRAPH:
        lines = article[-1].lines
        kept = next((n for n in range(len(lines), 0, -1) if not _FOOTER.fullmatch(lines[n - 1].strip())), 0)
        if kept == len(lines):
            break
        last = article.pop()
        footer.insert(0, replace(last, first_line=last.first_line + kept, lines=lines[kept:]))
        if kept:
            article.append(replace(last, lines=lines[:kept]))
            break
    return article, footer


def _exclude(kind: ExcludedKind, block: Block) -> Excluded:
    last_line = block.first_line + len(block.lines) - 1
    return Excluded(kind, block.first_line, last_line, size_of("".join(block.lines)))
