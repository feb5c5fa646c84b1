"""What an edit and a search cost as the entries become more, each figure beside its target.

    python -m tests.programs.bench_scale --sizes 1000 10000 100000 --folder /var/tmp/scale

The index is made with a stand-in for the encoder, which says that it is the one that is installed: so all commands can
take it over, and encode what is edited and asked with the real one. It is made once and kept in the folder; with
100,000 entries that takes some six minutes, all measurements together four. Seconds are those of the processor, of a
command in a new process, against `import sentence_transformers` in the same run; where people wait for something, they
are those of the clock.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from assistant.answering.assistant import Assistant
from assistant.answering.factory import open_encoder
from assistant.answering.query import Query
from assistant.publishing.rebuild import rebuild
from assistant.settings import Settings
from index.entry_changes import code_fingerprint
from index.models.encoder import Encoder, EncoderIdentity
from index.storage.store import Store
from tests.programs.bench import Place, output
from tests.programs.bench_corpus import queries_for, texts_for, write_articles
from tests.programs.bench_edit import QuickEncoder, Steps, edit_entries, import_seconds, seconds_of_children
from tests.programs.bench_process import percentile
from tests.programs.bench_serving import CLIENTS, clients, serving

_BUILD_TARGETS = {1_000: 0.25, 10_000: 0.33, 100_000: 1.0}
_SEGMENTS = 20
_ENCODED = 1_000
_LOOK_EVERY_S = 0.02
_LONGEST_S = 120


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, what was found, and what is to be reached."""

    what: str
    found: str
    target: str = ""


class StandIn(QuickEncoder):
    """Says that it is another encoder, which then takes over what this one has made."""

    def __init__(self, identity: EncoderIdentity) -> None:
        super().__init__()
        self.identity = identity


