"""Articles for benchmarks: sections of real Markdown pages, or generated texts, as entries in the article format."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

ENTRIES_AN_ARTICLE = 50
_LONGEST = 600  # characters of a text: what help centres' entries have, and a hundred thousand can be encoded
_HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
_MARKUP = re.compile(r"<[^>]*>|!?\[([^\]]*)\]\([^)]*\)|[`*_{}|\\]|^\s*(?:[-+*>#]|\d+\.)\s+", re.MULTILINE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SUBJECTS = "invoice payment bank feed contact report login export import template backup printer calendar".split()
_VERBS = "saved sent opened deleted approved reconciled renewed uploaded synchronised printed archived merged".split()
_REASONS = "has expired,is locked,was changed by someone else,is larger than allowed,has no owner,is offline".split(",")


@dataclass(frozen=True, slots=True)
class Text:
    """What becomes an entry: a heading and sentences."""

    title: str
    sentences: tuple[str, ...]


def read_texts(folder: Path) -> Iterator[Text]:
    """Yield the sections of all Markdown files under a folder that are long enough for an entry."""
    for path in sorted(folder.rglob("*.md")):
        pieces = _HEADING.split(path.read_text(encoding="utf-8", errors="replace"))
        for title, body in zip(pieces[1::2], pieces[2::2], strict=True):
            heading = " ".join(_MARKUP.sub(r"\1 ", title).split())
            plain = " ".join(_MARKUP.sub(r"\1 ", body).split())
            sentences = tuple(_SENTENCE.split(plain[:_LONGEST]))
            if 2 < len(heading.split()) < 25 and len(plain) > 120:
                yield Text(heading, sentences[:5])


def generated_texts(seed: int = 1) -> Iterator[Text]:
    """Yield texts without end, each with a number of its own."""
    draw = random.Random(seed)
    number = 0
    while True:
        number += 1
        subject, other, verb = draw.choice(_SUBJECTS), draw.choice(_SUBJECTS), draw.choice(_VERBS)
        title = f"The {subject} {number} could not be {verb} because the {other} {draw.choice(_REASONS)}"
        steps = tuple(
            f"Open the {draw.choice(_SUBJECTS)} settings and check that the {draw.choice(_SUBJECTS)} was {verb}."
            for _ in range(draw.randint(3, 8))
        )
        yield Text(title, steps)


def texts_for(entries: int, folder: Path | None) -> list[Text]:
    """Return the number of texts asked for: a folder's, repeated with a number in the heading if they are too few."""
    if folder is None:
        return list(islice(generated_texts(), entries))
    found = list(islice(read_texts(folder), entries))
    if not found:
        raise SystemExit(f"{folder} has no Markdown files with headings; name another folder with TEXTS=DIR")
    variants = (
        Text(f"{each.title} ({round_ + 1})", each.sentences)
        for round_ in range(1, 1 + entries // len(found))
        for each in found
    )
    return [*found, *islice(variants, entries - len(found))]


def write_articles(texts: list[Text], folder: Path) -> None:
    """Write the texts as articles of fifty entries each."""
    folder.mkdir(parents=True)
    for number, start in enumerate(range(0, len(texts), ENTRIES_AN_ARTICLE)):
        own = texts[start : start + ENTRIES_AN_ARTICLE]
        entries = "\n".join(_entry(text, start + row) for row, text in enumerate(own))
        (folder / f"article-{number:05}.md").write_text(f"---\ntitle: Article {number}\n---\n{entries}")


def queries_for(texts: list[Text], count: int, seed: int = 7) -> list[tuple[str, int]]:
    """Return queries, each some words of a text's heading and of one of its sentences, with the text's row."""
    draw = random.Random(seed)
    found = []
    for row in draw.sample(range(len(texts)), k=min(count, len(texts))):
        words = f"{texts[row].title} {draw.choice(texts[row].sentences)}".split()
        kept = sorted(draw.sample(range(len(words)), k=min(len(words), draw.randint(4, 12))))
        found.append((" ".join(words[at] for at in kept), row))
    return [found[at % len(found)] for at in range(count)]


def _entry(text: Text, number: int) -> str:
    cause, *rest = text.sentences
    steps = "\n".join(f"{row}. {sentence}" for row, sentence in enumerate(rest or [cause], start=1))
    symptom = " ".join(text.sentences[-1].split()[:8])
    return (
        f"## {text.title} {{#entry-{number}}}\n\n**Message:** {text.title}\n\n**Symptoms:**\n\n- {symptom}\n\n"
        f"**Cause:** {cause}\n\n**Solution:**\n\n{steps}\n"
    )
