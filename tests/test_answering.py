"""An assistant answers every text, from the current generation."""

from __future__ import annotations

import json
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answering.answer import Answer, Part, Status, json_value
from assistant.answering.assistant import Assistant
from assistant.answering.decided import MAX_QUERY
from assistant.answering.query import Query
from corpus.loader import load_corpus
from index.builder import build
from index.decision import Decision, Reason
from index.errors import NoIndexError
from index.models.encoder import Advance, Encoded, Encoder
from index.retriever import Retriever
from index.storage.store import Store
from tests.conftest import WordEncoder

MAIL = """---
title: Mail
product: Post
tags: [letters]
aliases:
  mail#returned: mail#bounced
---
## It bounced {#bounced}

**Message:** Address unknown, message returned to sender

**Solution:** Check the address.

## It is late {#late}

**Symptoms:**

- my letter has still not arrived

**Solution:** Wait an hour.
"""
VPN = """---
title: Tunnel
product: Connect
tags: [network, letters]
---
## The tunnel is blocked {#blocked}

**Message:** Tunnel cannot be established, firewall blocked port

**Cause:** A firewall.

**Solution:** Open port 500.
"""
BOUNCED = "Address unknown, message returned to sender"
BLOCKED = "Tunnel cannot be established, firewall blocked port"


class Desk:
    """Articles, an index of them and an assistant over it."""

    def __init__(self, root: Path, encoder: Encoder) -> None:
        self.articles = root / "articles"
        self.articles.mkdir()
        (self.articles / "mail.md").write_text(MAIL, encoding="utf-8")
        (self.articles / "vpn.md").write_text(VPN, encoding="utf-8")
        self.store = Store(root / "built")
        self.encoder = encoder
        self.build()
        self.assistant = Assistant(self.store, encoder)

    def build(self) -> None:
        build(load_corpus(self.articles), self.encoder, self.store)


@pytest.fixture
def desk(tmp_path: Path, words: WordEncoder) -> Desk:
    return Desk(tmp_path, words)


def named(answer: Answer) -> list[str]:
    """Return the ids of all entries in an answer, near misses included."""
    return [each.entry_id for each in (*answer.hits, *answer.near_misses)]


def test_a_pasted_message_is_answered_with_its_entry_first(desk: Desk) -> None:
    answer = desk.assistant.ask(Query(BOUNCED))
    first = answer.hits[0]
    assert (answer.decision, answer.reason, answer.near_misses) == (Decision.ANSWER, None, ())
    assert (first.entry_id, first.rank, first.part) == ("mail#bounced", 1, 0)
    assert first.article.title == "Mail"
    assert answer.parts == (Part(0, len(BOUNCED)),)
    assert answer.generation.id == desk.store.current_id()
    assert answer.took_ms > 0


def test_two_messages_in_one_paste_are_answered_one_after_the_other(desk: Desk) -> None:
    answer = desk.assistant.ask(Query(f"{BOUNCED} {BLOCKED}"))
    assert [(each.rank, each.part) for each in answer.hits] == [(1, 0), (1, 1)]
    assert [f"{BOUNCED} {BLOCKED}"[part.start : part.end] for part in answer.parts] == [BOUNCED, BLOCKED]


def test_ranks_count_from_one_and_scores_fall(desk: Desk) -> None:
    answer = desk.assistant.ask(Query("the mail is blocked or bounced"))
    hits = (*answer.hits, *answer.near_misses)
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_a_recognised_message_scores_no_less_than_hits_on_the_other_words(desk: Desk) -> None:
    result = Retriever(desk.store.current(), desk.encoder).search(f"{BOUNCED}. My letter has still not arrived.")
    assert [hit.entry_id for hit in result.hits][:2] == ["mail#bounced", "mail#late"]
    assert result.hits[0].score >= result.hits[1].score > 1


