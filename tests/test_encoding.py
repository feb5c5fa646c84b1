"""Machines that share the encoding of new entries leave the index that one machine makes, whatever happens to them."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from corpus.loader import Corpus, load_corpus
from index.build_report import FORMAT, BuildReport
from index.builder import Options, build, previous_generation
from index.encoding.chunk_folder import ChunkFolder
from index.encoding.cluster import EncoderChoice, encode_remotely
from index.encoding.parts import Part, PartReport, encode_part, new_chunks
from index.encoding.passage_encoder import LEAST_ENTRIES, MOST_ENTRIES, chunk_ranges, encode_chunk
from index.errors import ModelError
from index.models.encoder import Advance, Encoded, Encoder, EncoderIdentity, TokenVectors, Vectors
from index.models.options import Backend, Precision
from index.ranking.passage_table import EncodedPassages
from index.storage.store import Store
from tests.conftest import WordEncoder
from tests.test_cli import assistant

ROOT = Path(__file__).parent.parent
ENTRIES = 100


class Batched(WordEncoder):
    """An encoder whose vectors, as a model's, depend a little on what else is encoded with them; here visibly.

    Args:
        knows_all: Refuse to encode passages: a build then has to find their vectors.
    """

    def __init__(self, *, knows_all: bool = False) -> None:
        super().__init__()
        self.identity = EncoderIdentity("models/batched", "ab" * 32, 64, 64)
        self._knows_all = knows_all

    def encode(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Vectors:
        del as_query, advance
        return np.stack([self._direction(text) for text in texts])

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        del as_query, advance
        assert not self._knows_all, f"{texts[0]!r} is encoded again"
        all_together = 0.1 * self._direction("\n".join(texts))
        vectors = np.stack([unit(self._direction(text) + all_together) for text in texts])
        tokens = [
            TokenVectors(self._spans(text), np.stack([vector] * len(self._tokens(text))))
            for text, vector in zip(texts, vectors, strict=True)
        ]
        return Encoded(vectors, tuple(tokens))

    def _direction(self, text: str) -> Vectors:
        seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
        return unit(np.random.default_rng(seed).standard_normal(64).astype(np.float32))


def unit(vector: Vectors) -> Vectors:
    return vector / np.float32(np.linalg.norm(vector))


def write_articles(folder: Path) -> Path:
    folder.mkdir()
    for number in range(ENTRIES):
        words = " ".join(f"unit{number * 7 % 50} reports" for _ in range(1 + number % 9))
        text = f"## Printer {number} stops {{#p{number}}}\n\n**Cause:** The {words} heat.\n\n**Solution:** Cool it.\n"
        (folder / f"a{number:03}.md").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_articles(tmp_path_factory.mktemp("encoding") / "articles")


@pytest.fixture(scope="module")
def corpus(articles: Path) -> Corpus:
    return load_corpus(articles)


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Batched()


@pytest.fixture(scope="module")
def built_alone(corpus: Corpus, encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The digest of what one machine builds in one go."""
    return digest_of_build(tmp_path_factory.mktemp("alone"), corpus, encoder)


def digest_of_build(index: Path, corpus: Corpus, encoder: Encoder) -> str:
    build(corpus, encoder, Store(index))
    return Store(index).current().manifest.content_sha256


def folder_of(index: Path, encoder: Encoder) -> ChunkFolder:
    return ChunkFolder(index, encoder.identity, made_as=FORMAT)


def encoded(index: Path, corpus: Corpus, encoder: Encoder, part: str) -> PartReport:
    current = previous_generation(Store(index))
    return encode_part(corpus.entries, encoder, folder_of(index, encoder), current, part=Part.parse(part))


def files(index: Path, encoder: Encoder) -> list[Path]:
    return sorted(folder_of(index, encoder).path.glob("*.chunk"))


def test_a_chunk_has_the_entries_between_two_borders_which_their_ids_decide() -> None:
    ids = [f"article-{number // 3}#{number}" for number in range(2000)]
    ranges = list(chunk_ranges(ids))
    assert [at for run in ranges for at in run] == list(range(2000))
    assert {LEAST_ENTRIES <= len(run) <= MOST_ENTRIES for run in ranges[:-1]} == {True}
    assert len({len(run) for run in ranges}) > 5
    assert list(chunk_ranges([])) == []


def test_an_entry_that_is_added_moves_only_the_borders_near_it() -> None:
    ids = [f"article-{number // 3}#{number}" for number in range(2000)]
    before = {tuple(ids[at] for at in run) for run in chunk_ranges(ids)}
    more = [*ids[:100], "article-new#1", *ids[100:]]
    after = {tuple(more[at] for at in run) for run in chunk_ranges(more)}
    assert len(after - before) <= 4
    assert tuple(more[at] for at in list(chunk_ranges(more))[-1]) in before


