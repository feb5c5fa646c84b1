"""The figures of a benchmark as a table: what was measured, its target, and the ratio to the yardstick."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Figures = dict[str, Any]
Row = tuple[str, str, str, str]

_AT_LARGE = 100_000  # entries from which the targets for large help centres apply


def table(figures: Figures, size: int) -> str:
    """Return the table of one size."""
    found = figures["sizes"][size]
    head = f"\n{size} entries, {found['passages']} passages, {found['index_mb']:.1f} MB on disk; {figures['machine']}"
    rows = [
        ("", "figure", "target", "ratio"),
        *_cold(found, figures["yardstick"], size),
        *_queries(found, size),
        *_served(found, size),
        *_peers(found["peers"]),
    ]
    return "\n".join([head, *(f"{name:34}{value:>26}  {target:<28}{ratio}" for name, value, target, ratio in rows)])


def _cold(found: Figures, yardstick: Figures, size: int) -> Iterator[Row]:
    imported = yardstick["import_sentence_transformers_s"]
    search, build = found["cold_search_s"], found["cold_build_after_one_edit_s"]
    small = size <= 1000
    yield "import sentence_transformers", f"{imported:.2f} s", "", ""
    yield "cold search", f"{search:.2f} s", "1/4 of the import, 1.5 s" if small else "", f"{search / imported:.2f}"
    yield (
        "cold build after one edit",
        f"{build:.2f} s",
        "1/3 of the import, 2 s" if small else "",
        f"{build / imported:.2f}",
    )
    yield "full build", f"{found['full_build_s']:.1f} s", "", f"{found['passages_per_s']:.0f} passages/s"
    encode = yardstick["encode"]
    yield (
        "encode, plain fp32 : ours",
        f"{encode['tokens_per_s']['auto']:.0f} tokens/s",
        "3, cosine .999",
        f"{encode['ratio']:.1f} by processor, {encode['ratio_wall']:.1f} by wall, {encode['least_cosine']:.5f}",
    )


def _queries(found: Figures, size: int) -> Iterator[Row]:
    query = found["query"]
    target = "25 / 60 ms" if size >= _AT_LARGE else ""
    figure = " / ".join(f"{query[name]:.1f}" for name in ("p50", "p95", "p99"))
    yield "query p50 / p95 / p99", f"{figure} ms", target, f"{query['processor_ms']:.1f} ms of processor"
    for stage, value in query["stages"].items():
        yield f"  {stage}, p50", f"{value:.1f} ms", "", ""


def _served(found: Figures, size: int) -> Iterator[Row]:
    http, swap = found["http"], found["swap"]
    targets = {"1": "10 ms p50" if size == 10 else "", "50": "150 /s, p95 500 ms" if size == 10_000 else ""}
    for clients, each in http.items():
        if clients.isdigit():
            figure = f"{each['per_s']:.0f} /s, p50 {each['p50']:.1f} ms"
            yield (
                f"HTTP, {clients} clients",
                figure,
                targets.get(clients, ""),
                f"p95 {each['p95']:.1f} ms, {each['failed']} failed",
            )
    if http["peak_mb"] is not None:
        target = "2000 MB" if size >= _AT_LARGE else ""
        yield "memory, server alone", f"{http['peak_mb']:.0f} MB", target, "at most, pages of files counted"
        yield "memory, with its workers", f"{http['workers_mb']:.0f} MB", target, "what they share counted once"
    yield (
        "p99 idle, during ten swaps",
        f"{swap['idle_p99']:.1f}, {swap['p99']:.1f} ms",
        "3 times, none failed",
        f"{swap['ratio']:.2f}, {swap['failed']} of {swap['queries']} failed",
    )


def _peers(peers: Figures) -> Iterator[Row]:
    ours = peers["ours"]
    names = {"plain": "sentence-transformers + flat", "txtai": "txtai, hybrid"}
    for name, found in peers.items():
        label = names.get(name, "ours, the same work")
        target = "3 and 4 times, nDCG lower" if name == "txtai" else ""
        ratios = f"{found['build_s'] / ours['build_s']:.1f} and {found['p50'] / ours['p50']:.1f} times ours"
        figure = f"{found['build_s']:.1f} s, {found['p50']:.1f} ms"
        yield label, figure, target, f"nDCG@10 {found['ndcg']:.3f}" + ("" if name == "ours" else f", {ratios}")
