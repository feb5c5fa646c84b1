"""An index whose entries a Milvus server holds: builds, readers of several generations, and a server that fails."""

from __future__ import annotations

import asyncio
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp.server.mcpserver.exceptions import ToolError

from assistant.answering.assistant import Assistant
from assistant.answering.factory import open_encoder, open_engine
from assistant.answering.query import Query
from assistant.answering.worker import _answer
from assistant.errors import UsageError
from assistant.mcp_server import build_server
from assistant.publishing.rebuild import rebuild
from assistant.publishing.watcher import watch
from assistant.rendering.page_request import PageRequest
from assistant.rendering.page_view import Outcome, PageRenderer
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import Options, build
from index.engines.hosted import Hosted, placed_in
from index.engines.milvus import Column, Kind, Milvus
from index.engines.options import EngineOptions, Nearness
from index.errors import BadIndexError, EngineError, EngineUnreachableError
from index.integrity_check import ProblemKind, check
from index.models.encoder import Encoder
from index.models.remembering_encoder import RememberingEncoder
from index.storage.store import Store
from tests.conftest import MilvusLite, Serve, SlowLine, WordEncoder, free_port
from tests.programs.engine_agreement import Agreement, agreement, comparable, read_queries
from tests.programs.trials import StableEncoder

ROOT = Path(__file__).parent.parent
PATIENT = 20.0  # seconds that a call may take where a test is not about time: the machine may be busy
ARTICLE = """---
product: Post
tags: [office]
---
## Letters bounce {#bounce}

**Message:** Mail 550: the address is unknown

**Solution:** Check the address.

## Letters linger {#linger}

**Solution:** Wait an hour.

## Parcels vanish {#vanish}

**Symptoms:**

- The parcel never arrives.

**Solution:** Ask the depot.
"""
QUERIES = ("letters bounce", "wait an hour", "Mail 550: the address is unknown", "zebra")


@dataclass(frozen=True, slots=True)
class Index:
    """Articles in a folder, and an index of them on a server."""

    folder: Path
    encoder: Encoder
    hosted: Hosted

    @property
    def store(self) -> Store:
        return Store(self.folder / "built")

    def write(self, text: str, name: str = "post.md") -> None:
        articles = self.folder / "articles"
        articles.mkdir(exist_ok=True)
        (articles / name).write_text(text, encoding="utf-8")

    def build(self, **options: Any) -> str:
        corpus = load_corpus(self.folder / "articles")
        return build(corpus, self.encoder, self.store, options=Options(**options), engine=self.hosted).generation_id

    def assistant(self) -> Assistant:
        return Assistant(self.store, self.encoder, engine=self.hosted)

    def fresh(self, encoder: Encoder | None = None) -> Assistant:
        """Return an assistant over the files of an index that is built from nothing."""
        store = Store(self.folder / f"fresh-{time.monotonic_ns()}")
        build(load_corpus(self.folder / "articles"), encoder or self.encoder, store)
        return Assistant(store, self.encoder)

    def rows(self) -> tuple[int, int]:
        """Return how many entries and passages the server holds of this index, whatever their generation."""
        placed = placed_in(self.store.current())
        return self.hosted.milvus.count(placed.entries, "id >= 0"), self.hosted.milvus.count(placed.passages)


@pytest.fixture
def index(tmp_path: Path, lite: str) -> Iterator[Index]:
    hosted = Hosted(EngineOptions(lite, timeout_s=PATIENT))
    index = Index(tmp_path, StableEncoder(), hosted)
    index.write(ARTICLE)
    yield index
    hosted.milvus.close()


def answers(assistant: Assistant, queries: Sequence[str] = QUERIES) -> list[Any]:
    """Return what is answered, without what belongs to the generation."""
    asked = [comparable(assistant.ask(Query(query))) for query in queries]
    return [{name: value for name, value in each.items() if name != "generation"} for each in asked]


def written(index: Index) -> list[str]:
    """Count what is sent to the server from now on."""
    calls: list[str] = []
    milvus = index.hosted.milvus

    class Counting(Milvus):
        def upsert(self, collection: str, rows: Sequence[dict[str, Any]]) -> None:
            calls.append(f"upsert {len(rows)} {'marks' if rows[0]['id'] < 0 else collection.rpartition('_')[2]}")
            super().upsert(collection, rows)

        def delete(self, collection: str, condition: str) -> None:
            calls.append(f"delete {collection.rpartition('_')[2]} {condition.count(',') + 1}")
            super().delete(collection, condition)

    index.hosted.milvus = Counting(milvus.options)
    return calls


