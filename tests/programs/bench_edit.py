"""What a build after one edit costs, step by step, in seconds of processor.

    python -m tests.programs.bench_edit --sizes 1000 10000 --runs 3

A thread looks every millisecond at what the build is doing, and counts the processor time since its last look for that
step. Vectors come from a stand-in for the encoder, since an edit encodes hardly anything, and a hundred thousand
entries can be made in a minute; `--real` uses the encoder that is installed.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import Self

import numpy as np

from assistant.answering.factory import open_encoder
from assistant.publishing.rebuild import rebuild
from assistant.settings import Settings
from index.models.encoder import Advance, Encoded, Encoder, EncoderIdentity, TokenVectors, Vectors
from tests.programs.bench_corpus import texts_for, write_articles

_DIMENSION = 384
_OF_TEXT = 0.5  # how much of a word's vector is its text's
_LOOK_EVERY_S = 0.001
_STEPS = {  # what a function does, by its file and name; of several on the stack the innermost counts
    ("article_files.py", "article_files"): "listing the articles",
    ("article_files.py", "read_inside"): "reading articles",
    ("loader.py", "read_file"): "hashing articles",
    ("loader.py", "read_content"): "parsing articles",
    ("loader.py", "_images"): "looking for images",
    ("loader.py", "_parser_fingerprint"): "fingerprint of the code",
    ("unchanged_files.py", "__init__"): "what was read before",
    ("unchanged_files.py", "read"): "what was read before",
    ("loader.py", "assemble_corpus"): "putting articles in order",
    ("entry_changes.py", "entry_changes"): "comparing entries",
    ("builder.py", "corpus_digest"): "comparing entries",
    ("written_rows.py", "written_rows"): "passages",
    ("written_rows.py", "_segments"): "merging segments",
    ("passage_encoder.py", "encode_passages"): "vectors",
    ("vector_index.py", "build_codes"): "codes of vectors",
    ("passages.py", "whole_text"): "texts",
    ("entry_table.py", "entry_files"): "entries",
    ("bm25.py", "bm25_files"): "BM25",
    ("spelling.py", "spelling_files"): "corrections",
    ("template_files.py", "template_files"): "templates",
    ("bigram_index.py", "bigram_files"): "pairs of words",
    ("clause_sharing.py", "clauses_of"): "own clauses",
    ("code_index.py", "code_files"): "error codes",
    ("clause_merging.py", "merged_clauses"): "own clauses",
    ("query_language.py", "entry_languages"): "languages",
    ("file_system.py", "write_file"): "writing and hashing",
    ("block_file.py", "write_blocks"): "writing and hashing",
    ("file_system.py", "sync"): "syncing",
    ("file_system.py", "read_file"): "reading back and hashing",
    ("block_file.py", "read"): "reading back and hashing",
}


class QuickEncoder:
    """Vectors at the price of a look-up a word: the word's letters and the text that it stands in decide its direction.

    Without the text, a sentence that many entries have would have one vector, and no short code could tell which.
    """

    def __init__(self) -> None:
        self.identity = EncoderIdentity("quick", hashlib.sha256(b"quick").hexdigest(), _DIMENSION, 256)
        drawn = np.random.default_rng(1).standard_normal((4096, _DIMENSION)).astype(np.float32)
        self._directions = drawn / np.linalg.norm(drawn, axis=1, keepdims=True)

    def count_tokens(self, text: str) -> int:
        return len(re.findall(r"\w+", text))

    def encode(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Vectors:
        return self.encode_tokens(texts, as_query=as_query, advance=advance).vectors

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        del as_query
        tokens = tuple(map(self._tokens, texts))
        sums = np.array([each.vectors.sum(axis=0) + 1e-3 for each in tokens], np.float32).reshape(-1, _DIMENSION)
        if advance is not None:
            advance(len(texts))
        return Encoded(sums / np.linalg.norm(sums, axis=1, keepdims=True), tokens)

    def _tokens(self, text: str) -> TokenVectors:
        found = list(re.finditer(r"\w+", text))
        spans = np.array([match.span() for match in found], np.int32).reshape(-1, 2)
        own = np.random.default_rng(hash_of(text)).standard_normal(_DIMENSION, np.float32) / _DIMENSION**0.5
        vectors = self._directions[[hash_of(match[0].casefold()) % 4096 for match in found]] + _OF_TEXT * own
        return TokenVectors(spans, vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


@lru_cache(1 << 16)
def hash_of(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=4).digest())


class Steps:
    """Seconds of processor by step, as long as the `with` statement lasts."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._watched = threading.get_ident()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        sys.setswitchinterval(_LOOK_EVERY_S)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        last = time.process_time()
        while not self._ended.wait(_LOOK_EVERY_S):
            now = time.process_time()
            self.seconds[step_of(sys._current_frames().get(self._watched))] += now - last
            last = now


