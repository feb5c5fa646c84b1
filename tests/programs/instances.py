"""Documented messages as people paste them: with other values, case, quotes and line breaks, and cut.

Nothing here uses the program's own templates: values are found by another, simpler way, and what a cut message fits is
worked out by trying every way to lay it over every message.

    python tests/programs/instances.py tests/data/messages --each 50 --seed 1
"""

from __future__ import annotations

import argparse
import random
import re
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from corpus.article import Entry
from corpus.loader import load_corpus
from corpus.passages import whole_text
from index.analysis.paste_cleanup import message_text
from index.messages.template_matcher import TemplateMatcher, template_files
from index.storage.entry_table import EntryTable, entry_files
from index.storage.store import Store

NAMES = ["Marcus Bell", "O'Neil", "Anna-Lena Vogt", "T. Adeyemi", "Jane Smith", "Lefèvre & Sons", "k.w-2", "mbell"]
FILES = [
    "Deed of gift (final).docx",
    "a.pdf",
    "Smith's will.docx",
    "LEASE_v2.PDF",
    "Q3 figures.xlsx",
    "notes 2026-03.txt",
]
NUMBERS = ["7", "12", "230", "48213", "1,204", "90 314", "5"]
IDS = ["48213", "INV-0042", "2026/0117", "104422", "2025-0871-B", "77", "K-77"]
DATES = [
    "30/04/2026",
    "2026-04-30",
    "4/30/26",
    "30.04.2026",
    "30 April 2026",
    "Apr 30, 2026",
    "1st May 2026",
    "30-Apr-26",
]
TIMES = ["09:05", "4:30 pm", "23:59", "16:30:45"]
AMOUNTS = ["£9.10", "$9,100.00", "12.450,00 €", "USD 310", "€24", "CHF 1'250.00"]
HOSTS = ["vpn2.example.net", "10.0.0.5", "gw-7", "portal.example.org", "2001:db8::7"]
KINDS: list[tuple[str, list[str]]] = [
    (r"'[^' ]+\.(?:docx|mp4|exe|csv|pdf)'|'[\w ]+\.(?:docx|mp4|exe|csv|pdf)'", [f"'{name}'" for name in FILES]),
    (r"'\d\d\.\d\d\.\d{4}'|'n/a'", ["'the 3rd'", "'12,x'", "'31.02.2026'"]),
    (
        r"'[A-Z\[][\w\]' ]{1,20}?'(?!\w)",
        [f"'{name}'" for name in [*NAMES, "Reception", "2nd floor, left", "Dave's office"]],
    ),
    (r"\"<\w+>\"", ['"invoice_lines"', '"T1"', '"public"', '"open items"']),
    (r"[\w.]+@[\w.]+", ["clerk@chambers.example", "k.w-2@firm.example", "o'neil+bills@mail.example.org"]),
    (r"<recipient>", ["clerk@chambers.example", "<o'neil+bills@mail.example.org>", "Clerk of Chambers"]),
    (r"<server>|\[server\]|\[gateway\]|\[portal\]|\[database\]", HOSTS),
    (r"\[\w+\]", NAMES),
    (r"###", IDS),
    (r"X{6}", IDS),
    (r"C:\\\S+", ["D:\\Users\\dana\\Archive 2021.pma", "\\\\srv02\\mail\\2019.pma", "/home/dana/mail/2023.pma"]),
    (r"\d+\.\d+\.\d+\.\d+(?::\d+)?", ["10.0.0.5:1521", "198.51.100.7", "db02.example.internal:5432"]),
    (r"\d\d/\d\d/\d{4}|\d+ (?:March|April) 2026", DATES),
    (r"-?[£$€][\d,.]*\d", AMOUNTS),
    (r"(?<!\S)\d+:\d\d(?!\d)", TIMES),
    (r"\(SyncHelper.exe\)", ["(httpd)", "(My Service.exe)"]),
    (r"LAPTOP-0042", ["PC-7", "reception-3", "LAPTOP-1177"]),
    (r"\d+\.\d+ MB|\d+ MB|\d+ bytes", ["26MB", "1.1 GB", "30,720 KB"]),
    (r"\d+ (?:seconds|minutes|hours)|\d+ s(?!\w)", ["250 ms", "30s", "2 minutes", "90 seconds"]),
    (r"\d+\.\d hours", ["25 hours", "24,25 hours", "230 hours"]),
    (r"\d+%", ["12%", "0.5 %", "7,5%"]),
    (r"\d+\.\d+\.\d+", ["10.0.19", "v5.0.0-rc1", "11.1"]),
]
CODES = (
    r"Error \d+|HTTP \d+|ORA-\d+|E-\d+|SC\d+|0x\w+|SQLSTATE \w+|\d{3} \d\.\d\.\d|#\d:|V2|[\w-]*[A-Za-z_][\w-]*\d[\w-]*|"
    r"\d+ day\(s\)|of type EXE"
)
VALUE = re.compile(
    f"(?P<code>{CODES})|" + "|".join(f"(?P<k{i}>{k})" for i, (k, _) in enumerate(KINDS)) + r"|(?P<n>\d[\d,.]*\d|\d)"
)


