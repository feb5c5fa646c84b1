"""Entries and articles are read back as they were stored: by row, by id and by article."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from index.storage.entry_table import (
    EntryTable,
    article_of,
    article_record,
    as_line,
    digest_of,
    entry_columns,
    entry_files,
    entry_of,
    entry_record,
)
from index.storage.segments.segment_list import SegmentList
from index.storage.store import Store
from tests.conftest import parse_article

VPN = """---
title: VPN
product: Connect
tags: [network, login]
aliases:
  vpn#error-800: vpn#error-809
  vpn#moved: mail#bounced
---
## Error 809 {#error-809}
**Solution:** Wait.
## Error 812: “locked” {#error-812}
**Solution:** Ask.
"""
MAIL = """---
title: Mail
product: Post
tags: [network]
---
## It bounced {#bounced}
**Solution:** Check the address.
"""

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
SOME = st.lists(TEXT, max_size=3).map(tuple)
BLOCKS = st.builds(Block, kind=st.sampled_from(BlockKind), markdown=TEXT)
SOLUTIONS = st.builds(Solution, title=st.none() | TEXT, blocks=st.lists(BLOCKS, max_size=3).map(tuple))
LINES = st.none() | st.integers(1, 9999)
ENTRIES = st.builds(
    Entry,
    entry_id=TEXT,
    title=TEXT,
    messages=SOME,
    symptoms=SOME,
    cause=st.none() | TEXT,
    solutions=st.lists(SOLUTIONS, max_size=2).map(tuple),
    context=st.none() | TEXT,
    breadcrumb=SOME,
    span=st.builds(Span, first_line=LINES, last_line=LINES, locator=st.none() | TEXT),
)
ARTICLES = st.builds(
    Article,
    article_id=TEXT,
    title=TEXT,
    url=st.none() | TEXT,
    product=st.none() | TEXT,
    tags=SOME,
    updated=st.none() | TEXT,
    review_by=st.none() | TEXT,
    aliases=st.lists(st.tuples(TEXT, TEXT), max_size=2).map(tuple),
    draft=st.booleans(),
    source=TEXT,
)

ENTRY = Entry(
    entry_id="vpn#error-809",
    title="Error 809",
    messages=("The connection “failed”",),
    symptoms=("it hangs",),
    cause=None,
    solutions=(Solution(None, (Block(BlockKind.STEPS, "1. Wait\n2. Try again"),)),),
    context=None,
    breadcrumb=("VPN",),
    span=Span(3, 9),
)


def parsed(*texts: tuple[str, str]) -> tuple[list[Article], list[Entry]]:
    pairs = [parse_article(text, source) for source, text in texts]
    return [article for article, _ in pairs], [entry for _, entries in pairs for entry in entries]


def table_of(root: Path, articles: Sequence[Article], entries: Sequence[Entry]) -> EntryTable:
    rows = SegmentList.of_one(entry_columns(entries))
    return EntryTable(Store(root).publish(entry_files(articles, entries), {}, rows=rows))


@pytest.fixture
def table(tmp_path: Path) -> EntryTable:
    return table_of(tmp_path, *parsed(("mail.md", MAIL), ("vpn.md", VPN)))


def test_entries_and_articles_are_read_back_equal_and_in_order(table: EntryTable) -> None:
    articles, entries = parsed(("mail.md", MAIL), ("vpn.md", VPN))
    assert len(table) == 3
    assert list(table) == entries
    assert [table.entry(row) for row in range(3)] == entries
    assert table.articles == tuple(articles)
    assert [table.article(row).article_id for row in range(3)] == ["mail", "vpn", "vpn"]


def test_an_entry_is_found_by_its_id(table: EntryTable) -> None:
    assert [table.row_of(each.entry_id) for each in table] == [0, 1, 2]


@pytest.mark.parametrize("entry_id", ["", "vpn", "vpn#", "vpn#error-8", "vpn#error-8090", "other#error-809", "#"])
def test_an_unknown_id_is_none(table: EntryTable, entry_id: str) -> None:
    assert table.row_of(entry_id) is None


def test_an_alias_leads_to_the_entry_also_in_another_article(table: EntryTable) -> None:
    assert table.row_of("vpn#error-800") == table.row_of("vpn#error-809")
    assert table.row_of("vpn#moved") == table.row_of("mail#bounced")


def test_an_alias_comes_before_an_entry_of_that_id_also_once_its_id_was_asked_for(tmp_path: Path) -> None:
    articles, entries = parsed(("vpn.md", VPN))
    aliases = ((entries[0].entry_id, entries[1].entry_id),)
    table = table_of(tmp_path, [dataclasses.replace(articles[0], aliases=aliases)], entries)
    assert table.entry_id(0) == entries[0].entry_id
    assert table.row_of(entries[0].entry_id) == 1


def test_an_alias_is_followed_once_so_that_two_that_name_each_other_end(tmp_path: Path) -> None:
    articles, entries = parsed(("vpn.md", VPN))
    aliases = (("vpn#a", "vpn#b"), ("vpn#b", "vpn#a"))
    table = table_of(tmp_path, [dataclasses.replace(articles[0], aliases=aliases)], entries)
    assert table.row_of("vpn#a") is None


def test_the_rows_of_an_article_are_its_entries(table: EntryTable) -> None:
    assert [table.rows_of(each) for each in ("mail", "vpn", "other")] == [range(1), range(1, 3), range(0)]


@pytest.mark.parametrize(
    ("product", "tags", "expected"),
    [
        ("Connect", [], [False, True, True]),
        ("connect", [], [False, False, False]),
        (None, ["network"], [True, True, True]),
        (None, ["login", "network"], [False, True, True]),
        ("Post", ["login"], [False, False, False]),
    ],
)
def test_only_articles_of_the_product_with_all_the_tags_are_allowed(
    table: EntryTable, product: str | None, tags: list[str], expected: list[bool]
) -> None:
    allowed = table.allowed(product, tags)
    assert allowed is not None
    assert allowed.tolist() == expected


def test_entries_that_are_left_out_are_not_allowed_and_unknown_ids_leave_out_none(table: EntryTable) -> None:
    allowed = table.allowed(None, [], [table.entry_id(1), "vpn#nothing"])
    assert allowed is not None
    assert allowed.tolist() == [True, False, True]


def test_without_a_filter_everything_is_allowed(table: EntryTable) -> None:
    assert table.allowed(None, []) is None


def test_a_record_is_the_entry_as_json_values(table: EntryTable) -> None:
    assert table.record(2)["title"] == "Error 812: “locked”"
    assert table.record(2)["span"] == {"first_line": 11, "last_line": 12, "locator": None}


def test_no_entries_make_an_empty_table(tmp_path: Path) -> None:
    table = table_of(tmp_path, [], [])
    assert (len(table), list(table), table.articles, table.row_of("a#b")) == (0, [], (), None)


@given(ENTRIES)
def test_an_entry_is_restored_from_its_record(entry: Entry) -> None:
    assert entry_of(json.loads(as_line(entry_record(entry)))) == entry


@given(ARTICLES)
def test_an_article_is_restored_from_its_record(article: Article) -> None:
    assert article_of(json.loads(as_line(article_record(article)))) == article


def test_a_record_is_one_line_of_readable_json_with_its_keys_in_order() -> None:
    assert as_line(entry_record(ENTRY)).decode() == (
        '{"being_edited":false,"breadcrumb":["VPN"],"cause":null,"context":null,"entry_id":"vpn#error-809",'
        '"messages":["The connection “failed”"],'
        '"solutions":[{"blocks":[{"kind":"steps","markdown":"1. Wait\\n2. Try again"}],"title":null}],'
        '"span":{"first_line":3,"last_line":9,"locator":null},"symptoms":["it hangs"],"title":"Error 809"}\n'
    )


@given(ENTRIES)
def test_a_record_holds_no_line_break_inside_it(entry: Entry) -> None:
    line = as_line(entry_record(entry))
    assert line.splitlines() == [line[:-1]]
    assert line.endswith(b"\n")


def test_the_digest_depends_on_content_and_order() -> None:
    records = [entry_record(ENTRY), entry_record(dataclasses.replace(ENTRY, entry_id="vpn#other"))]
    changed = [entry_record(dataclasses.replace(ENTRY, cause="")), records[1]]
    digests = [digest_of(each) for each in (records, changed, records[::-1], records[:1], [])]
    assert len(set(digests)) == 5
    assert digest_of([dict(reversed(record.items())) for record in records]) == digests[0]


def test_articles_in_another_order_than_that_of_their_ids_are_not_stored() -> None:
    articles, entries = parsed(("vpn.md", VPN), ("mail.md", MAIL))
    with pytest.raises(ValueError, match="the articles are not in the order of their ids"):
        entry_files(articles, entries)
    with pytest.raises(ValueError, match="the articles are not in the order of their ids"):
        entry_files([articles[0], articles[0]], entries)


def test_files_of_other_articles_or_entries_than_the_segments_are_refused(tmp_path: Path) -> None:
    articles, entries = parsed(("mail.md", MAIL), ("vpn.md", VPN))
    files = entry_files(articles, entries)
    lines = files["articles.jsonl"]
    assert isinstance(lines, bytes)
    longer = Store(tmp_path).publish(
        {**files, "articles.jsonl": lines + b"\n"}, {}, rows=SegmentList.of_one(entry_columns(entries))
    )
    with pytest.raises(ValueError, match=rf"{len(lines) + 1} bytes of articles, expected {len(lines)}"):
        EntryTable(longer)
    fewer = Store(tmp_path).publish(files, {}, rows=SegmentList.of_one(entry_columns(entries[1:])))
    with pytest.raises(ValueError, match="2 entries, but 3 of articles"):
        EntryTable(fewer)