def test_another_error_in_the_same_wrapper_sentence_is_not_answered_with_the_documented_one(desk: Desk) -> None:
    text = "There was a problem sending this letter: {}. Whoever maintains these machines should clean all rollers."
    known, new = text.format("Tray has no paper"), text.format("Drum is worn")
    entry = f"## Jam {{#jam}}\n\n**Message:** {known}\n\n**Solution:** Pull.\n"
    stamp = "## Stamp\n\n**Message:** There was a problem sending this letter: no stamp.\n\n**Solution:** Buy one.\n"
    (desk.articles / "letters.md").write_text(f"{entry}\n{stamp}", encoding="utf-8")
    desk.build()
    assert desk.assistant.ask(Query(known)).hits[0].entry_id == "letters#jam"
    answer = desk.assistant.ask(Query(new))
    assert (answer.decision, answer.reason) == (Decision.NONE, Reason.NO_MATCH)
    assert answer.hits == ()
    hits = Retriever(desk.store.current(), desk.encoder).search(new, k=4).hits
    assert [hit.rank for hit in hits] == [1, 2, 3, 4]
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert [hit.probability for hit in hits] == sorted((hit.probability or 0 for hit in hits), reverse=True)


def test_behind_a_shared_beginning_the_rest_of_the_text_decides(desk: Desk) -> None:
    entry = (
        "## {0} {{#{0}}}\n\n**Message:** Sending the letter has failed: {1}.\n\n**Symptoms:**\n\n- {2}\n\n"
        "**Solution:** Ask.\n"
    )
    rollers = entry.format("rollers", "Clean the rollers", "all paper comes out black")
    stamp = entry.format("stamp", "Buy a stamp", "it came back unpaid")
    (desk.articles / "letters.md").write_text(f"{rollers}\n{stamp}", encoding="utf-8")
    desk.build()
    answer = desk.assistant.ask(Query("Sending the letter has failed: all paper comes out black"))
    assert (answer.decision, answer.hits[0].entry_id) == (Decision.ANSWER, "letters#rollers")
    other = desk.assistant.ask(Query("Sending the letter has failed: its envelope exploded"))
    assert (other.decision, other.hits) == (Decision.NONE, ())


class Counting(WordEncoder):
    """Counts the queries that it encodes."""

    def __init__(self) -> None:
        super().__init__()
        self.queries = 0

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        self.queries += len(texts) if as_query else 0
        return super().encode_tokens(texts, as_query=as_query, advance=advance)


def test_a_log_full_of_shared_beginnings_costs_only_a_few_searches(tmp_path: Path) -> None:
    encoder = Counting()
    desk = Desk(tmp_path, encoder)
    devices = "printer scanner router phone lamp clock door".split()
    entry = (
        "## {0} {{#{0}}}\n\n**Message:** Sending to the {0} has failed: Clean its {0}-roller.\n\n**Solution:** Do.\n"
    )
    (desk.articles / "log.md").write_text("\n".join(map(entry.format, devices)), encoding="utf-8")
    desk.build()
    lines = [f"Sending to the {device} has failed: envelope exploded" for device in devices]
    desk.assistant.ask(Query("\n".join(lines)))
    assert encoder.queries == 1 + 7 + 3  # the log, its clauses, and what follows three beginnings


def test_a_question_back_encodes_its_query_once_and_names_the_nearest_symptom(tmp_path: Path) -> None:
    encoder = Counting()
    answer = Desk(tmp_path, encoder).assistant.ask(Query("my letter"))
    assert answer.question is not None
    named = [(choice.label, choice.symptom) for choice in answer.question.choices]
    assert named == [("It is late", "my letter has still not arrived"), ("None of these", None)]
    assert encoder.queries == 1


def test_a_query_that_no_article_covers_has_no_hits(desk: Desk) -> None:
    answer = desk.assistant.ask(Query("zebra quantum marmalade"))
    assert (answer.decision, answer.reason, answer.hits) == (Decision.NONE, Reason.NO_MATCH, ())
    assert len(answer.near_misses) <= 3


@pytest.mark.parametrize("query", ["", "   \n\t", "🔥🔥🔥", "\x00\x07\x1b", "?!… —", "\u200b\u202e"])
def test_a_query_without_a_letter_or_digit_is_empty(desk: Desk, query: str) -> None:
    answer = desk.assistant.ask(Query(query))
    assert (answer.decision, answer.reason) == (Decision.NONE, Reason.EMPTY_QUERY)
    assert (named(answer), answer.query) == ([], query)


def test_twenty_thousand_characters_are_answered_and_one_more_is_too_long(desk: Desk) -> None:
    longest = f"{BOUNCED} " + "x" * (MAX_QUERY - len(BOUNCED) - 1)
    assert len(longest) == 20_000
    assert desk.assistant.ask(Query(longest)).reason is not Reason.TOO_LONG
    answer = desk.assistant.ask(Query(f"{longest}x"))
    assert (answer.decision, answer.reason, named(answer)) == (Decision.NONE, Reason.TOO_LONG, [])


