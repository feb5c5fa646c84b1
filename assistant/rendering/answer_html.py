"""An answer becomes the HTML that the page shows.

Everything here is pure: the same answer gives the same HTML. What comes from an article or a person is escaped or
cleaned (`markup`) before it is put between our own tags.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from assistant.answering.answer import Answer, AnswerHit, Question
from assistant.rendering.entry_card import card
from assistant.rendering.page_parts import heading, results, topic
from assistant.rendering.safe_markdown import ImageAddress, Setting
from corpus.article import Article, Entry
from index.decision import Decision, Reason

_QUOTED_LENGTH = 120


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
    opened = answer.question is None
    if len(answer.parts) > 1:
        cards = "".join(_part_html(answer, number, image, opened=opened) for number in range(len(answer.parts)))
    else:
        cards = _cards_html(answer.hits, image, opened=opened)
    headed = heading(count_in_words(answer))
    question = _question_html(answer.question, chosen) if answer.question is not None else ""
    return results("answer", f"{headed}{_corrections(answer)}{_other_codes(answer)}{question}{cards}")


def count_in_words(answer: Answer) -> str:
    """Return how many entries an answer holds, as it is read out."""
    if answer.decision is Decision.NONE:
        return "No article covers this"
    count = len(answer.hits)
    if answer.question is not None:
        likeliest = sum(bool(choice.entry_ids) for choice in answer.question.choices)
        return f"It could be one of {likeliest} problems"
    if len(answer.parts) > 1:
        return f"{len(answer.parts)} errors in this text, one after the other"
    return "1 solution found" if count == 1 else f"{count} solutions, best first"


def entry_html(found: tuple[Entry, Article] | None, *, image: ImageAddress | None = None) -> str:
    """Return one entry that a link asked for."""
    if found is None:
        text = (
            "<p>It may have been renamed or withdrawn. Describe the problem above, or look through the list below.</p>"
        )
        return results("none", heading("This link leads to no entry") + text)
    entry, article = found
    return results("entry", card(entry, article, setting=Setting(image=image), opened=True, level=2))


def failure_html(message: str) -> str:
    """Return what is shown while there is no usable index; the message names the command that mends it."""
    return results(
        "failure",
        f"{heading('The articles cannot be searched at the moment')}"
        f'<p>Whoever looks after this page can mend it:</p><p class="remedy">{escape(message)}</p>',
    )


def problem_html(error_id: str) -> str:
    """Return what is shown when our own code failed; the id finds the details in the server's log."""
    return results(
        "failure",
        f"{heading('Something went wrong on our side')}<p>Try again in a moment. If it stays like this, tell whoever "
        f"looks after this page the number <code>{escape(error_id)}</code>.</p>",
    )


def _part_html(answer: Answer, number: int, image: ImageAddress | None, *, opened: bool) -> str:
    """Return the hits of one of several errors in a paste, under the text that they answer."""
    part = answer.parts[number]
    text = " ".join(answer.query[part.start : part.end].split())
    quoted = escape(text if len(text) <= _QUOTED_LENGTH else f"{text[:_QUOTED_LENGTH]}\u2026")
    hits = [hit for hit in answer.hits if hit.hit.part == number]
    cards = _cards_html(hits, image, opened=opened, level=4) if hits else "<p>No article covers this part.</p>"
    return f'<section class="part"><h3>Error {number + 1}: <q>{quoted}</q></h3>{cards}</section>'


def _cards_html(hits: Sequence[AnswerHit], image: ImageAddress | None, *, opened: bool, level: int = 3) -> str:
    cards = "".join(f"<li>{_hit_html(hit, image, opened=opened, level=level)}</li>" for hit in hits)
    return f'<ol class="cards">{cards}</ol>'


def _hit_html(hit: AnswerHit, image: ImageAddress | None, *, opened: bool, level: int) -> str:
    setting = Setting(words=frozenset(hit.hit.why.words), image=image)
    first = opened and hit.hit.rank == 1
    return card(hit.entry, hit.article, setting=setting, opened=first, hit=hit, level=level)


def _corrections(answer: Answer) -> str:
    if not answer.corrections:
        return ""
    read = ", ".join(
        f"<strong>{escape(each.corrected)}</strong> for {escape(each.original)}" for each in answer.corrections
    )
    return f'<p class="corrections">We read {read}.</p>'


def _other_codes(answer: Answer) -> str:
    """Say which codes of a query the answer is not about."""
    codes = ", ".join(f"<code>{escape(code)}</code>" for code in answer.unknown_codes)
    return f'<p class="corrections">This is about the rest: {codes} stands in no article.</p>' if codes else ""


def _question_html(question: Question, chosen: str | None) -> str:
    rows = "".join(
        f'<label class="choice"><input type="radio" name="choice" value="{escape(choice.choice_id)}"'
        f"{' checked' if choice.choice_id == chosen else ''}>"
        f"<span>{escape(choice.label)}</span></label>"
        for choice in question.choices
    )
    return f'<fieldset class="question"><legend>{escape(question.text)}</legend>{rows}</fieldset>'


def _none_html(answer: Answer, support: str) -> str:
    headed = heading(count_in_words(answer))
    topics = ""
    if answer.near_misses:
        items = "".join(topic(hit.entry) for hit in answer.near_misses)
        topics = f'<h3>Nearest topics</h3><ul class="topics">{items}</ul>'
    return results("none", f"{headed}<p>{_why_none(answer)}</p>{topics}{support}")


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
        "Nothing in the articles fits well enough to show. Try other words, or paste the message exactly as you see it."
    )