def test_what_the_server_answers_is_what_the_files_answer(index: Index) -> None:
    index.build()
    assert answers(index.assistant()) == answers(index.fresh())


def test_an_edit_pushes_its_own_rows_and_an_unchanged_build_none(index: Index) -> None:
    index.build()
    calls = written(index)
    index.build()
    assert calls == []
    index.write(ARTICLE.replace("an hour", "two hours"))
    index.build()
    assert calls == ["upsert 1 marks", "upsert 3 passages", "upsert 1 entries"]
    index.write(ARTICLE.replace("product: Post", "product: Mail"))
    index.build()
    assert calls[3:] == ["upsert 1 marks", "upsert 11 passages", "upsert 3 entries"]
    assert index.assistant().ask(Query("wait an hour", product="Mail")).hits[0].entry_id == "post#linger"


def test_a_reader_sees_its_own_generation_before_during_and_after_a_publish(index: Index) -> None:
    index.build()
    reader = index.assistant()
    before = answers(reader)
    old = reader._retriever()
    index.write(ARTICLE.replace("Letters bounce", "Postcards bounce").replace("hour", "year"))
    seen: list[Any] = []
    push, milvus = index.hosted.milvus.upsert, index.hosted.milvus

    def asked_amid(collection: str, rows: Any) -> None:
        push(collection, rows)
        seen.append(answers(reader))

    object.__setattr__(milvus, "upsert", asked_amid)
    index.build()
    assert len(seen) == 3
    assert seen == [before, before, before]
    after = answers(reader)
    assert after != before
    assert after == answers(index.fresh())
    assert old.search("letters bounce").parts[0].hits[0].entry_id == "post#bounce"
    assert "Letters bounce" in str(before)


def test_rows_are_removed_once_no_generation_on_disk_has_them(index: Index) -> None:
    index.build(keep=2)
    assert index.rows() == (3, 11)
    for number in range(4):
        index.write(ARTICLE.replace("an hour", f"{number} hours"))
        index.build(keep=2)
    assert index.rows() == (4, 14)


def test_what_is_built_and_not_searched_yet_may_be_rolled_forward_to(index: Index) -> None:
    index.build()
    index.write(ARTICLE.replace("hour", "year"))
    later = index.build(publish=False)
    assert "year" not in str(answers(index.assistant()))
    index.store.rollback(later).close()
    assert answers(index.assistant()) == answers(index.fresh())


def test_rows_that_the_server_has_lost_are_named_and_written_again(index: Index) -> None:
    index.build()
    expected = answers(index.assistant())
    placed = placed_in(index.store.current())
    index.hosted.milvus.delete(placed.passages, f"entry == {int(placed.ids[0])}")
    (problem,) = check(index.store, engine=index.hosted).problems
    assert problem.kind is ProblemKind.ENGINE
    address = index.hosted.milvus.options.address
    assert problem.description == f"{placed.passages} at {address} has 7 rows of 11"
    assert problem.remedy == 'run "assistant build"'
    with pytest.raises(EngineError, match="has lost rows of"):
        answers(index.assistant())
    index.build()
    assert check(index.store, engine=index.hosted).problems == ()
    assert answers(index.assistant()) == expected


def test_the_collections_that_were_dropped_are_made_again(index: Index) -> None:
    index.build()
    expected = answers(index.assistant())
    placed = placed_in(index.store.current())
    index.hosted.milvus.drop(placed.passages)
    with pytest.raises(EngineError, match="refused a call"):
        answers(index.assistant())
    index.build()
    assert answers(index.assistant()) == expected


def test_another_encoder_has_collections_of_its_own_and_the_old_ones_go_with_their_generation(index: Index) -> None:
    index.build(keep=1)
    old = placed_in(index.store.current())
    other = replace(index, encoder=WordEncoder("others"))
    other.build(keep=1)  # holds the generation before, so that the next build removes it
    index.write(ARTICLE.replace("hour", "year"))
    other.build(keep=1)
    placed = placed_in(index.store.current())
    assert placed.entries != old.entries
    assert {placed.entries, placed.passages} <= index.hosted.milvus.names()
    assert index.hosted.milvus.names() & {old.entries, old.passages} == set()
    with pytest.raises(BadIndexError, match="was made with the encoder others, but stable is asked for"):
        answers(index.assistant())


