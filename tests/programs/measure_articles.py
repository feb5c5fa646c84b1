"""How many sections of a folder of pages become one entry, and what is lost on the way; for developers.

python tests/programs/measure_articles.py sections FOLDER   # FOLDER/entries.jsonl lists the sections of FOLDER/raw
python tests/programs/measure_articles.py pages FOLDER      # every page under FOLDER: exceptions, coverage, time
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from markdown_it import MarkdownIt

from corpus.article import Entry
from corpus.errors import ArticleError
from corpus.loader import read_file
from corpus.parsing.article_parser import ParsedArticle


def sections(folder: Path) -> None:
    """Compare the entries of each page with the listed sections: one entry, from its heading to its last line."""
    wanted = [json.loads(line) for line in (folder / "entries.jsonl").read_text(encoding="utf-8").splitlines()]
    found, missed = 0, []
    for name in sorted({section["file"] for section in wanted}):
        lines = (folder / "raw" / name).read_text(encoding="utf-8").split("\n")
        spans = {(entry.span.first_line, entry.span.last_line) for entry in _entries(folder / "raw" / name)}
        for section in (section for section in wanted if section["file"] == name):
            last = max(
                n for n in range(section["line"], section["end"] + 1) if lines[n - 1 : n] and lines[n - 1].strip()
            )
            if (section["line"], last) in spans:
                found += 1
            else:
                missed.append(f"{name}:{section['line']}-{last} {section['heading'][:70]}")
    print(*missed, sep="\n")
    print(f"{found} of {len(wanted)} sections are one entry with the right lines ({found / len(wanted):.1%})")


def pages(folder: Path) -> None:
    """Read every page; count what cannot be read, what is not accounted for, and the rate."""
    paths = sorted(path for path in folder.rglob("*.md"))
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in paths]
    plain = _seconds(lambda: [MarkdownIt("commonmark").enable("table").parse(text) for text in texts])
    readings: list[ParsedArticle] = []
    rejected: Counter[str] = Counter()

    def read_all() -> None:
        for path in paths:
            for reading in read_file(path, root=folder):
                if isinstance(reading, ArticleError):
                    rejected[re.sub(r'".*?"|\d+', "", reading.problem)] += 1
                else:
                    readings.append(reading)

    ours = _seconds(read_all)
    size = sum(reading.size for reading in readings)
    accounted = sum(reading.covered for reading in readings)
    lost: Counter[str] = Counter()
    for reading in readings:
        lost.update(lost_words(reading, "\n".join(texts[paths.index(folder / reading.article.source)].split("\n"))))
    for problem, count in rejected.most_common():
        print(f"{count:5} left out: {problem}")
    print(f"{len(paths)} pages, {sum(len(reading.entries) for reading in readings)} entries")
    in_context = sum(reading.in_context for reading in readings)
    print(f"in entries {(accounted - in_context) / size:.4%}, in introductions and links {in_context / size:.4%}")
    print(
        f"accounted for {accounted / size:.4%}; words that are in no entry though their lines are: {sum(lost.values())}"
    )
    print(lost.most_common(30))
    print(f"markdown-it-py {plain:.1f} s, articles {ours:.1f} s: {plain / ours:.2f} of its rate")


def lost_words(reading: ParsedArticle, text: str) -> Counter[str]:
    """Return the words on the lines of the entries that are in none of the entries' texts."""
    lines = text.split("\n")
    have: Counter[str] = Counter()
    covered: set[int] = set()
    for entry in reading.entries:
        have.update(_words("\n".join(_texts(entry))))
        if entry.span.first_line and entry.span.last_line:
            covered |= set(range(entry.span.first_line, entry.span.last_line + 1))
    aside = {n for a in reading.excluded if a.first_line and a.last_line for n in range(a.first_line, a.last_line + 1)}
    wanted = Counter(_words("\n".join(lines[n - 1] for n in sorted(covered - aside) if n <= len(lines))))
    return wanted - have


def _texts(entry: Entry) -> Iterator[str]:
    yield from (entry.title, *entry.messages, *entry.symptoms, entry.cause or "", entry.context or "")
    for solution in entry.solutions:
        yield solution.title or ""
        for block in solution.blocks:
            yield from (block.kind.value, block.markdown)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", re.sub(r"<a name=[^>]*></a>", "", text).casefold())


def _entries(path: Path) -> list[Entry]:
    found: list[Entry] = []
    for reading in read_file(path, root=path.parent):
        if isinstance(reading, ArticleError):
            print("left out:", reading)
        else:
            found += reading.entries
    return found


def _seconds(work: object) -> float:
    assert callable(work)
    start = time.process_time()  # of the processor: what else runs on the machine is not counted
    work()
    return time.process_time() - start


if __name__ == "__main__":
    {"sections": sections, "pages": pages}[sys.argv[1]](Path(sys.argv[2]))
