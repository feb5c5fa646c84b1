"""A new generation is taken up by the next query; one that cannot be used is refused, and the last good one answers."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from assistant.answering.answer import Answer
from assistant.answering.assistant import Assistant
from assistant.answering.query import Query
from assistant.rendering.page_request import PageRequest
from assistant.rendering.page_view import PageRenderer
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.errors import BadIndexError, NoIndexError
from index.live_retriever import LiveRetriever
from index.models.encoder import Encoder
from index.storage.generation import Generation
from index.storage.payload import Payload
from index.storage.store import ListedGeneration, Store
from tests.conftest import Serve, WordEncoder

NOW = 1000.0
T = TypeVar("T")


def write(folder: Path, entry: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "a.md").write_text(f"## {entry}\n\nRestart the {entry}.\n", encoding="utf-8")
    return folder


def publish(store: Store, corpus: Path, encoder: Encoder) -> str:
    return build(load_corpus(corpus), encoder, store).generation_id


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    return write(tmp_path / "articles", "printer")


@pytest.fixture
def store(tmp_path: Path, corpus: Path, words: WordEncoder) -> Store:
    store = Store(tmp_path / "built")
    publish(store, corpus, words)
    return store


def damage(store: Store, generation_id: str, name: str = "articles.jsonl") -> None:
    path = store.root / "generations" / generation_id / name
    path.write_bytes(bytes(len(path.read_bytes())))


def first_id(answer: Answer) -> str:
    """Return the entry shown first, as an answer or as the nearest topic."""
    return (*answer.hits, *answer.near_misses)[0].entry_id


def test_the_next_query_is_answered_from_the_generation_just_published(
    store: Store, corpus: Path, words: WordEncoder
) -> None:
    assistant = Assistant(store, words)
    assert first_id(assistant.ask(Query("printer"))) == "a#printer"
    published = publish(store, write(corpus, "scanner"), words)
    answer = assistant.ask(Query("scanner"))
    assert (answer.generation.id, first_id(answer)) == (published, "a#scanner")
    assert assistant.status().problem is None


def test_a_bad_generation_is_refused_and_the_one_before_goes_on(store: Store, corpus: Path, words: WordEncoder) -> None:
    assistant = Assistant(store, words)
    good = assistant.ask(Query("printer")).generation
    damage(store, publish(store, write(corpus, "scanner"), words))
    answer = assistant.ask(Query("printer"))
    assert (first_id(answer), answer.generation) == ("a#printer", good)
    problem = assistant.status().problem
    assert problem is not None
    assert "articles.jsonl is damaged" in problem
    assert 'run "assistant rollback"' in problem


def test_a_server_has_read_every_segment_before_its_first_answer(
    store: Store, corpus: Path, words: WordEncoder
) -> None:
    rooms = "".join(f"## room{number}\n\nRestart room{number}. {'Wait. ' * 150}\n\n" for number in range(150))
    (corpus / "b.md").write_text(rooms, encoding="utf-8")
    publish(store, corpus, words)
    assistant = Assistant(store, words)
    assert first_id(assistant.ask(Query("printer"))) == "a#printer"
    for path in store.root.rglob("*.segment"):
        path.write_bytes(bytes(path.stat().st_size))
    for number in (0, 75, 149):
        assert first_id(assistant.ask(Query(f"room{number}"))) == f"b#room{number}"


@pytest.mark.parametrize("pointer", [b"", b"no pointer", None], ids=["empty", "garbage", "removed"])
def test_a_damaged_pointer_changes_nothing_for_those_who_ask(
    store: Store, words: WordEncoder, pointer: bytes | None
) -> None:
    assistant = Assistant(store, words)
    good = assistant.ask(Query("printer")).generation
    if pointer is None:
        (store.root / "current").unlink()
    else:
        (store.root / "current").write_bytes(pointer)
    assert assistant.ask(Query("printer")).generation == good
    assert 'run "assistant rollback"' in (assistant.status().problem or "")
    fresh = Assistant(store, words)
    assert fresh.ask(Query("printer")).generation == good
    store.rollback()
    assert (fresh.ask(Query("printer")).generation, fresh.status().problem) == (good, None)


def test_after_a_restart_the_newest_intact_generation_answers(store: Store, corpus: Path, words: WordEncoder) -> None:
    good = store.current_id()
    damage(store, publish(store, write(corpus, "scanner"), words), "passages.safetensors")
    assistant = Assistant(store, words)
    assert assistant.ask(Query("printer")).generation.id == good
    assert "passages.safetensors is damaged" in (assistant.status().problem or "")


def publish_anew(store: Store, changes: dict[str, Payload], **facts: object) -> None:
    """Publish the current generation with other files or facts, as another version would."""
    current = store.current()
    files: dict[str, Payload] = {name: bytes(current.bytes_of(name)) for name in current.names}
    store.publish({**files, **changes}, {**current.facts, **facts}, rows=current.all_rows())


def test_an_index_of_another_version_is_refused(store: Store, words: WordEncoder) -> None:
    good = store.current_id()
    publish_anew(store, {}, format=0)
    assistant = Assistant(store, words)
    assert assistant.ask(Query("printer")).generation.id == good
    assert (assistant.status().problem or "").endswith('was made by another version; run "assistant build"')


@pytest.mark.parametrize("restarted", [False, True])
def test_files_that_are_whole_and_do_not_fit_together_are_refused_too(
    store: Store, words: WordEncoder, *, restarted: bool
) -> None:
    """As a bug of another version may have built them."""
    assistant = Assistant(store, words)
    good = assistant.ask(Query("printer")).generation
    publish_anew(store, {"articles.jsonl": b"{}\n"})
    answering = Assistant(store, words) if restarted else assistant
    assert answering.ask(Query("printer")).generation == good
    assert 'do not fit together; run "assistant build"' in (answering.status().problem or "")


def test_an_index_folder_that_is_removed_changes_nothing_for_those_who_ask(store: Store, words: WordEncoder) -> None:
    assistant = Assistant(store, words)
    good = assistant.ask(Query("printer")).generation
    shutil.rmtree(store.root)
    assert assistant.ask(Query("printer")).generation == good
    assert (assistant.status().problem or "").endswith('run "assistant build"')


def test_a_bad_generation_is_looked_at_again_after_a_while(store: Store, corpus: Path, words: WordEncoder) -> None:
    clock = [NOW]
    current = LiveRetriever(store, words, clock=lambda: clock[0])
    current.served()
    published = publish(store, write(corpus, "scanner"), words)
    path = store.root / "generations" / published / "articles.jsonl"
    content = path.read_bytes()
    path.unlink()
    assert current.served().problem is not None
    path.write_bytes(content)
    assert current.served().problem is not None
    clock[0] += 6
    assert current.served().problem is None
    assert current.served().retriever.generation.generation_id == published


class Complaining:
    """A store whose pointer cannot be read for a reason that changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.complaint = ""

    def current_id(self) -> str | None:
        return self._complained(self._store.current_id)

    def current(self) -> Generation:
        return self._complained(self._store.current)

    def generations(self) -> Sequence[ListedGeneration]:
        return self._store.generations()

    def open(self, generation_id: str, /) -> Generation:
        return self._store.open(generation_id)

    def _complained(self, call: Callable[[], T]) -> T:
        if self.complaint:
            raise BadIndexError(self.complaint, "mend it")
        return call()