def test_the_limit_counts_characters_not_bytes(desk: Desk) -> None:
    assert desk.assistant.ask(Query("ü🔥" * 10_000)).reason is not Reason.TOO_LONG
    assert desk.assistant.ask(Query("ü🔥" * 10_000 + "x")).reason is Reason.TOO_LONG


def test_control_characters_in_a_message_do_not_hide_it(desk: Desk) -> None:
    assert named(desk.assistant.ask(Query(f"\x00\x1b[31m{BOUNCED}\x07\r\n")))[0] == "mail#bounced"


def test_a_lone_surrogate_is_replaced(desk: Desk) -> None:
    answer = desk.assistant.ask(Query(f"\ud83d {BOUNCED}"))
    assert answer.query == f"\ufffd {BOUNCED}"
    assert named(answer)[0] == "mail#bounced"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(query=st.text(st.characters(), max_size=200))
def test_every_text_has_an_answer_that_json_can_hold(desk: Desk, query: str) -> None:
    answer = desk.assistant.ask(Query(query))
    assert json.loads(json.dumps(json_value(answer), ensure_ascii=False).encode())["decision"] in set(Decision)
    asks_what_one_sees = answer.question is not None and not answer.question.choices
    assert bool(answer.hits) == (answer.decision is not Decision.NONE and not asks_what_one_sees)
    assert (answer.reason is None) == (answer.decision is not Decision.NONE)


@pytest.mark.parametrize(
    "query", ["", "🔥", "\x00", "a", "1", "日本語", "word " * 4000, "x" * 20_001, "\ud83d", "\ufeff?"]
)
def test_with_the_shipped_encoder_every_text_has_an_answer(tmp_path: Path, encoder: Encoder, query: str) -> None:
    answer = Desk(tmp_path, encoder).assistant.ask(Query(query))
    assert json.dumps(json_value(answer), ensure_ascii=False).encode()


def test_an_answer_has_at_most_k_hits(desk: Desk) -> None:
    both = "address unknown, or is the port blocked by the firewall"
    assert len(desk.assistant.ask(Query(both, k=1)).hits) <= 1
    assert named(desk.assistant.ask(Query(both, k=1)))[:1] == named(desk.assistant.ask(Query(both, k=5)))[:1]


@pytest.mark.parametrize("k", [0, -1])
def test_k_below_one_is_refused(desk: Desk, k: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k}; it should be at least 1"):
        desk.assistant.ask(Query(BOUNCED, k=k))


@pytest.mark.parametrize(
    ("product", "tags", "articles"),
    [
        ("Post", (), {"mail"}),
        ("Connect", (), {"vpn"}),
        (None, ("network",), {"vpn"}),
        ("Post", ("network",), set()),
        ("Nothing", (), set()),
    ],
)
def test_a_filter_leaves_out_other_articles(
    desk: Desk, product: str | None, tags: tuple[str, ...], articles: set[str]
) -> None:
    for query in (BOUNCED, BLOCKED):
        ids = named(desk.assistant.ask(Query(query, product=product, tags=tags)))
        assert {each.partition("#")[0] for each in ids} <= articles


def test_a_filter_that_fits_keeps_the_right_entry(desk: Desk) -> None:
    assert desk.assistant.ask(Query(BOUNCED, product="Post", tags=("letters",))).hits[0].entry_id == "mail#bounced"


def test_the_next_query_is_answered_from_a_generation_just_published(desk: Desk) -> None:
    before = desk.assistant.ask(Query(BOUNCED))
    text = MAIL.replace("Check the address.", "Ask for the new address.")
    (desk.articles / "mail.md").write_text(text, encoding="utf-8")
    desk.build()
    after = desk.assistant.ask(Query(BOUNCED))
    assert after.hits[0].solutions[0].blocks[0].markdown == "Ask for the new address."
    assert before.generation.id < after.generation.id


def test_a_deleted_article_is_gone_from_everything(desk: Desk) -> None:
    assert "vpn#blocked" in named(desk.assistant.ask(Query(BLOCKED)))
    (desk.articles / "vpn.md").unlink()
    desk.build()
    assert not {"vpn#blocked"} & {
        *named(desk.assistant.ask(Query(BLOCKED))),
        *named(desk.assistant.ask(Query(BLOCKED, k=50))),
    }
    assert desk.assistant.entry("vpn#blocked") is None
    assert [article.article_id for article, _ in desk.assistant.contents()] == ["mail"]
    assert desk.assistant.status().articles == 1


