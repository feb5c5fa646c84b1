"""How fast it is: cold starts, builds, queries, HTTP, memory and live swaps, beside plain sentence-transformers.

Run by `make bench [TEXTS=DIR]`. A table goes to standard output, the figures to a JSON file. Times depend on the
machine and on what else it does: quote the ratios to the yardsticks of the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.models.model_files import DEFAULT_MODEL, model_files
from tests.programs.bench_corpus import Text, queries_for, texts_for, write_articles
from tests.programs.bench_serving import measure_http, measure_swaps
from tests.programs.bench_table import table

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
_PEERS_TEXTS = 1000  # encoding by torch takes minutes beyond that, and the ratios stay the same
Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """A corpus and its index."""

    corpus: Path
    index: Path

    def command(self, verb: str, *arguments: str) -> list[str]:
        """Return a command of the assistant for this corpus and index."""
        places = ["--corpus", str(self.corpus), "--index", str(self.index)]
        return [sys.executable, "-m", "assistant.cli", verb, *places, *arguments]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=Path, help="folder of Markdown files to take the entries from")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 1000, 10_000], help="entries")
    parser.add_argument("--json", type=Path, default=Path("bench.json"), help="where the figures go")
    parser.add_argument("--runs", type=int, default=5, help="of each cold command")
    parser.add_argument("--peer", type=Path, help="interpreter of an environment that has txtai")
    chosen = parser.parse_args()
    figures: Figures = {"machine": machine(), "yardstick": yardsticks(chosen.texts, chosen.runs), "sizes": {}}
    for size in chosen.sizes:
        with tempfile.TemporaryDirectory() as folder:
            figures["sizes"][size] = measure(size, chosen.texts, Path(folder), chosen.runs, chosen.peer)
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")
        print(table(figures, size), flush=True)
    return 0


def machine() -> Figures:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    return {"cpu": cpu, "cores": os.cpu_count(), "python": platform.python_version()}


def yardsticks(texts: Path | None, runs: int) -> Figures:
    """Measure what the targets are compared with: the import, and the encoders' rates on the same texts in turn."""
    imported = median_seconds([sys.executable, "-c", "import sentence_transformers"], runs)
    return {"import_sentence_transformers_s": imported, "encode": in_process("encode", str(texts or ""))}


def measure(size: int, texts: Path | None, folder: Path, runs: int, peer: Path | None) -> Figures:
    """Measure everything on a corpus of some entries."""
    made = texts_for(size, texts)
    place = Place(folder / "articles", folder / "built")
    write_articles(made, place.corpus)
    queries = folder / "queries.json"
    asked = queries_for(made, 1000)
    queries.write_text(json.dumps([text for text, _ in asked]))
    began = time.perf_counter()
    built = json.loads(output(place.command("build", "--json")))
    seconds = time.perf_counter() - began
    figures = {
        "full_build_s": seconds,
        "passages": built["encoded"] + built["reused"],
        "passages_per_s": built["encoded"] / seconds,
        "index_mb": sum(path.stat().st_size for path in place.index.rglob("*") if path.is_file()) / 1e6,
        "cold_search_s": median_seconds(place.command("search", made[0].title, "--json"), runs),
        "cold_build_after_one_edit_s": statistics.median(edited_build(place, number) for number in range(min(runs, 3))),
        "query": in_process("query", str(place.index), str(queries)),
        "http": measure_http(place.command("serve"), queries),
        "swap": measure_swaps(place.command("serve"), place.command("build"), place.corpus, queries),
    }
    return {**figures, "peers": peers(made, folder / "work.json", peer)}


def peers(texts: list[Text], work: Path, peer: Path | None) -> Figures:
    """Measure our index and others on the same task: one passage a text, and BM25 beside the vectors."""
    own = texts[:_PEERS_TEXTS]
    asked = queries_for(own, min(200, len(own)))
    work.write_text(
        json.dumps(
            {
                "texts": [f"{text.title} {' '.join(text.sentences)}" for text in own],
                "queries": [query for query, _ in asked],
                "right": [{row: 1} for _, row in asked],
            }
        )
    )
    runs = {"ours": sys.executable, "plain": sys.executable, **({"txtai": str(peer)} if peer else {})}
    model = str(model_files(DEFAULT_MODEL).folder)
    script = str(HERE / "bench_peers.py")
    return {
        name: json.loads(output([python, script, name, str(work), model]).splitlines()[-1])
        for name, python in runs.items()
    }


def edited_build(place: Place, number: int) -> float:
    """Edit one entry; return the seconds of a build in a new process."""
    article = min(place.corpus.glob("*.md"))
    article.write_text(article.read_text().replace("**Cause:** ", f"**Cause:** Edit {number}. ", 1))
    return seconds_of(place.command("build"))


def median_seconds(command: Sequence[str], runs: int) -> float:
    seconds_of(command)  # the first reads the files from the disk
    return statistics.median(seconds_of(command) for _ in range(runs))


def seconds_of(command: Sequence[str]) -> float:
    began = time.perf_counter()
    output(command)
    return time.perf_counter() - began


def output(command: Sequence[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def in_process(what: str, *arguments: str) -> Figures:
    """Measure in a process of its own, so that its memory is that of this one thing."""
    printed = output([sys.executable, "-m", "tests.programs.bench_process", what, *arguments])
    figures: Figures = json.loads(printed.splitlines()[-1])
    return figures


if __name__ == "__main__":
    sys.exit(main())
