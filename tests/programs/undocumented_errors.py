"""Undocumented errors that look like documented ones: is any of them answered?

From a corpus errors are made that share much with a documented one and are others. None of them may be answered with a
probability above one half. They share

- the frame: every clause has a word that no article has, those before the first value apart: a message may be cut there
- the family of its code, with another number
- its end: an exit status, a line, key=value pairs
- the class code beside its code
- all but a negation more or less

Example:
  python -m tests.programs.undocumented_errors tests/data/messages --count 100 --show
"""

from __future__ import annotations

import argparse
import os
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assistant.answering.factory import open_encoder
from assistant.settings import Settings
from corpus.article import Entry
from corpus.loader import load_corpus
from corpus.passages import whole_text
from index.analysis.lexicon import COMMON_TROUBLE_WORDS, FUNCTION_WORDS, VALUE_WORDS
from index.analysis.paste_cleanup import message_text
from index.analysis.statuses import status_spans
from index.analysis.tokens import tokenize
from index.codes.code_evidence import Evidence
from index.codes.error_codes import codes_in
from index.decision import Decision, decide
from index.evaluation.systems import open_search
from index.hit import EVEN
from index.retriever import Retriever
from tests.programs.paste_values import other_value, pieces

STRANGERS = (
    "orchard lantern walrus trombone glacier marmalade turnstile pelican scaffold harpoon quarry mandolin".split()
)
TROUBLES = (
    "{0}.c:14: undefined {1} in the {2}",
    "Mounting the {0} has failed: {1} of the {2} is bent",
    "{0}Exception: the {1} came before the {2}",
)
CLAUSE = re.compile(r"((?<=[.,:;!?])\s+|\s+[-\u2013]\s+|\s+(?:and|then|because)\s+)")
IN_QUOTES = re.compile(r"'[^']{1,80}'|\"[^\"]{1,80}\"|<[^>]{1,40}>|\[[^\]]{1,40}\]")
NOT = re.compile(r"\b(?:not|no longer|never)\b |n't\b", re.IGNORECASE)
MAY_BE_DENIED = re.compile(r"\b(?:is|are|was|were|has|have|can|could|will|must|may|does|did)\b(?! (?:not|no)\b)")
ASKING = ("{0}", "what does {0} mean?", "the screen shows {0} since monday", "Error {0}")

Make = Callable[[str, random.Random, frozenset[str]], str | None]


def other_frame(message: str, chance: random.Random, known: frozenset[str]) -> str | None:
    """Return a message with a word in each of its clauses replaced by one that no article has."""
    del known
    if any(each.evidence > Evidence.SHAPED and not each.is_shared for each in codes_in(message)):
        return None  # the code says which error it is
    clauses = []
    for number, clause in enumerate(CLAUSE.split(message)):
        free = IN_QUOTES.sub(lambda match: "\n" * len(match[0]), clause)
        for start, end in status_spans(clause):
            free = free[:start] + "\n" * (end - start) + free[end:]
        head = 0 if number else next((len(text) for text, is_value in pieces(clause) if not is_value), 0)
        found = re.finditer(r"(?<![\w.@/\\-])(?!X{3})[A-Za-z]{4,}(?![\w.@/\\-])", free)
        words = [each for each in found if is_content(each[0]) and each.start() >= head]
        if words:
            word = chance.choice([each for each in words if is_telling(each[0])] or words)
            stranger = chance.choice(STRANGERS)
            stranger = stranger.capitalize() if word[0][0].isupper() else stranger
            clause = clause[: word.start()] + stranger + clause[word.end() :]  # noqa: PLW2901 - the clause, altered
        clauses.append(clause)
    altered = "".join(clauses)
    return None if altered == message else filled(altered, chance)


def other_code(message: str, chance: random.Random, known: frozenset[str]) -> str | None:
    """Return a question about a code that is written like one of a message's, and that no article has."""
    codes = [each for each in codes_in(message) if re.search(r"\d", each.text) and each.evidence >= Evidence.PLACED]
    if not codes:
        return None
    code = chance.choice(codes)
    for _ in range(20):
        text = re.sub(r"\d(?=\D*\Z)", lambda _: str(chance.randrange(10)), code.text)
        if not any(text.casefold() in word or word in text.casefold() for word in known if len(word) > 2):
            whole = message[: code.start] + text + message[code.end :]
            asked = chance.choice(ASKING).format(text) if re.search(r"[A-Za-z]", text) else f"error {text}"
            return chance.choice((asked, filled(whole, chance)))
    return None


