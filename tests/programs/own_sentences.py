"""Documented messages inside people's own sentences: without quotation marks or full stop, words before and after.

Every whole message and every clause of one that singles out an entry is put between heads and tails, with other values
in it, half of them in small letters and without the quotation marks of their values. Left out by rule:

- a clause of fewer than three telling words ("failed" is one; a value, its unit and a single letter are none)
- a frame: what stands before a colon or dash, or around a quoted message
- what stands in the text of another entry, values aside

Example:
  python -m tests.programs.own_sentences tests/data/messages --show
"""

from __future__ import annotations

import argparse
import os
import random
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from assistant.answering.factory import open_encoder
from assistant.settings import Settings
from corpus.article import Entry
from corpus.loader import load_corpus
from corpus.passages import whole_text
from index.analysis.lexicon import FUNCTION_WORDS, VALUE_WORDS
from index.analysis.paste_cleanup import message_text
from index.decision import Decision, decide
from index.evaluation.systems import open_search
from index.retriever import Retriever
from tests.programs.paste_expectations import words
from tests.programs.paste_values import other_value, pieces

HEADS = (
    "it says ",
    "hi, since this morning i get ",
    "whenever I post something there is ",
    "my colleague sees ",
    "Hello, my screen shows ",
    "help! ",
    "the machine told me ",
)
TAILS = (
    " when i open the program, please help",
    " pls fix asap this is urgent thx",
    " and I don't know what to do",
    " what now",
    " since the update yesterday, any idea?",
    " again and again",
    " although nothing was changed here",
)
LEAST_TELLING = 3
CLAUSE_END = re.compile(r"(?<=[.,:;!?])(?:'\.)?\s+|\s+(?=[-\u2013]\s)|(?<=\s[-\u2013])\s+")
OUTCOMES = ("right", "asked", "none", "wrong")


def fixed(text: str) -> str:
    """Return the words of a text without its values, with a space around each stretch; a bar stands for a value."""
    parts = (
        " | " if is_value else f" {' '.join(word for word in words(part) if word != ':')} "
        for part, is_value in pieces(text)
    )
    return re.sub(r"\s+", " ", "".join(parts))


def telling(text: str) -> int:
    """Return how many words of a text are not in every sentence."""
    told = [word for word in fixed(text).split() if word.isalpha() and len(word) > 1]
    return sum(word == "failed" or word not in FUNCTION_WORDS | VALUE_WORDS for word in told)


def candidates(message: str) -> Iterator[str]:
    """Yield a message and its clauses that are no frame."""
    yield message.strip(" .")
    quoted = re.search(r": '(\w.* .*)'\.?(?: |$)", message)
    inner = quoted[1] if quoted and telling(quoted[1]) > 1 else message
    ends = [0, *(found.end() for found in CLAUSE_END.finditer(inner)), len(inner)]
    for start, end in pairwise(ends):
        clause, following = inner[start:end].strip(), inner[end:].lstrip()
        is_frame = clause.endswith((":", " -", " \u2013")) or following.startswith(("- ", "\u2013 "))
        if not is_frame and telling(clause) >= LEAST_TELLING:
            yield clause.strip(" .,;!?-\u2013'")


def singled_out(entries: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    """Yield the pieces of messages that are in the text of one entry alone."""
    said = [fixed(whole_text(entry)) for entry in entries]
    for row, entry in enumerate(entries):
        for piece in dict.fromkeys(piece for each in entry.messages for piece in candidates(message_text(each))):
            runs = [f" {run.strip()} " for run in fixed(piece).split("|") if run.strip()]
            others = (text for other, text in enumerate(said) if other != row)
            if runs and not any(all(run in text for run in runs) for text in others):
                yield entry, piece


def filled(piece: str, chance: random.Random, *, plain: bool) -> str:
    """Return a piece with other values; a plain one in small letters and without quotation marks."""
    parts = (other_value(text, chance) if is_value else text for text, is_value in pieces(piece))
    if not plain:
        return "".join(parts)
    return "".join(part.strip("'\"") if part[:1] in "'\"" else part for part in parts).lower()


def told_to(retriever: Retriever, query: str, entry_id: str) -> str:
    """Return what someone with such a sentence is told."""
    decided = decide(retriever.search(query, k=8))
    if decided.decision is Decision.ANSWER:
        return "right" if decided.hits[0].entry_id == entry_id else "wrong"
    return "asked" if entry_id in {hit.entry_id for hit in decided.choices} else "none"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print each sentence that is not answered with its entry")
    options = parser.parse_args()
    settings = Settings.from_environment(os.environ)
    corpus = load_corpus(options.corpus)
    retriever = open_search(corpus, open_encoder(settings), settings.cache)
    chance = random.Random(options.seed)
    tally: Counter[str] = Counter()
    found = list(singled_out(corpus.entries))
    for number, (entry, piece) in enumerate(found):
        for at, head in enumerate(HEADS):
            query = head + filled(piece, chance, plain=at % 2 == 0) + TAILS[(at + number) % len(TAILS)]
            told = told_to(retriever, query, entry.entry_id)
            tally[told] += 1
            if options.show and told != "right":
                print(told, entry.entry_id, repr(query))
    print(f"{len(found)} pieces, {tally.total()} sentences:", ", ".join(f"{tally[name]} {name}" for name in OUTCOMES))


if __name__ == "__main__":
    main()