@pytest.mark.parametrize("parts", [["1/1"], ["1/2", "2/2"], ["3/3", "1/3", "2/3", "1/3"]], ids=" ".join)
def test_however_the_work_is_shared_the_index_is_the_one_that_a_single_build_makes(
    parts: list[str], corpus: Corpus, encoder: Encoder, built_alone: str, tmp_path: Path
) -> None:
    reports = [encoded(tmp_path, corpus, encoder, part) for part in parts]
    chunks = len(list(new_chunks(corpus.entries, encoder, None)))
    assert len(files(tmp_path, encoder)) == chunks >= 2
    assert sum(each.encoded for each in reports) == chunks
    assert sum({each.part: each.chunks for each in reports}.values()) == chunks
    assert digest_of_build(tmp_path, corpus, Batched(knows_all=True)) == built_alone


def test_a_part_that_was_not_encoded_is_encoded_by_the_build(
    corpus: Corpus, encoder: Encoder, built_alone: str, tmp_path: Path
) -> None:
    encoded(tmp_path, corpus, encoder, "1/2")
    assert digest_of_build(tmp_path, corpus, encoder) == built_alone


def test_a_part_that_is_repeated_encodes_nothing(corpus: Corpus, encoder: Encoder, tmp_path: Path) -> None:
    first = encoded(tmp_path, corpus, encoder, "1/2")
    assert first.encoded == first.chunks > 0
    assert first.passages > 0
    assert encoded(tmp_path, corpus, encoder, "1/2") == replace(first, encoded=0, passages=0)


@pytest.mark.parametrize("damage", ["flipped", "cut", "empty"])
def test_a_damaged_chunk_is_encoded_again(
    damage: str, corpus: Corpus, encoder: Encoder, built_alone: str, tmp_path: Path
) -> None:
    encoded(tmp_path, corpus, encoder, "1/1")
    path = files(tmp_path, encoder)[0]
    whole = path.read_bytes()
    middle = len(whole) // 2
    changed = whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :]
    path.write_bytes({"flipped": changed, "cut": whole[:middle], "empty": b""}[damage])
    assert encoded(tmp_path, corpus, encoder, "1/1").encoded == 1
    assert path.read_bytes() == whole
    path.write_bytes(changed)
    assert digest_of_build(tmp_path, corpus, encoder) == built_alone


def test_chunks_of_another_encoder_are_named_and_not_taken(corpus: Corpus, encoder: Encoder, tmp_path: Path) -> None:
    other = WordEncoder("other")
    first = encoded(tmp_path, corpus, encoder, "1/1")
    report = encoded(tmp_path, corpus, other, "1/1")
    assert report.encoded == report.chunks == first.chunks
    assert report.others == (Path(first.folder).name,)
    assert first.others == ()
    assert Path(first.folder).name == f"batched-{'ab' * 6}-{FORMAT}"
    other.texts.clear()
    build(corpus, other, Store(tmp_path))
    assert other.texts == []
    assert len(files(tmp_path, encoder)) == first.chunks


def test_a_build_that_publishes_removes_the_chunks_and_one_that_only_tries_leaves_them(
    corpus: Corpus, encoder: Encoder, tmp_path: Path
) -> None:
    encoded(tmp_path, corpus, encoder, "1/1")
    before = files(tmp_path, encoder)
    build(corpus, Batched(knows_all=True), Store(tmp_path), options=Options(publish=False))
    assert files(tmp_path, encoder) == before != []
    build(corpus, Batched(knows_all=True), Store(tmp_path))
    assert not folder_of(tmp_path, encoder).path.exists()


