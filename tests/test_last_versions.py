"""A half-written entry harms only itself: its last whole version stays searchable until it is whole again or gone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.publishing.rebuild import rebuild, rejection_lines
from assistant.settings import Settings
from corpus.article import Entry
from corpus.entry_runs import ArticleEntries, EntryRuns, article_id_of, runs_of
from corpus.errors import ArticleError
from corpus.last_versions import Readable, with_last_versions
from index.build_report import Rejected
from index.builder import Options
from index.errors import BuildError
from index.storage.entry_table import EntryTable
from index.storage.store import Store
from tests.conftest import WordEncoder, parse_article

LID = "## The lid is open {#lid}\n\n**Message:** Error 8\n\n**Solution:** Close the lid.\n\n"
SEAL = "## It leaks {#seal}\n\n**Message:** Error 7\n\n**Solution:** Change the seal.\n\n"
LIME = "## It is loud {#lime}\n\n**Solution:** Rinse it.\n\n"


@pytest.fixture
def settings(tmp_path: Path, words: WordEncoder) -> Settings:
    settings = Settings(corpus=tmp_path / "articles", index=tmp_path / "built")
    settings.corpus.mkdir()
    write(settings, LID + SEAL + LIME)
    (settings.corpus / "fax.md").write_text("## No tone {#tone}\n\nPlug it in.\n", encoding="utf-8")
    rebuild(settings, lambda: words)
    return settings


def write(settings: Settings, text: str) -> None:
    (settings.corpus / "kettle.md").write_text(text, encoding="utf-8")


def entries(settings: Settings) -> dict[str, Entry]:
    return {entry.entry_id.partition("#")[2]: entry for entry in EntryTable(Store(settings.index).current())}


def edited(settings: Settings) -> list[str]:
    return [name for name, entry in entries(settings).items() if entry.being_edited]


@pytest.mark.parametrize(
    ("half_written", "line"),
    [
        (SEAL.replace("**Solution:** Change the seal.", ""), 7),
        (SEAL.replace("Change the seal.", "Change it:\n\n```\nseal --new"), 13),
        (SEAL.replace("{#seal}", "{#seal}").replace("**Solution:** Change the seal.", "**Cause:** It is old."), 7),
    ],
    ids=["no solution", "open fence", "cause only"],
)
def test_a_half_written_entry_stays_as_it_was_and_the_others_change(
    settings: Settings, words: WordEncoder, half_written: str, line: int
) -> None:
    before = entries(settings)
    write(settings, LID.replace("Close", "Shut") + half_written + LIME.replace("Rinse", "Clean"))
    report = rebuild(settings, lambda: words)
    assert (report.changed, report.removed) == (("kettle#lid", "kettle#lime"), ())
    (rejected,) = report.rejected
    assert (rejected.source, rejected.entries, rejected.being_edited) == ("kettle.md", 0, 1)
    assert rejected.message.startswith(f"kettle.md:{line}: ")
    now = entries(settings)
    assert list(now) == ["tone", "lid", "seal", "lime"]
    assert edited(settings) == ["seal"]
    assert now["seal"].solutions == before["seal"].solutions
    assert now["seal"].span.first_line == line
    assert not rebuild(settings, lambda: words).written


def test_of_two_entries_with_one_id_the_whole_one_stands_once(settings: Settings, words: WordEncoder) -> None:
    write(settings, LID + SEAL.replace("Change", "Clean") + SEAL + LIME)
    (rejected,) = rebuild(settings, lambda: words).rejected
    assert rejected.being_edited == 0
    assert [entry.entry_id for entry in EntryTable(Store(settings.index).current())] == [
        *("fax#tone", "kettle#lid", "kettle#seal", "kettle#lime")
    ]
    assert edited(settings) == []


def test_an_entry_that_is_whole_again_loses_the_mark(settings: Settings, words: WordEncoder) -> None:
    write(settings, LID + SEAL.replace("**Solution:** Change the seal.", "") + LIME)
    rebuild(settings, lambda: words)
    write(settings, LID + SEAL.replace("Change", "Replace") + LIME)
    report = rebuild(settings, lambda: words)
    assert (report.changed, report.rejected, edited(settings)) == (("kettle#seal",), (), [])


def test_an_entry_that_is_deleted_while_another_is_edited_is_gone(settings: Settings, words: WordEncoder) -> None:
    write(settings, SEAL.replace("**Solution:** Change the seal.", "") + LIME)
    assert rebuild(settings, lambda: words).removed == ("kettle#lid",)
    write(settings, LIME)
    report = rebuild(settings, lambda: words)
    assert (report.removed, report.rejected) == (("kettle#seal",), ())


def test_of_the_only_entry_of_an_article_the_last_version_stays(settings: Settings, words: WordEncoder) -> None:
    write(settings, "# Kettles\n\n## It leaks {#seal}\n\n**Message:** Error 7\n")
    report = rebuild(settings, lambda: words)
    assert (report.removed, edited(settings)) == (("kettle#lid", "kettle#lime"), ["seal"])


def test_an_entry_without_an_id_in_braces_stays_too(settings: Settings, words: WordEncoder) -> None:
    plain = "## Door\n\n**Message:** Error 9\n\n**Solution:** Close it.\n\n## Hinge\n\n**Solution:** Oil it.\n"
    write(settings, plain)
    rebuild(settings, lambda: words)
    write(settings, plain.replace("**Solution:** Close it.\n", ""))
    report = rebuild(settings, lambda: words)
    assert (report.removed, edited(settings), len(report.rejected)) == ((), ["error-9"], 1)
    (settings.corpus / "new.md").write_text("## Bolt\n\n**Message:** Error 3\n\n## Nut\n\nTurn it.\n", encoding="utf-8")
    assert len(rebuild(settings, lambda: words).rejected) == 1  # what never was an entry is none


@pytest.mark.parametrize("content", [b"\xff", b"---\ntitle: [\n---\n## A\n\nb\n", b"", b"a\0b"])
def test_an_article_that_cannot_be_read_stays_as_it_was_until_it_is_deleted(
    settings: Settings, words: WordEncoder, content: bytes
) -> None:
    path = settings.corpus / "kettle.md"
    path.write_bytes(content)
    report = rebuild(settings, lambda: words)
    (rejected,) = report.rejected
    assert rejected == Rejected("kettle.md", rejected.message, 0, 3)
    assert (report.removed, edited(settings)) == ((), ["lid", "seal", "lime"])
    assert rejection_lines(report, settings)[0].endswith("(entries that stay as they were until then: 3)")
    path.unlink()
    assert rebuild(settings, lambda: words).removed == ("kettle#lid", "kettle#seal", "kettle#lime")


def test_a_folder_that_becomes_unreadable_keeps_its_articles(settings: Settings, words: WordEncoder) -> None:
    folder = settings.corpus / "office"
    folder.mkdir()
    (folder / "desk.md").write_text("## It wobbles {#wobble}\n\nFold a paper.\n", encoding="utf-8")
    rebuild(settings, lambda: words)
    folder.rename(settings.corpus.parent / "elsewhere")
    folder.symlink_to(settings.corpus.parent / "elsewhere")
    report = rebuild(settings, lambda: words)
    assert (report.removed, edited(settings)) == ((), ["wobble"])
    assert [(each.source, each.being_edited) for each in report.rejected] == [("office", 1)]


def test_a_draft_takes_an_article_offline_also_with_a_half_written_entry(
    settings: Settings, words: WordEncoder
) -> None:
    write(settings, "---\ndraft: true\n---\n" + LID + SEAL.replace("**Solution:** Change the seal.", ""))
    assert rebuild(settings, lambda: words).removed == ("kettle#lid", "kettle#seal", "kettle#lime")


def test_a_row_without_a_solution_stays_as_it_was(settings: Settings, words: WordEncoder) -> None:
    table = settings.corpus / "codes.csv"
    table.write_text("id,Message,Solution\ne1,Error 1,Rinse.\ne2,Error 2,Wait.\n", encoding="utf-8")
    rebuild(settings, lambda: words)
    table.write_text("id,Message,Solution\ne1,Error 1,Scrub.\ne2,Error 2,\n", encoding="utf-8")
    report = rebuild(settings, lambda: words)
    assert (report.changed, report.removed, edited(settings)) == (("codes#e1",), (), ["e2"])


def test_strict_publishes_nothing_with_a_half_written_entry(settings: Settings, words: WordEncoder) -> None:
    write(settings, LID + SEAL.replace("**Solution:** Change the seal.", "") + LIME)
    with pytest.raises(BuildError, match=r'kettle\.md:7: the entry "It leaks" has no solution.*--strict'):
        rebuild(settings, lambda: words, options=Options(strict=True))
    assert edited(settings) == []


class Unread(ArticleEntries):
    """Entries that are not to be read."""

    def __init__(self, article_id: str) -> None:
        self.article_id = article_id

    def __len__(self) -> int:
        return 2

    def _entry(self, at: int) -> Entry:
        raise AssertionError(f"entry {at} of {self.article_id} was read")


def test_of_articles_that_no_error_concerns_no_entry_is_read() -> None:
    (kettle, own), (fax, _) = (
        parse_article(text, name) for text, name in ((LID + SEAL, "kettle.md"), (LIME, "fax.md"))
    )
    error = ArticleError("kettle.md", "has no solution", line=3, concerns="kettle#seal")
    now = Readable((fax, kettle), EntryRuns([Unread("fax"), own[:1]]), ())
    gone = replace(fax, article_id="gone", source="gone.md")
    last = [(fax, Unread("fax")), (gone, Unread("gone")), (kettle, own)]
    kept = with_last_versions(now, last, unfinished=[error])
    assert [article_id_of(run) for run in runs_of(kept.entries)] == ["fax", "kettle"]
    assert [(each.entry_id, each.being_edited) for each in kept.entries[2:]] == [
        ("kettle#lid", False),
        ("kettle#seal", True),
    ]
    assert with_last_versions(now, last, unfinished=()).entries is now.entries
