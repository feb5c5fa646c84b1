"""An answer becomes the HTML that the page shows.

Everything here is pure: the same answer gives the same HTML.
"""

from __future__ import annotations

from assistant.answering.answer import Answer, EntryInfo
from assistant.answering.filters import FilterKind
from assistant.rendering.choice_card import choice_cards
from assistant.rendering.entry_card import card_of
from assistant.rendering.html_templates import render
from assistant.rendering.links import PAGE_LINKS, Links
from assistant.rendering.safe_markdown import ImageAddress
from assistant.rendering.support_note import SupportNote
from index.decision import Decision, Reason

UNREACHABLE = "The search cannot be reached at the moment. Your question is fine: ask it again in a minute."
_LONGEST_QUOTE = 120  # characters
_LIKELY_ENOUGH = 0.02  # to be counted as a solution; what is less likely is shown apart
View = tuple[str, dict[str, object]]
"""A template and its values."""
_FILTER_NAMES = {FilterKind.PRODUCT: "product", FilterKind.TAG: "topic"}  # on the page a tag is a topic
_WHY_NONE = {
    Reason.NO_MATCH: "Nothing in the articles is near this",
    Reason.CODE_NOT_DOCUMENTED: "This code is in no article",
    Reason.EMPTY_QUERY: "What went wrong?",
    Reason.TOO_LONG: "This text is too long",
    Reason.UNREADABLE_LANGUAGE: "We could not read this",
    Reason.UNKNOWN_FILTER: "No article is about this product or topic",
}


def answer_html(
    answer: Answer,
    *,
    image: ImageAddress | None = None,
    support: SupportNote | None = None,
    refused: str | None = None,
    links: Links = PAGE_LINKS,
) -> str:
    """Return what is shown for an answer: ranked cards, the question to ask back, or why there is none.

    The arguments are those of `answer_view`.
    """
    template, values = answer_view(answer, image=image, support=support, refused=refused, links=links)
    return render(template, **values)


def answer_view(
    answer: Answer,
    *,
    image: ImageAddress | None = None,
    support: SupportNote | None = None,
    refused: str | None = None,
    links: Links = PAGE_LINKS,
) -> View:
    """Return the template that shows an answer, and its values.

    Args:
        answer: The assistant's answer.
        image: The address of an image by its file under the articles' folder.
        support: Whom to ask where the articles do not help.
        refused: The id of the entry that was shown before and did not help; empty for "None of these".
        links: Where its links lead.
    """
    if answer.decision is Decision.NONE:
        return _none_view(answer, support, refused, links)
    if answer.question is not None:
        return _question_view(answer, image, refused, links)
    cards = [card_of(hit, image=image, opened=hit.rank == 1, links=links) for hit in answer.hits]
    several = len(answer.parts) > 1
    count = len(cards) if several else likely_count(answer)
    heading = f"{len(answer.parts)} errors in this text, one after the other" if several else _solutions(count)
    values: dict[str, object] = {
        "announcement": heading,
        "heading": heading,
        "answer": answer,
        "cards": cards[:count],
        "unlikely": cards[count:],
        "parts": part_quotes(answer) if several else [],
        "refused": refused,
        "links": links,
    }
    return "answer/answer.html", values


def entry_html(entry: EntryInfo | None, *, image: ImageAddress | None = None) -> str:
    """Return one entry that a link leads to."""
    if entry is None:
        return render("answer/no_entry.html")
    return render("answer/entry.html", announcement="Entry found", card=card_of(entry, image=image, opened=True))


def no_index_html(message: str) -> str:
    """Return what is shown while there is no usable index; the message names the command that mends it."""
    return render("answer/no_index.html", message=message)


def unreachable_html() -> str:
    """Return what is shown while the server that holds the entries does not answer."""
    return render("answer/unreachable.html", sentence=UNREACHABLE)


def failure_html(error_id: str) -> str:
    """Return what is shown when our own code failed; the id leads to the details in the server's log."""
    return render("answer/failure.html", error_id=error_id)


def _none_view(answer: Answer, support: SupportNote | None, refused: str | None, links: Links) -> View:
    reason = answer.reason or Reason.NO_MATCH
    heading = _WHY_NONE[reason] if refused is None else "There is nothing more to suggest"
    if answer.unknown_filters:
        heading = (
            f"There is no {_FILTER_NAMES[answer.unknown_filters[0].kind]} \u201c{answer.unknown_filters[0].name}\u201d"
        )
    values: dict[str, object] = {
        "announcement": heading,
        "heading": heading,
        "answer": answer,
        "support": support,
        "refused": refused,
        "links": links,
    }
    return "answer/none.html", values


def _question_view(answer: Answer, image: ImageAddress | None, refused: str | None, links: Links) -> View:
    """Return the question with its choices; without any, its first sentence asks and the rest says how to answer."""
    if answer.question is None:
        raise ValueError("the answer asks no question")
    choices = choice_cards(answer, image=image, links=links)
    first, mark, rest = answer.question.text.partition("? ")
    heading, invitation = (answer.question.text, "") if choices else (first + mark.strip(), rest)
    count = f" {len(choices)} to choose from" if choices else ""
    values: dict[str, object] = {
        "announcement": heading + count,
        "heading": heading,
        "invitation": invitation,
        "answer": answer,
        "choices": choices,
        "none_id": next((each.id for each in answer.question.choices if not each.entry_ids), None),
        "refused": refused,
        "links": links,
    }
    return "answer/question.html", values


def likely_count(answer: Answer) -> int:
    """Return how many of the hits are likely enough to be counted; the first always is."""
    return 1 + sum(hit.probability is None or hit.probability >= _LIKELY_ENOUGH for hit in answer.hits[1:])


def _solutions(count: int) -> str:
    return "1 solution found" if count == 1 else f"{count} solutions, best first"


def part_quotes(answer: Answer) -> list[tuple[str, str]]:
    """Return each error in a long paste: its beginning, and the whole."""
    texts = [" ".join(answer.query[part.start : part.end].split()) for part in answer.parts]
    return [(text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}\u2026", text) for text in texts]