def test_a_new_article_that_is_broken_is_left_out_and_named(desk: Desk) -> None:
    (desk.articles / "new.md").write_bytes(b"## \xff")
    desk.build()
    (rejected,) = desk.assistant.status().rejected
    assert (rejected.source, rejected.entries, rejected.being_edited) == ("new.md", 0, 0)
    assert rejected.message.startswith("new.md:1: is not UTF-8")
    for number in range(102):
        (desk.articles / f"new{number:03}.md").write_bytes(b"## \xff")
    desk.build()
    status = desk.assistant.status()
    assert [each.source for each in status.rejected] == ["new.md", *(f"new{number:03}.md" for number in range(99))]
    assert status.more_rejected == 3


def test_an_entry_is_returned_for_its_id_or_an_alias(desk: Desk) -> None:
    entry = desk.assistant.entry("mail#bounced")
    assert entry is not None
    assert (entry.messages, entry.article.product) == ((BOUNCED,), "Post")
    assert desk.assistant.entry("mail#returned") == entry
    assert [desk.assistant.entry(each) for each in ("", "mail", "mail#", "other#bounced")] == [None] * 4


def test_the_contents_are_all_articles_with_their_entries_in_order(desk: Desk) -> None:
    contents = desk.assistant.contents()
    assert [(article.title, [each.entry_id for each in own]) for article, own in contents] == [
        ("Mail", ["mail#bounced", "mail#late"]),
        ("Tunnel", ["vpn#blocked"]),
    ]


def test_the_status_describes_the_generation(desk: Desk) -> None:
    status = desk.assistant.status()
    generation = desk.assistant.ask(Query("")).generation
    assert generation.id == desk.store.current_id()
    passages = desk.store.current().facts["counts"]["passages"]
    assert status == Status(generation, 2, 3, passages, "words", (), None)


def test_without_an_index_the_error_names_the_command(tmp_path: Path, words: WordEncoder) -> None:
    assistant = Assistant(Store(tmp_path / "none"), words)
    for method in (
        lambda: assistant.ask(Query("a")),
        assistant.contents,
        assistant.status,
        lambda: assistant.entry("a#b"),
    ):
        with pytest.raises(NoIndexError, match=r'no index has been built in .*none; run "assistant build"'):
            method()


def test_an_index_built_after_the_first_query_is_used(tmp_path: Path, words: WordEncoder) -> None:
    late = Assistant(Store(tmp_path / "built"), words)
    with pytest.raises(NoIndexError):
        late.ask(Query(BOUNCED))
    Desk(tmp_path, words)
    assert late.ask(Query(BOUNCED)).hits[0].entry_id == "mail#bounced"


def test_many_threads_get_the_answers_that_one_gets(desk: Desk) -> None:
    queries = [BOUNCED, BLOCKED] * 20
    expected = [named(desk.assistant.ask(Query(query))) for query in queries]
    answers: list[list[str]] = [[] for _ in queries]

    def ask(number: int) -> None:
        answers[number] = named(desk.assistant.ask(Query(queries[number])))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(len(queries))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == expected


@pytest.mark.parametrize("k", [1, 5, 8])
def test_a_message_that_many_entries_share_leads_to_a_question_for_every_k(
    desk: Desk, words: WordEncoder, k: int
) -> None:
    entries = [
        f"## Place {each} {{#p{each}}}\n\n**Message:** The record is locked by a user.\n\n**Solution:** Ask {each}.\n"
        for each in "abcdefgh"
    ]
    (desk.articles / "many.md").write_text("\n".join(entries), encoding="utf-8")
    desk.build()
    answer = desk.assistant.ask(Query("The record is locked by a user.", k=k))
    assert answer.decision is Decision.AMBIGUOUS
    assert answer.question is not None
    offered = {entry_id for choice in answer.question.choices for entry_id in choice.entry_ids}
    assert offered == {f"many#p{each}" for each in "abcdefgh"}
    assert len(answer.hits) == max(k, 8)  # the choices are among the hits, however few are wanted