def test_only_what_the_current_generation_does_not_have_is_encoded(
    articles: Path, words: WordEncoder, tmp_path: Path
) -> None:
    for path in articles.glob("*.md"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    build(load_corpus(tmp_path), words, Store(tmp_path / "built"))
    assert encoded(tmp_path / "built", load_corpus(tmp_path), words, "1/1").chunks == 0
    (tmp_path / "a007.md").write_text("## Printer 7 stops {#p7}\n\n**Solution:** Wait.\n", encoding="utf-8")
    corpus = load_corpus(tmp_path)
    report = encoded(tmp_path / "built", corpus, words, "1/1")
    assert (report.chunks, report.encoded) == (1, 1)
    words.texts.clear()
    done: BuildReport = build(corpus, words, Store(tmp_path / "built"))
    assert (done.changed, done.encoded, words.texts) == (("a007#p7",), report.passages, [])


def test_a_chunk_is_read_as_it_was_written_unless_its_lengths_are_not_those_of_its_passages(
    corpus: Corpus, words: WordEncoder, tmp_path: Path
) -> None:
    chunk = next(new_chunks(corpus.entries, words, None))
    vectors = encode_chunk(chunk, words)
    folder = folder_of(tmp_path, words)
    assert folder.read(chunk) is None
    folder.write(chunk, vectors)
    read = folder.read(chunk)
    assert read is not None
    for name in ("vectors", "word_counts", "codes"):
        np.testing.assert_array_equal(getattr(read, name), getattr(vectors, name))
    folder.write(chunk, EncodedPassages(vectors.vectors[1:], vectors.word_counts[1:], vectors.codes))
    assert folder.read(chunk) is None


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ("5/4", "'5/4' is out of range: of 4 parts, the first is 1/4 and the last is 4/4"),
        ("0/4", "'0/4' is out of range: of 4 parts, the first is 1/4 and the last is 4/4"),
        ("3", "'3' is not a part such as \"3/64\""),
        ("-1/4", "'-1/4' is not a part such as \"3/64\""),
    ],
)
def test_a_part_that_does_not_exist_is_wrong_usage(part: str, problem: str) -> None:
    done = assistant("encode", f"--part={part}")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"argument --part: {problem}" in done.stderr


def test_an_encode_that_is_killed_is_run_again_and_the_index_is_the_same(articles: Path, tmp_path: Path) -> None:
    places = ("--corpus", str(articles), "--index", str(tmp_path / "killed"))
    command = [sys.executable, "-m", "assistant.cli", "encode", *places]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not list((tmp_path / "killed").glob("encoded/*/*.chunk")) and process.poll() is None:
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    kept = len(list((tmp_path / "killed").glob("encoded/*/*.chunk")))
    again = assistant("encode", *places, "--json")
    report = json.loads(again.stdout)
    assert report["chunks"] - report["encoded"] == kept > 0
    assert assistant("build", *places).returncode == 0
    assert assistant("build", *places[:3], str(tmp_path / "alone")).returncode == 0
    digests = {Store(tmp_path / name).current().manifest.content_sha256 for name in ("killed", "alone")}
    assert len(digests) == 1


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """The address of a Dask scheduler with two workers, processes of their own."""
    place = tmp_path / "scheduler.json"
    with ExitStack() as stack:
        start(stack, tmp_path, "dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(place))
        wait_for(place.exists)
        for _ in range(2):
            start(stack, tmp_path, "dask_worker", "--scheduler-file", str(place), "--nthreads", "1", "--no-nanny")
        yield json.loads(place.read_text("utf-8"))["address"]


def start(stack: ExitStack, folder: Path, module: str, *options: str) -> None:
    """Start a program of Dask, which ends with the stack."""
    command = [sys.executable, "-m", f"distributed.cli.{module}", "--no-dashboard", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    nowhere = subprocess.DEVNULL
    process = stack.enter_context(
        subprocess.Popen(command, cwd=folder, env=environment, stdout=nowhere, stderr=nowhere)
    )
    stack.callback(process.kill)


def wait_for(is_there: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not is_there():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_workers_of_a_dask_cluster_encode_the_same_chunks(articles: Path, cluster: str, tmp_path: Path) -> None:
    places = ("--corpus", str(articles), "--index", str(tmp_path / "spread"))
    done = assistant("encode", *places, "--json", environment={"ASSISTANT_DASK": cluster})
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["encoded"] == report["chunks"] >= 2
    spread = {path.name: path.read_bytes() for path in Path(report["folder"]).iterdir()}
    here = json.loads(assistant("encode", *places[:3], str(tmp_path / "here"), "--json").stdout)
    assert {path.name: path.read_bytes() for path in Path(here["folder"]).iterdir()} == spread


def test_a_cluster_that_does_not_answer_is_named(articles: Path, tmp_path: Path) -> None:
    places = ("--corpus", str(articles), "--index", str(tmp_path))
    done = assistant("encode", *places, environment={"ASSISTANT_DASK": "tcp://127.0.0.1:9"})
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines()[-1].startswith(
        "assistant: the Dask cluster at tcp://127.0.0.1:9 (ASSISTANT_DASK) does not answer: "
    )
    assert done.stderr.endswith("; start its scheduler and a worker, or unset ASSISTANT_DASK\n")


def test_another_model_of_the_same_name_on_a_worker_is_refused(words: WordEncoder, tmp_path: Path) -> None:
    choice = EncoderChoice("all-MiniLM-L6-v2", tmp_path, Backend.REFERENCE, Precision.AUTO, None, "ab" * 32)
    with pytest.raises(ModelError, match=r"a worker's model .* has the fingerprint .*, not abababababab; give all"):
        encode_remotely((), choice)
