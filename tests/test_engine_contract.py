"""What people are answered is the same whichever engine holds the entries, and so is what builds and rollbacks do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from assistant.answering.answer import Answer
from assistant.answering.assistant import Assistant
from assistant.answering.factory import open_encoder
from assistant.answering.query import Query
from assistant.settings import Settings
from corpus.loader import load_corpus
from index.build_report import BuildReport
from index.builder import Options, build
from index.decision import Decision, Reason
from index.engines.hosted import Hosted
from index.engines.options import EngineOptions
from index.models.encoder import Encoder
from index.models.remembering_encoder import RememberingEncoder
from index.storage.store import Store
from tests.programs.trials import StableEncoder
from tests.test_milvus import ARTICLE, PATIENT, answers

ROOT = Path(__file__).parent.parent
PRODUCT = "Actionstep Practice Management"
EXCEEDS, DENIED = "xero-error-messages#payment-exceeds-outstanding", "xero-error-messages#access-denied"
MESSAGE = (
    "Failed Posting Payment Xero: XERO API Exception Detected: #1: Payments can only be made against Authorised "
    "documents. #2: Payment amount exceeds the amount outstanding on this document."
)
FILLER = "The report of last week is attached below, as we said on Monday. "
DESCRIBED = "The client paid, but xero says it is more than what is outstanding. "


@dataclass(frozen=True, slots=True)
class Held:
    """Articles, and an index of them that an engine searches: None searches the files."""

    articles: Path
    store: Store
    encoder: Encoder
    hosted: Hosted | None

    def build(self, keep: int = 3) -> BuildReport:
        corpus = load_corpus(self.articles)
        return build(corpus, self.encoder, self.store, options=Options(keep=keep), engine=self.hosted)

    def assistant(self) -> Assistant:
        return Assistant(self.store, self.encoder, engine=self.hosted)

    def fresh(self, name: str) -> Assistant:
        """Return an assistant over the files of an index that is built from nothing."""
        store = Store(self.store.root.with_name(name))
        build(load_corpus(self.articles), self.encoder, store)
        return Assistant(store, self.encoder)

    def write(self, text: str) -> None:
        (self.articles / "post.md").write_text(text, encoding="utf-8")


def hosted_at(engine: str, request: pytest.FixtureRequest) -> Hosted | None:
    if engine == "files":
        return None
    return Hosted(EngineOptions(request.getfixturevalue("lite"), timeout_s=PATIENT))


@pytest.fixture(scope="module", params=["files", "milvus"])
def shipped(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Held]:
    """The articles that are shipped, and a real encoder."""
    encoder = RememberingEncoder(open_encoder(Settings.from_environment(os.environ)))
    store = Store(tmp_path_factory.mktemp("shipped") / "built")
    held = Held(ROOT / "corpus" / "articles", store, encoder, hosted_at(request.param, request))
    held.build()
    yield held
    if held.hosted is not None:
        held.hosted.close()


@pytest.fixture(params=["files", "milvus"])
def held(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Held]:
    """One article about mail, which a test may edit, and an encoder that needs no time."""
    (tmp_path / "articles").mkdir()
    store = Store(tmp_path / "built")
    held = Held(tmp_path / "articles", store, StableEncoder(), hosted_at(request.param, request))
    held.write(ARTICLE)
    yield held
    if held.hosted is not None:
        held.hosted.close()


def first(answer: Answer) -> str | None:
    return answer.hits[0].entry_id if answer.hits else None


@pytest.mark.parametrize(
    ("query", "decision", "reason", "entry"),
    [
        pytest.param(
            Query("client paid but xero says its more than whats outstanding"), "answer", None, EXCEEDS, id="described"
        ),
        pytest.param(Query(MESSAGE), "answer", None, EXCEEDS, id="pasted"),
        pytest.param(Query(MESSAGE[40:120]), "answer", None, EXCEEDS, id="cut"),
        pytest.param(Query(FILLER * 150 + MESSAGE + FILLER * 100), "answer", None, EXCEEDS, id="long paste"),
        pytest.param(Query(FILLER * 150 + DESCRIBED * 3 + FILLER * 100), None, None, EXCEEDS, id="long mail"),
        pytest.param(Query("PGMP-16"), "none", "code_not_documented", None, id="code of nothing"),
        pytest.param(Query("xero acces is denyed when seting up"), "answer", None, DENIED, id="misspelt"),
        pytest.param(Query("支付金额超过未付金额"), "none", "unreadable_language", None, id="unreadable"),
        pytest.param(Query("how do I bake bread"), "none", "no_match", None, id="not covered"),
        pytest.param(Query("..."), "none", "empty_query", None, id="empty"),
        pytest.param(Query("x " * 10_001), "none", "too_long", None, id="too long"),
        pytest.param(Query("access is denied", product=PRODUCT), "answer", None, DENIED, id="product"),
        pytest.param(Query("access is denied", tags=("xero",)), "answer", None, DENIED, id="tags"),
        pytest.param(Query("access is denied", product="Fax"), "none", "unknown_filter", None, id="unknown product"),
        pytest.param(Query("access is denied", tags=("fax",)), "none", "unknown_filter", None, id="unknown tag"),
    ],
)
def test_each_kind_of_query_is_answered(
    shipped: Held, query: Query, decision: str | None, reason: str | None, entry: str | None
) -> None:
    answer = shipped.assistant().ask(query)
    assert first(answer) == entry
    assert answer.reason == (None if reason is None else Reason(reason))
    if decision is not None:
        assert answer.decision == Decision(decision)


def test_a_code_that_an_entry_documents_leads_to_it(held: Held) -> None:
    held.write(ARTICLE.replace("Mail 550: the address is unknown", "MAIL-550: the address is unknown"))
    held.build()
    answer = held.assistant().ask(Query("what does MAIL-550 mean?"))
    assert (answer.decision, first(answer)) == (Decision.ANSWER, "post#bounce")
    assert answer.hits[0].why.signal == "code"
    other = held.assistant().ask(Query("MAIL-551"))
    assert (other.decision, other.reason) == (Decision.NONE, Reason.CODE_NOT_DOCUMENTED)


def test_words_that_are_misspelt_are_corrected_to_those_of_the_articles(shipped: Held) -> None:
    answer = shipped.assistant().ask(Query("xero acces is denyed when seting up"))
    assert [(each.original, each.corrected) for each in answer.corrections][:2] == [
        ("acces", "access"),
        ("seting", "setting"),
    ]


def test_a_reader_of_a_generation_sees_it_before_and_after_the_next_is_published(held: Held) -> None:
    held.build()
    reader = held.assistant()
    old = reader._retriever()
    before = answers(reader)
    held.write(ARTICLE.replace("Letters bounce", "Postcards bounce").replace("hour", "year"))
    held.build()
    after = answers(reader)
    assert "year" in str(after)
    assert "year" not in str(before)
    assert old.entries.entry(0).title == "Letters bounce"
    assert old.search("letters bounce").parts[0].hits[0].entry_id == "post#bounce"
    assert after == answers(held.fresh("fresh"))


def test_a_rollback_gives_the_old_answers_and_a_build_the_new(held: Held) -> None:
    first_id = held.build().generation_id
    before = answers(held.assistant())
    held.write(ARTICLE.replace("hour", "year"))
    held.build()
    after = answers(held.assistant())
    held.store.rollback(first_id).close()
    assert answers(held.assistant()) == before
    held.write(ARTICLE.replace("hour", "year") + "\n")
    held.build()
    assert answers(held.assistant()) == after


def test_builds_over_one_another_give_the_answers_of_a_build_from_nothing(held: Held) -> None:
    texts = (
        ARTICLE.replace("Check the address.", "Ask the zebra for the address."),
        ARTICLE + "\n## Stamps peel off {#peel}\n\n**Solution:** Use the good glue.\n",
        ARTICLE.replace("product: Post", "product: Mail").replace("[office]", "[home]"),
        ARTICLE.partition("## Parcels")[0],
        ARTICLE.replace("**Solution:** Wait an hour.", "**Solution:** " + "Wait, and wait again. " * 30),
        ARTICLE,
    )
    held.build(keep=2)
    for number, text in enumerate(texts):
        held.write(text)
        held.build(keep=2)
        assert answers(held.assistant()) == answers(held.fresh(f"fresh-{number}"))


def test_a_build_without_a_change_writes_nothing(held: Held) -> None:
    report = held.build()
    files = {path: path.stat().st_mtime_ns for path in held.store.root.rglob("*") if path.name != "writer.lock"}
    again = held.build()
    assert (again.written, again.generation_id) == (False, report.generation_id)
    assert files == {path: path.stat().st_mtime_ns for path in held.store.root.rglob("*") if path.name != "writer.lock"}
