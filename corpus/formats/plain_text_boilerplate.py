"""What is copied along with an article: menus above it, votes and links below."""

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
_ABOUT = re.compile(
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
_END = re.compile(
    r"(?:related (?:articles|topics|content|posts)|recently viewed articles|articles in this section"
    r"|(?:was|is|did) this (?:article|page|answer|information|topic)\b.{0,30}\?|did you find (?:it|this) .{0,30}\?"
    r"|have more questions\?.{0,30}|still need help\?.{0,30})\W*\Z",
    re.IGNORECASE,
)
_MANY = 6  # words
_FIRST = 8  # blocks among which a page says when it was written


def split_boilerplate(blocks: Sequence[Block]) -> tuple[list[Block], tuple[Excluded, ...]]:
    """Return the blocks of the article, and what stands around it."""
    above = _navigation(blocks)
    article, below = _without_footer(blocks[above:])
    about = [block for block in article[1:_FIRST] if _tells_about(block)]
    excluded = [
        *(_exclude(ExcludedKind.NAVIGATION, block) for block in blocks[:above]),
        *(_exclude(ExcludedKind.PAGE_HEADER, block) for block in about),
        *(_exclude(ExcludedKind.PAGE_FOOTER, block) for block in below),
    ]
    return [block for block in article if block not in about], tuple(excluded)


def _navigation(blocks: Sequence[Block]) -> int:
    """Count the short lines before the title; a line that is there twice ends the path to it and is the title."""
    short = 0
    while short < len(blocks) - 1 and blocks[short].is_short:
        short += 1
    texts = [block.text for block in blocks[:short]]
    twice = [at for at, text in enumerate(texts) if text in texts[:at]]
    if twice:
        return twice[-1]
    first = 0
    while first + 1 < short and _is_navigation(blocks[first]):
        first += 1
    return first


def _is_navigation(block: Block) -> bool:
    return len(block.text.split()) <= _MANY and _NAVIGATION.match(block.text) is not None


def _tells_about(block: Block) -> bool:
    return block.kind is ElementKind.PARAGRAPH and all(_ABOUT.fullmatch(line.strip()) for line in block.lines)


def _without_footer(blocks: Sequence[Block]) -> tuple[list[Block], list[Block]]:
    """Cut the lines below the article: from a line that ends every page, and before it what is no sentence."""
    article, below = list(blocks), list[Block]()
    ends = [at for at, block in enumerate(article) if at and _END.match(block.lines[0].strip())]
    if ends and not any(block.label for block in article[ends[0] :]):
        article, below = article[: ends[0]], article[ends[0] :]
    while len(article) > 1 and article[-1].kind is ElementKind.PARAGRAPH:
        lines = article[-1].lines
        kept = next((n for n in range(len(lines), 0, -1) if not _FOOTER.fullmatch(lines[n - 1].strip())), 0)
        if kept == len(lines):
            break
        cut = article.pop()
        below.insert(0, replace(cut, first_line=cut.first_line + kept, lines=lines[kept:]))
        if kept:
            article.append(replace(cut, lines=lines[:kept]))
            break
    return article, below


def _exclude(kind: ExcludedKind, block: Block) -> Excluded:
    last = block.first_line + len(block.lines) - 1
    return Excluded(kind, block.first_line, last, size_of("".join(block.lines)))