def test_another_problem_is_told_at_once(store: Store, words: WordEncoder) -> None:
    source = Complaining(store)
    retriever = LiveRetriever(source, words, clock=lambda: 0.0)
    assert retriever.served().problem is None
    for source.complaint in ("the pointer is empty", "the pointer is garbage"):
        assert source.complaint in (retriever.served().problem or "")


def test_an_index_of_another_encoder_is_refused_with_both_names(store: Store) -> None:
    with pytest.raises(
        BadIndexError, match=r"made with the encoder words, but others is asked for; run .assistant bui"
    ):
        Assistant(store, WordEncoder("others")).ask(Query("printer"))


def test_with_nothing_built_the_message_names_the_command(tmp_path: Path, words: WordEncoder) -> None:
    with pytest.raises(NoIndexError, match='run "assistant build"'):
        Assistant(Store(tmp_path / "none"), words).ask(Query("printer"))


def test_a_query_does_not_wait_for_another_that_reads_the_new_generation(
    store: Store, corpus: Path, words: WordEncoder
) -> None:
    current = LiveRetriever(store, words)
    old = current.served()
    publish(store, write(corpus, "scanner"), words)
    with current._lock:  # as the other query does while it reads
        answers: list[object] = []
        asking = threading.Thread(target=lambda: answers.append(current.served()))
        asking.start()
        asking.join(10)
        assert answers == [old]
    assert current.served().current_id == store.current_id()


def test_people_and_programs_are_told_that_an_earlier_build_answers(
    store: Store, corpus: Path, words: WordEncoder, serve: Serve
) -> None:
    damage(store, publish(store, write(corpus, "scanner"), words))
    assistant = Assistant(store, words)
    settings = Settings(journal_days=0)
    page = PageRenderer(assistant, settings)
    with serve(create_app(assistant, settings)) as address, httpx.Client(base_url=address) as http:
        health = http.get("/healthz").json()
        assert (health["status"], http.get("/readyz").status_code) == ("degraded", 200)
        assert "articles.jsonl is damaged" in health["message"]
        assert "Not the newest build" in footer(page)
        store.rollback()
        assert http.get("/healthz").json()["status"] == "ok"
        assert "Not the newest build" not in footer(page)


def footer(page: PageRenderer) -> str:
    frame = page.respond("printer", PageRequest()).frame
    return frame.footer if frame else ""
