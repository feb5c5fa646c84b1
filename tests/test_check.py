"""A check finds what is wrong with an index on disk, and names the kind, the place and the remedy."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from assistant.cli import main
from corpus.loader import load_corpus
from index.builder import build
from index.errors import NoIndexError
from index.integrity_check import CheckReport, Problem, ProblemKind, check
from index.storage.file_system import Disk
from index.storage.generation import Generation
from index.storage.payload import Payload
from index.storage.segments.segment_list import SegmentList
from index.storage.store import Store
from tests.conftest import WordEncoder, columns_of

ENTRIES = ("printer", "scanner", "telephone")


@pytest.fixture
def store(tmp_path: Path, words: WordEncoder) -> Store:
    articles = tmp_path / "articles"
    articles.mkdir()
    for name in ENTRIES:
        (articles / f"{name}.md").write_text(f"## {name}\n\nRestart the {name}.\n", encoding="utf-8")
    store = Store(tmp_path / "built")
    build(load_corpus(articles), words, store)
    return store


def publish_changed(store: Store, changes: dict[str, Payload], **facts: object) -> Generation:
    """Publish the current generation anew with other files, as a builder with a bug would."""
    current = store.current()
    files: dict[str, Payload] = {name: bytes(current.bytes_of(name)) for name in current.names}
    return store.publish(files | changes, {**current.facts, **facts}, rows=current.all_rows())


def publish_rows(store: Store, **changes: npt.NDArray[Any]) -> None:
    """Publish the current generation anew with other rows of its entries."""
    current = store.current()
    files: dict[str, Payload] = {name: bytes(current.bytes_of(name)) for name in current.names}
    store.publish(files, current.facts, rows=SegmentList.of_one({**columns_of(current), **changes}))


def lines_with(store: Store, old: bytes, new: bytes) -> npt.NDArray[np.uint8]:
    return np.frombuffer(columns_of(store.current())["lines"].tobytes().replace(old, new), np.uint8)


def problems_of(store: Store) -> list[tuple[ProblemKind, str]]:
    return [(problem.kind, problem.description) for problem in check(store).problems]


def test_an_intact_index_has_no_problems(store: Store, words: WordEncoder) -> None:
    current = store.current_id()
    assert current is not None
    passages = store.current().facts["counts"]["passages"]
    assert check(store, open_encoder=lambda: words) == CheckReport(
        current, (current,), 3, passages, passages, encoded=passages, problems=()
    )


def test_without_an_index_there_is_nothing_to_check(tmp_path: Path) -> None:
    with pytest.raises(NoIndexError, match='run "assistant build"'):
        check(Store(tmp_path))


def test_a_damaged_file_is_named_with_the_remedy(store: Store) -> None:
    path = store.current().path / "articles.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    (problem,) = check(store).problems
    assert (problem.kind, problem.where) == (ProblemKind.UNREADABLE, "current")
    assert problem.description.startswith(f"{path} is damaged (expected ")
    assert "run" not in problem.description
    assert problem.remedy.startswith('run "assistant rollback"')


@pytest.mark.parametrize(
    ("name", "array"),
    [
        ("postings.safetensors", "lengths"),
        ("spelling.safetensors", "counts"),
        ("clauses.safetensors", "rows"),
        ("languages.safetensors", "codes"),
    ],
)
def test_a_deep_check_finds_what_was_counted_wrongly_and_says_that_a_build_would_carry_it_over(
    store: Store, words: WordEncoder, name: str, array: str
) -> None:
    arrays = dict(store.current().arrays(name))
    current = publish_changed(store, {name: {**arrays, array: arrays[array] + 1}})
    assert check(store).problems == ()
    (problem,) = check(store, open_encoder=lambda: words).problems
    assert (problem.kind, problem.where) == (ProblemKind.TEXT, current.generation_id)
    assert problem.description == f"{name} is not what is computed of the entries"
    assert problem.remedy == f'remove {store.root}, then run "assistant build"'
    shutil.rmtree(store.root)
    assert build(load_corpus(store.root.parent / "articles"), words, store).published
    assert check(store, open_encoder=lambda: words).problems == ()


def test_a_deep_check_leaves_to_the_next_build_what_other_code_has_counted(store: Store, words: WordEncoder) -> None:
    arrays = dict(store.current().arrays("spelling.safetensors"))
    publish_changed(store, {"spelling.safetensors": {**arrays, "counts": arrays["counts"] + 1}}, code="another")
    assert check(store, open_encoder=lambda: words).problems == ()


def test_a_damaged_generation_that_is_not_searched_is_named_with_its_folder(store: Store) -> None:
    old = store.current()
    publish_changed(store, {"more.bin": b"1"})
    (old.path / "articles.jsonl").unlink()
    (problem,) = check(store).problems
    assert (problem.where, problem.remedy) == (old.generation_id, f"remove {old.path}, which is not searched")


def test_a_missing_pointer_is_a_problem(store: Store) -> None:
    (store.root / "current").unlink()
    (problem,) = check(store).problems
    assert problem == Problem(
        ProblemKind.UNREADABLE,
        "pointer",
        f"{store.root / 'current'} is missing",
        'run "assistant rollback" to point at the newest intact generation',
    )


def test_counts_are_compared_with_the_manifest(store: Store) -> None:
    passages = store.current().facts["counts"]["passages"]
    counts = {"articles": 3, "entries": 4, "passages": passages + 1}
    publish_changed(store, {}, counts=counts)
    assert problems_of(store) == [
        (ProblemKind.COUNTS, f"3 entries of 3 articles, but its manifest says {counts}"),
        (ProblemKind.COUNTS, f"{passages} passages, but its manifest says {passages + 1}"),
    ]


def test_two_entries_of_one_id_are_found(store: Store) -> None:
    publish_rows(store, lines=lines_with(store, b"scanner#scanner", b"printer#printer"))
    assert problems_of(store) == [
        (ProblemKind.ENTRIES, 'two entries have the id "printer#printer"'),
        (ProblemKind.ENTRIES, 'entry "printer#printer" is filed under the article "scanner"'),
    ]


def test_an_entry_without_a_passage_is_found(store: Store) -> None:
    counts = columns_of(store.current())["passage_counts"]
    publish_rows(store, passage_counts=np.array([counts[0], counts[1] + counts[2], 0], np.int32))
    description = "passages that belong to no entry or field, or entries without a passage"
    assert problems_of(store) == [(ProblemKind.PASSAGES, description)]


@pytest.mark.parametrize("value", [np.nan, np.inf, 2.0], ids=str)
def test_a_vector_that_is_not_finite_and_of_length_one_is_found(store: Store, value: float) -> None:
    vectors = columns_of(store.current())["vectors"]
    vectors[1, 0] = value
    publish_rows(store, vectors=vectors)
    assert problems_of(store) == [(ProblemKind.VECTORS, "1 vectors that are not finite and of length 1")]


def test_missing_vectors_are_found(store: Store) -> None:
    publish_rows(store, vectors=columns_of(store.current())["vectors"][:-1])
    ((kind, description),) = problems_of(store)
    assert kind is ProblemKind.MALFORMED
    assert description.startswith("its files do not fit together (IndexError(")


def test_files_that_do_not_fit_together_are_a_problem_and_no_crash(store: Store) -> None:
    publish_changed(store, {"articles.jsonl": b"{}\n"})
    ((kind, description),) = problems_of(store)
    assert kind is ProblemKind.MALFORMED
    assert description.startswith("its files do not fit together")


def test_vectors_of_other_texts_are_found_by_encoding_again(store: Store, words: WordEncoder) -> None:
    vectors = columns_of(store.current())["vectors"]
    vectors[[0, -1]] = vectors[[-1, 0]]
    publish_rows(store, vectors=vectors)
    assert problems_of(store) == []
    deep = check(store, open_encoder=lambda: words)
    assert [(problem.kind, problem.description) for problem in deep.problems] == [
        (ProblemKind.ENCODER, 'the vectors of "printer#printer" are not those that words gives'),
        (ProblemKind.ENCODER, 'the vectors of "telephone#telephone" are not those that words gives'),
    ]


def test_passages_of_another_text_are_found_by_encoding_again(store: Store, words: WordEncoder) -> None:
    publish_rows(store, lines=lines_with(store, b"Restart the scanner", b"Discard the scanner"))
    (problem,) = check(store, open_encoder=lambda: words).problems
    assert problem == Problem(
        ProblemKind.TEXT,
        store.current_id() or "",
        'the passages of "scanner#scanner" are not those of its text',
        'run "assistant build"',
    )


def test_the_command_exits_with_one_and_names_the_remedy(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--index", str(store.root)]) == 0
    assert "problems: 0\n" in capsys.readouterr().out
    (store.current().path / "articles.jsonl").write_bytes(b"")
    assert main(["check", "--index", str(store.root), "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert (report["ok"], report["current"], len(report["problems"])) == (False, None, 1)
    assert main(["check", "--index", str(store.root)]) == 1
    printed = capsys.readouterr().out
    assert "articles.jsonl is damaged" in printed
    assert printed.count('run "assistant rollback"') == 1
    assert printed.endswith("problems: 1\n")


def test_the_command_prints_each_problem_with_its_own_remedy(store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    old = store.current()
    publish_changed(store, {"more.bin": b"1"})
    (old.path / "articles.jsonl").unlink()
    assert main(["check", "--index", str(store.root)]) == 1
    first = capsys.readouterr().out.splitlines()[0]
    assert first.endswith(f"; remove {old.path}, which is not searched")
    assert "rollback" not in first


class PruningDisk(Disk):
    """A build removes the oldest generation just when it has been listed."""

    def __init__(self, root: Path) -> None:
        self.oldest = min((root / "generations").iterdir())

    def names(self, folder: Path) -> list[str]:
        names = super().names(folder)
        shutil.rmtree(self.oldest, ignore_errors=True)
        return names


def test_a_generation_that_a_build_removes_meanwhile_is_no_problem(store: Store) -> None:
    current = publish_changed(store, {"more.bin": b"1"})
    assert check(Store(store.root, disk=PruningDisk(store.root))).problems == ()
    publish_changed(store, {"more.bin": b"2"})
    listed = Store(store.root, disk=PruningDisk(store.root)).generations()
    assert [each.problem for each in listed] == [None]
    assert current.generation_id not in {each.generation_id for each in listed}


def test_a_check_reads_again_what_this_process_has_found_intact_before(store: Store) -> None:
    """Bytes that rot on the disk leave the file's size and time of change as they are."""
    with store.current() as generation:
        generation.verify()
        (path,) = generation.segment_files
    before, content = path.stat(), path.read_bytes()
    path.write_bytes(content[:100] + bytes([content[100] ^ 1]) + content[101:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with store.current() as generation:
        generation.verify()  # known
    (problem,) = check(store).problems
    assert (problem.kind, problem.where) == (ProblemKind.UNREADABLE, "current")
    assert f"{path} is damaged" in problem.description
