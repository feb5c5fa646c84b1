"""Articles of other formats are imported as Markdown with the same entries."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.cli import main
from assistant.publishing.article_import import Outcome, import_articles
from corpus.article import Entry, Span
from corpus.labels import Labels
from corpus.loader import load_corpus

PAGE = """\
<h1>Kettle errors</h1><h2>Power</h2>
<h3>Error: no current</h3><p>Push the <b>plug</b> in.</p><div class=warning><p>Wet hands!</p><p>Dry them.</p></div>
<h3 id="off">It switches off</h3><ol><li>Fill it.<ul><li>to the mark</li></ul></li><li>Try again.</li></ol>
<pre>```
odd
```</pre>
"""


def entries(root: Path) -> list[Entry]:
    return [replace(entry, span=Span(None, None)) for entry in load_corpus(root).entries]


def outcomes(source: Path, to: Path, *, force: bool = False) -> list[Outcome]:
    return [each.outcome for each in import_articles(source, to, labels=Labels(), force=force)]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "kettle.html").write_text(PAGE, encoding="utf-8")
    (folder / "pots.txt").write_text(
        "Pots\n\nError It leaks\nCause Rust\nSolution Buy one.\nError It rings\nSolution Hang it up.\n",
        encoding="utf-8",
    )
    return folder


def test_an_imported_article_has_the_entries_of_its_source(source: Path, tmp_path: Path) -> None:
    assert outcomes(source, tmp_path / "to") == [Outcome.WRITTEN, Outcome.WRITTEN]
    assert entries(tmp_path / "to") == entries(source)


def test_a_second_import_changes_nothing(source: Path, tmp_path: Path) -> None:
    outcomes(source, tmp_path / "to")
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "to").iterdir()}
    assert outcomes(source, tmp_path / "to") == [Outcome.UNCHANGED, Outcome.UNCHANGED]
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "to").iterdir()} == before


def test_a_source_that_changed_is_imported_again_unless_its_article_was_edited(source: Path, tmp_path: Path) -> None:
    outcomes(source, tmp_path / "to")
    (source / "kettle.html").write_text(PAGE.replace("Wet", "Damp"), encoding="utf-8")
    assert outcomes(source, tmp_path / "to") == [Outcome.WRITTEN, Outcome.UNCHANGED]
    article = tmp_path / "to" / "kettle.md"
    article.write_text(article.read_text(encoding="utf-8").replace("Damp", "Moist"), encoding="utf-8")
    assert outcomes(source, tmp_path / "to") == [Outcome.REFUSED, Outcome.UNCHANGED]
    assert "Moist" in article.read_text(encoding="utf-8")
    assert outcomes(source, tmp_path / "to", force=True) == [Outcome.WRITTEN, Outcome.UNCHANGED]


def exported(article_id: str, tmp_path: Path) -> Path:
    """An export of one article in a file of its own."""
    article = {"id": article_id, "title": "Kettle", "body": "<h2>Error: no current</h2><p>Push the plug in.</p>"}
    path = tmp_path / "export.json"
    path.write_text(json.dumps({"articles": [article]}), encoding="utf-8")
    return path


@pytest.mark.parametrize("article_id", ["../pwned", "a/../../pwned", "/tmp/pwned", "a//b", ".hidden", "a/./b"])
def test_an_article_id_that_leads_out_of_the_folder_is_refused(article_id: str, tmp_path: Path) -> None:
    export = exported(article_id, tmp_path)
    (result,) = import_articles(export, tmp_path / "to", labels=Labels())
    assert result.outcome is Outcome.REFUSED
    assert f"which names no file in {tmp_path / 'to'}; correct the id in the export" in result.detail
    assert [path.name for path in tmp_path.rglob("*")] == ["export.json"]


def test_a_link_that_leads_out_of_the_folder_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "to").mkdir()
    (tmp_path / "to" / "export").symlink_to(tmp_path / "outside")
    (result,) = import_articles(exported("kettle", tmp_path), tmp_path / "to", labels=Labels())
    assert result.outcome is Outcome.REFUSED
    assert result.detail.endswith("leads there by a link; remove the link")
    assert list((tmp_path / "outside").iterdir()) == []


def test_an_article_that_cannot_be_written_is_refused_with_the_reason(tmp_path: Path) -> None:
    to = tmp_path / "to"
    to.mkdir()
    (result,) = import_articles(exported("k" * 300, tmp_path), to, labels=Labels())
    assert result.outcome is Outcome.REFUSED
    assert result.detail.endswith(
        f"cannot be written to {to} (File name too long); change its id, or what is in its way"
    )
    (to / "export").rmdir()
    (to / "export").write_bytes(b"")
    (result,) = import_articles(exported("kettle", tmp_path), to, labels=Labels())
    assert (result.outcome, "(File exists)" in result.detail) == (Outcome.REFUSED, True)


def test_a_file_in_place_that_is_not_utf_8_counts_as_edited(tmp_path: Path) -> None:
    to = tmp_path / "to"
    (to / "export").mkdir(parents=True)
    (to / "export" / "kettle.md").write_bytes(b"\xff")
    export = exported("kettle", tmp_path)
    (result,) = import_articles(export, to, labels=Labels())
    assert result.outcome is Outcome.REFUSED
    assert result.detail.endswith("was edited since it was imported; --force overwrites it")
    assert outcomes(export, to, force=True) == [Outcome.WRITTEN]


def test_the_commands_print_their_results(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["import", "source", "--to", "to"]) == 0
    assert capsys.readouterr().out == "written   to/kettle.md\nwritten   to/pots.md\n"
    assert main(["lint", "to/pots.md", "--text-only"]) == 0
    shown = capsys.readouterr()
    hint = '"It leaks", "It rings" have no symptoms; write how people describe the problem'
    assert shown.out == f"to/pots.md:6: hint: {hint} [no-symptoms]\n"
    assert "coverage 100.00%" in shown.err
    (tmp_path / "to" / "bad.md").write_bytes(b"\xff")
    assert main(["lint", "to", "--github", "--text-only"]) == 1
    assert "::error file=to/bad.md,line=1,title=unreadable::is not UTF-8" in capsys.readouterr().out
    assert main(["formats"]) == 0
    assert "Export of a help centre" in capsys.readouterr().out
