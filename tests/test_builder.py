"""A build encodes what has changed, publishes only what differs, and never loses the published generation."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.article import Passage
from corpus.loader import load_corpus
from corpus.passages import passages_of
from index.build_report import BuildReport, Rejected
from index.builder import Options, build, corpus_digest, previous_generation
from index.errors import BuildError
from index.integrity_check import check
from index.models.encoder import Advance, EncoderIdentity
from index.ranking.passage_table import PassageTable
from index.storage.entry_table import EntryTable
from index.storage.generation import PLACES
from index.storage.segments.merging import Policy
from index.storage.store import Store
from tests.conftest import WordEncoder, columns_of

MAIL = """---
title: Mail
tags: [post]
---
## It bounced {#bounced}

**Message:** Address not found

**Solution:** Check the address, then send it again.

## It is late {#late}

**Symptoms:**

- my letter has not arrived

**Solution:** Wait an hour.
"""
VPN = """## Error 809 {#error-809}

**Cause:** A firewall is in the way.

**Solution:** Open port 500.
"""


class Workplace:
    """A folder of articles, an index, and an encoder that records what it encodes."""

    def __init__(self, root: Path, words: WordEncoder) -> None:
        self.articles = root / "articles"
        self.articles.mkdir()
        self.store = Store(root / "built")
        self.words = words
        self.write("mail.md", MAIL)
        self.write("vpn.md", VPN)

    def write(self, name: str, text: str) -> None:
        (self.articles / name).write_text(text, encoding="utf-8")

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.articles / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))

    def build(self) -> BuildReport:
        self.words.texts.clear()
        return build(load_corpus(self.articles), self.words, self.store)

    def passages(self) -> dict[str, Passage]:
        """Return every passage by its digest, in order."""
        entries = load_corpus(self.articles).entries
        count, most = self.words.count_tokens, self.words.identity.max_tokens
        passages = (each for entry in entries for each in passages_of(entry, count_tokens=count, max_tokens=most))
        return {each.digest: each for each in passages}

    def model_inputs(self) -> list[str]:
        """Return every text that is to be encoded, in order."""
        return list(dict.fromkeys(each.model_input for each in self.passages().values()))

    def entry_ids(self) -> list[str]:
        return [entry.entry_id for entry in EntryTable(self.store.current())]


@pytest.fixture
def workplace(tmp_path: Path, words: WordEncoder) -> Workplace:
    return Workplace(tmp_path, words)


def test_the_first_build_encodes_every_segment_once_and_publishes_every_entry(workplace: Workplace) -> None:
    report = workplace.build()
    assert workplace.words.texts == workplace.model_inputs()
    added = ("mail#bounced", "mail#late", "vpn#error-809")
    passages = len(PassageTable(workplace.store.current()))
    encoded = len(workplace.passages())
    assert report == BuildReport(
        workplace.store.current_id() or "", True, True, added, (), (), 0, encoded, passages - encoded, rejected=()
    )
    assert workplace.entry_ids() == ["mail#bounced", "mail#late", "vpn#error-809"]


def test_an_edit_to_one_entry_encodes_that_entrys_changed_segment_and_no_others(workplace: Workplace) -> None:
    workplace.build()
    before = workplace.passages()
    workplace.edit("mail.md", "my letter has not arrived", "nobody has seen my letter")
    report = workplace.build()
    new = [each for digest, each in workplace.passages().items() if digest not in before]
    assert workplace.words.texts == list(dict.fromkeys(each.model_input for each in new))
    assert {each.entry_id for each in new} == {"mail#late"}
    assert "nobody has seen my letter" in [each.text for each in new]
    assert (report.added, report.changed, report.removed, report.unchanged) == ((), ("mail#late",), (), 2)
    assert report.encoded == len(new)
    assert report.encoded + report.reused == len(PassageTable(workplace.store.current()))


def test_an_incremental_build_writes_the_same_bytes_as_a_build_from_nothing(
    workplace: Workplace, tmp_path: Path
) -> None:
    workplace.build()
    workplace.edit("mail.md", "Wait an hour.", "Wait a day.")
    workplace.write("new.md", "## A new one {#new}\n\nDo this.\n")
    workplace.build()
    build(load_corpus(workplace.articles), workplace.words, Store(tmp_path / "fresh"))
    incremental, fresh = workplace.store.current(), Store(tmp_path / "fresh").current()
    differing = ("changes",)  # since the build before, which the fresh one does not have
    assert {name: each for name, each in incremental.facts.items() if name not in differing} == {
        name: each for name, each in fresh.facts.items() if name not in differing
    }
    assert incremental.names == fresh.names
    differing_files = [name for name in fresh.names if incremental.bytes_of(name) != fresh.bytes_of(name)]
    assert set(differing_files) <= {PLACES}
    ours, theirs = columns_of(incremental), columns_of(fresh)
    assert ours.keys() == theirs.keys()
    assert [name for name, array in theirs.items() if ours[name].tobytes() != array.tobytes()] == []


def test_an_unchanged_corpus_publishes_nothing_and_encodes_nothing(workplace: Workplace) -> None:
    first = workplace.build()
    again = workplace.build()
    assert workplace.words.texts == []
    assert again == BuildReport(first.generation_id, False, False, (), (), (), 3, 0, 0, rejected=())
    assert [each.generation_id for each in workplace.store.generations()] == [first.generation_id]


def test_an_edit_that_is_undone_brings_the_old_entry_back(workplace: Workplace) -> None:
    first = workplace.build()
    workplace.edit("vpn.md", "Open port 500.", "Open port 4500.")
    workplace.build()
    workplace.edit("vpn.md", "Open port 4500.", "Open port 500.")
    report = workplace.build()
    assert (report.published, report.changed) == (True, ("vpn#error-809",))
    assert list(EntryTable(workplace.store.current())) == list(EntryTable(workplace.store.open(first.generation_id)))


def test_a_renamed_article_has_new_ids_and_encodes_nothing(workplace: Workplace) -> None:
    workplace.build()
    (workplace.articles / "vpn.md").rename(workplace.articles / "tunnel.md")
    workplace.edit("tunnel.md", "## Error", "# vpn\n\n## Error")  # its title was its file's name
    report = workplace.build()
    assert (report.added, report.removed, report.unchanged) == (("tunnel#error-809",), ("vpn#error-809",), 2)
    assert (workplace.words.texts, report.encoded) == ([], 0)


def test_a_deleted_article_is_gone(workplace: Workplace) -> None:
    workplace.build()
    (workplace.articles / "mail.md").unlink()
    report = workplace.build()
    assert (report.removed, report.unchanged, report.encoded) == (("mail#bounced", "mail#late"), 1, 0)
    assert workplace.entry_ids() == ["vpn#error-809"]
    assert workplace.store.current().facts["counts"] == {"articles": 1, "entries": 1, "passages": report.reused}


def test_an_entry_that_only_moved_down_its_file_is_unchanged_and_has_its_new_lines(workplace: Workplace) -> None:
    workplace.build()
    workplace.edit("vpn.md", "## Error 809", "A word about it.\n\n## Error 809")
    report = workplace.build()
    assert (report.published, report.changed, report.unchanged, report.encoded) == (True, (), 3, 0)
    span = EntryTable(workplace.store.current()).entry(2).span
    assert (span.first_line, span.last_line) == (3, 7)


def test_a_change_of_the_front_matter_is_published_without_encoding(workplace: Workplace) -> None:
    workplace.build()
    workplace.edit("mail.md", "tags: [post]", "tags: [post, letters]")
    report = workplace.build()
    assert (report.published, report.changed, report.unchanged, workplace.words.texts) == (True, (), 3, [])
    assert EntryTable(workplace.store.current()).articles[0].tags == ("post", "letters")


def test_a_draft_is_indexed_once_it_is_no_longer_one(workplace: Workplace) -> None:
    workplace.edit("mail.md", "title: Mail", "title: Mail\ndraft: true")
    assert workplace.build().added == ("vpn#error-809",)
    assert workplace.store.current().facts["counts"]["articles"] == 1
    workplace.edit("mail.md", "draft: true", "draft: false")
    assert workplace.build().added == ("mail#bounced", "mail#late")
    workplace.edit("mail.md", "draft: false", "draft: true")
    assert workplace.build().removed == ("mail#bounced", "mail#late")


def test_an_article_without_entries_is_named_with_how_many_are_missing(workplace: Workplace) -> None:
    workplace.build()
    workplace.write("mail.md", "# No entry in it\n")
    report = workplace.build()
    (rejected,) = report.rejected
    assert rejected == Rejected("mail.md", rejected.message, 2)
    assert rejected.message.startswith("mail.md:")
    assert report.removed == ("mail#bounced", "mail#late")
    assert workplace.entry_ids() == ["vpn#error-809"]
    assert workplace.store.current().facts["rejected"] == [["mail.md", rejected.message, 2, 0]]


def test_an_article_that_stays_broken_is_still_named_and_nothing_is_published_again(workplace: Workplace) -> None:
    workplace.build()
    workplace.write("mail.md", "# No entry in it\n")
    broken = workplace.build()
    again = workplace.build()
    assert again.rejected == broken.rejected
    assert again.rejected[0].entries == 2
    assert (again.published, again.generation_id) == (False, broken.generation_id)


def test_a_repaired_article_is_indexed_again_and_no_longer_named(workplace: Workplace) -> None:
    workplace.build()
    workplace.write("mail.md", "# No entry in it\n")
    workplace.build()
    workplace.write("mail.md", MAIL)
    report = workplace.build()
    assert (report.added, report.rejected) == (("mail#bounced", "mail#late"), ())
    assert workplace.store.current().facts["rejected"] == []


def test_for_an_article_that_was_never_indexed_no_entries_are_missing(workplace: Workplace) -> None:
    workplace.write("new.md", "# No entry in it\n")
    assert [(each.source, each.entries) for each in workplace.build().rejected] == [("new.md", 0)]


def test_without_any_entry_nothing_is_published_and_the_old_generation_stays(workplace: Workplace) -> None:
    first = workplace.build()
    for path in workplace.articles.iterdir():
        path.unlink()
    with pytest.raises(BuildError, match=r"no entry to index; write an article \(see corpus/README.md\)"):
        workplace.build()
    workplace.write("mail.md", "# No entry in it\n")
    with pytest.raises(BuildError, match=r"all articles are rejected, the first one: mail.md: has no entry"):
        workplace.build()
    assert workplace.store.current_id() == first.generation_id
    assert workplace.entry_ids() == list(first.added)


def test_another_encoder_encodes_everything_again(workplace: Workplace) -> None:
    first = workplace.build()
    workplace.words = WordEncoder("other words")
    report = workplace.build()
    assert workplace.words.texts == workplace.model_inputs()
    assert (report.published, report.encoded, report.unchanged) == (True, first.encoded, 3)
    assert workplace.store.current().facts["encoder"] == {
        "name": "other words",
        "fingerprint": workplace.words.identity.fingerprint,
    }


def test_the_same_encoder_under_another_name_reuses_the_vectors(workplace: Workplace) -> None:
    workplace.build()
    same = WordEncoder()
    same.identity = EncoderIdentity("words, elsewhere", same.identity.fingerprint, 4096, 64)
    workplace.words = same
    report = workplace.build()
    assert (report.published, report.encoded, same.texts) == (True, 0, [])
    assert workplace.store.current().facts["encoder"]["name"] == "words, elsewhere"


@pytest.mark.parametrize(("most", "segments"), [(1, 1), (2, 2)])
def test_an_edit_adds_a_segment_unless_there_would_be_too_many(workplace: Workplace, most: int, segments: int) -> None:
    workplace.build()
    workplace.edit("vpn.md", "Open port 500.", "Open port 4500.")
    options = Options(merging=Policy(most=most, dead=1.0))
    report = build(load_corpus(workplace.articles), workplace.words, workplace.store, options=options)
    assert report.changed == ("vpn#error-809",)
    assert len(workplace.store.current().segments) == segments
    assert EntryTable(workplace.store.current()).entry(2).entry_id == "vpn#error-809"


def test_rows_of_a_damaged_segment_are_never_taken_over(workplace: Workplace) -> None:
    first = workplace.build()
    (segment,) = (workplace.store.root / "generations" / first.generation_id).glob("*.segment")
    content = bytearray(segment.read_bytes())
    content[content.index(b"Open port")] ^= 1
    segment.write_bytes(content)
    workplace.edit("mail.md", "Wait an hour.", "Wait a day.")
    report = workplace.build()
    assert (report.encoded, report.added, report.reused) == (first.encoded, first.added, 0)
    assert check(workplace.store).problems[1:] == ()


def test_after_a_damaged_generation_everything_is_built_again(workplace: Workplace) -> None:
    first = workplace.build()
    (workplace.store.root / "generations" / first.generation_id / "articles.jsonl").write_bytes(b"{}")
    assert previous_generation(workplace.store) is None
    report = workplace.build()
    assert (report.published, report.encoded, report.added) == (True, first.encoded, first.added)
    assert workplace.entry_ids() == list(first.added)


def test_progress_reaches_its_total_also_where_little_is_encoded(workplace: Workplace) -> None:
    totals: list[int] = []
    done: list[int] = []

    def start(total: int) -> Advance:
        totals.append(total)
        return done.append

    workplace.build()
    workplace.edit("mail.md", "Wait an hour.", "Wait a day.")
    report = build(load_corpus(workplace.articles), workplace.words, workplace.store, start_progress=start)
    assert totals == [sum(done)] == [report.encoded + report.reused]


def test_the_digest_of_a_corpus_depends_on_what_is_indexed(workplace: Workplace) -> None:
    digests = [corpus_digest(load_corpus(workplace.articles))]
    workplace.edit("mail.md", "tags: [post]", "tags: [letters]")
    digests.append(corpus_digest(load_corpus(workplace.articles)))
    workplace.edit("mail.md", "Wait an hour.", "Wait two hours.")
    digests.append(corpus_digest(load_corpus(workplace.articles)))
    workplace.edit("mail.md", "tags: [letters]", "tags: [post]")
    workplace.edit("mail.md", "Wait two hours.", "Wait an hour.")
    assert len(set(digests)) == 3
    assert corpus_digest(load_corpus(workplace.articles)) == digests[0]
