"""Documented messages as people paste them (other values, case, quotes and line breaks; cut; mistyped): are they found?

python -m tests.programs.pastes tests/data/messages --each 50 --seed 1
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from corpus.article import Entry
from corpus.loader import load_corpus
from corpus.passages import whole_text
from index.analysis.paste_cleanup import message_text
from index.messages.documented.template_files import template_files
from index.messages.template_matcher import TemplateMatcher
from index.storage.entry_table import EntryTable, entry_columns, entry_files
from index.storage.segments.segment_list import SegmentList
from index.storage.store import Store
from tests.programs.paste_expectations import fitting, words
from tests.programs.paste_values import other_value, pieces


@dataclass(frozen=True)
class Paste:
    """A text that contains a documented message.

    Attributes:
        text: The whole paste.
        start: Where the message begins in it.
        end: Where it ends.
        fits: Rows of the entries whose message it may be: those that explain most of it.
        optional: Those of them that need not be found: little more than half is there, or a letter differs.
    """

    text: str
    start: int
    end: int
    fits: frozenset[int]
    optional: frozenset[int]


def recased(text: str, chance: random.Random) -> str:
    how = chance.randrange(4)
    return text.upper() if how == 0 else text.lower() if how == 1 else text


QUOTES = ["''", "\u2018\u2019", "\u201c\u201d", '""', "\u00ab\u00bb", "``"]


def requoted(text: str, chance: random.Random) -> str:
    pair = chance.choice(QUOTES)
    text = re.sub(r"(?<!\w)['\"](?=\S)", lambda _: pair[0], text)
    return re.sub(r"(?<=\S)['\"](?!\w)", lambda _: pair[1], text)


def rebroken(text: str, chance: random.Random) -> str:
    ways = [" "] * 12 + ["  ", "\n", "\n   ", "\u00a0", " \n"]
    if chance.random() < 0.4:
        return text
    return re.sub(" ", lambda _: chance.choice(ways), text)


def cut(text: str, where: str, chance: random.Random) -> str:
    if where == "none":
        return text
    kept = max(1, -(-len(text) * chance.randint(60, 99) // 100))
    return text[-kept:] if where == "front" else text[:kept]


def mistyped(text: str, *, typos: int, known: frozenset[str], chance: random.Random) -> str:
    """Return a text with letters of some words dropped, doubled, replaced or swapped, never making a known word."""
    places = [found.span() for found in re.finditer(r"[A-Za-z]{5,}", text) if found[0].casefold() in known]
    for start, end in sorted(chance.sample(places, min(typos, len(places) // 4)), reverse=True):
        word = text[start:end]
        at = chance.randrange(1, len(word) - 1)
        ways = [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + chance.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
        other = chance.choice(ways)
        if other.casefold() not in known:
            text = text[:start] + other + text[end:]
    return text


SURROUNDINGS = [
    ("", ""),
    ("Hello,\n\nsince this morning I see this:\n\n", "\n\nWhat can I do?\nKind regards, Ruth"),
    ("It says: \u201c", "\u201d - what now?"),
    ("[2026-05-11 06:00:03] sync worker 4: ", "\n[2026-05-11 06:00:04] sync worker 4: going to sleep"),
    ("> ", "\n\n> sent from my telephone"),
]


def pastes_of(
    entries: Sequence[Entry], *, each: int, seed: int, padding: str = "", typos: int = 0
) -> Iterator[tuple[int, Paste]]:
    """Yield pastes of every entry's messages, each with the entry's row; the same ones for the same seed."""
    chance = random.Random(seed)
    messages = [(row, message_text(text)) for row, entry in enumerate(entries) for text in entry.messages]
    known = frozenset(word for entry in entries for word in words(f"{entry.title} {entry.messages} {entry.solutions}"))
    for row, entry in enumerate(entries):
        for _ in range(each if entry.messages else 0):
            message = message_text(chance.choice(entry.messages))
            filled = "".join(other_value(text, chance) if value else text for text, value in pieces(message))
            cased = recased(requoted(filled, chance), chance)
            where = chance.choice(["none", "none", "front", "end", "end", "front"])
            left = cut(cased, where, chance).strip()
            shown = rebroken(mistyped(left, typos=typos, known=known, chance=chance), chance)
            before, after = chance.choice(SURROUNDINGS)
            before = padding + before
            fits = fitting(left, messages, where, least=3)
            strictly = fitting(left, messages, where, least=1)
            yield (
                row,
                Paste(
                    before + shown + after,
                    len(before),
                    len(before) + len(shown),
                    frozenset(fits) | frozenset(strictly),
                    frozenset(other for other, share in fits.items() if share < 0.62 or other not in strictly) - {row},
                ),
            )


@dataclass
class Tally:
    """How many pastes were recognised as expected, and how the others were not."""

    right: int = 0
    ambiguous: int = 0
    missed: int = 0
    wrong: int = 0


def check(
    matcher: TemplateMatcher,
    entries: Sequence[Entry],
    *,
    each: int,
    seed: int,
    padding: str = "",
    typos: int = 0,
    show: bool = False,
) -> Tally:
    """Look for the message of every paste, and count."""
    tally = Tally()
    for row, paste in pastes_of(entries, each=each, seed=seed, padding=padding, typos=typos):
        found = matcher.recognise(paste.text).matches
        near = [each for each in found if each.start < paste.end and each.end > paste.start]
        rows = frozenset(row for each in near for row in each.rows)
        is_right = len(near) == 1 and row in rows and paste.fits - paste.optional <= rows <= paste.fits | {row}
        if is_right and len(found) == 1:
            tally.right += 1
            tally.ambiguous += len(rows) > 1
        elif not rows <= paste.fits | {row} or len(found) > len(near):
            tally.wrong += 1
        else:
            tally.missed += 1
        if show and not (is_right and len(found) == 1):
            print(repr(paste.text[-300:]), "\n   expected", [entries[each].entry_id for each in sorted(paste.fits)])
            print("   found", [[entries[each].entry_id for each in one.rows] for one in found])
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--padding", type=Path, help="a text to put before every message")
    parser.add_argument("--typos", type=int, default=0, help="number of mistyped words, at most one in four")
    parser.add_argument("--show", action="store_true", help="print each paste that was not recognised as expected")
    options = parser.parse_args()
    corpus = load_corpus(options.corpus)
    with tempfile.TemporaryDirectory() as folder:
        files = {
            **entry_files(corpus.articles, corpus.entries),
            **template_files(corpus.entries, list(map(whole_text, corpus.entries))),
        }
        generation = Store(Path(folder)).publish(files, {}, rows=SegmentList.of_one(entry_columns(corpus.entries)))
        matcher = TemplateMatcher(generation, EntryTable(generation))
        padding = options.padding.read_text("utf-8") + "\n\n" if options.padding else ""
        start = time.perf_counter()
        tally = check(
            matcher,
            corpus.entries,
            each=options.each,
            seed=options.seed,
            padding=padding,
            typos=options.typos,
            show=options.show,
        )
        print(tally, f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
