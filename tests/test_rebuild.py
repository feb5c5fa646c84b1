"""A build publishes changes, publishes nothing if nothing changed, and leaves the index as it was if it fails."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from assistant.cli import main
from assistant.publishing.rebuild import rebuild, rejection_lines, report_lines
from assistant.settings import Settings
from corpus.errors import NoArticlesError
from index.build_report import BuildReport, Origin, Rejected
from index.builder import Options
from index.errors import BuildError
from index.integrity_check import check
from index.models.encoder import Advance, Encoded
from index.storage.payload import Payload
from index.storage.store import Store
from tests.conftest import WordEncoder


def article(name: str, verb: str = "Restart") -> str:
    return f"## {name}\n\n{verb} the {name}.\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name in ("printer", "scanner"):
        (folder / f"{name}.md").write_text(article(name), encoding="utf-8")
    return Settings(corpus=folder, index=tmp_path / "built")


def write(settings: Settings, name: str, text: str) -> None:
    (settings.corpus / f"{name}.md").write_text(text, encoding="utf-8")


def test_without_publishing_the_previous_generation_stays_current(settings: Settings, words: WordEncoder) -> None:
    before = rebuild(settings, lambda: words)
    write(settings, "fax", article("fax"))
    report = rebuild(settings, lambda: words, options=Options(publish=False))
    store = Store(settings.index)
    assert (report.written, report.published, report.added) == (True, False, ("fax#fax",))
    assert store.current_id() == before.generation_id
    assert report_lines(report)[-1] == (
        f'it is not searched yet; "assistant rollback {report.generation_id}" makes it current'
    )
    assert main(["rollback", report.generation_id, "--index", str(settings.index)]) == 0
    assert store.current_id() == report.generation_id


def test_unchanged_articles_publish_nothing_even_if_the_files_are_newer(settings: Settings, words: WordEncoder) -> None:
    first = rebuild(settings, lambda: words)
    for path in settings.corpus.iterdir():
        os.utime(path, (1, 1))
    again = rebuild(settings, lambda: words)
    assert (again.written, again.generation_id) == (False, first.generation_id)
    assert report_lines(again) == [f"generation {first.generation_id}: nothing has changed"]


def test_a_change_is_detected_by_content_not_by_time_or_size(settings: Settings, words: WordEncoder) -> None:
    rebuild(settings, lambda: words)
    path = settings.corpus / "printer.md"
    before = path.stat()
    path.write_text(article("printer", "Replace"), encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size
    assert rebuild(settings, lambda: words).changed == ("printer#printer",)


def test_an_article_that_breaks_is_named_and_stays_as_it_was_until_it_is_corrected(
    settings: Settings, words: WordEncoder
) -> None:
    rebuild(settings, lambda: words)
    (settings.corpus / "printer.md").write_bytes(b"\xff")
    broken = rebuild(settings, lambda: words)
    rejected = Rejected("printer.md", "printer.md:1: is not UTF-8 from here on; save it as UTF-8", 0, 1)
    assert (broken.removed, broken.unchanged, broken.rejected) == ((), 2, (rejected,))
    (line,) = rejection_lines(broken, settings)
    assert line.startswith(f"left out: {settings.corpus}/printer.md:1: is not UTF-8 from here on; save it as UTF-8 ")
    assert line.endswith("(entries that stay as they were until then: 1)")
    again = rebuild(settings, lambda: words)
    assert (again.written, again.rejected) == (False, (rejected,))
    write(settings, "scanner", article("scanner", "Replace"))
    assert rebuild(settings, lambda: words).rejected == (rejected,)
    write(settings, "printer", article("printer"))
    mended = rebuild(settings, lambda: words)
    assert (mended.written, mended.changed, mended.rejected) == (True, (), ())


def test_a_build_that_waits_for_another_reads_the_articles_after_it(settings: Settings, words: WordEncoder) -> None:
    """Otherwise the older of two edits could be published last."""
    reports: list[BuildReport] = []
    waiting = threading.Thread(target=lambda: reports.append(rebuild(settings, lambda: words)))
    with Store(settings.index).writer():
        waiting.start()
        time.sleep(0.5)
        write(settings, "fax", article("fax"))
    waiting.join()
    assert reports[0].added == ("fax#fax", "printer#printer", "scanner#scanner")


def test_strict_publishes_nothing_if_an_article_is_broken(settings: Settings, words: WordEncoder) -> None:
    before = rebuild(settings, lambda: words)
    (settings.corpus / "printer.md").write_bytes(b"\xff")
    with pytest.raises(BuildError, match=r"printer.md:1: is not UTF-8 .*; nothing was published"):
        rebuild(settings, lambda: words, options=Options(strict=True))
    assert Store(settings.index).current_id() == before.generation_id
    command = ["build", "--strict", "--corpus", str(settings.corpus), "--index", str(settings.index)]
    assert main(command) == 1


def test_an_empty_corpus_is_never_published(settings: Settings, words: WordEncoder) -> None:
    before = rebuild(settings, lambda: words)
    shutil.rmtree(settings.corpus)
    with pytest.raises(NoArticlesError, match="does not exist"):
        rebuild(settings, lambda: words)
    settings.corpus.mkdir()
    with pytest.raises(BuildError, match="there is no entry to index"):
        rebuild(settings, lambda: words)
    assert Store(settings.index).current_id() == before.generation_id


def test_without_a_corpus_no_folder_is_made(settings: Settings, words: WordEncoder) -> None:
    shutil.rmtree(settings.corpus)
    with pytest.raises(NoArticlesError, match="does not exist"):
        rebuild(settings, lambda: words)
    assert not settings.index.exists()


def test_as_many_generations_are_kept_as_configured(settings: Settings, words: WordEncoder) -> None:
    for number in range(5):
        write(settings, "fax", article(f"fax {number}"))
        report: BuildReport = rebuild(settings, lambda: words, options=Options(keep=2))
    listed = Store(settings.index).generations()
    assert [each.generation_id[:6] for each in listed] == ["000005", "000004"]
    assert listed[0].generation_id == report.generation_id


def test_an_index_of_another_encoder_is_rebuilt(settings: Settings, words: WordEncoder) -> None:
    first = rebuild(settings, lambda: words)
    others = WordEncoder("others")
    report = rebuild(settings, lambda: others)
    assert (report.written, report.reused, report.unchanged) == (True, 0, 2)
    assert report.encoded == first.encoded


def test_an_index_of_another_version_is_rebuilt(settings: Settings, words: WordEncoder) -> None:
    first = rebuild(settings, lambda: words)
    store = Store(settings.index)
    current = store.current()
    files: dict[str, Payload] = {each: bytes(current.bytes_of(each)) for each in current.names}
    store.publish(files, {**current.facts, "format": 0}, rows=current.all_rows())
    report = rebuild(settings, lambda: words)
    assert (report.written, report.added, report.encoded) == (True, first.added, first.encoded)


def test_a_damaged_index_is_rebuilt(settings: Settings, words: WordEncoder) -> None:
    first = rebuild(settings, lambda: words)
    path = Store(settings.index).current().path / "articles.jsonl"
    path.write_bytes(b"")
    report = rebuild(settings, lambda: words)
    assert (report.written, report.added) == (True, first.added)
    assert Store(settings.index).current().generation_id == report.generation_id


@pytest.mark.parametrize("name", ["entries.safetensors", "articles.jsonl", "passages.safetensors"])
def test_an_index_whose_files_contradict_one_another_is_rebuilt(
    settings: Settings, words: WordEncoder, name: str
) -> None:
    """As a bug of another version could leave them. The command that the message names has to work."""
    first = rebuild(settings, lambda: words)
    store = Store(settings.index)
    current = store.current()
    files: dict[str, Payload] = {each: bytes(current.bytes_of(each)) for each in current.names}
    spoiled: Payload = {"digests": np.zeros((1, 1))} if name.endswith(".safetensors") else b"{}\n"
    store.publish({**files, name: spoiled}, current.facts, rows=current.all_rows())
    write(settings, "fax", article("fax"))
    report = rebuild(settings, lambda: words)
    assert (report.written, report.added) == (True, ("fax#fax", *first.added))
    assert check(store).problems[1:] == ()


class NanEncoder(WordEncoder):
    """Returns vectors of NaN."""

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        encoded = super().encode_tokens(texts, as_query=as_query, advance=advance)
        return Encoded(np.full_like(encoded.vectors, np.nan), encoded.tokens)


def test_vectors_with_nan_are_not_published(settings: Settings) -> None:
    with pytest.raises(BuildError, match="gave vectors that are not finite"):
        rebuild(settings, NanEncoder)
    assert Store(settings.index).current_id() is None


def test_generations_are_listed_newest_first_with_a_mark(
    settings: Settings, words: WordEncoder, capsys: pytest.CaptureFixture[str]
) -> None:
    rebuild(settings, lambda: words)
    write(settings, "fax", article("fax"))
    rebuild(settings, lambda: words)
    assert main(["rollback", "--index", str(settings.index)]) == 0
    capsys.readouterr()
    assert main(["generations", "--index", str(settings.index)]) == 0
    newest, current = capsys.readouterr().out.splitlines()
    assert newest.startswith("  000002-")
    assert newest.endswith("3 entries of 3 articles")
    assert current.startswith("* 000001-")


def test_a_generation_records_who_built_it_and_what_changed(
    settings: Settings, words: WordEncoder, capsys: pytest.CaptureFixture[str]
) -> None:
    rebuild(settings, lambda: words)
    write(settings, "fax", article("fax"))
    (settings.corpus / "scanner.md").unlink()
    rebuild(settings, lambda: words, options=Options(origin=Origin.WATCH))
    write(settings, "printer", article("printer", "Replace"))
    rebuild(settings, lambda: words, options=Options(origin=Origin.PAGE, publish=False))
    assert [
        (each.facts["by"], each.facts["changes"], each.facts["published"])
        for each in Store(settings.index).generations()
    ] == [
        ("page", {"added": 0, "changed": 1, "removed": 0}, False),
        ("watch", {"added": 1, "changed": 0, "removed": 1}, True),
        ("command", {"added": 2, "changed": 0, "removed": 0}, True),
    ]
    assert main(["generations", "--json", "--index", str(settings.index)]) == 0
    assert [each["by"] for each in json.loads(capsys.readouterr().out)] == ["page", "watch", "command"]


def test_another_builder_alone_makes_no_new_generation(settings: Settings, words: WordEncoder) -> None:
    first = rebuild(settings, lambda: words)
    again = rebuild(settings, lambda: words, options=Options(origin=Origin.WATCH))
    assert (again.written, again.generation_id) == (False, first.generation_id)


def test_without_an_index_generations_says_what_to_run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generations", "--index", str(tmp_path / "none")]) == 0
    assert capsys.readouterr().out == f'no generation in {tmp_path / "none"}; run "assistant build"\n'