def test_two_indexes_on_one_server_know_nothing_of_one_another(index: Index, tmp_path: Path) -> None:
    index.build()
    other = replace(index, folder=tmp_path / "other")
    other.folder.mkdir()
    other.write(ARTICLE.replace("hour", "year"))
    other.build()
    assert placed_in(other.store.current()).entries != placed_in(index.store.current()).entries
    assert answers(index.assistant()) == answers(index.fresh())
    assert answers(other.assistant()) == answers(other.fresh())


def two_folders(index: Index) -> tuple[Index, Index]:
    """Build an index, and copy its folder with the articles."""
    index.build()
    other = replace(index, folder=index.folder / "copy")
    shutil.copytree(index.folder / "built", other.folder / "built")
    shutil.copytree(index.folder / "articles", other.folder / "articles")
    return index, other


def test_a_copy_of_an_index_is_not_built_over_the_rows_of_the_first(index: Index) -> None:
    """What one of the two removes the other may need: whichever builds first goes on, and the other is told."""
    first, copy = two_folders(index)
    first.write(ARTICLE.replace("an hour", "two hours"))
    first.build(keep=1)
    expected = answers(first.assistant())
    copy.write(ARTICLE.replace("an hour", "ten hours"))
    told = refusal(copy)
    collection = placed_in(first.store.current()).entries
    assert f"{collection} at " in told
    assert f"was built from another folder than {copy.store.root}, too: one of them is a copy" in told
    assert told.endswith(f"remove {copy.store.root / 'engine-owner'}, and this one gets collections of its own")
    (copy.store.root / "engine-owner").unlink()
    copy.build(keep=1)
    assert placed_in(copy.store.current()).entries != collection
    for number in range(3):  # no generation is left of those before
        copy.write(ARTICLE.replace("an hour", f"{number} minutes"))
        copy.build(keep=1)
    assert answers(copy.assistant()) == answers(copy.fresh())
    assert answers(first.assistant()) == expected
    first.write(ARTICLE)
    first.build()
    assert check(first.store, engine=first.hosted).problems == ()


@pytest.mark.parametrize("at", [0, 1, 2], ids=["not yet announced", "announced", "with passages"])
def test_of_a_folder_and_its_copy_that_are_built_at_once_one_is_refused_and_neither_loses_anything(
    index: Index, at: int
) -> None:
    first, copy = two_folders(index)
    before = answers(first.assistant())
    for number, each in enumerate((first, copy)):
        each.write(ARTICLE.replace("an hour", f"{number} hours").replace("Letters bounce", f"Letters {number} bounce"))
    milvus, built = index.hosted.milvus, list[str]()

    class Meanwhile(Milvus):
        calls = 0

        def upsert(self, collection: str, rows: Sequence[dict[str, Any]]) -> None:
            if self.calls == at:
                built.append(outcome(replace(copy, hosted=other)))
            self.calls += 1
            super().upsert(collection, rows)

    other = Hosted(milvus.options)
    index.hosted.milvus = Meanwhile(milvus.options)
    built.insert(0, outcome(first))
    index.hosted.milvus = milvus
    assert built == (["refused", "built"] if at == 0 else ["built", "refused"])
    winner, loser = (copy, first) if at == 0 else (first, copy)
    assert answers(winner.assistant()) == answers(winner.fresh())
    assert answers(loser.assistant()) == before
    for each in (first, copy):
        assert check(each.store, engine=each.hosted).problems == ()
    winner.write(ARTICLE.replace("an hour", "an age"))
    assert [outcome(winner), outcome(loser)] == ["built", "refused"]


def outcome(index: Index) -> str:
    told = refusal(index)
    return "refused" if "one of them is a copy" in told else told or "built"


def refusal(index: Index) -> str:
    """Build, and return why that is refused, without keeping a generation open as the error's traceback does."""
    try:
        index.build(keep=1)
    except EngineError as error:
        return str(error)
    return ""