def same_end(message: str, chance: random.Random, known: frozenset[str]) -> str | None:
    """Return another trouble that ends with the status that a message ends with."""
    del known
    spans = list(status_spans(message))
    if not spans:
        return None
    return f"{trouble(chance)}: {message[spans[0][0] : spans[-1][1]]}"


def same_class(message: str, chance: random.Random, known: frozenset[str]) -> str | None:
    """Return an error with another code and the class code of a message."""
    shared = [each.text for each in codes_in(message) if each.is_shared]
    number = str(chance.randrange(3000, 9999))
    if not shared or number in known:
        return None
    return f"ERROR {number} ({chance.choice(shared)}): {trouble(chance)}"


def negated(message: str, chance: random.Random, known: frozenset[str]) -> str | None:
    """Return a message of one clause with a negation more or less."""
    del known
    if len(CLAUSE.split(message.strip())) > 1:
        return None
    if NOT.search(message):
        return filled(NOT.sub("", message, count=1), chance)
    found = MAY_BE_DENIED.search(IN_QUOTES.sub(lambda match: "\n" * len(match[0]), message))
    return None if found is None else filled(f"{message[: found.end()]} not{message[found.end() :]}", chance)


KINDS: dict[str, Make] = {
    "frame": other_frame,
    "code": other_code,
    "end": same_end,
    "class": same_class,
    "negation": negated,
}


def is_content(word: str) -> bool:
    """Whether a word is not in every sentence, nor (part of) a value."""
    return word.casefold() not in FUNCTION_WORDS | VALUE_WORDS


def is_telling(word: str) -> bool:
    """Whether a word says which error it is."""
    return is_content(word) and word.casefold() not in COMMON_TROUBLE_WORDS


def trouble(chance: random.Random) -> str:
    """Return an error that is in no article."""
    return chance.choice(TROUBLES).format(*chance.sample(STRANGERS, 3))


def filled(message: str, chance: random.Random) -> str:
    """Return a message with other values."""
    return "".join(other_value(text, chance) if is_value else text for text, is_value in pieces(message))


def undocumented(entries: Sequence[Entry], *, count: int, seed: int) -> Iterator[tuple[str, str]]:
    """Yield (kind, error), the kinds in turn as far as the corpus has them; the same ones for the same seed."""
    chance = random.Random(seed)
    texts = [whole_text(entry) for entry in entries]
    known = frozenset(word for text in texts for word in tokenize(text).keys if any(map(str.isdigit, word)))
    messages = list(dict.fromkeys(message_text(each) for entry in entries for each in entry.messages))
    titles = [entry.title for entry in entries if not entry.messages]
    texts_of = {name: [*messages, *(titles if name == "code" else ())] for name in KINDS}
    kinds = {name: make for name, make in KINDS.items() if any(make(each, chance, known) for each in texts_of[name])}
    made: set[str] = set()
    left = 100 * count
    while kinds and len(made) < count and left:
        for name, make in kinds.items():
            left -= 1
            error = make(chance.choice(texts_of[name]), chance, known)
            if error is not None and error not in made and len(made) < count:
                made.add(error)
                yield name, error


def answered(retriever: Retriever, query: str) -> tuple[str, float] | None:
    """Return the entry with which an error is answered, and how probable it is said to be; None without an answer."""
    outcome = decide(retriever.search(query, k=5))
    if outcome.decision is not Decision.ANSWER:
        return None
    first = outcome.hits[0]
    return first.entry_id, first.probability or 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", action="store_true", help="print each error that is answered")
    options = parser.parse_args()
    settings = Settings.from_environment(os.environ)
    corpus = load_corpus(options.corpus)
    retriever = open_search(corpus, open_encoder(settings), settings.cache)
    asked: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for kind, error in undocumented(corpus.entries, count=options.count, seed=options.seed):
        asked[kind] += 1
        told = answered(retriever, error)
        if told is not None and told[1] > EVEN:
            wrong[kind] += 1
            if options.show:
                print(f"{kind}: {error!r} is answered with {told[0]} at {told[1]:.2f}")
    by_kind = ", ".join(f"{kind} {wrong[kind]} of {asked[kind]}" for kind in asked)
    print(f"{wrong.total()} of {asked.total()} undocumented errors answered above {EVEN}: {by_kind}")


if __name__ == "__main__":
    main()
