"""One entry as a card: its message, why it happens, what to do, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from html import escape
from urllib.parse import quote

from assistant.answering.answer import AnswerHit
from assistant.rendering.safe_markdown import ImageAddress, Setting, inline_html, is_web_address, marked, to_html
from corpus.article import Article, Block, BlockKind, Entry, Solution
from corpus.images import image_path
from index.hit import Aligned

_CERTAINTY = ((0.85, "Very likely"), (0.6, "Likely"), (0.0, "Possible"))
_SAID = {"yours": "your value", "different": "different"}  # of the kinds of runs in an alignment
ASIDES = {BlockKind.NOTE: "Note", BlockKind.CAUTION: "Caution"}
"""The blocks of a solution that are no steps, and how each is headed."""


def entry_link(entry_id: str) -> str:
    """Return the deep link of an entry; it stays in the browser, so no server logs it."""
    return f"#entry={quote(entry_id, safe='')}"


def card(
    entry: Entry, article: Article, *, setting: Setting, opened: bool, hit: AnswerHit | None = None, level: int = 3
) -> str:
    """Return an entry as a card.

    Args:
        entry: What is shown.
        article: Where it stands.
        setting: Which words are marked, and where the images are, by their files under the articles' folder.
        opened: Whether what to do is unfolded from the start.
        hit: How it was found; None where somebody asked for this entry itself.
        level: The level of its heading.
    """
    base = article.url if is_web_address(article.url) else None
    shown = Setting(words=setting.words, base=base, image=_image_of(article, setting.image))
    heading = f'<h{level} class="card-title">{inline_html(entry.title, shown)}</h{level}>'
    return (
        f'<article class="card" data-entry="{escape(entry.entry_id)}">'
        f'<header class="card-head">{_rank(hit)}{heading}{_certainty(hit)}</header>'
        f"{_message(entry, shown, hit)}{_cause(entry, shown, level + 1)}"
        f"{_solutions(entry, article, shown, opened=opened, level=level + 1)}</article>"
    )


def _image_of(article: Article, image: ImageAddress | None) -> ImageAddress:
    def find(address: str) -> str | None:
        path = image_path(address, article.source)
        return None if image is None or path is None else image(path)

    return find


def day_in_words(moment: str) -> str:
    """Return an ISO date or time as people write the day: 3 May 2026."""
    try:
        day = datetime.fromisoformat(moment).date() if "T" in moment else date.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{day.day} {day:%B %Y}"


def _rank(hit: AnswerHit | None) -> str:
    if hit is None:
        return ""
    return f'<p class="rank"><span class="unseen">Result </span>{hit.hit.rank}</p>'


def _certainty(hit: AnswerHit | None) -> str:
    if hit is None or hit.hit.probability is None:
        return ""
    probability = hit.hit.probability
    words = next(words for least, words in _CERTAINTY if probability >= least)
    percent = round(100 * probability)
    return (
        f'<p class="certainty"><span>{words}</span>'
        f'<meter min="0" max="100" value="{percent}" aria-label="How sure: {percent} of 100"></meter></p>'
    )


def _message(entry: Entry, setting: Setting, hit: AnswerHit | None) -> str:
    messages = [message for message in entry.messages if _folded(message) != _folded(entry.title)]
    alignment = hit.hit.why.alignment if hit is not None else None
    if alignment and any(run.documented != run.query for run in alignment if run.kind in _SAID):
        return _aligned(alignment)
    if not messages:
        return ""
    paragraphs = "".join(f"<p>{inline_html(message, setting)}</p>" for message in messages)
    said = '<p class="key">Your message is this one:</p>' if alignment else '<p class="unseen">The message:</p>'
    return f'<blockquote class="message">{said}{paragraphs}</blockquote>'


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold().rstrip(".")


def _aligned(alignment: Sequence[Aligned]) -> str:
    documented = " ".join(_run(run.kind, run.documented) for run in alignment if run.documented)
    pasted = " ".join(_run(run.kind, run.query) for run in alignment if run.query)
    kinds = dict.fromkeys(run.kind for run in alignment if run.kind in _SAID)
    key = ", ".join(_run(kind, _SAID[kind]) for kind in kinds)
    return (
        '<div class="message"><dl class="aligned">'
        f"<div><dt>In the article</dt><dd>{documented}</dd></div><div><dt>Yours</dt><dd>{pasted}</dd></div></dl>"
        f'<p class="key">Marked: {key}</p></div>'
    )


def _run(kind: str, text: str) -> str:
    return f'<span class="run {kind}">{escape(text)}</span>' if kind in _SAID else escape(text)


def _cause(entry: Entry, setting: Setting, level: int) -> str:
    context = f'<div class="context">{to_html(entry.context, setting)}</div>' if entry.context else ""
    if entry.cause is None:
        return context
    heading = f"<h{level}>Why it happens</h{level}>"
    return f'{context}<section class="cause">{heading}{to_html(entry.cause, setting)}</section>'


def _solutions(entry: Entry, article: Article, setting: Setting, *, opened: bool, level: int) -> str:
    unmarked = Setting(base=setting.base, image=setting.image)  # steps are followed, not compared
    several = len(entry.solutions) > 1
    bodies = "".join(
        _solution(solution, unmarked, number=number if several else None, level=level + 1)
        for number, solution in enumerate(entry.solutions, start=1)
    )
    state = " open" if opened else ""
    return (
        f'<details class="solution"{state}><summary><h{level}>What to do</h{level}></summary>'
        f"{bodies}{_foot(entry, article)}</details>"
    )


def _solution(solution: Solution, setting: Setting, *, number: int | None, level: int) -> str:
    title = inline_html(solution.title, setting) if solution.title else ""
    if number is not None:
        title = f"Way {number}: {title}" if title else f"Way {number}"
    heading = f"<h{level}>{title}</h{level}>" if title else ""
    return heading + "".join(_blocks(solution.blocks, setting))


def _blocks(blocks: Sequence[Block], setting: Setting) -> Iterator[str]:
    for block in blocks:
        html = to_html(block.markdown, setting)
        if (name := ASIDES.get(block.kind)) is None:
            yield f'<div class="block {block.kind.value}">{html}</div>'
        else:
            yield f'<div class="aside {block.kind.value}" role="note"><p class="aside-name">{name}</p>{html}</div>'


def _foot(entry: Entry, article: Article) -> str:
    updated = f", updated {escape(day_in_words(article.updated))}" if article.updated else ""
    return (
        '<footer class="card-foot"><p class="feedback"><span>Did this fix it?</span>'
        '<button type="button" data-feedback="helped">Yes<span class="unseen">, it did</span></button>'
        '<button type="button" data-feedback="did_not_help">No<span class="unseen">, it did not</span></button></p>'
        '<p class="actions"><button type="button" data-copy="steps">Copy steps for a ticket</button>'
        '<button type="button" data-copy="link">Copy link</button></p>'
        f'<p class="from">From {_place(entry, article)}{updated}</p></footer>'
    )


def _place(entry: Entry, article: Article) -> str:
    title = marked(article.title, ())
    if article.url is not None and is_web_address(article.url):
        return f'<a href="{escape(article.url)}" target="_blank" rel="noopener noreferrer">{title}</a>'
    line = entry.span.locator or (f"line {entry.span.first_line}" if entry.span.first_line else "")
    return f'<cite title="{escape(article.source)}{", " + escape(line) if line else ""}">{title}</cite>'
