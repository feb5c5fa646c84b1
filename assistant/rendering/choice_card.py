"""A choice of the question as a card that opens in place: what tells it apart, then why it happens and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answering.answer import Answer
from assistant.answering.clarifying_question import differing_sentences
from assistant.rendering.entry_card import Card, card_of
from assistant.rendering.links import PAGE_LINKS, Links
from assistant.rendering.safe_markdown import ImageAddress
from corpus.passages import plain_text


@dataclass(frozen=True, slots=True)
class ChoiceCard:
    """What the template of a choice shows.

    Attributes:
        card: The entry.
        telling: The sentences of its message that the other choices' messages do not have, whole.
        symptom: Its symptom that is nearest to the query.
    """

    card: Card
    telling: str | None
    symptom: str | None


def choice_cards(answer: Answer, *, image: ImageAddress | None = None, links: Links = PAGE_LINKS) -> list[ChoiceCard]:
    """Return the choices of an answer's question as cards, in their order.

    Args:
        answer: An answer that asks a question; its choices are among its hits.
        image: The address of an image by its file under the articles' folder.
        links: Where its links lead.
    """
    hits = {hit.entry_id: hit for hit in answer.hits}
    choices = [each for each in (answer.question.choices if answer.question else ()) if each.entry_ids]
    cards = [card_of(hits[choice.entry_ids[0]], image=image, links=links) for choice in choices]
    messages = {at: plain_text(card.messages[0]) for at, card in enumerate(cards) if card.messages}
    telling = dict(zip(messages, differing_sentences(list(messages.values())), strict=True))
    return [
        ChoiceCard(card, telling.get(at), choice.symptom)
        for at, (card, choice) in enumerate(zip(cards, choices, strict=True))
    ]
