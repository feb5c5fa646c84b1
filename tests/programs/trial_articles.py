"""Article files with random content: whatever it is, they are read in reasonable time or refused."""

from __future__ import annotations

import random
import shutil
import time
from pathlib import Path

from hypothesis import given, seed, settings
from hypothesis import strategies as st

from corpus.errors import CorpusError
from corpus.loader import load_corpus
from corpus.passages import passages_of
from tests.programs.trial_hypothesis import QUIET, outcome_of
from tests.programs.trials import Outcome, random_for

SLOWEST_S = 2.0  # of the processor, for one article
_PIECES = st.sampled_from(
    (
        *("## A\n", "# T\n", "### s\n", "- ", "1. ", "    ", "```\n", "> ", "---\n", "***", "[", "](", "![", "`"),
        *("**Message:** m\n", "**Solution:** s\n", "**Cause:** c\n", "**Note:** n\n", "**Symptoms:**\n", "{#a}"),
        *("title: t\n", "aliases:\n", "tags: [a\n", "draft: yes\n", "<div>", "&amp;", "\\", "|a|b|\n|-|-|\n"),
        *("\n", "\n\n", "\r\n", "\x0b\x0c", "\u2028", "\ufeff", "\0", "\ud7ff", "\U0001f600", "{#b c}"),
        *("a\u0301" * 50, "x" * 3000, "[" * 400, "> " * 200, "* " * 200, "a `" * 300),
    )
)
_TEXTS = st.tuples(st.lists(_PIECES | st.text(max_size=30), max_size=40), st.integers(1, 40)).map(
    lambda drawn: "".join(drawn[0]) * (drawn[1] if drawn[1] > 35 else 1)
)


def fuzzed_articles(folder: Path, seed_: int, count: int) -> Outcome:
    """Load articles of random content: structured texts made by hypothesis, and a real article with damaged bytes."""
    slowest = [0.0]

    @seed(seed_)
    @settings(QUIET, max_examples=count // 2)
    @given(_TEXTS)
    def run_texts(text: str) -> None:
        slowest[0] = max(slowest[0], _load(folder, text.encode("utf-8", "surrogatepass")))

    def run() -> None:
        run_texts()
        for number in range(count - count // 2):
            content = _damaged_article(random_for(seed_, number))
            slowest[0] = max(slowest[0], _load(folder, content))

    name = "fuzzed article files"
    return outcome_of(name, run, seed_, lambda: f"{count} files", lambda: f"slowest {slowest[0]:.2f} s")


def _load(folder: Path, content: bytes) -> float:
    """Load one article up to its passages; return the seconds of processor time of this thread alone."""
    shutil.rmtree(folder / "fuzzed", ignore_errors=True)
    (folder / "fuzzed").mkdir(parents=True)
    (folder / "fuzzed" / "a.md").write_bytes(content)
    began = time.thread_time()
    try:
        corpus = load_corpus(folder / "fuzzed")
    except CorpusError:
        return time.thread_time() - began
    for entry in corpus.entries:
        passages_of(entry, count_tokens=len, max_tokens=256)
    took = time.thread_time() - began
    assert took < SLOWEST_S, f"{took:.1f} s for {content[:200]!r}"
    assert corpus.articles or corpus.rejected
    return took


def _damaged_article(draw: random.Random) -> bytes:
    shipped = sorted((Path(__file__).parents[2] / "corpus" / "articles").glob("*.md"))
    content = bytearray(draw.choice(shipped).read_bytes())
    for _ in range(draw.randint(1, 20)):
        at, length = draw.randrange(len(content) + 1), draw.choice((1, 2, 8, 100, 2000))
        kind = draw.choice(("cut", "repeat", "random", "move"))
        piece = bytes(content[at : at + length])
        if kind == "cut":
            del content[at : at + length]
        elif kind == "repeat":
            content[at:at] = piece * draw.randint(1, 5)
        elif kind == "random":
            content[at : at + length] = draw.randbytes(length)
        else:
            del content[at : at + length]
            to = draw.randrange(len(content) + 1)
            content[to:to] = piece
    return bytes(content)
