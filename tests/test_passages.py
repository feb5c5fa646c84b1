"""An entry becomes passages that fit into an encoder."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.article import Block, BlockKind, Entry, Field, Solution, Span
from corpus.passages import make_passage, passages_of, plain_text, whole_text
from tests.programs.processor_time import in_time

ENTRY = Entry(
    entry_id="a#b",
    title="No answer",
    messages=("Error **809**", "No answer"),
    symptoms=("It drops",),
    cause="A router.",
    solutions=(
        Solution(None, (Block(BlockKind.STEPS, "1. Open [it](x.html).\n2. Go on."),)),
        Solution("By phone", (Block(BlockKind.TEXT, "Call."),)),
    ),
    context="Laptops",
    breadcrumb=("VPN",),
    span=Span(1, 9),
)


def words(text: str) -> int:
    return len(text.split())


def letters(text: str) -> int:
    return len("".join(text.split()))


def fields_and_texts(entry: Entry, max_tokens: int = 256) -> list[tuple[str | None, str]]:
    """Return the fields and texts of an entry's passages."""
    return [(each.field, each.text) for each in passages_of(entry, count_tokens=words, max_tokens=max_tokens)]


def segments(entry: Entry, max_tokens: int = 256) -> list[str]:
    passages = passages_of(entry, count_tokens=words, max_tokens=max_tokens)
    return list(dict.fromkeys(each.model_input for each in passages))


def test_passages_are_the_whole_entry_its_title_and_each_text_once() -> None:
    whole = "No answer Error 809 It drops A router. Open it. Go on. By phone Call. Laptops"
    assert segments(ENTRY) == [whole]
    assert fields_and_texts(ENTRY) == [
        (Field.WHOLE, whole),
        (Field.MESSAGE, "No answer"),
        (Field.MESSAGE, "Error 809"),
        (Field.SYMPTOM, "It drops"),
        (Field.CAUSE, "A router."),
        (Field.SOLUTION, "Open it. Go on."),
        (Field.SOLUTION, "By phone Call."),
    ]


def test_a_long_entry_has_segments_that_begin_with_the_title() -> None:
    entry = replace(
        ENTRY, messages=(), symptoms=(), context=None, cause="It is old. " * 3, solutions=ENTRY.solutions[:1]
    )
    assert segments(entry, max_tokens=14) == [
        "No answer It is old. It is old. It is old.",
        "No answer Open it. Go on.",
    ]
    assert fields_and_texts(entry, max_tokens=14) == [
        (Field.WHOLE, "No answer It is old. It is old. It is old."),
        (Field.MESSAGE, "No answer"),
        (Field.CAUSE, "It is old. It is old. It is old."),
        (Field.SOLUTION, "Open it. Go on."),
    ]


def test_segments_begin_with_the_start_of_a_long_title_and_the_first_has_its_rest() -> None:
    entry = replace(ENTRY, title="One two three four five", messages=(), symptoms=(), context=None, cause=None)
    assert segments(entry, max_tokens=14) == ["One two three four five Open it. Go on. By phone Call."]
    assert fields_and_texts(entry, max_tokens=14)[1:3] == [
        (Field.MESSAGE, "One two"),
        (Field.MESSAGE, "three four five"),
    ]


def test_an_entry_without_a_title_has_no_passage_for_it() -> None:
    entry = replace(ENTRY, title="", messages=(), symptoms=(), context=None, cause=None, solutions=ENTRY.solutions[:1])
    assert fields_and_texts(entry) == [(Field.WHOLE, "Open it. Go on."), (Field.SOLUTION, "Open it. Go on.")]


def test_an_entry_with_only_a_title_has_passages() -> None:
    entry = replace(ENTRY, messages=(), symptoms=(), context=None, cause=None, solutions=())
    assert fields_and_texts(entry) == [(Field.WHOLE, "No answer"), (Field.MESSAGE, "No answer")]


