"""How fast it is: cold starts, builds, queries, HTTP, memory and live swaps, beside plain sentence-transformers.

Run by `make bench [TEXTS=DIR]`. One table goes to stdout, the figures to a JSON file. Seconds belong to one machine in
one hour; what is to be quoted are the ratios to the yardsticks of the same run.
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

from tests.bench_corpus import queries_for, texts_for, write_articles
from tests.bench_serving import measure_http, measure_swaps

HERE = Path(__file__).parent
ROOT = HERE.parent
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
        print_table(figures, size)
    return 0


def machine() -> Figures:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    cpu = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    return {"cpu": cpu, "cores": os.cpu_count(), "python": platform.python_version()}


def yardsticks(texts: Path | None, runs: int) -> Figures:
    """Measure what the targets are held against: the import, and the encoders' rates on the same texts in turn."""
    imported = median_seconds([sys.executable, "-c", "import sentence_transformers"], runs)
    return {"import_sentence_transformers_s": imported, "encode": child("encode", str(texts or ""))}


def measure(size: int, texts: Path | None, folder: Path, runs: int, peer: Path | None) -> Figures:
    """Measure everything on a corpus of some entries."""
    made = texts_for(size, texts)
    place = Place(folder / "articles", folder / "built")
    write_articles(made, place.corpus)
    queries = folder / "queries.json"
    queries.write_text(json.dumps(queries_for(made, 1000)))
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
        "query": child("query", str(place.index), str(queries)),
        "http": measure_http(place.command("serve"), queries),
        "swap": measure_swaps(place.command("serve"), place.command("build"), place.corpus, queries),
    }
    figures["plain"] = child("plain", str(place.corpus), str(queries))
    if peer is not None:
        figures["txtai"] = child("txtai", str(place.corpus), str(queries), python=str(peer))
    return figures


def edited_build(place: Place, number: int) -> float:
    """Edit one entry and return how long a build in a new process takes."""
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


def child(what: str, *arguments: str, python: str = sys.executable) -> Figures:
    """Measure in a process of its own, so that memory is that of one thing alone."""
    found: Figures = json.loads(output([python, str(HERE / "bench_child.py"), what, *arguments]).splitlines()[-1])
    return found


def print_table(figures: Figures, size: int) -> None:
    found, yardstick = figures["sizes"][size], figures["yardstick"]
    imported = yardstick["import_sentence_transformers_s"]
    query, http, swap, plain = found["query"], found["http"], found["swap"], found["plain"]
    print(f"\n{size} entries, {found['passages']} passages, {found['index_mb']:.1f} MB on disk; {figures['machine']}")
    rows = [
        ("import sentence_transformers", f"{imported:.2f} s", ""),
        ("cold search", f"{found['cold_search_s']:.2f} s", f"{found['cold_search_s'] / imported:.2f} of the import"),
        (
            "cold build after one edit",
            f"{found['cold_build_after_one_edit_s']:.2f} s",
            f"{found['cold_build_after_one_edit_s'] / imported:.2f} of the import",
        ),
        ("full build", f"{found['full_build_s']:.1f} s", f"{found['passages_per_s']:.0f} passages/s"),
        ("encode, exported : plain", f"{yardstick['encode']['ratio']:.1f}", "by processor time"),
        ("query p50 / p95 / p99", " / ".join(f"{query[name]:.1f}" for name in ("p50", "p95", "p99")) + " ms", ""),
        *((f"  {stage} p50", f"{value:.1f} ms", "") for stage, value in query["stages"].items()),
        ("peak memory", f"{query['peak_mb']:.0f} MB", "after 1,000 queries"),
        *(
            (f"HTTP, {clients} clients", f"{each['per_s']:.0f} /s", f"p50 {each['p50']:.1f}, p95 {each['p95']:.1f} ms")
            for clients, each in http.items()
        ),
        ("p99 idle, during swaps", f"{swap['idle_p99']:.1f}, {swap['p99']:.1f} ms", f"{swap['failed']} failed"),
        ("sentence-transformers + flat", f"{plain['build_s']:.1f} s", f"query p50 {plain['p50']:.1f} ms"),
    ]
    if "txtai" in found:
        rows.append(
            ("txtai, hybrid", f"{found['txtai']['build_s']:.1f} s", f"query p50 {found['txtai']['p50']:.1f} ms")
        )
    for name, value, remark in rows:
        print(f"{name:32}{value:>24}  {remark}")


if __name__ == "__main__":
    sys.exit(main())
