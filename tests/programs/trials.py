"""What the trials share: a corpus whose entries name their edition, an encoder that is alike in every process."""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from assistant.answering.answer import Answer, json_value
from assistant.publishing.rebuild import read_corpus
from index.build_report import BuildReport
from index.builder import Options, build
from index.models.encoder import Advance, Encoded, EncoderIdentity, TokenVectors, Vectors
from index.storage.file_system import Disk
from index.storage.manifest import number_of
from index.storage.segments.merging import Policy
from index.storage.store import Store

DIMENSION = 64
DEVICES = ("printer", "scanner", "router", "telephone", "projector", "keyboard", "monitor", "camera")
FAULTS = ("paper jam", "no signal", "blinking light", "wrong password", "lost connection")
QUERIES = (
    "the printer says paper jam",
    "no signal from the monitor",
    "router lost connection",
    "camera blinking light",
)


class StableEncoder:
    """Derives each word's vector from its letters, so that all processes give the same vectors."""

    def __init__(self) -> None:
        self.identity = EncoderIdentity("stable", hashlib.sha256(b"stable").hexdigest(), DIMENSION, 64)

    def count_tokens(self, text: str) -> int:
        return len(re.findall(r"\w+", text))

    def encode(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Vectors:
        return self.encode_tokens(texts, as_query=as_query, advance=advance).vectors

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        del as_query
        tokens = tuple(map(_token_vectors, texts))
        sums = np.array([each.vectors.sum(axis=0) for each in tokens], np.float32).reshape(-1, DIMENSION)
        sums[np.linalg.norm(sums, axis=1) == 0, 0] = 1
        if advance is not None:
            advance(len(texts))
        return Encoded(sums / np.linalg.norm(sums, axis=1, keepdims=True), tokens)


def _token_vectors(text: str) -> TokenVectors:
    found = list(re.finditer(r"\w+", text))
    spans = np.array([match.span() for match in found], np.int32).reshape(-1, 2)
    vectors = [_direction(match[0].casefold()) for match in found]
    return TokenVectors(spans, np.array(vectors, np.float32).reshape(-1, DIMENSION))


@lru_cache(1_000)  # a soak test asks with ever new words and watches the memory
def _direction(word: str) -> Vectors:
    seed = int.from_bytes(hashlib.sha256(word.encode()).digest()[:8])
    drawn = np.random.default_rng(seed).standard_normal(DIMENSION).astype(np.float32)
    unit: Vectors = drawn / np.linalg.norm(drawn)
    return unit


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a trial did and found.

    Attributes:
        name: What was tried.
        done: How much of it, in words.
        failures: One sentence each; empty if all was right.
        seed: Repeats the trial.
        figures: What was measured.
    """

    name: str
    done: str
    failures: tuple[str, ...]
    seed: int
    figures: str = ""


def write_edition(folder: Path, edition: int, *, articles: int = 8) -> None:
    """Write a corpus in which every entry names its edition."""
    folder.mkdir(parents=True, exist_ok=True)
    for device in DEVICES[:articles]:
        entries = [
            f"## {device}: {fault} {{#{fault.replace(' ', '-')}}}\n\n"
            f"**Message:** {fault.capitalize()} on the {device}\n"
            f"**Cause:** The {device} has a {fault}, says edition {edition}.\n"
            f"**Solution:** Restart the {device}, then see edition {edition}.\n"
            for fault in FAULTS
        ]
        (folder / f"{device}.md").write_text(f"# {device}\n\n" + "\n".join(entries), encoding="utf-8")


def build_edition(
    folder: Path, root: Path, *, disk: Disk | None = None, keep: int = 3, merging: Policy | None = None
) -> BuildReport:
    """Build the index of a corpus."""
    store = Store(root, disk=disk or Disk())
    options = Options(keep=keep, merging=merging or Policy())
    with store.writer():
        return build(read_corpus(folder, store), StableEncoder(), store, options=options)


def editions_in(answer: dict[str, Any]) -> set[int]:
    """Return the editions that an answer's hits and near misses name: one, unless generations were mixed."""
    shown = str([answer["hits"], answer["near_misses"]])
    return {int(found) for found in re.findall(r"edition (\d+)", shown)}


def without_time(answer: Answer) -> dict[str, Any]:
    """Return what an answer says, without the time it took."""
    return {name: value for name, value in json_value(answer).items() if name != "took_ms"}


def random_for(seed: int, *what: object) -> random.Random:
    """Return a source of random numbers for one thing that is tried."""
    return random.Random(f"{seed} {what}")


def leftovers(root: Path) -> list[str]:
    """List what does not belong in an index folder: anything but its three files and complete generations."""
    inside = root / "generations"
    strangers = {path for path in root.iterdir() if path.name not in {"current", "writer.lock", "generations"}}
    strangers |= {path for path in inside.iterdir() if number_of(path.name) is None} if inside.is_dir() else set()
    return sorted(str(path.relative_to(root)) for path in strangers)