@given(st.lists(st.text(alphabet="ab .\n", max_size=60), max_size=6), st.integers(min_value=12, max_value=60))
def test_every_passage_starts_where_it_says_and_no_segment_is_too_long(texts: list[str], max_tokens: int) -> None:
    entry = replace(ENTRY, symptoms=tuple(texts), cause="\n".join(texts))
    passages = passages_of(entry, count_tokens=letters, max_tokens=max_tokens)
    assert [each.model_input[each.start : each.start + len(each.text)] for each in passages] == [
        each.text for each in passages
    ]
    assert [each.model_input for each in passages if letters(each.model_input) > max_tokens] == []


def test_the_digest_depends_on_the_segment_the_place_and_whether_it_is_the_whole() -> None:
    part, whole = make_passage("a#b", Field.CAUSE, "text", 0, 4), make_passage("a#b", Field.WHOLE, "text", 0, 4)
    assert part.digest == hashlib.sha256(b"part:0:4:text").hexdigest()
    assert whole.digest == hashlib.sha256(b"whole:0:4:text").hexdigest()
    assert make_passage("a#b", Field.CAUSE, "text", 1, 4).digest == hashlib.sha256(b"part:1:4:text").hexdigest()
    assert make_passage("c#d", Field.SOLUTION, "text", 0, 4).digest == part.digest


def test_the_whole_text_has_every_part_once() -> None:
    assert whole_text(ENTRY) == ("No answer Error 809 A router. Open it. Go on. By phone Call. Laptops VPN It drops")


def test_what_announces_a_message_is_not_searched() -> None:
    """It stands before any message and tells nothing of this one."""
    entry = replace(ENTRY, context="When you print, this error appears:\n\nOnly on laptops.")
    assert "Only on laptops." in whole_text(entry)
    assert "appears" not in whole_text(entry) + "".join(segments(entry))


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**Bold**, *thin* and `code`", "Bold, thin and code"),
        ("See [the *guide*](https://example.org/a_(b)) now", "See the guide now"),
        ("![a button](button.png)", "a button"),
        ("[![a button](button.png)](page.html)", "a button"),
        ("- one\n- two", "one two"),
        ("1. one\n2. two", "one two"),
        ("snake_case and 2*3*4 stay", "snake_case and 2*3*4 stay"),
        ("# Heading", "Heading"),
    ],
)
def test_plain_text_has_no_markup(markdown: str, plain: str) -> None:
    assert plain_text(markdown) == plain


@pytest.mark.parametrize("piece", ["[", "![", "[a](", "![a](b"])
def test_plain_text_takes_linear_time(piece: str) -> None:
    """A text of 100 kB must not be searched from each bracket to its end: that took seconds once."""
    assert plain_text(piece * 25_000).count(piece[0]) == 25_000


def test_titles_windows_and_segments_have_their_maximum_length_whatever_the_encoder_allows() -> None:
    sentence = "so it is said once more that nothing moves "
    entry = replace(
        ENTRY, title="word " * 90, cause=sentence * 200, messages=(), symptoms=(), context=None, solutions=()
    )
    passages = passages_of(entry, count_tokens=words, max_tokens=8_000)
    title = passages[1].text
    assert 30 < words(title) <= 60
    assert max(words(each.model_input) for each in passages) <= 250
    assert max(words(each.model_input) for each in passages) > 190
    assert 45 <= max(words(each.text) for each in passages[2:]) <= 61
    assert all(each.model_input.startswith(title) for each in passages)


@pytest.mark.parametrize("line", ["~~~\n", "---\n", "|-|-|\n", "a\n"])
def test_thousands_of_lines_of_less_than_three_words_are_joined_in_time(line: str) -> None:
    text = line * (64_000 // len(line))
    entry = Entry("a#b", "B", (), (), None, (Solution(None, (Block(BlockKind.CODE, text),)),), None, (), Span(1, 1))
    passages = in_time(5, lambda: passages_of(entry, count_tokens=words, max_tokens=256))
    assert passages[-1].text.endswith(line.strip())
