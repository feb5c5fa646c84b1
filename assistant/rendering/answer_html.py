"""An answer becomes the HTML that the page shows.

Everything here is pure: the same answer gives the same HTML.
"""

from __future__ import annotations

from assistant.answering.answer import Answer, EntryInfo
from assistant.rendering.entry_card import card_of
from assistant.rendering.html_templates import render
from assistant.rendering.safe_markdown import ImageAddress
from assistant.rendering.support_note import SupportNote
from index.decision import Decision

_LONGEST_QUOTE = 120  # characters


def answer_html(
    answer: Answer,
    *,
    image: ImageAddress | None = None,
    support: SupportNote | None = None,
    chosen: str | None = None,
) -> str:
    """Return what is shown for an answer: ranked cards, the question to ask back, or why there is none.

    Args:
        answer: The assistant's answer.
        image: The address of an image by its file under the articles' folder.
        support: Whom to ask where no article helps.
        chosen: The choice that was made, where the answer still asks its question.
    """
    summary = _summary(answer)
    if answer.decision is Decision.NONE:
        return render("answer/none.html", announcement=summary, heading=summary, answer=answer, support=support)
    cards = [card_of(hit, image=image, opened=answer.question is None and hit.rank == 1) for hit in answer.hits]
    quotes = _quotes(answer) if len(answer.parts) > 1 else []
    return render(
        "answer/answer.html",
        announcement=summary,
        heading=summary,
        answer=answer,
        cards=cards,
        quotes=quotes,
        chosen=chosen,
    )


def entry_html(entry: EntryInfo | None, *, image: ImageAddress | None = None) -> str:
    """Return one entry that a link leads to."""
    if entry is None:
        return render("answer/no_entry.html")
    return render("answer/entry.html", announcement="Entry found", card=card_of(entry, image=image, opened=True))


def no_index_html(message: str) -> str:
    """Return what is shown while there is no usable index; the message names the command that mends it."""
    return render("answer/no_index.html", message=message)


def failure_html(error_id: str) -> str:
    """Return what is shown when our own code failed; the id leads to the details in the server's log."""
    return render("answer/failure.html", error_id=error_id)


def _summary(answer: Answer) -> str:
    """Return how many entries an answer holds, as its heading says it and a screen reader announces it."""
    if answer.decision is Decision.NONE:
        return "No article covers this"
    count = len(answer.hits)
    if answer.question is not None:
        likeliest = sum(bool(choice.entry_ids) for choice in answer.question.choices)
        return f"It could be one of {likeliest} problems"
    if len(answer.parts) > 1:
        return f"{len(answer.parts)} errors in this text, one after the other"
    return "1 solution found" if count == 1 else f"{count} solutions, best first"


def _quotes(answer: Answer) -> list[str]:
    """Return the beginning of each error in a long paste."""
    texts = [" ".join(answer.query[part.start : part.end].split()) for part in answer.parts]
    return [text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}\u2026" for text in texts]
