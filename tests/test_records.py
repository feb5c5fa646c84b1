"""Articles and entries survive the way to disk and back, and equal ones are equal bytes."""

from __future__ import annotations

import dataclasses
import json

from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from index.storage.records import article_of, article_record, as_line, digest_of, entry_of, entry_record

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


@given(ENTRIES)
def test_an_entry_comes_back_equal(entry: Entry) -> None:
    assert entry_of(json.loads(as_line(entry_record(entry)))) == entry


@given(ARTICLES)
def test_an_article_comes_back_equal(article: Article) -> None:
    assert article_of(json.loads(as_line(article_record(article)))) == article


def test_a_record_is_one_line_of_readable_json_with_its_keys_in_order() -> None:
    assert as_line(entry_record(ENTRY)).decode() == (
        '{"breadcrumb":["VPN"],"cause":null,"context":null,"entry_id":"vpn#error-809",'
        '"messages":["The connection “failed”"],'
        '"solutions":[{"blocks":[{"kind":"steps","markdown":"1. Wait\\n2. Try again"}],"title":null}],'
        '"span":{"first_line":3,"last_line":9,"locator":null},"symptoms":["it hangs"],"title":"Error 809"}\n'
    )


@given(ENTRIES)
def test_a_record_holds_no_line_break_inside_it(entry: Entry) -> None:
    line = as_line(entry_record(entry))
    assert line.splitlines() == [line[:-1]]
    assert line.endswith(b"\n")


def test_the_digest_tells_any_change_of_content_or_order() -> None:
    records = [entry_record(ENTRY), entry_record(dataclasses.replace(ENTRY, entry_id="vpn#other"))]
    changed = [entry_record(dataclasses.replace(ENTRY, cause="")), records[1]]
    digests = [digest_of(each) for each in (records, changed, records[::-1], records[:1], [])]
    assert len(set(digests)) == 5
    assert digest_of([dict(reversed(record.items())) for record in records]) == digests[0]