def step_of(frame: FrameType | None) -> str:
    """Return what a stack of calls is doing."""
    while frame is not None:
        code = frame.f_code
        if (step := _STEPS.get((Path(code.co_filename).name, code.co_name))) is not None:
            return step
        frame = frame.f_back
    return "everything else"


def measure(
    size: int, texts: Path | None, runs: int, edits: float, open_: Callable[[Settings], Encoder]
) -> dict[str, float]:
    """Build an index of some entries, then edit one or a share of them and build, several times; return the medians."""
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(corpus=Path(name, "articles"), index=Path(name, "built"))
        write_articles(texts_for(size, texts), settings.corpus)
        encoder = open_(settings)
        rebuild(settings, lambda: encoder)
        count = max(1, round(size * edits))
        found = [_edited(settings, encoder, number, count) for number in range(runs)]
    steps = dict.fromkeys(step for each in found for step in each)
    return {step: statistics.median(each.get(step, 0.0) for each in found) for step in steps}


def edit_entries(corpus: Path, number: int, count: int, most: int = 1, *, after: int = 0) -> None:
    """Write "Edit NUMBER." into the causes of some entries: of at most so many an article, if there are enough.

    The first `after` articles stay as they are.
    """
    articles = sorted(corpus.glob("*.md"))[after:]
    most = max(most, -(-count // len(articles)))
    for article in articles[:: max(1, len(articles) * most // count)][: -(-count // most)]:
        article.write_text(article.read_text().replace("**Cause:** ", f"**Cause:** Edit {number}. ", most))


def _edited(settings: Settings, encoder: Encoder, number: int, count: int) -> dict[str, float]:
    edit_entries(settings.corpus, number, count)
    began = time.process_time()
    with Steps() as steps:
        report = rebuild(settings, lambda: encoder)
    assert len(report.changed) >= count, report
    steps.seconds["together"] = time.process_time() - began
    return steps.seconds


def import_seconds() -> float:
    """Return the processor time of importing sentence_transformers, which targets are compared with."""
    before = seconds_of_children()
    subprocess.run([sys.executable, "-c", "import sentence_transformers"], check=True)
    return seconds_of_children() - before


def seconds_of_children() -> float:
    """Return the processor time of all processes that this one has started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000], help="entries")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument(
        "--edits", type=float, default=0, help="the share of the entries that is edited; one if it is 0"
    )
    parser.add_argument("--texts", type=Path, help="folder of Markdown files to take the entries from")
    parser.add_argument("--real", action="store_true", help="with the encoder that is installed")
    chosen = parser.parse_args()
    open_: Callable[[Settings], Encoder] = open_encoder if chosen.real else lambda _: QuickEncoder()
    by_size = {size: measure(size, chosen.texts, chosen.runs, chosen.edits, open_) for size in chosen.sizes}
    yardstick = min(import_seconds() for _ in range(2))
    steps = dict.fromkeys(step for each in by_size.values() for step in each)
    largest = by_size[max(by_size)]
    print(f"{'seconds of processor for an edit at':40}" + "".join(f"{size:>10,}" for size in by_size))
    for step in sorted(steps, key=lambda step: -largest.get(step, 0.0)):
        print(f"{step:40}" + "".join(f"{each.get(step, 0.0):10.3f}" for each in by_size.values()))
    ratios = "".join(f"{each['together'] / yardstick:10.2f}" for each in by_size.values())
    print(f"{f'together, against the import ({yardstick:.2f} s)':40}{ratios}")


if __name__ == "__main__":
    main()