@pytest.mark.parametrize("k", [1, 5, 10])
@pytest.mark.parametrize(("sharing", "decision"), [(4, Decision.AMBIGUOUS), (8, Decision.ANSWER)])
def test_a_code_that_many_entries_share_has_the_same_decision_for_every_k(
    desk: Desk, k: int, sharing: int, decision: Decision
) -> None:
    entry = "## {0} failed {{#p{0}}}\n\n**Message:** Error 809: the {0} does not answer\n\n**Solution:** Ask {0}.\n"
    devices = ["printer", "scanner", "fax", "phone", "router", "lamp", "door", "clock"][:sharing]
    (desk.articles / "many.md").write_text("\n".join(map(entry.format, devices)), encoding="utf-8")
    desk.build()
    answer = desk.assistant.ask(Query("I get error 809", k=k))
    assert answer.decision is decision
    assert {each.why.signal for each in answer.hits} == {"code"}
    assert len(answer.hits) == (sharing if decision is Decision.AMBIGUOUS else min(k, sharing))


def test_a_documented_code_is_answered_beside_one_that_is_not(desk: Desk) -> None:
    entry = "## {0} {{#{0}}}\n\n**Message:** E-204{0}: no paper\n\n**Solution:** Ask.\n"
    (desk.articles / "codes.md").write_text("\n".join(map(entry.format, "012")), encoding="utf-8")
    desk.build()
    answer = desk.assistant.ask(Query("first E-2099 and then E-2040"))
    assert (answer.decision, answer.unknown_codes) == (Decision.ANSWER, ("E-2099",))
    assert [each.entry_id for each in answer.hits] == ["codes#0"]


def test_no_hit_is_more_probable_than_one_ranked_before_it(encoder: Encoder, tmp_path: Path) -> None:
    assistant = Desk(tmp_path, encoder).assistant
    for query in ("my letter has not arrived", "port", "is the address open", "wait for the firewall to check"):
        answer = assistant.ask(Query(query, k=5))
        probabilities = [hit.probability or 0 for hit in (*answer.hits, *answer.near_misses)]
        assert probabilities == sorted(probabilities, reverse=True)


def test_an_example_value_that_a_text_happens_to_share_makes_no_other_trouble_the_documented_one(
    encoder: Encoder, tmp_path: Path
) -> None:
    store = Store(tmp_path / "index")
    build(load_corpus(Path(__file__).parent / "data" / "messages"), encoder, store)
    retriever = Retriever(store.current(), encoder)
    newer = "'Lease.docx' cannot be opened: it was written by a newer version of the word processor."
    hits = {hit.entry_id: hit for hit in retriever.search(newer).hits}
    without = {hit.entry_id: hit for hit in retriever.search(newer.removeprefix("'Lease.docx'")).hits}
    probability = hits["paperwell#version-exists"].probability
    assert probability == pytest.approx(without["paperwell#version-exists"].probability, abs=0.01)
    assert (probability or 0) < 0.3
    assert retriever.search("'Lease.docx' was not checked in: version 12 already exists.").hits[0].probability == 0.99


def test_the_title_of_one_entry_is_answered_and_its_telling_word_alone_is_asked_about(
    encoder: Encoder, tmp_path: Path
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "tide.md").write_text(
        "# Harbour\n\n## Tide error\n\n**Solution:** Renew the plan.\n\n"
        "## The tide table is empty\n\n**Solution:** Choose another port.\n",
        encoding="utf-8",
    )
    store = Store(tmp_path / "index")
    build(load_corpus(articles), encoder, store)
    assistant = Assistant(store, encoder)
    answer = assistant.ask(Query("Tide error"))
    assert (answer.decision, answer.hits[0].entry_id) == (Decision.ANSWER, "tide#tide-error")
    assert assistant.ask(Query("tide")).decision is Decision.AMBIGUOUS


def test_a_piece_is_found_by_the_title_of_its_article(encoder: Encoder, tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "bills.md").write_text(
        "# Mooring bills will not print\n\n## The spooler holds an old job\n\nDelete the job.\n\n"
        "## The tray is set to a foreign size\n\nChoose A4.\n",
        encoding="utf-8",
    )
    (articles / "crane.md").write_text("# Crane\n\n## The hook is stuck\n\nLower it.\n", encoding="utf-8")
    store = Store(tmp_path / "index")
    build(load_corpus(articles), encoder, store)
    answer = Assistant(store, encoder).ask(Query("my mooring bill does not print"))
    assert answer.decision is Decision.AMBIGUOUS
    assert {hit.entry_id for hit in answer.hits} == {
        "bills#the-spooler-holds-an-old-job",
        "bills#the-tray-is-set-to-a-foreign-size",
    }
