"""A generation's entries and articles come back as they were built, by row, by id and by article."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from pathlib import Path

import pytest

from corpus.article import Article, Entry
from corpus.loader import parse_article
from index.storage.entry_table import EntryTable, entry_files
from index.storage.store import Store

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


def parsed(*texts: tuple[str, str]) -> tuple[list[Article], list[Entry]]:
    pairs = [parse_article(text, source) for source, text in texts]
    return [article for article, _ in pairs], [entry for _, entries in pairs for entry in entries]


def table_of(root: Path, articles: Sequence[Article], entries: Sequence[Entry]) -> EntryTable:
    return EntryTable(Store(root).publish(entry_files(articles, entries), {}))


@pytest.fixture
def table(tmp_path: Path) -> EntryTable:
    return table_of(tmp_path, *parsed(("mail.md", MAIL), ("vpn.md", VPN)))


def test_entries_and_articles_come_back_equal_and_in_order(table: EntryTable) -> None:
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


def test_an_old_id_leads_to_the_entry_it_means_now_also_in_another_article(table: EntryTable) -> None:
    assert table.row_of("vpn#error-800") == table.row_of("vpn#error-809")
    assert table.row_of("vpn#moved") == table.row_of("mail#bounced")


def test_an_alias_is_followed_also_for_an_entry_that_was_found(tmp_path: Path) -> None:
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


def test_everything_is_allowed_where_nothing_is_asked(table: EntryTable) -> None:
    assert table.allowed(None, []) is None


def test_a_record_is_the_stored_one(table: EntryTable) -> None:
    assert table.record(2)["title"] == "Error 812: “locked”"
    assert table.record(2)["span"] == {"first_line": 11, "last_line": 12, "locator": None}


def test_no_entries_make_an_empty_table(tmp_path: Path) -> None:
    table = table_of(tmp_path, [], [])
    assert (len(table), list(table), table.articles, table.row_of("a#b")) == (0, [], (), None)