class Bench:
    """An index of some entries, a copy of which is edited and asked."""

    def __init__(self, size: int, kept: Path, folder: Path, encoder: Encoder, imported: float) -> None:
        self.size = size
        self._encoder = encoder
        self._imported = imported
        self._original = _original(size, kept, encoder.identity)
        self._place = Place(folder / "articles", folder / "built")
        shutil.copytree(self._original.corpus, self._place.corpus)
        shutil.copytree(self._original.index, self._place.index, copy_function=os.link)  # nothing is written over
        self._settings = _settings(self._place)

    def search(self) -> Iterator[Figure]:
        """A search in a new process."""
        command = self._place.command("search", texts_for(1, None)[0].title, "--json")
        output(command)
        found = min(_processor_seconds(command) for _ in range(3)) / self._imported
        yield Figure("cold search / import", f"{found:.2f}", "0.25")

    def edit(self) -> Iterator[Figure]:
        """A build after one edit, in a new process."""
        found = []
        for number in range(3):
            edit_entries(self._place.corpus, number, 1)
            found.append(_processor_seconds(self._place.command("build")))
        target = f"{_BUILD_TARGETS[self.size]}" if self.size in _BUILD_TARGETS else ""
        yield Figure("build after one edit / import", f"{statistics.median(found) / self._imported:.2f}", target)

    def share(self) -> Iterator[Figure]:
        """A build after one entry of a hundred was edited: of few articles all, and of as many as can be one each."""
        for most, where in ((50, "in whole articles"), (1, "one an article")):
            edit_entries(self._place.corpus, 100 + most, max(1, self.size // 100), most)
            began = time.process_time()
            with Steps() as steps:
                rebuild(self._settings, lambda: self._encoder)
            together, encoding = time.process_time() - began, steps.seconds["vectors"]
            more = f"{together - encoding:.1f} s, +{(together - encoding) / encoding:.0%} ({encoding:.1f} s encoding)"
            yield Figure(f"1 % edited, {where}: besides encoding", more, "+20%")
            largest = sorted(steps.seconds.items(), key=lambda each: -each[1])[:6]
            yield Figure("", ", ".join(f"{name} {seconds:.1f}" for name, seconds in largest))

    def segments(self) -> Iterator[Figure]:
        """Queries over one segment and over twenty, in turn."""
        stand_in = StandIn(self._encoder.identity)
        for number in range(1, _SEGMENTS):
            if _segments(self._place.index) >= _SEGMENTS - 1:  # one more, and they are merged
                break
            edit_entries(self._place.corpus, 200 + number, 1, after=number)  # each an entry of another article
            rebuild(self._settings, lambda: stand_in)
        both = [Assistant(Store(each.index), self._encoder) for each in (self._original, self._place)]
        taken: list[list[float]] = [[], []]
        for text, _ in queries_for(texts_for(self.size, None), 320):
            for assistant, own in zip(both, taken, strict=True):
                began = time.process_time()
                assistant.ask(Query(text))
                own.append((time.process_time() - began) * 1000)
        for share in (50, 95):
            one, many = (percentile(own[20:], share) for own in taken)
            found = f"{one:.1f} and {many:.1f} ms ({many / one:.2f})"
            yield Figure(f"query over 1 and {_segments(self._place.index)} segments, p{share}", found, "1.2 times")

    def live(self) -> Iterator[Figure]:
        """From a save to the first answer with the new text, of a server that watches the articles."""
        with serving([*self._place.command("serve"), "--watch"]) as server:
            found = [self._seconds_until_shown(server.port, number) for number in range(3)]
        waits = ", ".join(f"{each:.1f}" for each in found)
        yield Figure("edit live after the save (serve --watch)", f"{waits} s", "2 s" if self.size <= 10_000 else "")

    def _seconds_until_shown(self, port: int, number: int) -> float:
        text = texts_for(1, None)[0]
        edit_entries(self._place.corpus, 300 + number, 1)
        began = time.perf_counter()
        while time.perf_counter() - began < _LONGEST_S:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            body = json.dumps({"query": text.title})
            connection.request("POST", "/api/search", body, {"Content-Type": "application/json"})
            shown = connection.getresponse().read().decode()
            connection.close()
            if f"Edit {300 + number}." in shown:
                return time.perf_counter() - began
            time.sleep(_LOOK_EVERY_S)
        raise SystemExit(f"the edit was not shown within {_LONGEST_S} s")

    def crowd(self) -> Iterator[Figure]:
        """Fifty clients that ask without a pause, and the memory of the server with its workers."""
        asked = [text for text, _ in queries_for(texts_for(self.size, None), 1000)]
        with serving(self._place.command("serve")) as server:
            clients(server.port, asked[:300], max(CLIENTS))  # queries that wait make the server start workers
            time.sleep(3)
            before = server.processor_seconds()
            found = clients(server.port, asked, max(CLIENTS))
            used = (server.processor_seconds() or 0) - (before or 0)
            memory = server.shared_mb()
        yield Figure("50 clients", f"{found['per_s']:.0f} queries/s, {found['failed']} failed", ">= 120")
        yield Figure("50 clients, processor", f"{used / len(asked) * 1000:.1f} ms a query")
        yield Figure("50 clients, p95", f"{found['p95']:.0f} ms", "500 ms")
        yield Figure("memory of the server and its workers", f"{memory or 0:,.0f} MB", "2,000 MB")

    def parts(self) -> Iterator[Figure]:
        """Encoding by the real encoder: all by one process, half by each of two at once, and one part of very many."""
        count = min(self.size, _ENCODED)
        place = Place(self._place.corpus.parent / "parts", self._place.corpus.parent / "parts-built")
        write_articles(texts_for(count, None), place.corpus)
        for of in (1, 2):
            shutil.rmtree(place.index, ignore_errors=True)
            began, before = time.perf_counter(), seconds_of_children()
            commands = [place.command("encode", "--part", f"{number}/{of}", "--json") for number in range(1, of + 1)]
            with ThreadPoolExecutor(of) as pool:
                passages = sum(json.loads(printed)["passages"] for printed in pool.map(output, commands))
            took, used = time.perf_counter() - began, seconds_of_children() - before
            found = f"{passages / took:.0f} passages/s, {used / count * 1000:.1f} ms of processor an entry"
            yield Figure(f"encoding {count:,} entries, parts at once: {of}", found)
        used = _processor_seconds(place.command("encode", "--part", "999999999/999999999", "--json"))
        yield Figure("a part with nothing to encode", f"{used:.2f} s of processor, with the start")


def _original(size: int, kept: Path, identity: EncoderIdentity) -> Place:
    """Return an index of some entries, made before or now; other code may make another of the same articles."""
    folder = kept / f"{size}-{code_fingerprint()[:12]}-{identity.fingerprint[:12]}"
    place = Place(folder / "articles", folder / "built")
    if not place.index.exists():
        unfinished = kept / f"{folder.name}.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        write_articles(texts_for(size, None), unfinished / "articles")
        began = time.perf_counter()
        rebuild(_settings(Place(unfinished / "articles", unfinished / "built")), lambda: StandIn(identity))
        unfinished.rename(folder)
        print(f"{size:>9,}  {'index made with the stand-in':48}{time.perf_counter() - began:.0f} s", flush=True)
    return place


def _settings(place: Place) -> Settings:
    return Settings.from_environment(os.environ, corpus=place.corpus, index=place.index)


def _segments(index: Path) -> int:
    with Store(index).current() as generation:
        return len(generation.segment_files)


def _processor_seconds(command: list[str]) -> float:
    before = seconds_of_children()
    output(command)
    return seconds_of_children() - before


MEASURES: dict[str, Callable[[Bench], Iterator[Figure]]] = {
    "search": Bench.search,
    "edit": Bench.edit,
    "live": Bench.live,
    "crowd": Bench.crowd,
    "share": Bench.share,
    "segments": Bench.segments,
    "parts": Bench.parts,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000], help="entries")
    parser.add_argument("--only", nargs="+", choices=list(MEASURES), default=list(MEASURES), help="what is measured")
    parser.add_argument("--folder", type=Path, help="where indexes are kept (nowhere)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder and chosen.folder.parent) as name:
        kept = chosen.folder or Path(name, "kept")
        kept.mkdir(parents=True, exist_ok=True)
        encoder = open_encoder(Settings.from_environment(os.environ))
        imported = min(import_seconds() for _ in range(2))
        print(f"import sentence_transformers: {imported:.2f} s of processor")
        for size in chosen.sizes:
            bench = Bench(size, kept, Path(name, str(size)), encoder, imported)
            for each in chain.from_iterable(MEASURES[what](bench) for what in chosen.only):
                print(f"{size:>9,}  {each.what:48}{each.found:52}{each.target}", flush=True)


if __name__ == "__main__":
    main()
