"""What stands around an answer: questions to try, the list of all entries, how current it all is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote

from assistant.answering.assistant import Status
from assistant.rendering.entry_card import day_in_words, entry_link
from assistant.rendering.safe_markdown import inline_html
from corpus.article import Article, Entry

Contents = Sequence[tuple[Article, Sequence[Entry]]]

_EXAMPLES = 4
_MOST_LEFT_OUT = 50  # articles
_LONGEST_EXAMPLE = 120
_MOST_LISTED = 2_000  # entries; a longer list is read by nobody and slows the page


def start_html(contents: Contents) -> str:
    """Return what is shown before anything is typed: questions to try."""
    examples = "".join(
        f'<li><a href="#q={quote(example, safe="")}">{escape(example)}</a></li>' for example in _examples(contents)
    )
    if not examples:
        return ""
    return results("start", f'{heading("For example")}<ul class="examples">{examples}</ul>')


def hint_html() -> str:
    """Return what one should know about the box."""
    return "<p>Answers appear as you type. <kbd>Esc</kbd> clears, <kbd>\u2193</kbd> goes to them.</p>"


def contents_html(contents: Contents) -> str:
    """Return the list of all entries, grouped by article, for those who cannot phrase the problem."""
    groups = "".join(_group_html(article, entries) for article, entries in _as_many_as_can_be_read(contents))
    count = sum(len(entries) for _, entries in contents)
    title = "The problem we can help with" if count == 1 else f"All {count:,} problems we can help with"
    return (
        '<section class="contents" aria-labelledby="contents-heading"><details><summary>'
        f'<h2 id="contents-heading">{title}</h2></summary>{groups}</details></section>'
    )


def status_html(status: Status) -> str:
    """Return how current the page is, and what is wrong with the articles or the index."""
    built_at = status.generation.built_at
    moment = f'<time datetime="{escape(built_at)}">{escape(moment_in_words(built_at))}</time>'
    counted = f"{_counted(status.entries, 'problem')} in {_counted(status.articles, 'article')}"
    left_out = "".join(
        f"<li><strong>{escape(source)}</strong>{_held(held)} {escape(message)}</li>"
        for source, message, held in status.rejected[:_MOST_LEFT_OUT]
    )
    if (more := len(status.rejected) - _MOST_LEFT_OUT) > 0:
        left_out += f"<li>and {more} more</li>"
    warnings = _warning("Left out of the last build", f"<ul>{left_out}</ul>") if left_out else ""
    if status.problem is not None:
        warnings += _warning("Not the newest build", f"<p>{escape(status.problem)}</p>")
    return f'<p class="built">{counted}, last built {moment}.</p>{warnings}'


def moment_in_words(moment: str) -> str:
    """Return an ISO time in UTC as people write it: 3 May 2026 at 14:05 UTC."""
    try:
        time = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{day_in_words(moment)} at {time:%H:%M} UTC"


def results(state: str, body: str) -> str:
    """Return the part of the page that holds what is said, with the state it is in."""
    return f'<section class="results" data-state="{state}">{body}</section>'


def heading(text: str) -> str:
    """Return the heading of what is said."""
    return f'<h2 class="results-heading">{escape(text)}</h2>'


def topic(entry: Entry) -> str:
    """Return a link to an entry as an item of a list."""
    return f'<li><a href="{entry_link(entry.entry_id)}">{inline_html(entry.title)}</a></li>'


def _warning(name: str, html: str) -> str:
    return f'<div class="aside caution" role="note"><p class="aside-name">{name}</p>{html}</div>'


def _as_many_as_can_be_read(contents: Contents) -> Iterator[tuple[Article, Sequence[Entry]]]:
    left = _MOST_LISTED
    for article, entries in contents:
        if left > 0:
            yield article, entries[:left]
        left -= len(entries)


def _group_html(article: Article, entries: Sequence[Entry]) -> str:
    return f'<h3>{escape(article.title)}</h3><ul class="topics">{"".join(map(topic, entries))}</ul>'


def _examples(contents: Contents) -> list[str]:
    """Return symptoms of different entries, spread over the corpus."""
    symptoms = [entry.symptoms[0] for _, entries in contents for entry in entries if entry.symptoms]
    short = [symptom for symptom in symptoms if len(symptom) <= _LONGEST_EXAMPLE]
    step = max(1, len(short) // _EXAMPLES)
    return short[::step][:_EXAMPLES]


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def _held(entries: int) -> str:
    return f" ({_counted(entries, 'problem')}):" if entries else ":"