BUILDING = """
import sys
from assistant.publishing.rebuild import rebuild
from assistant.settings import Settings
from pathlib import Path
from tests.programs.trials import StableEncoder

corpus, built, address = sys.argv[1:]
rebuild(Settings(corpus=Path(corpus), index=Path(built), engine=address), StableEncoder)
"""


def test_two_processes_that_build_one_index_wait_for_each_other(index: Index) -> None:
    index.write("## Stamps peel off {#peel}\n\n**Solution:** Use the good glue.\n", "stamps.md")
    command = [sys.executable, "-c", BUILDING, str(index.folder / "articles"), str(index.store.root)]
    for number in range(3):
        index.write(ARTICLE.replace("an hour", f"{number} hours"))
        processes = [subprocess.Popen([*command, index.hosted.milvus.options.address], cwd=ROOT) for _ in range(2)]
        index.write(f"## Stamps peel off {{#peel}}\n\n**Solution:** Use glue number {number}.\n", "stamps.md")
        assert [process.wait(120) for process in processes] == [0, 0]
    index.build()
    assert answers(index.assistant()) == answers(index.fresh())
    assert check(index.store, engine=index.hosted).problems == ()


@pytest.mark.parametrize("engine", ["files", "milvus"])
def test_a_clock_that_is_set_back_changes_neither_what_is_searched_nor_what_is_kept(index: Index, engine: str) -> None:
    """Ten years back at the second build, and another ten at the third."""
    hosted = index.hosted if engine == "milvus" else None
    times = iter(datetime(year, 1, 1, tzinfo=UTC) for year in (2030, 2020, 2010, 2035))
    store = Store(index.folder / "built", now=lambda: next(times))
    ids = []
    for number in range(4):
        index.write(ARTICLE.replace("an hour", f"{number} hours"))
        ids.append(build(load_corpus(index.folder / "articles"), index.encoder, store, engine=hosted).generation_id)
        assistant = Assistant(store, index.encoder, engine=hosted)
        assert answers(assistant) == answers(index.fresh())
    listed = store.generations()
    assert [each.generation_id for each in listed] == ids[:0:-1]
    assert [each.built_at[:4] for each in listed if each.built_at] == ["2035", "2010", "2020"]
    assert store.rollback().generation_id == ids[2]
    assert "2 hours" in str(answers(assistant))
    assert check(store, engine=hosted).problems == ()


def test_what_others_have_on_the_server_is_left_alone(index: Index, tmp_path: Path) -> None:
    milvus = index.hosted.milvus
    foreign = {"assistant_trial_entries", "another", "assistant_0123456789ab_passages"}
    column = Column("vector", Kind.DENSE, 8, {"index_type": "FLAT", "metric_type": "IP"})
    for name in foreign:
        milvus.create(name, [column])
        milvus.upsert(name, [{"id": number, "vector": [0.5] * 8} for number in range(5)])
    other = replace(index, folder=tmp_path / "other")
    other.folder.mkdir()
    other.write(ARTICLE)
    other.build()
    expected = answers(other.assistant())
    first = index.build(keep=1)
    for number in range(3):
        index.write(ARTICLE.replace("an hour", f"{number} hours"))
        index.build(keep=1 if number else 2)
        if not number:
            index.store.rollback(first).close()
    replace(index, encoder=WordEncoder("others")).build(keep=1)
    index.write(ARTICLE)
    replace(index, encoder=WordEncoder("others")).build(keep=1)
    assert foreign <= milvus.names()
    assert [milvus.count(name) for name in foreign] == [5, 5, 5]
    assert answers(other.assistant()) == expected
    assert check(other.store, engine=other.hosted).problems == ()
    for name in foreign:
        milvus.drop(name)


def test_what_a_server_of_an_older_generation_has_removed_is_told(index: Index) -> None:
    """A folder that was copied and stays behind misses rows once the first has removed them; a build mends it."""
    first, copy = two_folders(index)
    for number in range(3):
        first.write(ARTICLE.replace("an hour", f"{number} hours"))
        first.build(keep=1)
    for query in QUERIES:  # those, too, that the entry which is gone would not have answered
        with pytest.raises(EngineError) as told:
            copy.assistant().ask(Query(query))
        assert "has no longer all rows of this generation: it was built again from another folder" in str(told.value)
    with pytest.raises(EngineError, match="has no longer all rows"):
        copy.assistant().check_ready()


