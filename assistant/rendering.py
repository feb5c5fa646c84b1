"""An answer becomes the HTML that the page shows.

Everything here is pure: the same answer gives the same HTML. What comes from an article or a person is escaped or
cleaned (`markup`) before it is put between our own tags.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote

from assistant.answer import Answer, AnswerHit, Decision, Question, Reason
from assistant.answering import Status
from assistant.cards import card, day_in_words, entry_link
from assistant.markup import ImageAddress, Setting, inline_html
from corpus.article import Article, Entry

Contents = Sequence[tuple[Article, Sequence[Entry]]]

_EXAMPLES = 4
_MOST_LISTED = 2_000  # entries; a longer list is read by nobody and slows the page
_TOPIC_LENGTH = 120
_MOST_LEFT_OUT = 50  # articles


def answer_html(
    answer: Answer, *, image: ImageAddress | None = None, support: str = "", chosen: str | None = None
) -> str:
    """Return what is shown for an answer: ranked cards, the question to ask back, or why there is none.

    Args:
        answer: What the assistant said.
        image: Where an article's images are.
        support: HTML that tells whom to ask where no article helps.
        chosen: The choice that was made, where the answer still asks its question.
    """
    if answer.decision is Decision.NONE:
        return _none_html(answer, support)
    cards = "".join(
        f"<li>{_hit_html(hit, image, opened=hit.hit.rank == 1 and answer.question is None)}</li>" for hit in answer.hits
    )
    heading = _heading(count_in_words(answer))
    question = _question_html(answer.question, chosen) if answer.question is not None else ""
    return _results("answer", f'{heading}{_corrections(answer)}{question}<ol class="cards">{cards}</ol>')


def count_in_words(answer: Answer) -> str:
    """Return how many entries an answer holds, as it is read out."""
    if answer.decision is Decision.NONE:
        return "No article covers this"
    count = len(answer.hits)
    if answer.decision is Decision.AMBIGUOUS:
        return f"{count} problems could be meant"
    return "1 solution found" if count == 1 else f"{count} solutions found, the best first"


def entry_html(found: tuple[Entry, Article] | None, *, image: ImageAddress | None = None) -> str:
    """Return one entry that a link asked for."""
    if found is None:
        text = (
            "<p>It may have been renamed or withdrawn. Describe the problem above, or look through the list below.</p>"
        )
        return _results("none", _heading("This link leads to no entry") + text)
    entry, article = found
    return _results("entry", card(entry, article, setting=Setting(image=image), opened=True, level=2))


def start_html(contents: Contents) -> str:
    """Return what is shown before anything is typed: questions to try."""
    examples = "".join(
        f'<li><a href="#q={quote(example, safe="")}">{escape(example)}</a></li>' for example in _examples(contents)
    )
    if not examples:
        return ""
    return _results("start", f'{_heading("For example")}<ul class="examples">{examples}</ul>')


def contents_html(contents: Contents) -> str:
    """Return the list of all entries, grouped by article, for those who cannot phrase the problem."""
    groups = "".join(_group_html(article, entries) for article, entries in _as_many_as_can_be_read(contents))
    count = sum(len(entries) for _, entries in contents)
    return (
        '<section class="contents" aria-labelledby="contents-heading"><details><summary>'
        f'<h2 id="contents-heading">All {count} problems we can help with</h2></summary>{groups}</details></section>'
    )


def failure_html(message: str) -> str:
    """Return what is shown while there is no usable index; the message names the command that mends it."""
    return _results(
        "failure",
        f"{_heading('The articles cannot be searched at the moment')}"
        f'<p>Whoever looks after this page can mend it:</p><p class="remedy">{escape(message)}</p>',
    )


def problem_html(error_id: str) -> str:
    """Return what is shown when our own code failed; the id finds the details in the server's log."""
    return _results(
        "failure",
        f"{_heading('Something went wrong on our side')}<p>Try again in a moment. If it stays like this, tell whoever "
        f"looks after this page the number <code>{escape(error_id)}</code>.</p>",
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


def _warning(name: str, html: str) -> str:
    return f'<div class="aside caution" role="note"><p class="aside-name">{name}</p>{html}</div>'


def moment_in_words(moment: str) -> str:
    """Return an ISO time in UTC as people write it: 3 May 2026 at 14:05 UTC."""
    try:
        time = datetime.fromisoformat(moment)
    except ValueError:
        return moment
    return f"{day_in_words(moment)} at {time:%H:%M} UTC"


def _results(state: str, body: str) -> str:
    return f'<section class="results" data-state="{state}">{body}</section>'


def _heading(text: str) -> str:
    return f'<h2 class="results-heading">{escape(text)}</h2>'


def _hit_html(hit: AnswerHit, image: ImageAddress | None, *, opened: bool) -> str:
    setting = Setting(words=frozenset(hit.hit.why.words), image=image)
    return card(hit.entry, hit.article, setting=setting, opened=opened, hit=hit)


def _corrections(answer: Answer) -> str:
    if not answer.corrections:
        return ""
    read = ", ".join(
        f"<strong>{escape(each.corrected)}</strong> for {escape(each.original)}" for each in answer.corrections
    )
    return f'<p class="corrections">We read {read}.</p>'


def _question_html(question: Question, chosen: str | None) -> str:
    choices = [(choice.choice_id, choice.label) for choice in question.choices] + [("none", "None of these")]
    rows = "".join(
        f'<label class="choice"><input type="radio" name="choice" value="{escape(choice_id)}"'
        f"{' checked' if choice_id == chosen else ''}>"
        f"<span>{inline_html(label)}</span></label>"
        for choice_id, label in choices
    )
    return f'<fieldset class="question"><legend>{inline_html(question.text)}</legend>{rows}</fieldset>'


def _none_html(answer: Answer, support: str) -> str:
    heading = _heading(count_in_words(answer))
    topics = ""
    if answer.near_misses:
        items = "".join(_topic(hit.entry) for hit in answer.near_misses)
        topics = f'<h3>Nearest topics</h3><ul class="topics">{items}</ul>'
    return _results("none", f"{heading}<p>{_why_none(answer)}</p>{topics}{support}")


def _topic(entry: Entry) -> str:
    return f'<li><a href="{entry_link(entry.entry_id)}">{inline_html(entry.title)}</a></li>'


def _why_none(answer: Answer) -> str:
    if answer.reason is Reason.EMPTY_QUERY:
        return "There are no words in this yet. Say what you did and what happened, or paste the message you see."
    if answer.reason is Reason.TOO_LONG:
        return "That is more than 20,000 characters. Paste only the message itself and a line or two around it."
    if answer.reason is Reason.UNREADABLE_LANGUAGE:
        return "We could not read this. Describe the problem in the language of the articles, or paste the message."
    if answer.reason is Reason.CODE_NOT_DOCUMENTED and answer.unknown_codes:
        codes = ", ".join(f"<code>{escape(code)}</code>" for code in answer.unknown_codes)
        return f"No article documents {codes}. A solution for another code would mislead you, so none is shown."
    return (
        "Say what you did and what happened, in other words, or paste the exact message. Nothing that we have fits yet."
    )


def _as_many_as_can_be_read(contents: Contents) -> Iterator[tuple[Article, Sequence[Entry]]]:
    left = _MOST_LISTED
    for article, entries in contents:
        if left > 0:
            yield article, entries[:left]
        left -= len(entries)


def _group_html(article: Article, entries: Sequence[Entry]) -> str:
    return f'<h3>{escape(article.title)}</h3><ul class="topics">{"".join(map(_topic, entries))}</ul>'


def _examples(contents: Contents) -> list[str]:
    """Return symptoms of different entries, spread over the corpus."""
    symptoms = [entry.symptoms[0] for _, entries in contents for entry in entries if entry.symptoms]
    short = [symptom for symptom in symptoms if len(symptom) <= _TOPIC_LENGTH]
    step = max(1, len(short) // _EXAMPLES)
    return short[::step][:_EXAMPLES]


def _counted(count: int, name: str) -> str:
    return f"{count:,} {name}" if count == 1 else f"{count:,} {name}s"


def _held(entries: int) -> str:
    return f" ({_counted(entries, 'problem')}):" if entries else ":"
