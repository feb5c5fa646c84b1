"""An answer as the widget's JSON, made from the same cards as the page's HTML.

The names in it are version 1: none is renamed or removed, for a script that a browser or a site has kept asks for them.
Labels ("What to do") are the widget's own, in its reader's language; what comes from the articles is a tree.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assistant.answering.answer import Answer
from assistant.rendering.answer_html import likely_count, part_quotes
from assistant.rendering.choice_card import choice_cards
from assistant.rendering.entry_card import Card, card_of
from assistant.rendering.safe_markdown import ImageAddress, MarkdownOptions, Steps, blocks, inline, is_web_address
from assistant.rendering.support_note import SupportNote
from assistant.web.widget.tree import Tree, tree_of
from index.decision import Decision

VERSION = 1
Json = dict[str, Any]
_CERTAINTIES = {"Very likely": "veryLikely", "Likely": "likely"}  # the names of the widget's own texts


def outcome_json(outcome: str, **more: object) -> Json:
    """Return an outcome with what belongs to it; the outcomes have the names that the page gives them."""
    return {"version": VERSION, "outcome": outcome, **more}


def answer_json(
    answer: Answer, outcome: str, *, image: ImageAddress | None, support: SupportNote | None, refused: str | None
) -> Json:
    """Return an answer: cards, the question with its choices, or why there is none.

    Args:
        answer: The assistant's answer.
        outcome: Which of the three it is.
        image: The address of an image by its file under the articles' folder.
        support: Whom to ask where the articles do not help.
        refused: The id of the entry that was shown before and did not help; empty for "None of these".
    """
    read = {
        "corrections": [[each.original, each.corrected] for each in answer.corrections],
        "unknown_codes": list(answer.unknown_codes),
        "refused": refused is not None,
    }
    if answer.decision is Decision.NONE:
        return outcome_json(
            outcome,
            **read,
            reason=answer.reason,
            notice=None if answer.notice is None else [answer.notice.language, answer.notice.text],
            topics=[[near.entry_id, tree_of(inline(near.entry_title))] for near in answer.near_misses],
            support=None if support is None else _support_json(support),
        )
    if answer.question is not None:
        choices = [
            card_json(choice.card, telling=choice.telling, symptom=choice.symptom)
            for choice in choice_cards(answer, image=image)
        ]
        none_id = next((each.id for each in answer.question.choices if not each.entry_ids), None)
        return outcome_json(outcome, **read, kind=answer.question.kind, cards=choices, none_id=none_id)
    several = len(answer.parts) > 1
    return outcome_json(
        outcome,
        **read,
        parts=[quote for quote, _ in part_quotes(answer)] if several else [],
        cards=[card_json(card_of(hit, image=image)) for hit in answer.hits],
        likely=len(answer.hits) if several else likely_count(answer),
    )


def card_json(card: Card, *, telling: str | None = None, symptom: str | None = None) -> Json:
    """Return an entry as a card; `telling` and `symptom` are what tells a choice from the others."""
    entry, hit = card.entry, card.hit
    return {
        "entry_id": entry.entry_id,
        "language": card.language or "en",
        "rank": None if hit is None else hit.rank,
        "part": 0 if hit is None else hit.part,
        "title": tree_of(inline(entry.entry_title, card.options)),
        "certainty": _CERTAINTIES.get(card.certainty or ""),
        "probability": None if hit is None else hit.probability,
        "messages": [tree_of(inline(message, card.options)) for message in card.messages],
        "alignment": [[run.kind, run.documented, run.query] for run in card.alignment],
        "differs": bool(card.differences),
        "telling": telling,
        "symptom": symptom,
        "context": _blocks(entry.context, card.options),
        "cause": _blocks(entry.cause, card.options),
        "solutions": [
            {
                "title": None if solution.title is None else tree_of(inline(solution.title, card.unmarked)),
                "blocks": [[block.kind, _blocks(block.markdown, card.unmarked)] for block in solution.blocks],
            }
            for solution in entry.solutions
        ],
        "article": {
            "title": entry.article.title,
            "url": entry.article.url if is_web_address(entry.article.url) else None,
            "updated": entry.article.updated,
        },
        "being_edited": entry.being_edited,
    }


def _blocks(markdown: str | None, options: MarkdownOptions) -> list[Any]:
    """Return the nodes of a text; a numbered list is a dict, for its items have boxes to tick."""
    return list(_nodes(blocks(markdown, options))) if markdown else []


def _nodes(parts: Iterable[str | Steps]) -> Iterable[Tree | Json]:
    for part in parts:
        if isinstance(part, Steps):
            yield {"first": part.first, "steps": [tree_of(item) for item in part.items]}
        else:
            yield from tree_of(part)


def _support_json(support: SupportNote) -> Json:
    url = support.url if is_web_address(support.url) else None
    return {"text": support.text, "url": url, "ticket": support.ticket}