def test_a_generation_without_any_row_left_is_told(index: Index) -> None:
    index.build()
    placed = placed_in(index.store.current())
    for collection in (placed.entries, placed.passages):
        index.hosted.milvus.delete(collection, f"id >= {-(2**63)}")
    for query in (Query("letters bounce"), Query("letters bounce", product="Post")):
        with pytest.raises(EngineError, match="has no longer all rows"):
            index.assistant().ask(query)
    index.build()
    assert answers(index.assistant()) == answers(index.fresh())


def test_a_collection_of_another_program_is_refused_by_name(index: Index) -> None:
    placed = index.hosted.facts(index.folder / "built", index.encoder.identity, made_as=0)
    index.build()
    placed = index.store.current().facts["engine"]
    milvus = index.hosted.milvus
    milvus.drop(placed["entries"])
    milvus.create(placed["entries"], [Column("vector", Kind.DENSE, 8, {"index_type": "FLAT", "metric_type": "IP"})])
    with pytest.raises(EngineError) as refused:
        index.build()
    assert f"the collection {placed['entries']} at " in str(refused.value)
    assert "is another program's: it has the columns id INT64, vector FLOAT_VECTOR(8), expected id INT64" in str(
        refused.value
    )


def test_a_generation_of_files_is_refused_where_a_server_is_asked_for(index: Index) -> None:
    build(load_corpus(index.folder / "articles"), index.encoder, index.store)
    with pytest.raises(
        BadIndexError, match='was built without an engine, but ASSISTANT_ENGINE asks for one; run "assistant build"'
    ):
        answers(index.assistant())
    index.build()
    assert answers(index.assistant()) == answers(Assistant(index.store, index.encoder))


def test_an_old_server_is_refused_by_its_version(index: Index) -> None:
    class Old(Milvus):
        def version(self) -> str:
            return "v2.3.5"

    index.hosted.milvus = Old(index.hosted.milvus.options)
    with pytest.raises(EngineError, match=r"is Milvus v2\.3\.5, without sparse vectors; use Milvus 2\.4 or later"):
        index.build()
    assert index.store.current_id() is None
    assert not (index.folder / "built" / "generations").exists()


def test_a_graph_of_neighbours_gives_the_same_answers(index: Index) -> None:
    graph = replace(index, hosted=Hosted(replace(index.hosted.milvus.options, nearness=Nearness.APPROXIMATE)))
    graph.build()
    assert answers(graph.assistant()) == answers(index.fresh())


def test_filters_are_applied_on_the_server_whatever_their_texts_are(index: Index) -> None:
    product = 'Po"st \\ "'
    index.write(
        ARTICLE.replace("product: Post", f"product: '{product}'").replace("[office]", "['a \"b\" \\c', office]")
    )
    index.write("---\nproduct: Post\n---\n## Letters burn {#burn}\n\n**Solution:** Wait an hour.\n", "other.md")
    index.build()
    assistant = index.assistant()
    for query in (Query("wait an hour", product=product), Query("wait an hour", tags=('a "b" \\c', "office"))):
        assert [hit.entry_id for hit in assistant.ask(query).hits][:1] == ["post#linger"]
        assert comparable(assistant.ask(query)) == comparable(Assistant(index.store, index.encoder).ask(query))
    (hit,) = assistant.ask(Query("wait an hour", product="Post")).hits
    assert hit.entry_id == "other#burn"


def test_the_answers_to_judged_queries_are_the_same(tmp_path: Path, lite: str) -> None:
    """Every tenth query; `tests.programs.engine_agreement` asks them all, and those of other articles."""
    encoder = RememberingEncoder(open_encoder(Settings.from_environment(os.environ)))
    index = Index(tmp_path, encoder, Hosted(EngineOptions(lite, timeout_s=PATIENT)))
    (tmp_path / "articles").symlink_to(ROOT / "corpus" / "articles")
    index.build()
    queries = read_queries(ROOT / "corpus" / "judgments")[::10]
    ours, theirs = (
        [assistant.ask(Query(query, k=10)) for query in queries]
        for assistant in (Assistant(index.store, encoder), index.assistant())
    )
    assert agreement(ours, theirs) == Agreement(len(queries), 1.0, 1.0, 1.0, 1.0)