@dataclass(frozen=True)
class Instance:
    """A pasted message.

    Attributes:
        text: The whole paste.
        start: Where the message begins in it.
        fits: Rows of the entries whose message it may be, the ones that explain most of it.
        faint: Rows of those that need not be named: little more than half is there, or a letter speaks against them.
    """

    text: str
    start: int
    end: int
    fits: frozenset[int]
    faint: frozenset[int]


def pieces(message: str) -> list[tuple[str, bool]]:
    """Return a message as (text, is it a value) pieces."""
    found: list[tuple[str, bool]] = []
    at = 0
    for match in VALUE.finditer(message):
        if match.lastgroup != "code":
            found += [(message[at : match.start()], False), (match[0], True)]
            at = match.end()
    return [*found, (message[at:], False)]


def other_value(value: str, chance: random.Random) -> str:
    match = VALUE.fullmatch(value)
    assert match is not None
    assert match.lastgroup is not None
    return chance.choice(NUMBERS if match.lastgroup == "n" else KINDS[int(match.lastgroup[1:])][1])


def words(text: str) -> list[str]:
    text = re.sub(r"(?<=\w)[\u2019\u2018'](?=\w)", "", text.casefold())
    return re.findall(r"#{3}|\w+|:(?=\s)", text)  # a colon ends a clause: no number goes on behind it


@cache
def skeleton(message: str) -> tuple[str, ...]:
    """Return a message's words with 0 for each number and * for each other value, or a run of both."""
    found: list[str] = []
    for text, is_value in pieces(message):
        if is_value:
            number = re.search(r"\d|###", text) is not None and re.search(r"[A-Za-z]{4}|['\\]|\.\d+\.", text) is None
            before = found.pop() if found[-1:] in (["0"], ["*"]) else None
            found.append("0" if number and before in ("0", None) else "*")
        else:
            found += words(text)
    return tuple(found)


NOT_NAMES = {"is", "was", "has", "not", "cannot", "could", "because"}
IN_NUMBERS = re.compile(
    r"\w*\d\w*|#+|[ap]m|usd|chf|mb|gb|kb|ms|s|seconds|minutes|april|apr|may|inv|nv|k|[a-z]{1,2}", re.IGNORECASE
)


def explains(left: Sequence[str], skeleton: Sequence[str], *, cut: str, least: int) -> tuple[int, float] | None:
    """Return the letters of fixed words that are there if the message fits what is left, and the share there is.

    Args:
        left: The words of the cut message.
        skeleton: Of a documented message.
        cut: "front", "end" or "none".
        least: So many letters of a cut word count as its beginning or end; fewer may as well be a value.
    """
    if cut == "front":
        flipped = [word[::-1] for word in left[::-1]]
        return explains(flipped, [word[::-1] for word in skeleton[::-1]], cut="end", least=least)

    @cache
    def best(i: int, j: int) -> tuple[int, int] | None:
        if i == len(left):
            return 0, sum(3 if word in ("0", "*") else len(word) + 1 for word in skeleton[j:])
        if j == len(skeleton):
            return None
        word = skeleton[j]
        if word not in ("0", "*"):
            part = word.startswith(left[i]) and i == len(left) - 1 and cut == "end"
            if left[i] != word and not part:
                return None
            rest = best(i + 1, j + 1)
            told = len(left[i]) if left[i] == word or len(left[i]) >= least else 0
            return rest and (rest[0] + told, rest[1] + len(word) - len(left[i]))
        ways = [best(k, j + 1) for k in range(i + 1, min(len(left), i + 14) + 1) if is_value(left[i:k], word)]
        return max((way for way in ways if way), default=None)

    found = best(0, 0)
    if found is None or (cut == "none" and found[1]):
        return None
    there = sum(len(word) + 1 for word in left)
    return found[0], there / (there + found[1])


