"""An answer is shown as cards, a question, or the reason why there is none."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from bs4 import BeautifulSoup

from assistant.answering.answer import (
    Answer,
    AnswerHit,
    Choice,
    EntryInfo,
    GenerationInfo,
    Notice,
    Part,
    Question,
    Status,
)
from assistant.rendering.answer_html import answer_html, entry_html, no_index_html
from assistant.rendering.answer_text import answer_text
from assistant.rendering.page_parts import contents_html, filter_html, footer_html, start_html
from assistant.rendering.support_note import ticket_text
from corpus.article import Article, Block, BlockKind, Entry, Field, Solution, Span
from index.build_report import Rejected
from index.decision import Decision, QuestionKind, Reason
from index.hit import Aligned, Hit, Why

ARTICLE = Article("vpn", "VPN <help>", "https://help.example/vpn", None, (), "2026-05-03", None, (), False, "vpn.md")
ENTRY = Entry(
    entry_id="vpn#error-809",
    title="Error 809",
    messages=("Error 809: the port '500' is closed",),
    symptoms=("The VPN does not connect from home.",),
    cause="A router blocks the port.",
    solutions=(
        Solution(None, (Block(BlockKind.STEPS, "1. Open the router\n2. Allow the port"),)),
        Solution("Ask the provider", (Block(BlockKind.CAUTION, "It costs."), Block(BlockKind.NOTE, "Be patient."))),
    ),
    context=None,
    breadcrumb=("VPN <help>",),
    span=Span(5, 12),
)
GENERATION = GenerationInfo("g1", "2026-11-23T03:40:00+00:00")
WHY = Why("dense", Field.MESSAGE, ("port",))
HIT = AnswerHit.from_hit(Hit(ENTRY.entry_id, 1, 0.9, None, WHY), ENTRY, ARTICLE)
SHOWN = EntryInfo.from_entry(ENTRY, ARTICLE)
ANSWER = Answer("port closed", Decision.ANSWER, None, 0.5, GENERATION, 1.0, hits=(HIT,))


def page(html: str) -> BeautifulSoup:
    return BeautifulSoup(html, "html.parser")


def texts(html: str, selector: str) -> list[str]:
    return [" ".join(element.get_text(" ", strip=True).split()) for element in page(html).select(selector)]


def test_a_card_shows_message_cause_steps_asides_and_where_it_stands() -> None:
    html = answer_html(ANSWER)
    assert texts(html, "h2") == ["1 solution found"]
    assert texts(html, ".card h3") == ["Error 809"]
    assert texts(html, ".message p:not(.unseen)") == ["Error 809: the port '500' is closed"]
    assert texts(html, ".cause p") == ["A router blocks the port ."]
    assert texts(html, ".solution h5") == ["Way 1", "Way 2: Ask the provider"]
    assert texts(html, ".step-text") == ["Open the router", "Allow the port"]
    assert texts(html, ".aside-name") == ["Caution", "Note"]
    assert texts(html, ".from") == ["From VPN <help> , updated 3 May 2026"]
    assert page(html).select_one(".from a")["href"] == "https://help.example/vpn"  # type: ignore[index]


def test_a_step_has_a_box_to_tick_and_keeps_its_number() -> None:
    steps = Block(BlockKind.STEPS, "3. Open *Xero*\n4. Save")
    html = entry_html(replace(SHOWN, solutions=(Solution(None, (steps,)),)))
    assert page(html).select_one("ol.steps")["start"] == "3"  # type: ignore[index]
    assert [tick["type"] for tick in page(html).select(".step .tick input")] == ["checkbox", "checkbox"]
    assert texts(html, ".number") == ["3.", "4."]
    assert texts(html, ".tick .unseen") == ["Step 3 done", "Step 4 done"]
    assert texts(html, ".step-text") == ["Open Xero", "Save"]


def test_words_that_say_nothing_are_not_marked() -> None:
    hit = replace(HIT, why=replace(WHY, words=("the", "port", "is")))
    html = answer_html(replace(ANSWER, hits=(hit,)))
    assert texts(html, "mark") == ["port", "port"]


def test_words_are_marked_in_message_and_cause_but_not_in_the_steps() -> None:
    html = answer_html(ANSWER)
    assert texts(html, ".message mark") == ["port"]
    assert texts(html, ".cause mark") == ["port"]
    assert texts(html, ".solution mark") == []


def test_only_the_first_card_is_open() -> None:
    second = replace(HIT, rank=2)
    opened = [
        element.has_attr("open") for element in page(answer_html(replace(ANSWER, hits=(HIT, second)))).select("details")
    ]
    assert opened == [True, False]


def test_several_errors_in_a_paste_are_answered_one_by_one() -> None:
    second = replace(HIT, part=1)
    parts = (Part(0, 4), Part(5, 11), Part(11, 11))
    html = answer_html(replace(ANSWER, hits=(HIT, second), parts=parts))
    assert texts(html, "h2") == ["3 errors in this text, one after the other"]
    assert texts(html, ".part h3") == ["Error 1: port", "Error 2: closed", "Error 3:"]
    assert texts(html, ".part h4.card-title") == ["Error 809", "Error 809"]
    assert texts(html, ".part:last-child p") == ["Nothing is sure enough to show for this part. Ask about it alone"]


def test_certainty_is_shown_in_words_and_as_a_bar_only_when_it_is_known_and_high() -> None:
    assert "certainty" not in answer_html(ANSWER)
    assert "certainty" not in answer_html(replace(ANSWER, hits=(replace(HIT, probability=0.69),)))
    assert texts(answer_html(replace(ANSWER, hits=(replace(HIT, probability=0.7),))), ".certainty") == ["Likely"]
    sure = replace(HIT, probability=0.91)
    html = answer_html(replace(ANSWER, hits=(sure,)))
    assert texts(html, ".certainty") == ["Very likely"]
    assert page(html).select_one("meter")["value"] == "91"  # type: ignore[index]


def test_a_pasted_message_is_aligned_with_the_documented_one() -> None:
    runs = (
        Aligned("same", "the port", "the port"),
        Aligned("yours", "'500'", "'<4500>'"),
        Aligned("different", "is", ""),
    )
    aligned = replace(HIT, why=replace(WHY, alignment=runs))
    html = answer_html(replace(ANSWER, hits=(aligned,)))
    assert texts(html, ".aligned dd") == ["the port '500' is", "the port '<4500>'"]
    assert texts(html, ".aligned .run.yours") == ["'500'", "'<4500>'"]
    assert texts(html, ".key .run") == ["your value", "different"]


def test_a_pasted_message_that_differs_in_nothing_is_shown_once() -> None:
    runs = (Aligned("same", "the port", "The port"), Aligned("yours", "809", "809"))
    aligned = replace(HIT, why=replace(WHY, alignment=runs))
    html = answer_html(replace(ANSWER, hits=(aligned,)))
    assert texts(html, ".key") == ["Your message is this one:"]
    assert texts(html, ".message p:not(.key)") == texts(answer_html(ANSWER), ".message p:not(.unseen)")
    assert texts(html, ".aligned") == []


TIED = (HIT, replace(HIT, entry_id="vpn#other", rank=2, entry_title="Error 810", messages=("Error 809: no port",)))
CHOICES = (
    Choice("vpn#error-809", "closed", "It <fails> from home.", ("vpn#error-809",)),
    Choice("vpn#other", "no port", None, ("vpn#other",)),
    Choice("none", "None of these", None, ()),
)
PERHAPS = Question(QuestionKind.PERHAPS, "Is it one of these?", CHOICES)
ASKED = replace(ANSWER, decision=Decision.AMBIGUOUS, hits=TIED, question=PERHAPS)


def test_a_question_shows_what_tells_its_choices_apart_and_their_steps_in_place() -> None:
    html = answer_html(ASKED)
    assert texts(html, "h2") == ["Is it one of these?"]
    assert texts(html, ".announcement") == ["Is it one of these? 2 to choose from"]
    assert texts(html, ".choice summary h3") == ["Error 809", "Error 810"]
    assert texts(html, ".telling") == ["Message Error 809: the port '500' is closed", "Message Error 809: no port"]
    assert texts(html, ".symptom") == ["Such as It <fails> from home."]
    assert texts(html, ".choice .step-text") == ["Open the router", "Allow the port"] * 2
    assert len(page(html).select(".choice button[data-feedback=helped]")) == 2
    assert [button["data-choice"] for button in page(html).select("button[data-choice]")] == ["none"]
    assert not page(html).select("details[open], .certainty")


def test_words_that_say_too_little_get_a_question_and_the_list_of_all_problems() -> None:
    question = Question(QuestionKind.PERHAPS, "What do you see? Paste the message.", ())
    html = answer_html(replace(ASKED, hits=(), question=question))
    assert texts(html, "h2") == ["What do you see?"]
    assert texts(html, ".results > p")[0] == "Paste the message."
    assert texts(html, "button[data-browse]") == ["Look through all problems"]
    assert not page(html).select(".card, [data-choice], .support, .topics")


def test_hits_that_are_hardly_likely_are_not_counted_and_stand_apart() -> None:
    rest = [replace(HIT, rank=rank, probability=probability) for rank, probability in ((2, 0.02), (3, 0.019))]
    html = answer_html(replace(ANSWER, hits=(replace(HIT, probability=0.01), *rest)))
    assert texts(html, "h2") == ["2 solutions, best first"]
    assert texts(html, ".results > .cards .rank") == ["Result 1", "Result 2"]
    assert texts(html, ".unlikely > h3") == ["Less likely, but near"]
    assert texts(html, ".unlikely .rank") == ["Result 3"]


def test_after_a_no_it_is_asked_what_was_missing_and_nothing_more_is_said_to_be_near() -> None:
    assert page(answer_html(ASKED, refused="vpn#a")).select_one(".missing")["data-entry"] == "vpn#a"  # type: ignore[index]
    assert not page(answer_html(ASKED, refused="")).select(".missing")
    none = replace(ANSWER, decision=Decision.NONE, reason=Reason.NO_MATCH, hits=())
    assert texts(answer_html(none, refused=""), "h2") == ["There is nothing more to suggest"]


def test_no_outcome_says_that_no_article_covers_what_was_asked() -> None:
    nothing = replace(ANSWER, decision=Decision.NONE, hits=(), near_misses=(HIT,))
    outcomes = [ANSWER, ASKED, replace(ANSWER, parts=(Part(0, 4), Part(5, 11)))]
    notice = Notice("de", "Die Artikel sind auf Englisch.")
    outcomes += [
        replace(nothing, reason=reason, notice=notice if reason is Reason.UNREADABLE_LANGUAGE else None)
        for reason in Reason
    ]
    now = datetime(2026, 11, 23, tzinfo=UTC)
    for outcome in outcomes:
        for text in (answer_html(outcome), answer_text(outcome), ticket_text(outcome, now=now)):
            assert not re.search("no (help )?article covers", text, re.IGNORECASE), text


def test_the_ticket_says_what_was_tried() -> None:
    none = replace(ANSWER, decision=Decision.NONE, reason=Reason.NO_MATCH, hits=())
    ticket = ticket_text(none, now=datetime(2026, 11, 23, 9, 5, tzinfo=UTC), unhelpful=("Error 809", "Error 810"))
    assert ticket.splitlines()[:7] == [
        "I need help with this problem:",
        "",
        "port closed",
        "",
        "I tried this from the help articles, and it did not help:",
        "- Error 809",
        "- Error 810",
    ]
    assert ticket.splitlines()[-1].startswith("Searched on 2026-11-23 at 09:05 UTC, articles as of 23 November 2026")


def test_without_an_answer_near_misses_are_topics_and_no_solution_is_shown() -> None:
    none = replace(ANSWER, decision=Decision.NONE, reason=Reason.NO_MATCH, hits=(), near_misses=(HIT,))
    html = answer_html(none)
    assert texts(html, "h2") == ["Nothing in the articles is near this"]
    assert texts(html, ".topics a") == ["Error 809"]
    assert page(html).select_one(".topics a")["href"] == "./entries/vpn%23error-809"  # type: ignore[index]
    assert "router" not in html


def test_each_reason_is_explained_in_plain_words() -> None:
    none = replace(ANSWER, decision=Decision.NONE, hits=())
    assert "20,000 characters" in answer_html(replace(none, reason=Reason.TOO_LONG))
    assert "no words in this yet" in answer_html(replace(none, reason=Reason.EMPTY_QUERY))
    unknown = replace(none, reason=Reason.CODE_NOT_DOCUMENTED, unknown_codes=("E<9>",))
    assert "No article documents <code>E&lt;9&gt;</code>" in answer_html(unknown)


def test_a_link_to_an_entry_shows_it_open_and_one_to_none_shows_a_notice() -> None:
    assert texts(entry_html(SHOWN), "h2.card-title") == ["Error 809"]
    assert '<details class="solution" open>' in entry_html(SHOWN)
    assert texts(entry_html(None), "h2") == ["This link leads to no entry"]


def test_before_anything_is_typed_there_are_questions_to_try() -> None:
    html = start_html([(ARTICLE, [ENTRY])])
    assert page(html).select_one(".examples a")["href"] == "#q=The%20VPN%20does%20not%20connect%20from%20home."  # type: ignore[index]


def test_all_entries_can_be_browsed_by_article() -> None:
    html = contents_html([(ARTICLE, [ENTRY])])
    assert texts(html, "h3") == ["VPN <help>"]
    assert texts(html, "a") == ["Error 809"]


def test_the_filter_offers_what_tells_articles_apart() -> None:
    other = replace(ARTICLE, product="Mail & more", tags=("setup",))
    html = filter_html([replace(ARTICLE, product="VPN", tags=("setup", "network")), other])
    assert texts(html, "option") == ["All products", "Mail & more", "VPN"]
    assert [box["value"] for box in page(html).select(".tag input")] == ["network"]
    assert filter_html([ARTICLE, ARTICLE]) == ""


def test_the_footer_says_when_it_was_built_and_what_was_left_out() -> None:
    rejected = (Rejected("b.md", "b.md:3: no <title>", 4),)
    html = footer_html(Status(GENERATION, 1, 10, 90, "words", rejected, problem="generation 8 is <damaged>"))
    assert texts(html, ".built") == ["10 problems in 1 article , last built 23 November 2026 at 03:40 UTC ."]
    assert texts(html, "li") == ["b.md (4 problems): b.md:3: no <title>"]
    assert texts(html, ".aside-name") == ["Left out of the last build", "Not the newest build"]
    assert "generation 8 is &lt;damaged&gt;" in html
    html = footer_html(Status(GENERATION, 1, 10, 90, "words", rejected * 100, more_rejected=7))
    assert texts(html, "li")[50:] == ["and 57 more"]


def test_a_missing_index_is_shown_with_its_remedy() -> None:
    assert texts(no_index_html('run "assistant build" & wait'), ".remedy") == ['run "assistant build" & wait']


def test_an_answer_says_which_code_it_is_not_about() -> None:
    answer = replace(ANSWER, unknown_codes=("E<9>",))
    assert texts(answer_html(answer), ".corrections") == ["This is about the rest: E<9> stands in no article."]
    assert answer_text(answer).startswith("code E<9> is not documented\n\n1. Error 809")


def test_a_terminal_shows_what_is_a_note_or_a_caution() -> None:
    assert "\n      Caution: It costs.\n      Note: Be patient.\n" in answer_text(ANSWER)


def test_a_terminal_asks_back_with_the_symptom_of_each_choice() -> None:
    lines = answer_text(ASKED).splitlines()
    assert lines[:6] == [
        "Is it one of these?",
        "  - closed",
        "    such as: It <fails> from home.",
        "  - no port",
        "  - None of these",
        "",
    ]
    assert lines[6] == "1. Error 809"
