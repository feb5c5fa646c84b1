"""An answer as plain text, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent

from assistant.answering.answer import Answer, AnswerHit, Question
from corpus.article import Block, BlockKind
from index.decision import Decision, Reason

_WHY_NONE = {
    Reason.NO_MATCH: "Nothing in the articles is near this.",
    Reason.CODE_NOT_DOCUMENTED: "Nothing is shown, because another code's solution would mislead you.",
    Reason.EMPTY_QUERY: "Describe what went wrong, or paste the message.",
    Reason.TOO_LONG: "That is more than 20,000 characters; paste the part with the message.",
}


def answer_text(answer: Answer) -> str:
    """Return an answer as a terminal shows it: ranked entries with message, cause and steps, or why there is none."""
    if answer.reason is Reason.UNKNOWN_FILTER:
        return "\n".join(each.sentence for each in answer.unknown_filters)
    unknown = [f"code {code} is not documented" for code in answer.unknown_codes]
    if answer.decision is Decision.NONE:
        why = _WHY_NONE[answer.reason or Reason.NO_MATCH] if answer.notice is None else answer.notice.text
        lines = [why, *unknown]
        if answer.near_misses:
            lines += ["", "Topics in the articles:", *(f"  {near.entry_title}" for near in answer.near_misses)]
        return "\n".join(lines)
    question = [] if answer.question is None else [answer.question.text, *_choices(answer.question)]
    before = ["\n".join(each) for each in (unknown, question) if each]
    return "\n\n".join([*before, *map(_hit_text, answer.hits)])


def _choices(question: Question) -> Iterator[str]:
    for choice in question.choices:
        yield f"  - {choice.label}"
        if choice.symptom is not None:
            yield f"    such as: {choice.symptom}"


def _hit_text(hit: AnswerHit) -> str:
    probability = "" if hit.probability is None else f"  ({hit.probability:.0%})"
    lines = [f"{hit.rank}. {hit.entry_title}{probability}"]
    lines += [f"   Message: {message}" for message in hit.messages]
    lines += [f"   Cause: {hit.cause}"] if hit.cause else []
    for solution in hit.solutions:
        lines.append(f"   Solution: {solution.title or ''}".rstrip())
        lines += [indent(_block_text(block), " " * 6) for block in solution.blocks]
    lines.append(f"   {hit.article.title}, {hit.source.path}:{hit.source.first_line}")
    return "\n".join(lines)


def _block_text(block: Block) -> str:
    if block.kind in {BlockKind.NOTE, BlockKind.CAUTION}:
        return f"{block.kind.capitalize()}: {block.markdown}"
    return block.markdown
