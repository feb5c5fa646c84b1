"""A build encodes what changed, publishes what differs, and never loses what was published."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus.article import Passage
from corpus.loader import load_corpus
from corpus.passages import passages_of
from index.build_report import BuildReport, Rejected
from index.builder import build, corpus_digest, previous_generation
from index.errors import BuildError
from index.models.encoder import Advance, EncoderIdentity
from index.ranking.passage_table import PassageTable
from index.storage.entry_table import EntryTable
from index.storage.store import Store
from tests.conftest import WordEncoder

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


class House:
    """A folder of articles, an index and an encoder that counts."""

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
        found = (each for entry in entries for each in passages_of(entry, count_tokens=count, max_tokens=most))
        return {each.digest: each for each in found}

    def segments(self) -> list[str]:
        """Return every text that is to be encoded, in order."""
        return list(dict.fromkeys(each.segment for each in self.passages().values()))

    def entry_ids(self) -> list[str]:
        return [entry.entry_id for entry in EntryTable(self.store.current())]


@pytest.fixture
def house(tmp_path: Path, words: WordEncoder) -> House:
    return House(tmp_path, words)


def test_the_first_build_encodes_every_segment_once_and_publishes_every_entry(house: House) -> None:
    report = house.build()
    assert house.words.texts == house.segments()
    added = ("mail#bounced", "mail#late", "vpn#error-809")
    passages = len(PassageTable(house.store.current()))
    encoded = len(house.passages())
    assert report == BuildReport(
        house.store.current_id() or "", True, True, added, (), (), 0, encoded, passages - encoded, rejected=()
    )
    assert house.entry_ids() == ["mail#bounced", "mail#late", "vpn#error-809"]


def test_an_edit_to_one_entry_encodes_that_entrys_changed_segment_and_no_others(house: House) -> None:
    house.build()
    before = house.passages()
    house.edit("mail.md", "my letter has not arrived", "nobody has seen my letter")
    report = house.build()
    new = [each for digest, each in house.passages().items() if digest not in before]
    assert house.words.texts == list(dict.fromkeys(each.segment for each in new))
    assert {each.entry_id for each in new} == {"mail#late"}
    assert "nobody has seen my letter" in [each.text for each in new]
    assert (report.added, report.changed, report.removed, report.unchanged) == ((), ("mail#late",), (), 2)
    assert report.encoded == len(new)
    assert report.encoded + report.reused == len(PassageTable(house.store.current()))


def test_an_incremental_build_is_the_build_made_from_nothing(house: House, tmp_path: Path) -> None:
    house.build()
    house.edit("mail.md", "Wait an hour.", "Wait a day.")
    house.write("new.md", "## A new one {#new}\n\nDo this.\n")
    house.build()
    build(load_corpus(house.articles), house.words, Store(tmp_path / "fresh"))
    incremental, fresh = house.store.current(), Store(tmp_path / "fresh").current()
    told = ("changes",)  # what changed since the build before, of which a fresh one has none
    assert {name: each for name, each in incremental.facts.items() if name not in told} == {
        name: each for name, each in fresh.facts.items() if name not in told
    }
    assert {name: bytes(incremental.bytes_of(name)) for name in incremental.names} == {
        name: bytes(fresh.bytes_of(name)) for name in fresh.names
    }


def test_an_unchanged_corpus_publishes_nothing_and_encodes_nothing(house: House) -> None:
    first = house.build()
    again = house.build()
    assert house.words.texts == []
    assert again == BuildReport(first.generation_id, False, False, (), (), (), 3, 0, 0, rejected=())
    assert [each.generation_id for each in house.store.generations()] == [first.generation_id]


def test_an_edit_that_is_taken_back_brings_the_old_entry_back(house: House) -> None:
    first = house.build()
    house.edit("vpn.md", "Open port 500.", "Open port 4500.")
    house.build()
    house.edit("vpn.md", "Open port 4500.", "Open port 500.")
    report = house.build()
    assert (report.published, report.changed) == (True, ("vpn#error-809",))
    assert list(EntryTable(house.store.current())) == list(EntryTable(house.store.open(first.generation_id)))


def test_a_renamed_article_has_new_ids_and_encodes_nothing(house: House) -> None:
    house.build()
    (house.articles / "vpn.md").rename(house.articles / "tunnel.md")
    house.edit("tunnel.md", "## Error", "# vpn\n\n## Error")  # its title was its file's name
    report = house.build()
    assert (report.added, report.removed, report.unchanged) == (("tunnel#error-809",), ("vpn#error-809",), 2)
    assert (house.words.texts, report.encoded) == ([], 0)


def test_a_deleted_article_is_gone(house: House) -> None:
    house.build()
    (house.articles / "mail.md").unlink()
    report = house.build()
    assert (report.removed, report.unchanged, report.encoded) == (("mail#bounced", "mail#late"), 1, 0)
    assert house.entry_ids() == ["vpn#error-809"]
    assert house.store.current().facts["counts"] == {"articles": 1, "entries": 1, "passages": report.reused}


def test_an_entry_that_only_moved_down_its_file_has_not_changed_but_is_found_at_its_new_line(house: House) -> None:
    house.build()
    house.edit("vpn.md", "## Error 809", "A word about it.\n\n## Error 809")
    report = house.build()
    assert (report.published, report.changed, report.unchanged, report.encoded) == (True, (), 3, 0)
    span = EntryTable(house.store.current()).entry(2).span
    assert (span.first_line, span.last_line) == (3, 7)


def test_what_only_the_front_matter_says_is_published_without_encoding(house: House) -> None:
    house.build()
    house.edit("mail.md", "tags: [post]", "tags: [post, letters]")
    report = house.build()
    assert (report.published, report.changed, report.unchanged, house.words.texts) == (True, (), 3, [])
    assert EntryTable(house.store.current()).articles[0].tags == ("post", "letters")


def test_a_draft_is_not_indexed_until_it_is_none(house: House) -> None:
    house.edit("mail.md", "title: Mail", "title: Mail\ndraft: true")
    assert house.build().added == ("vpn#error-809",)
    assert house.store.current().facts["counts"]["articles"] == 1
    house.edit("mail.md", "draft: true", "draft: false")
    assert house.build().added == ("mail#bounced", "mail#late")
    house.edit("mail.md", "draft: false", "draft: true")
    assert house.build().removed == ("mail#bounced", "mail#late")


def test_a_broken_article_is_left_out_and_named_with_how_many_entries_it_held(house: House) -> None:
    house.build()
    house.write("mail.md", "---\ntitle: [\n---\n## It\n\nx\n")
    report = house.build()
    (rejected,) = report.rejected
    assert rejected == Rejected("mail.md", rejected.message, 2)
    assert rejected.message.startswith("mail.md:")
    assert report.removed == ("mail#bounced", "mail#late")
    assert house.entry_ids() == ["vpn#error-809"]
    assert house.store.current().facts["rejected"] == [["mail.md", rejected.message, 2]]


def test_an_article_that_stays_broken_is_still_named_and_nothing_is_published_again(house: House) -> None:
    house.build()
    house.write("mail.md", "no entry in it")
    broken = house.build()
    again = house.build()
    assert again.rejected == broken.rejected
    assert again.rejected[0].entries == 2
    assert (again.published, again.generation_id) == (False, broken.generation_id)


def test_a_mended_article_is_back_and_no_longer_named(house: House) -> None:
    house.build()
    house.write("mail.md", "no entry in it")
    house.build()
    house.write("mail.md", MAIL)
    report = house.build()
    assert (report.added, report.rejected) == (("mail#bounced", "mail#late"), ())
    assert house.store.current().facts["rejected"] == []


def test_an_article_that_was_never_sound_held_no_entries(house: House) -> None:
    house.write("new.md", "no entry in it")
    assert [(each.source, each.entries) for each in house.build().rejected] == [("new.md", 0)]


def test_without_any_entry_nothing_is_published_and_what_was_goes_on(house: House) -> None:
    first = house.build()
    for path in house.articles.iterdir():
        path.unlink()
    with pytest.raises(BuildError, match=r"no entry to index; write an article \(see corpus/README.md\)"):
        house.build()
    house.write("mail.md", "no entry in it")
    with pytest.raises(BuildError, match=r"every article has something wrong, the first: mail.md: holds no entry"):
        house.build()
    assert house.store.current_id() == first.generation_id
    assert house.entry_ids() == list(first.added)


def test_another_encoder_encodes_everything_anew(house: House) -> None:
    first = house.build()
    house.words = WordEncoder("other words")
    report = house.build()
    assert house.words.texts == house.segments()
    assert (report.published, report.encoded, report.unchanged) == (True, first.encoded, 3)
    assert house.store.current().facts["encoder"] == {
        "name": "other words",
        "fingerprint": house.words.identity.fingerprint,
    }


def test_the_same_encoder_under_another_name_takes_its_vectors_over(house: House) -> None:
    house.build()
    same = WordEncoder()
    same.identity = EncoderIdentity("words, elsewhere", same.identity.fingerprint, 4096, 64)
    house.words = same
    report = house.build()
    assert (report.published, report.encoded, same.texts) == (True, 0, [])
    assert house.store.current().facts["encoder"]["name"] == "words, elsewhere"


def test_over_a_damaged_generation_everything_is_built_anew(house: House) -> None:
    first = house.build()
    (house.store.root / "generations" / first.generation_id / "entries.jsonl").write_bytes(b"{}")
    assert previous_generation(house.store) is None
    report = house.build()
    assert (report.published, report.encoded, report.added) == (True, first.encoded, first.added)
    assert house.entry_ids() == list(first.added)


def test_progress_ends_at_its_total_also_where_little_is_encoded(house: House) -> None:
    totals: list[int] = []
    done: list[int] = []

    def start(total: int) -> Advance:
        totals.append(total)
        return done.append

    house.build()
    house.edit("mail.md", "Wait an hour.", "Wait a day.")
    report = build(load_corpus(house.articles), house.words, house.store, start_progress=start)
    assert totals == [sum(done)] == [report.encoded + report.reused]


def test_the_digest_of_a_corpus_tells_what_is_indexed(house: House) -> None:
    digests = [corpus_digest(load_corpus(house.articles))]
    house.edit("mail.md", "tags: [post]", "tags: [letters]")
    digests.append(corpus_digest(load_corpus(house.articles)))
    house.edit("mail.md", "Wait an hour.", "Wait two hours.")
    digests.append(corpus_digest(load_corpus(house.articles)))
    house.edit("mail.md", "tags: [letters]", "tags: [post]")
    house.edit("mail.md", "Wait two hours.", "Wait an hour.")
    assert len(set(digests)) == 3
    assert corpus_digest(load_corpus(house.articles)) == digests[0]
