"""What a changed article would answer: asked once, completely, and of very many queries those that matter."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answering.assistant import Assistant
from assistant.answering.query import Query
from assistant.editing.trial import queries_to_ask
from assistant.publishing.comparison import Comparison, FirstAnswers
from assistant.publishing.editor_session import EditorSession
from assistant.publishing.overview import Progress
from assistant.settings import Settings
from corpus.loader import load_corpus
from index.build_report import BuildReport
from index.builder import build
from index.decision import Outcome
from index.models.encoder import Advance, Encoded
from index.models.remembering_encoder import RememberingEncoder
from index.storage.store import Store
from tests.conftest import WordEncoder, parse_article

OFFICE = """# Office

## No tone {#tone}

**Message:** Fax error 3: no tone.

**Solution:** Plug it in.

## Paper jam {#jam}

**Message:** Printer error 17: paper jam.

**Symptoms:**

- The sheet is stuck.

**Solution:** Open the lid.
"""
CHANGED = OFFICE.replace("- The sheet is stuck.", "- The sheet is stuck.\n- Elephants trumpet loudly.")
QUERIES = ("no tone", "paper jam", "elephants trumpet loudly", "the sheet is stuck", "green giraffes", "fax error 3")


class Counting(Assistant):
    """Notes what it is asked."""

    def __init__(self, store: Store, encoder: RememberingEncoder) -> None:
        super().__init__(store, encoder)
        self.asked: list[str] = []

    def outcome(self, query: Query) -> Outcome:
        self.asked.append(query.text)
        return super().outcome(query)


class Noting(WordEncoder):
    """Notes the queries that it encodes."""

    def __init__(self) -> None:
        super().__init__()
        self.queries: list[str] = []

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        self.queries += list(texts) if as_query else []
        return super().encode_tokens(texts, as_query=as_query, advance=advance)


@pytest.fixture
def words() -> Noting:
    return Noting()


@pytest.fixture
def settings(tmp_path: Path, words: Noting) -> Settings:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "office.md").write_text(OFFICE)
    settings = Settings(corpus=tmp_path / "articles", index=tmp_path / "built")
    build(load_corpus(settings.corpus), words, Store(settings.index))
    return settings


def test_a_query_is_asked_once_for_all_builds_with_the_same_content(settings: Settings, words: Noting) -> None:
    store = Store(settings.index)
    first = FirstAnswers(RememberingEncoder(words))
    assistant = Counting(store, first.encoder)
    told = first.of(assistant, QUERIES)
    assert told[:2] == ["office#tone", "office#jam"]
    assert (told[4], assistant.asked) == (None, list(QUERIES))
    (settings.corpus / "office.md").write_text(CHANGED)
    build(load_corpus(settings.corpus), words, store)
    assert first.of(assistant, QUERIES)[2] == "office#jam"
    assert len(assistant.asked) == 2 * len(QUERIES)  # the content is another
    (settings.corpus / "office.md").write_text(OFFICE)
    build(load_corpus(settings.corpus), words, store)
    assert first.of(assistant, [*QUERIES, "lid"])[: len(QUERIES)] == told
    assert assistant.asked[2 * len(QUERIES) :] == ["lid"]  # another generation, built later, with the first content


def test_a_comparison_tells_what_asking_one_by_one_tells(settings: Settings, words: Noting) -> None:
    editor = EditorSession(settings, lambda: words)
    seen: list[Progress | None] = []

    def ask(comparison: Comparison, report: BuildReport) -> list[tuple[str, str | None, str | None]]:
        assert report.changed == ("office#jam",)
        own = [(each, _first(comparison.old, each), _first(comparison.new, each)) for each in QUERIES]
        told = [(each.query, each.before, each.after) for each in comparison.differing(QUERIES)]
        seen.append(editor.overview().progress)
        assert told == [(query, before, after) for query, before, after in own if before != after]
        return told

    told = editor.tried(ask, asked=len(QUERIES), instead={"office.md": CHANGED.encode()})
    assert told == [("elephants trumpet loudly", None, "office#jam")]
    assert seen == [Progress(6, 6, "questions asked")]
    assert editor.overview().progress is None
    assert [each.current for each in editor.overview().generations] == [True]


def _first(assistant: Assistant, query: str) -> str | None:
    hits = assistant.ask(Query(query)).hits
    return hits[0].entry_id if hits else None


def test_what_was_asked_while_the_editor_wrote_is_not_encoded_again(settings: Settings, words: Noting) -> None:
    editor = EditorSession(settings, lambda: words)
    editor.ask_before(QUERIES)
    assert words.queries == list(QUERIES)  # all at once
    count = editor.tried(
        lambda comparison, _: len(list(comparison.differing(QUERIES))),
        asked=len(QUERIES),
        instead={"office.md": CHANGED.encode()},
    )
    assert (count, words.queries) == (1, list(QUERIES))


def test_of_very_many_judged_queries_those_are_asked_that_have_most_to_do_with_the_change() -> None:
    _, entries = parse_article(OFFICE, "office.md")
    jam = next(each for each in entries if each.entry_id == "office#jam")
    judged = dict.fromkeys(("red", "a jam of paper", "blue"), frozenset[str]())
    judged["it sits fast"] = frozenset({"office#jam"})
    assert inspect.signature(queries_to_ask).parameters["most"].default == 1_000
    everything = queries_to_ask(judged, ["red", "new"], jam, most=5)
    assert everything == ("red", "a jam of paper", "blue", "it sits fast", "new")
    assert queries_to_ask(judged, ["red", "new"], jam, most=4) == ("red", "a jam of paper", "it sits fast", "new")
    assert queries_to_ask(judged, ["red", "new"], jam, most=3) == ("red", "it sits fast", "new")
    other = replace(jam, entry_id="office#other")
    assert queries_to_ask(judged, ["red", "new"], other, most=3) == ("red", "a jam of paper", "new")