def is_value(left: Sequence[str], slot: str) -> bool:
    """Whether words may stand for a value; a piece of one that was cut may be anything short."""
    if slot == "*":
        return len(left) == 1 or not any(word in NOT_NAMES or word[::-1] in NOT_NAMES for word in left)
    return all(is_numeric(word) or is_numeric(word[::-1]) for word in left)


def is_numeric(word: str) -> bool:
    units = ("minutes", "seconds", "hours", "april", "apr", "usd", "chf")
    return IN_NUMBERS.fullmatch(word) is not None or any(unit.startswith(word) or unit.endswith(word) for unit in units)


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
    """Return a text with letters of fixed words dropped, doubled, replaced or swapped, so that no known word arises."""
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


ROUND = [
    ("", ""),
    ("Hello,\n\nsince this morning I see this:\n\n", "\n\nWhat can I do?\nKind regards, Ruth"),
    ("It says: \u201c", "\u201d - what now?"),
    ("[2026-05-11 06:00:03] sync worker 4: ", "\n[2026-05-11 06:00:04] sync worker 4: going to sleep"),
    ("> ", "\n\n> sent from my telephone"),
]


def fitting(left: str, messages: Sequence[tuple[int, str]], cut: str, *, least: int) -> dict[int, float]:
    """Return the rows of the messages that explain most of what is left, with the share of each that is there."""
    fits: dict[int, tuple[int, float]] = {}
    there = words(left)
    for row, text in messages:
        laid = explains(there, skeleton(text), cut=cut, least=least)
        if laid is not None:
            fits[row] = max(fits.get(row, (0, 0.0)), laid)
    most = max((letters for letters, _ in fits.values()), default=0)
    best = {row: share for row, (letters, share) in fits.items() if letters == most}
    whole = {row: share for row, share in best.items() if share > 0.999}
    return whole or best


def instances(
    entries: Sequence[Entry], *, each: int, seed: int, padding: str = "", typos: int = 0
) -> Iterator[tuple[int, Instance]]:
    """Yield seeded instances of every entry's messages with the entry's row."""
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
            before, after = chance.choice(ROUND)
            before = padding + before
            fits = fitting(left, messages, where, least=3)
            strictly = fitting(left, messages, where, least=1)
            yield (
                row,
                Instance(
                    before + shown + after,
                    len(before),
                    len(before) + len(shown),
                    frozenset(fits) | frozenset(strictly),
                    frozenset(other for other, share in fits.items() if share < 0.62 or other not in strictly) - {row},
                ),
            )


@dataclass
class Tally:
    """How many instances were found as they should, and how the others went wrong."""

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
    say: bool = False,
) -> Tally:
    """Look for every instance, and count."""
    tally = Tally()
    for row, instance in instances(entries, each=each, seed=seed, padding=padding, typos=typos):
        found = matcher.find(instance.text).occurrences
        near = [each for each in found if each.start < instance.end and each.end > instance.start]
        rows = frozenset(row for each in near for row in each.rows)
        is_right = len(near) == 1 and row in rows and instance.fits - instance.faint <= rows <= instance.fits | {row}
        if is_right and len(found) == 1:
            tally.right += 1
            tally.ambiguous += len(rows) > 1
        elif not rows <= instance.fits | {row} or len(found) > len(near):
            tally.wrong += 1
        else:
            tally.missed += 1
        if say and not (is_right and len(found) == 1):
            print(
                repr(instance.text[-300:]), "\n   expected", [entries[each].entry_id for each in sorted(instance.fits)]
            )
            print("   found", [[entries[each].entry_id for each in one.rows] for one in found])
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--padding", type=Path, help="a text to put before every message")
    parser.add_argument("--typos", type=int, default=0, help="so many mistyped words, one in four at most")
    parser.add_argument("--say", action="store_true", help="print what was not found as it should")
    options = parser.parse_args()
    corpus = load_corpus(options.corpus)
    with tempfile.TemporaryDirectory() as folder:
        files = {
            **entry_files(corpus.articles, corpus.entries),
            **template_files(corpus.entries, map(whole_text, corpus.entries)),
        }
        generation = Store(Path(folder)).publish(files, {})
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
            say=options.say,
        )
        print(tally, f"{time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