KILLED = """
import os, signal, sys
from pathlib import Path
from corpus.loader import load_corpus
from index.builder import Options, build
from index.engines.hosted import Hosted
from index.engines.milvus import Milvus
from index.engines.options import EngineOptions
from index.storage.store import Store
from tests.programs.trials import StableEncoder

folder, address, after = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

class Killed(Milvus):
    calls = 0

    def _killed(self):
        self.calls += 1
        if self.calls == after:
            os.kill(os.getpid(), signal.SIGKILL)

    def upsert(self, *arguments):
        self._killed()
        super().upsert(*arguments)
        self._killed()

    def delete(self, *arguments):
        self._killed()
        super().delete(*arguments)

hosted = Hosted(EngineOptions(address))
hosted.milvus = Killed(hosted.milvus.options)
corpus, store = load_corpus(folder / "articles"), Store(folder / "built")
build(corpus, StableEncoder(), store, options=Options(keep=1), engine=hosted)
"""


def test_a_build_that_is_killed_is_completed_by_the_next(index: Index) -> None:
    """Until then the old generation answers, and afterwards nothing is left over: before and after each write."""
    index.build(keep=1)
    command = [sys.executable, "-c", KILLED, str(index.folder), index.hosted.milvus.options.address]
    for after in range(1, 10):
        before = answers(index.assistant())
        index.write(ARTICLE.replace("an hour", f"{after} hours"))
        done = subprocess.run([*command, str(after)], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr
        assert answers(index.assistant()) == (answers(index.fresh()) if after >= 7 else before)
        index.build(keep=1)
        assert answers(index.assistant()) == answers(index.fresh())
    index.write(ARTICLE.replace("an hour", "no hours"))
    index.build(keep=1)
    assert index.rows() == (4, 14)  # of the current generation, and of the one that this build held


@dataclass(frozen=True, slots=True)
class Asked:
    """An application over a server of its own."""

    server: MilvusLite
    http: httpx.Client

    def search(self) -> httpx.Response:
        return self.http.get("/api/search", params={"q": "letters bounce"})

    def answer(self) -> Any:
        """Return the answer, once there is one."""
        deadline = time.monotonic() + 60
        while (response := self.search()).status_code != 200:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        return response.json()

    def seconds_to_refuse(self) -> list[float]:
        """Ask eight times, and return the seconds that each refusal took."""
        times = []
        for _ in range(8):
            start = time.perf_counter()
            response = self.search()
            times.append(time.perf_counter() - start)
            assert (response.status_code, response.json()["error"]["code"]) == (503, "search_unreachable")
        return times


@pytest.fixture
def asked(index: Index, serve: Serve, tmp_path: Path) -> Iterator[Asked]:
    server = MilvusLite(tmp_path / "data")
    server.start()
    replace(index, hosted=Hosted(EngineOptions(server.address, timeout_s=PATIENT))).build()
    assistant = Assistant(index.store, index.encoder, engine=Hosted(EngineOptions(server.address)))
    with (
        serve(create_app(assistant, Settings(journal_days=0))) as address,
        httpx.Client(base_url=address, timeout=60) as http,
    ):
        asked = Asked(server, http)
        asked.answer()
        yield asked
    server.kill()


def test_a_server_that_hangs_is_told_at_once_and_asked_again_by_itself(asked: Asked) -> None:
    before = asked.answer()
    asked.server.send(signal.SIGSTOP)
    times = asked.seconds_to_refuse()
    response = asked.search()
    assert response.json()["error"]["message"].startswith("The search cannot be reached at the moment.")
    assert asked.server.address not in response.text
    assert min(times[:3]) > 0.45  # the limit of a call
    assert min(times[:3]) < 0.75
    assert min(times) < 0.25  # after three failures nobody waits
    health = asked.http.get("/healthz").json()
    assert health["status"] == "degraded"
    assert health["message"] == f"the engine at {asked.server.address} (ASSISTANT_ENGINE) does not answer"
    asked.server.send(signal.SIGCONT)
    assert asked.answer()["decision"] == before["decision"]


def test_a_slow_server_makes_a_query_wait_no_longer_than_a_dead_one(index: Index, lite: str, serve: Serve) -> None:
    """Each of its answers comes in time, and a query needs four: all of them together may take half a second."""
    index.build()
    line = SlowLine(int(lite.rpartition(":")[2]))
    assistant = Assistant(index.store, index.encoder, engine=Hosted(EngineOptions(line.address)))
    with (
        serve(create_app(assistant, Settings(journal_days=0))) as address,
        httpx.Client(base_url=address, timeout=60) as http,
    ):
        asked = Asked(MilvusLite(index.folder), http)
        before = asked.answer()
        line.delay_s = 0.3
        times = asked.seconds_to_refuse()
        assert min(times[:3]) > 0.45
        assert min(times[:3]) < 0.75
        assert min(times) < 0.25  # after three queries nobody waits
        line.delay_s = 0
        assert asked.answer()["hits"] == before["hits"]
    line.close()


def test_whether_the_server_is_ready_is_found_out_without_a_query(asked: Asked) -> None:
    """A balancer sends no query to a server that is not ready, so that no query would find out that it is again."""

    def ready() -> tuple[int, str]:
        response = asked.http.get("/readyz")
        return response.status_code, response.json()["status"]

    assert ready() == (200, "ok")
    asked.server.send(signal.SIGSTOP)
    for _ in range(5):
        assert ready() == (503, "degraded")
    message = asked.http.get("/readyz").json()["message"]
    assert message.startswith(f"the engine at {asked.server.address} (ASSISTANT_ENGINE) does not answer: ")
    assert message.endswith("; start Milvus there, or name another server")
    assert asked.http.get("/healthz").status_code == 200
    asked.server.send(signal.SIGCONT)
    wait_for(lambda: ready() == (200, "ok"))
    asked.server.kill()
    assert ready() == (503, "degraded")
    asked.server.start()
    wait_for(lambda: ready() == (200, "ok"))
    assert asked.search().status_code == 200


def test_a_slow_server_is_not_ready(index: Index, lite: str) -> None:
    index.build()
    line = SlowLine(int(lite.rpartition(":")[2]))
    assistant = Assistant(index.store, index.encoder, engine=Hosted(EngineOptions(line.address)))
    wait_for(lambda: is_ready(assistant))
    line.delay_s = 0.3
    for _ in range(4):
        assert not is_ready(assistant)
    line.delay_s = 0
    wait_for(lambda: is_ready(assistant))
    line.close()


def is_ready(assistant: Assistant) -> bool:
    try:
        assistant.check_ready()
    except EngineUnreachableError:
        return False
    return True


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_program_that_asks_over_mcp_is_told_what_does_not_answer(index: Index, lite: str) -> None:
    index.build()
    line = SlowLine(int(lite.rpartition(":")[2]))
    line.delay_s = 100
    server = build_server(Assistant(index.store, index.encoder, engine=Hosted(EngineOptions(line.address))))
    with pytest.raises(ToolError, match=f"the engine at {line.address} .* does not answer: .*; start Milvus there"):
        asyncio.run(server.call_tool("search", {"query": "letters bounce"}))
    line.close()


def test_an_edit_is_built_once_the_server_answers_again(index: Index, tmp_path: Path) -> None:
    """The one save that was made while it was dead; nobody saves again, or reads the same error twice."""
    server, printed, stop = MilvusLite(tmp_path / "data"), list[str](), threading.Event()
    settings = Settings(corpus=index.folder / "articles", index=index.folder / "built", engine=server.address)
    watching = threading.Thread(target=watch, args=(settings, StableEncoder, printed.append, stop))
    watching.start()
    wait_for(lambda: bool(printed))
    assert printed[0].startswith(f"not rebuilt: the engine at {server.address} (ASSISTANT_ENGINE) does not answer: ")
    server.start()
    wait_for(lambda: index.store.current_id() is not None)
    server.kill()
    index.write(ARTICLE.replace("an hour", "two hours"))
    wait_for(lambda: "not rebuilt" in printed[-1])
    server.start()
    wait_for(lambda: "1 changed" in printed[-1])
    stop.set()
    watching.join(60)
    server.kill()


def test_a_build_finds_out_that_nothing_answers_before_it_encodes(index: Index) -> None:
    encoder = WordEncoder()
    nowhere = Hosted(EngineOptions(f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(EngineUnreachableError):
        replace(index, encoder=encoder, hosted=nowhere).build()
    assert encoder.texts == []
    assert index.store.current_id() is None


def test_a_build_closes_its_connection(index: Index, lite: str) -> None:
    line = SlowLine(int(lite.rpartition(":")[2]))
    settings = Settings(corpus=index.folder / "articles", index=index.folder / "built", engine=line.address)
    for _ in range(3):
        rebuild(settings, StableEncoder)
        assert line.most_connections > 0
        wait_for(lambda: line.connections == 0)
    assert line.connections == 0
    line.close()


def test_a_server_that_is_killed_and_started_again_is_found_again(asked: Asked) -> None:
    before = asked.answer()
    asked.server.kill()
    for _ in range(5):
        response = asked.search()
        assert (response.status_code, response.json()["error"]["code"]) == (503, "search_unreachable")
    asked.server.start()
    assert asked.answer()["hits"] == before["hits"]


def test_the_page_says_in_plain_words_that_the_search_cannot_be_reached(index: Index) -> None:
    index.build()
    nowhere = Hosted(EngineOptions(f"http://127.0.0.1:{free_port()}"))
    renderer = PageRenderer(Assistant(index.store, index.encoder, engine=nowhere), Settings())
    for _ in range(5):
        view = renderer.respond("letters bounce", PageRequest())
        assert (
            "The search cannot be reached at the moment. Your question is fine: ask it again in a minute."
            in view.answer
        )
        assert view.shown.outcome is Outcome.FAILURE
    assert "127.0.0.1" not in view.answer
    assert "Letters bounce" in renderer.respond("", PageRequest(entry="post#bounce")).answer


def test_the_commands_say_what_does_not_answer_and_what_to_do(articles: Path, tmp_path: Path, lite: str) -> None:
    variables = {"ASSISTANT_CORPUS": str(articles), "ASSISTANT_INDEX": str(tmp_path / "built")}

    def run(address: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "assistant.cli", *arguments]
        environment = {**os.environ, **variables, "ASSISTANT_ENGINE": address}
        return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)

    built = run(lite, "build")
    assert (built.returncode, built.stderr) == (0, "")
    assert built.stdout.endswith("10 added, 0 changed, 0 removed, 0 unchanged; 126 passages encoded, 0 re-used\n")
    nowhere = f"http://127.0.0.1:{free_port()}"
    done = run(nowhere, "search", "xero refuses access")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"assistant: the engine at {nowhere} (ASSISTANT_ENGINE) does not answer: ")
    assert done.stderr.endswith("; start Milvus there, or name another server\n")
    line = SlowLine(int(lite.rpartition(":")[2]))
    line.delay_s = 100
    done = run(line.address, "search", "xero refuses access")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(f"assistant: the engine at {line.address} (ASSISTANT_ENGINE) does not answer: ")
    line.close()
    checked = run(nowhere, "check")
    assert checked.returncode == 1
    assert f"the engine at {nowhere} (ASSISTANT_ENGINE) does not answer" in checked.stdout
    assert checked.stdout.endswith("problems: 1\n")


def test_a_worker_passes_on_that_the_server_does_not_answer(index: Index) -> None:
    index.build()
    nowhere = Hosted(EngineOptions(f"http://127.0.0.1:{free_port()}"))
    answer = _answer(Assistant(index.store, index.encoder, engine=nowhere), Query("letters bounce"))
    assert isinstance(answer, EngineUnreachableError)
    assert pickle.loads(pickle.dumps(answer)).problem == answer.problem


@pytest.mark.parametrize(
    "address", ["127.0.0.1:19530", "ftp://engine:19530", "http://user:pass@engine:19530", "http://engine"]
)
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(
        UsageError, match=r"environment variable ASSISTANT_ENGINE: .* is not the address of a Milvus server"
    ):
        Settings.from_environment({"ASSISTANT_ENGINE": address})


def test_secrets_are_in_no_representation() -> None:
    settings = Settings.from_environment(
        {
            "ASSISTANT_ENGINE": "https://engine:19530",
            "ASSISTANT_ENGINE_USER": "reader",
            "ASSISTANT_ENGINE_PASSWORD": "secret1",
            "ASSISTANT_ENGINE_TOKEN": "secret2",
            "ASSISTANT_ENGINE_CA": "/etc/ca.pem",
        }
    )
    hosted = open_engine(settings)
    assert hosted is not None
    options = hosted.milvus.options
    assert (options.password, options.token, options.authority) == ("secret1", "secret2", Path("/etc/ca.pem"))
    assert "secret" not in f"{settings!r} {options!r}"
    assert open_engine(Settings()) is None
