"""What the slowest queries of 20,000 letters cost at 1,000 entries, whatever the articles hold.

    python -m tests.programs.worst_queries [--encoder real]

Every shape (`costly_shapes`) is the message, a symptom and the steps of an entry; a hundred entries have almost the
same message, and the rest are generated. Then each shape is asked, each documented message over and over, and mixtures.
Processor time is measured, so that a busy machine fails nothing; prints the percentiles and the slowest queries, and
fails where the 95th percentile or the slowest passes its bound.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = "1"  # a thread that waits for others uses the processor, too

from assistant.answering.assistant import Assistant
from assistant.answering.factory import open_encoder
from assistant.answering.query import Query
from assistant.settings import Settings
from corpus.loader import load_corpus
from index.builder import build
from index.models.encoder import Encoder
from index.storage.store import Store
from tests.programs.bench_corpus import Text, generated_texts, write_articles
from tests.programs.costly_shapes import Shape, shapes
from tests.programs.trials import StableEncoder

LENGTH = 20_000
P95_S, WORST_S = 0.15, 0.5
_MESSAGE, _TEXT = 4_000, 600  # characters of a shape in an entry
_ALIKE = 100
_A_LONG_ONE_OF = 100  # entries; it has thousands of passages
_LONG_TITLE, _LONG_TEXT = 4_000, 500_000  # characters
_TRACE = (
    "  at com.example.ledger.Posting.save(Posting.java:{line})\n  at com.example.web.Handler.call(Handler.java:7)\n"
)
_LOG = "2026-01-{day:02} 10:04:07 worker {number} could not save: The payment amount exceeds what is due\n"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a query took.

    Attributes:
        name: Of the query.
        seconds: Of processor.
    """

    name: str
    seconds: float


def write_hostile_articles(folder: Path, own: Sequence[Shape], entries: int) -> None:
    """Write so many entries, one for each shape, a hundred alike, and generated ones."""
    hostile = [
        {
            "message": shape.text(_MESSAGE),
            "symptoms": shape.text(_TEXT),
            "solution": f"Do this. {shape.text(_TEXT)}",
            "id": f"s{number}",
        }
        for number, shape in enumerate(own)
    ]
    alike = [
        {"message": _alike(number), "solution": f"Restart worker {number}.", "id": f"a{number}"}
        for number in range(min(_ALIKE, entries - len(own)))
    ]
    generated = generated_texts()
    long = [_long_entry(number, generated) for number in range(entries // _A_LONG_ONE_OF)]
    write_articles([next(generated) for _ in range(max(0, entries - len(own) - len(alike) - len(long)))], folder)
    for name, records in (("hostile", [*hostile, *alike]), *((f"long{each['id']}", [each]) for each in long)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, records)), "utf-8", "replace")


def queries(own: Sequence[Shape], seed: int = 1) -> Iterator[tuple[str, str]]:
    """Yield the queries by name, each of 20,000 characters."""
    draw = random.Random(seed)
    for shape in own:
        yield shape.name, shape.text(LENGTH)
    for number in range(0, _ALIKE, 20):
        yield f"message {number} over and over", f"{_alike(number)} " * (LENGTH // len(_alike(number)))
    yield "all messages that are alike", " ".join(map(_alike, range(_ALIKE)))
    yield "a stack trace", "".join(_TRACE.format(line=line % 400) for line in range(LENGTH // 100))
    yield "a log", "".join(_LOG.format(day=1 + line % 28, number=line) for line in range(LENGTH // 90))
    texts = list(zip(range(200), generated_texts(), strict=False))
    yield "titles of entries", "\n".join(text.title for _, text in texts)
    words = [word for _, text in texts for word in f"{text.title} {' '.join(text.sentences)}".split()]
    yield "words of the articles", " ".join(draw.choices(words, k=LENGTH // 5))
    yield "words of the articles, mistyped", " ".join(_mistyped(draw.choice(words), draw) for _ in range(LENGTH // 6))
    for number in range(10):
        some = draw.sample(list(own), min(20, len(own)))
        yield f"mixture {number}", "\n".join(shape.text(LENGTH // len(some)) for shape in some)


def measure(assistant: Assistant, asked: Iterable[tuple[str, str]], *, times: int = 2) -> list[Asked]:
    """Ask every query so many times, of which the shortest counts; return the slowest first."""
    assistant.ask(Query("warm"))  # reads the files
    took = []
    for name, text in asked:
        least = math.inf
        for _ in range(times):
            began = time.process_time()
            assistant.ask(Query(text[:LENGTH]))
            least = min(least, time.process_time() - began)
        took.append(Asked(name, least))
    return sorted(took, key=lambda each: -each.seconds)


def percentile_95(slowest_first: Sequence[Asked]) -> float:
    """Return the seconds that 95 of 100 queries do not pass."""
    return slowest_first[len(slowest_first) // 20].seconds


def main() -> int:
    """Measure, print, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=1_000)
    parser.add_argument(
        "--encoder", choices=("real", "stable"), default="stable", help="stable costs no time by itself"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take only every Nth shape")
    parser.add_argument("--patience", type=float, default=1.0, help="how many times the bounds may be passed")
    given = parser.parse_args()
    own = list(shapes())[:: given.every]
    encoder: Encoder = StableEncoder() if given.encoder == "stable" else open_encoder(Settings(threads=1))
    with tempfile.TemporaryDirectory() as place:
        folder, store = Path(place) / "articles", Store(Path(place) / "index")
        write_hostile_articles(folder, own, given.entries)
        build(load_corpus(folder), encoder, store)
        assistant = Assistant(store, encoder)
        took = measure(assistant, queries(own))
        entries = assistant.status().entries
    p95 = percentile_95(took)
    print(f"{entries:,} entries, {len(took)} queries: 95th percentile {1000 * p95:.0f} ms; the slowest:")
    for each in took[:15]:
        print(f"  {1000 * each.seconds:5.0f} ms {each.name}")
    return int(p95 > given.patience * P95_S or took[0].seconds > given.patience * WORST_S)


def _long_entry(number: int, generated: Iterator[Text]) -> dict[str, str]:
    """Return an entry with a title of many lines and thousands of passages, which the words of others are in, too."""
    texts = islice(generated, _LONG_TEXT // 300)  # characters that each has at least
    text = " ".join(sentence for each in texts for sentence in (f"{each.title}.", *each.sentences))[:_LONG_TEXT]
    return {"title": text[:_LONG_TITLE], "message": _alike(number), "solution": text, "id": f"l{number}"}


def _alike(number: int) -> str:
    return (
        f"The payment of invoice {number} could not be posted because the account {number * 7} was locked by worker "
        f"{number % 9}. Error {1000 + number}: the payment amount exceeds what is due."
    )


def _mistyped(word: str, draw: random.Random) -> str:
    at = draw.randrange(len(word))
    return word[:at] + draw.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1 :]


if __name__ == "__main__":
    sys.exit(main())
