"""Documented messages are recognised in what people paste: with other values, cut, mistyped, amid other text."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from corpus.loader import load_corpus
from corpus.passages import whole_text
from index.hit import Aligned
from index.messages.documented.template_files import template_files
from index.messages.template_matcher import TemplateMatcher
from index.storage.entry_table import EntryTable, entry_columns, entry_files
from index.storage.payload import chunks_of
from index.storage.segments.segment_list import SegmentList
from index.storage.store import Store
from tests.programs.pastes import Tally, check
from tests.programs.processor_time import in_time
from tests.programs.undocumented_errors import undocumented

ROOT = Path(__file__).parent.parent
ARTICLE = Article("a", "A", None, None, (), None, None, (), draft=False, source="a.md")
Match = Callable[..., TemplateMatcher]


def entry(slug: str, *messages: str, solution: str = "Ask us.") -> Entry:
    block = Block(BlockKind.TEXT, solution)
    return Entry(f"a#{slug}", slug, messages, (), None, (Solution(None, (block,)),), None, ("A",), Span(1, 1))


def matcher_of(folder: Path, articles: Sequence[Article], entries: Sequence[Entry]) -> TemplateMatcher:
    files = {**entry_files(articles, entries), **template_files(entries, list(map(whole_text, entries)))}
    generation = Store(folder).publish(files, {}, rows=SegmentList.of_one(entry_columns(entries)))
    return TemplateMatcher(generation, EntryTable(generation))


@pytest.fixture
def match(tmp_path: Path) -> Match:
    """Make a matcher of messages, an entry each."""

    def make(*messages: str | Entry) -> TemplateMatcher:
        entries = [each if isinstance(each, Entry) else entry(str(row), each) for row, each in enumerate(messages)]
        return matcher_of(tmp_path, [ARTICLE], entries)

    return make


@pytest.fixture(scope="module", params=["corpus/articles", "tests/data/messages"])
def corpus(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[TemplateMatcher, tuple[Entry, ...]]:
    loaded = load_corpus(ROOT / request.param)
    return matcher_of(tmp_path_factory.mktemp("index"), loaded.articles, loaded.entries), tuple(loaded.entries)


def rows(matcher: TemplateMatcher, query: str) -> list[tuple[int, ...]]:
    return [match.rows for match in matcher.recognise(query).matches]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_paste_is_recognised_and_a_cut_one_that_fits_several_names_exactly_those(
    corpus: tuple[TemplateMatcher, tuple[Entry, ...]], seed: int
) -> None:
    matcher, entries = corpus
    documented = sum(bool(each.messages) for each in entries)
    tally = check(matcher, entries, each=4, seed=seed)
    assert replace(tally, ambiguous=0) == Tally(right=4 * documented)


@pytest.mark.parametrize("seed", [1, 4])
def test_no_error_that_only_looks_like_a_documented_one_is_taken_for_it(
    corpus: tuple[TemplateMatcher, tuple[Entry, ...]], seed: int
) -> None:
    matcher, entries = corpus
    made = [error for kind, error in undocumented(entries, count=100, seed=seed) if kind != "code"]
    assert [error for error in made if matcher.recognise(error).matches] == []


def test_no_question_is_taken_for_a_message(tmp_path: Path) -> None:
    loaded = load_corpus(ROOT / "corpus/articles")
    matcher = matcher_of(tmp_path, loaded.articles, loaded.entries)
    lines = (ROOT / "corpus/judgments/qrels.tsv").read_text("utf-8").splitlines()[1:]
    right = {(query, entry) for query, entry, grade in (line.split("\t") for line in lines) if grade == "2"}
    wrong = [
        (record["_id"], loaded.entries[row].entry_id)
        for record in map(json.loads, (ROOT / "corpus/judgments/queries.jsonl").read_text("utf-8").splitlines())
        for match in matcher.recognise(record["text"]).matches
        for row in match.rows
        if (record["_id"], loaded.entries[row].entry_id) not in right
    ]
    assert wrong == []


TRAY = "Printer 'XYZ' has no paper in tray 2."
TUNNEL = "Error 809: The tunnel to <server> could not be opened because the server did not reply."


def test_a_match_says_where_it_stands_and_holds_the_two_texts_side_by_side(match: Match) -> None:
    query = "Hi 🙂, it says: “PRINTER \u20182nd floor\u2019 has no\npapr in tray 14.” Why?"
    (only,) = match(TRAY).recognise(query).matches
    assert query[only.start : only.end] == "PRINTER \u20182nd floor\u2019 has no\npapr in tray 14"
    assert (only.rows, only.coverage) == ((0,), 1.0)
    assert only.alignment == (
        Aligned("same", "Printer", "PRINTER"),
        Aligned("yours", "XYZ", "2nd floor"),
        Aligned("same", "has no", "has no"),
        Aligned("different", "paper", "papr"),
        Aligned("same", "in tray", "in tray"),
        Aligned("yours", "2", "14"),
    )


def test_an_error_directly_before_or_after_a_longer_one_is_found_too(match: Match) -> None:
    matcher = match(TRAY, "Scanner needs blue toner.")
    tray, toner = "Printer 'A' has no paper in tray 1.", "Scanner needs blue toner."
    assert rows(matcher, f"{toner} {tray}") == [(1,), (0,)]
    assert rows(matcher, f"{tray} {toner}") == [(0,), (1,)]


NO_PAPER = Aligned("same", "has no paper in the tray", "has no paper in the tray")


@pytest.mark.parametrize(
    ("message", "alignment"),
    [
        (
            "Printer {} has no paper in the tray",
            (Aligned("same", "Printer", "Printer"), Aligned("yours", "{}", ""), NO_PAPER),
        ),
        ("{} has no paper in the tray", (Aligned("yours", "{}", ""), NO_PAPER)),
    ],
)
def test_a_placeholder_that_is_pasted_as_it_stands_is_shown_as_no_value(
    match: Match, message: str, alignment: tuple[Aligned, ...]
) -> None:
    (only,) = match(message).recognise(message).matches
    assert (only.alignment, only.coverage) == (alignment, 1.0)


def test_several_errors_in_one_paste_are_found_in_its_order_and_a_repeated_one_once(match: Match) -> None:
    matcher = match(TRAY, TUNNEL, "Xero V2: Failed to renew token.")
    query = (
        "12:01 xero v2: failed to renew token.\n12:02 Printer 'A' has no paper in tray 1.\n"
        "12:03 Xero V2: Failed to renew token.\n12:04 Error 809: The tunnel to gw-7 could not be opened because the "
        "server did not reply."
    )
    assert rows(matcher, query) == [(2,), (0,), (1,)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Gateway gw-7 refused the certificate issued to 'Bob': it expired on 1 May 2026.", [(0,)]),
        ("Gateway gw-7 refused the certificate issued to 'Bob': it was rev", [(1,)]),
        ("gateway gw-7 refused the certificate issued to 'Bob'", [(0, 1)]),
        ("ficate issued to 'Bob': it was revoked on 1 May 2026.", [(1,)]),
        ("Gateway gw-7 refused the certificate issued to 'Bob': its issuer is unknown.", []),
        ("Gateway gw-7 refused the password of 'Bob': it expired on 1 May 2026.", []),
    ],
)
def test_a_cut_message_is_ambiguous_where_siblings_fit_and_another_ending_is_another_message(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    wrapper = "Gateway [gateway] refused the certificate issued to 'Dana Whitlock': it "
    matcher = match(wrapper + "expired on 03/11/2025.", wrapper + "was revoked on 03/11/2025.")
    assert rows(matcher, query) == expected


@pytest.mark.parametrize(
    "query",
    [
        "Error 807: The tunnel to gw-7 could not be opened because the server did not reply.",
        "Error 890: The tunnel to gw-7 could not be opened because the server did not reply.",
        "HTTP 809: The tunnel to gw-7 could not be closed because the server did not reply.",
        "Scanner 'A' has no paper in tray 2.",
        "Printer 'A' has no toner in tray 2.",
        "Printer 'A' has no paper in drawer 2.",
    ],
)
def test_another_code_or_word_is_another_message(match: Match, query: str) -> None:
    assert rows(match(TRAY, TUNNEL), query) == []


def test_a_message_whose_code_was_cut_off_is_still_found(match: Match) -> None:
    query = "the tunnel to gw-7 could not be opened because the server did not reply."
    assert rows(match(TRAY, TUNNEL), query) == [(1,)]


def test_a_whole_message_of_two_words_may_have_one_that_is_mistyped(match: Match) -> None:
    matcher = match("Spindle jammed")
    assert rows(matcher, "Spindel jammed") == [(0,)]
    assert rows(matcher, "Spindel jamed") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Printr 'A' has no papre in tray 2.", [(0,)]),
        ("Printer 'A' has nopaper in tray 2.", [(0,)]),
        ("Printer 'A' has no pap er in tray 2.", [(0,)]),
        ("Printer 'A' has no taper in tray 2.", []),  # the corpus knows tapers
        ("Printer 'A' has no papers in trays of beige.", []),
    ],
)
def test_a_few_characters_may_be_mistyped_but_a_word_of_the_corpus_is_another_word(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    assert rows(match(entry("tray", TRAY, solution="Light a taper."), TUNNEL), query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Access denied to the requested resource", [(0,)]),
        ('It shows "Error: Access Denied to the requested resource" each morning', [(0,)]),
        ("Access denied", []),
        ("Error: Access Denied. Your address is not on the list of this server", []),
        ("I want to request access to a resource that was denied to me", []),
        ("Printer jam", [(1,)]),
        ("the display says: Printer jam.", [(1,)]),
        ("we have a printer jam again on the second floor", []),
    ],
)
def test_a_short_message_is_found_when_pasted_but_not_in_sentences_that_share_its_words(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    assert rows(match("Error: Access Denied to the requested resource", "Printer jam", TRAY), query) == expected


def test_two_thousand_unrelated_words_around_a_message_change_nothing(match: Match) -> None:
    matcher = match(TRAY, TUNNEL)
    padding = " ".join(f"word{number % 97} of the day could not be" for number in range(330))
    query = f"{padding}\nPrinter 'Annex' has no paper in tray 3.\n{padding}"
    (only,) = matcher.recognise(query).matches
    assert query[only.start : only.end] == "Printer 'Annex' has no paper in tray 3"
    assert only.rows == (0,)


def test_one_message_of_two_entries_names_both(match: Match) -> None:
    assert rows(match(TRAY, TUNNEL, "Printer '[name]' has no paper in tray ###."), TRAY) == [(0, 2)]


DISGUISES = {
    "HTML source": "<div><p>Printer <b>&#39;A&#39;</b> has&nbsp;no<br>paper in tray 2.</p></div>",
    "JSON": r'{"level": "error", "msg": "Printer \u2018A\u2019 has no paper\nin tray 2."}',
    "JSON in JSON": r'"{\"error\": \"Printer \\\"A\\\" has no paper\\nin tray 2.\"}"',
    "an address": "https://print.example.org/?error=Printer+%27A%27+has+no+paper+in+tray+2.",
    "Markdown": "I see **Printer `A` has _no_ paper in tray 2.** every time",
    "a quoted mail": "> > Hi,\n> >\n> > Printer 'A' has no\n> > paper in tray\n> > 2.\n>\n> Regards",
    "a log": "2026-05-11T06:00:03Z ERROR [spool-4] Printer 'A' has no paper in tray 2. job=17\n06:00:04 retrying",
    "a stack trace": "Caused by: x.y.SpoolException: Printer 'A' has no paper in tray 2.\n\tat x.y.Run(Run.java:12)",
    "a spreadsheet": '17,2026-05-11,"Printer \'A\' has no paper in tray 2."\n18,2026-05-12,"ok"',
    "no-break spaces": "Printer\u00a0\u00abA\u00bb\u00a0has no\u00ad paper in\u202ftray 2",
    "a picture": "Pr1nter 'A' has no paper ln tray 2.",
    "cut by dots": "Printer 'A' has no paper in\u2026",
    "a sentence": "when I print it says Printer 'A' has no paper in tray 2. and then nothing",
}


@pytest.mark.parametrize("name", DISGUISES)
def test_a_message_is_recognised_however_it_was_copied(match: Match, name: str) -> None:
    assert rows(match(TRAY, TUNNEL), DISGUISES[name]) == [(0,)]


def test_places_are_those_of_the_text_as_it_was_pasted(match: Match) -> None:
    query = "see <b>Printer &quot;A&quot; has no paper in tray 2</b>!"
    (only,) = match(TRAY, TUNNEL).recognise(query).matches
    assert query[only.start : only.end] == "Printer &quot;A&quot; has no paper in tray 2</b>"
    assert only.alignment[1] == Aligned("yours", "XYZ", "A")


@pytest.mark.parametrize("query", ["Prin ter 'A' has no paper in tray 2", "Printer 'A' has no paper in tr ay 2"])
def test_a_word_with_a_space_within_belongs_to_the_match(match: Match, query: str) -> None:
    (only,) = match(TRAY, TUNNEL).recognise(query).matches
    assert query[only.start : only.end] == query


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("The locker of old Ann Bell was emptied today.", [(0,)]),
        ("The locker of 'who is not here' was emptied today.", [(0,)]),
        ("The locker of someone who is not here was emptied today.", []),
    ],
)
def test_a_value_without_quotes_has_no_verb_and_no_negation(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    assert rows(match("The locker of [name] was emptied today.", TRAY), query) == expected


@pytest.mark.parametrize(
    ("message", "query"),
    [
        (TRAY, "Printer 'A' has no pap"),
        (TRAY, "inter 'A' has no paper in"),
        ("The listed attachment(s) could not be sent to 'Dana'.", "hment(s) could not be sent to 'Bob"),
    ],
)
def test_a_word_that_was_cut_belongs_to_the_match(match: Match, message: str, query: str) -> None:
    (only,) = match(message, TUNNEL).recognise(query).matches
    assert query[only.start : only.end] == query


def test_a_piece_of_a_cut_value_belongs_to_the_value_if_it_may(match: Match) -> None:
    matcher = match(
        "You have recorded 26.5 hours on 05/01/2026 in the book.", "Nothing was found for [date] here.", TRAY
    )
    assert rows(matcher, "You have recorded 8 hours on 30 Ap") == [(0,)]
    (only,) = matcher.recognise("Nothing was found for 30 Ap").matches
    assert (only.rows, only.alignment[-1]) == ((1,), Aligned("yours", "date", "30 Ap"))


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("per lost the card of 'Bob'.", [(0,)]),
        ("r lost the card of 'Bob'.", [(1,)]),
    ],
)
def test_a_letter_of_a_cut_word_says_nothing_where_a_name_may_stand(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    messages = ("The timekeeper lost the card of 'Dana'.", "[name] lost the card of 'Dana'.")
    assert rows(match(*messages, TRAY), query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Locker of Ann Bell", [(0,)]),
        ("Locker of 'Ann Rose Bell'", [(0,)]),
        ("Locker of Ann Rose Bell", []),  # three words without quotes may be anything
        ("The overdue ledger posting to Bank of England", [(1,)]),  # whose "of" is not the message's
    ],
)
def test_a_value_of_a_cut_message_may_be_a_name(match: Match, query: str, expected: list[tuple[int, ...]]) -> None:
    messages = ("Locker of 'Dana' was emptied today.", "The overdue ledger posting to 'Cash' of year 2026 failed.")
    assert rows(match(*messages, TRAY), query) == expected


def test_a_name_begins_and_ends_where_the_quoted_message_does(match: Match) -> None:
    matcher = match("[name] left the old harbour at noon", "The tugboat hauled off [name]", TRAY)
    (left,) = matcher.recognise('and I saw "Ann Bell left the old harbour at noon" there').matches
    (hauled,) = matcher.recognise('and I saw "The tugboat hauled off Ann Bell" there').matches
    assert (left.alignment[0].query, hauled.alignment[-1].query) == ("Ann Bell", "Ann Bell")


@pytest.mark.parametrize(
    ("message", "query", "found"),
    [
        (
            "The ferry leaves its harbour on 05/01/2026",
            "now the ferry leaves its harbour on 30 April 2026 and so on",
            "the ferry leaves its harbour on 30 April 2026",
        ),
        (
            "05/01/2026 ferry leaves its harbour",
            "and so on 30 April 2026 ferry leaves its harbour",
            "30 April 2026 ferry leaves its harbour",
        ),
    ],
)
def test_amid_a_sentence_all_of_a_date_belongs_to_the_message(
    match: Match, message: str, query: str, found: str
) -> None:
    (only,) = match(message, TRAY).recognise(query).matches
    assert query[only.start : only.end] == found


POSTING = "Posting failed: #1: Payments can only be made against authorised documents. #2: Amount exceeds what is owed."
WRITING = "Writing failed: #1: Payments can only be made against authorised documents. Ask the owner of the register."


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("#2: Amount exceeds what is owed.", [(0,)]),
        ("Hello, today I get: Ask the owner of the register. What now?", [(1,)]),
        ("it says payments can only be made against authorised documents", [(0, 1)]),
        ("it says payments can only be made against authorised documents and drafts", []),
        ("Payments can only be made against au", []),
    ],
)
def test_a_whole_sentence_of_a_message_is_enough_and_a_smaller_piece_is_not(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    assert rows(match(POSTING, WRITING, TRAY), query) == expected


JAM = "Copying failed: The roller of the duplex unit is worn, order another roller kit. Clean the glass."
RIBBON = "Typing failed: the ribbon is torn. Ask the typist of the ground floor for a spare ribbon."
FEED = "Typing failed: the lever sticks."


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("it says the roller of the duplex unit is worn when i copy a letter", [(0,)]),
        ("hi i get order another roller kit pls help asap thx", [(0,)]),
        ("since today: ask the typist of the ground floor for a spare ribbon, but who is it", [(1,)]),
        ("my screen says copying failed the roller of the duplex unit is worn since monday", [(0,)]),
        ("i see the rollr of the duplex unit is worn all the time", [(0,)]),
        ("it says printer reception has no paper in tray 7 when i print", [(3,)]),
        (
            "now the roller of the duplex unit is worn and then ask the typist of the ground floor for a spare ribbon",
            [(0,), (1,)],
        ),
        ("it says the roller of the duplex drum is worn when i copy a letter", []),
        ("it says typing failed when i copy a letter", []),
        ("whenever i type the ribbon is torn", [(1,)]),
        ("i had to clean the glass before i could copy", []),
        ("my screen says ink order for roller kit another day", []),
    ],
)
def test_a_clause_that_one_entry_alone_has_is_recognised_in_somebodys_own_sentence(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    assert rows(match(JAM, RIBBON, FEED, TRAY), query) == expected


def test_a_clause_of_its_own_covers_its_share_of_the_letters_of_the_message(match: Match) -> None:
    (only,) = match(JAM, RIBBON, FEED, TRAY).recognise("whenever i type the ribbon is torn").matches
    assert only.coverage == pytest.approx(len("theribbonistorn") / sum(map(str.isalpha, RIBBON)))


def test_a_clause_may_begin_with_a_number_after_a_semicolon(match: Match) -> None:
    matcher = match("The bell rang at 17:45; 2 wires were cut in both halls of the tower.", TRAY)
    assert rows(matcher, "hi i get 7 wires were cut in both halls of the tower again") == [(0,)]


def test_a_clause_after_another_trouble_or_within_the_value_of_a_message_is_not_recognised(match: Match) -> None:
    sending = "Sending the letter has failed: the drum is dirty. Brush the felt rollers and send it again."
    matcher = match(sending, JAM, "The editor cannot open 'letter.docx' for writing.", TRAY)
    other = "i get sending the letter has failed: no stamp was found. brush the felt rollers and send it again thx"
    assert rows(matcher, other) == []
    assert rows(matcher, "The editor cannot open 'the roller of the duplex unit is worn.docx' for writing.") == [(2,)]


def test_a_clause_that_another_entry_has_too_wherever_it_stands_there_is_none_of_its_own(match: Match) -> None:
    query = "it says the roller of the duplex unit is worn when i copy a letter"
    other = entry("other", FEED, solution="If the roller of the duplex unit is worn, ring us.")
    assert rows(match(JAM, other, TRAY), query) == []
    assert rows(match(JAM, FEED, TRAY), query) == [(0,)]


def test_a_clause_whose_words_another_entry_says_in_another_order_is_its_own(match: Match) -> None:
    other = entry("other", FEED, solution="If the unit is worn, ring us: the duplex has a roller of steel.")
    query = "it says the roller of the duplex unit is worn when i copy a letter"
    assert rows(match(JAM, other, TRAY), query) == [(0,)]


def test_a_clause_that_another_entry_says_with_another_value_is_none_of_its_own(match: Match) -> None:
    message = "The bell rang at 17:45; 2 wires were cut in both halls of the tower. Ask the smith."
    other = entry("other", FEED, solution="After 5 wires were cut in both halls of the tower, ring us.")
    assert rows(match(message, other, TRAY), "hi i get 7 wires were cut in both halls of the tower again") == []


def test_what_stands_before_a_colon_or_around_a_quoted_message_is_no_clause_of_its_own(match: Match) -> None:
    wrapped = (
        "The letter desk reports trouble. The clerk said: 'The copper stamp of the registry is lost.'. "
        "Ring the bell tower."
    )
    framed = "Posting of the weekly ledger failed: no ink. Another sheet of blotting paper is needed."
    matcher = match(wrapped, framed, TRAY)
    assert rows(matcher, "now the letter desk reports trouble when i ask for stamps") == []
    assert rows(matcher, "i get posting of the weekly ledger failed when i ask for stamps") == []
    assert rows(matcher, "then the copper stamp of the registry is lost when i ask for stamps") == [(0,)]
    assert rows(matcher, "i get another sheet of blotting paper is needed when i write") == [(1,)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("it says error 809 the tunnel to gw-7 could not be opened because the server did not reply pls help", [(0,)]),
        ("it says the tunnel to gw-7 could not be opened because the server did not reply pls help", [(0,)]),
        ("it says error 807 the tunnel to gw-7 could not be opened because the server did not reply pls help", []),
    ],
)
def test_beside_another_code_a_clause_is_another_message(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    assert rows(match(TUNNEL, TRAY), query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("it says the ferry to the far depot never left its berth, ORA-01017 pls help", [(0,)]),
        ("it says the ferry to the far depot never left its berth pls help", [(0,)]),
        ("it says the ferry to the far depot never left its berth, ORA-01019 pls help", []),
        ("yesterday ORA-01017 and now the ferry to the far depot never left its berth, ORA-01019 pls help", []),
    ],
)
def test_before_another_code_a_clause_is_another_message(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    message = "Crossing failed: the ferry to the far depot never left its berth. ORA-01017"
    assert rows(match(message, TRAY), query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("since lunch we get ORA-01017: the kiln is cold.", [(0,)]),
        ("since lunch we get ORA-01017.", []),  # which is a code, and no sentence of the message
    ],
)
def test_a_code_amid_a_sentence_is_not_yet_its_message(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    assert rows(match("ORA-01017: the kiln is cold. Ask the smith at the harbour gate.", TRAY), query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("The attachment 'Plan.dwg' (3.1 MB) contains a macro and was removed.", []),
        ("The attachment 'Plan.dwg' (3.1 MB) is lar", [(0,)]),
    ],
)
def test_the_bracket_of_a_value_does_not_end_a_message(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    assert (
        rows(match("The attachment 'Bundle.pdf' (38.2 MB) is larger than the limit of 25 MB.", TRAY), query) == expected
    )


def test_after_a_value_that_ends_with_a_bracket_a_message_may_be_cut_at_a_blank_line(match: Match) -> None:
    matcher = match("The shift of 05/01/2026 was not kept: it begins 3 day(s) from now.", TRAY)
    cut = "the shift of 30/04/2026 was not kept: it begins 4 day(s)"
    assert rows(matcher, f"Hello,\n\n{cut}\n\nWhat can I do?") == [(0,)]
    assert rows(matcher, f"Hello,\n\n{cut}\nafter the feast") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("24,25 hours on 30-Apr-26.", [(0,)]),
        ("It says: \u201c24,25 hours on 30-Apr-26.\u201d - what now?", [(0,)]),
        ("24,25 days on 30-Apr-26.", []),
        ("It was late. 3 hours on 4 May. What now?", []),
        ("24,25 on 30-Apr-26.", []),
    ],
)
def test_a_piece_that_is_but_values_is_known_by_their_unit(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    assert rows(match("You have recorded 26.5 hours on 05/01/2026.", TRAY), query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("goodbye", [(0,)]),
        ("he said: goodbye. What now?", []),
        ("user name", [(1,)]),
        ("For **User name**, enter **Administrator**.", []),
        ('The container "/print-queue-spooler" is in use.', []),
        ("Print queue spooler", [(2,)]),
        ("The guide has step-by-step instructions.", []),
    ],
)
def test_other_texts_have_a_common_word_or_two_or_a_name_by_chance(
    match: Match, query: str, expected: list[tuple[int, ...]]
) -> None:
    others = ["Another name for the user", "The name of a user is taken", "User of that name", "Name the user"]
    messages = ["Goodbye", "User name", "Print queue spooler V2", "Step by step instructions to run the options"]
    assert rows(match(*messages, *others), query) == expected


def test_in_a_long_text_a_piece_needs_more_than_in_a_short_one(match: Match) -> None:
    matcher = match("You have recorded 26.5 hours on 05/01/2026.", TRAY, TUNNEL)
    piece = "d 24 hours on 06/01/2026.\n"
    assert rows(matcher, piece) == [(0,)]
    assert rows(matcher, piece + "\nSome lines of other text that go on and on.\n" * 40) == []


FRAMED = (
    "There was a problem sending this letter. The printer said: 'Tray has no paper.'. "
    "Whoever maintains these machines should clean all rollers."
)
INK = "Cartridge: the ink is used up."


@pytest.mark.parametrize(
    ("problem", "expected", "others"),
    [
        ("'Tray has no paper.'.", [(0,)], set()),
        ("'Drum is worn.'.", [], {0}),
        ("'Cartridge: the ink is used up.'.", [(1,)], {0}),
        ("that the tray has no paper.", [(0,)], set()),
        ("that no paper lies in the tray.", [(0,)], set()),
    ],
)
def test_another_problem_in_the_frame_of_a_message_is_another_message(
    match: Match, problem: str, expected: list[tuple[int, ...]], others: set[int]
) -> None:
    before, after = FRAMED.split("'Tray has no paper.'.")
    stamp = "There was a problem sending this letter. The printer said: 'Stamp is missing.'."
    recognition = match(FRAMED, INK, stamp).recognise(before + problem + after)
    assert [each.rows for each in recognition.matches] == expected
    assert set(recognition.lookalikes) - {2} == others


@pytest.mark.parametrize(
    ("query", "others"),
    [
        ("Sending the letter has failed: no stamp was found.", {0}),
        ("I get Sending the letter has failed: Stamp not found, says the box", {0}),
        ("Sending the letter has failed: the rollers are dirty", {1}),
        ("Sending the letter has failed: the roller needs a stamp", set()),
        ("Sending the letter has failed: what now?", set()),
        ("Sending the letter has failed when I bought a stamp", set()),
        ("Letter has failed: no stamp was found.", set()),
    ],
)
def test_after_a_known_beginning_another_problem_is_another_message(match: Match, query: str, others: set[int]) -> None:
    cleaning = "Sending the letter has failed: Clean the rollers and send it again."
    matcher = match(cleaning, "Sending the letter has failed: Buy a stamp.", TRAY, INK)
    recognition = matcher.recognise(query)
    assert (recognition.matches, set(recognition.lookalikes)) == ((), others)


def test_a_question_that_is_a_heading_is_no_message_with_values_but_a_product_asks_too(match: Match) -> None:
    faq = replace(entry("faq", "How do I book a train for 2 people?"), title="How do I book a train for 2 people?")
    prompt = replace(entry("prompt", "Save changes to 'a.docx'?"), title="Closing without saving")
    matcher = match(faq, prompt, TRAY)
    assert rows(matcher, "How do I book a train for dogs?") == []
    assert rows(matcher, "How do I book a train for 2 people?") == []
    assert rows(matcher, "Save changes to 'letter.docx'?") == [(1,)]


def test_entries_without_messages_are_never_found(match: Match) -> None:
    matcher = match(entry("advice", solution="Printer 'XYZ' has no paper in tray 2."))
    assert matcher.recognise(TRAY).matches == ()


@pytest.mark.parametrize("query", ["", "   ", "?!", "the", "🙂", "12", "#", "\u0301"])
def test_next_to_nothing_is_no_message(match: Match, query: str) -> None:
    assert match(TRAY, TUNNEL).recognise(query).matches == ()


@pytest.mark.parametrize(
    "unit",
    [
        "a",
        "a ",
        "'",
        "(",
        "[",
        "1 ",
        "'a' ",
        "printer ",
        "printer 'a' has no ",
        "has no paper in tray\n",
        "in tray 2 ",
        "A_",
        "é",
        "printer" + "'" * 300 + " has no ",
        "printer \n> \n> ",
        "in tray\r\n\r\n",
        ". ",
    ],
)
def test_hostile_text_takes_no_longer_than_other_text(match: Match, unit: str) -> None:
    matcher = match(TRAY, TUNNEL, "[user] has no <paper> in [tray] of 'XYZ'")
    in_time(1, lambda: matcher.recognise((unit * 20_000)[:20_000]))


def test_the_files_are_the_same_each_time(match: Match) -> None:
    entries = [entry("tray", TRAY), entry("tunnel", TUNNEL)]
    first, second = (template_files(entries, list(map(whole_text, entries))) for _ in range(2))
    assert first.keys() == second.keys()
    assert [b"".join(chunks_of(first[name])) for name in first] == [b"".join(chunks_of(second[name])) for name in first]
