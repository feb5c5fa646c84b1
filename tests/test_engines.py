"""What every engine does: it finds candidates, and gathers what ranking needs of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from corpus.article import Entry, Field
from corpus.loader import load_corpus
from corpus.passages import passages_of
from index.builder import build
from index.engines.hosted import Hosted
from index.engines.local import LocalEngine
from index.engines.options import EngineOptions
from index.models.encoder import Vectors
from index.ranking.bm25 import Bm25Index, TermStatistics
from index.ranking.engine import Engine, Only
from index.ranking.passage_table import FIELDS, PassageTable
from index.storage.entry_table import EntryTable
from index.storage.store import Store
from tests.conftest import WordEncoder

MAIL = """---
product: Post
tags: [post, office]
---
## Letters bounce {#bounce}

**Cause:** The address is unknown.

**Solution:** Check the address.

## Letters linger {#linger}

**Solution:** Wait an hour.
"""
VPN = """---
product: Network
tags: [office]
---
## Tunnel closes {#closes}

**Cause:** A firewall filters the address.

**Solution:** Open port 500.
"""
TWINS = "".join(f"## Screen flickers {{#{name}}}\n\n**Solution:** Dim it.\n\n" for name in ("one", "two"))
BOUNCE, LINGER, CLOSES, ONE, TWO = "mail#bounce", "mail#linger", "vpn#closes", "twins#one", "twins#two"


@dataclass(frozen=True, slots=True)
class Held:
    """An engine that holds the entries above, and what they were encoded with."""

    engine: Engine
    statistics: TermStatistics
    encoder: WordEncoder
    entries: tuple[Entry, ...]

    def vector(self, text: str) -> Vectors:
        vector: Vectors = self.encoder.encode([text], as_query=True)[0]
        return vector

    def near(self, text: str, count: int = 10, only: Only | None = None) -> list[str]:
        return [self.engine.entry_id(int(key)) for key in self.engine.near(self.vector(text), count, only)]

    def worded(self, *terms: str, count: int = 10, only: Only | None = None) -> dict[str, float]:
        found = self.engine.worded(self.statistics.weights(terms), count, only)
        ids = [self.engine.entry_id(int(key)) for key in found.keys]
        return dict(zip(ids, found.scores.tolist(), strict=True))

    def keys(self) -> dict[str, int]:
        """Return the key of each entry by its id."""
        keys = sorted(int(key) for key in self.engine.near(self.vector("letters"), 10, None))
        return {self.engine.entry_id(key): key for key in keys}


@pytest.fixture(params=["local", "milvus"])
def held(tmp_path: Path, words: WordEncoder, request: pytest.FixtureRequest) -> Held:
    (tmp_path / "mail.md").write_text(MAIL, encoding="utf-8")
    (tmp_path / "vpn.md").write_text(VPN, encoding="utf-8")
    (tmp_path / "twins.md").write_text(TWINS, encoding="utf-8")
    corpus, store = load_corpus(tmp_path), Store(tmp_path / "built")
    hosted = Hosted(EngineOptions(request.getfixturevalue("lite"))) if request.param == "milvus" else None
    build(corpus, words, store, engine=hosted)
    generation = store.current()
    bm25 = Bm25Index(generation)
    entries = EntryTable(generation)
    engine: Engine = LocalEngine(entries, PassageTable(generation), bm25)
    if hosted is not None:
        engine = hosted.open(generation, entries, bm25.statistics)
    return Held(engine, bm25.statistics, words, tuple(corpus.entries))


def test_the_entry_whose_nearest_passage_is_nearest_comes_first_and_none_comes_twice(held: Held) -> None:
    assert held.near("wait an hour")[0] == LINGER
    assert held.near("firewall filters the address")[0] == CLOSES
    assert sorted(held.near("the address is unknown")) == [BOUNCE, LINGER, ONE, TWO, CLOSES]
    assert held.near("check the address", count=1) == [BOUNCE]


def test_a_filter_leaves_nothing_else_to_be_near(held: Held) -> None:
    text = "firewall filters the address"
    assert held.near(text, only=Only(product="Post"))[0] == BOUNCE
    assert CLOSES not in held.near(text, only=Only(product="Post"))
    assert held.near(text, only=Only(product="Post", tags=("office",), without=frozenset({BOUNCE}))) == [LINGER]
    assert sorted(held.near(text, only=Only(tags=("office",)))) == [BOUNCE, LINGER, CLOSES]
    assert held.near(text, only=Only(product="Fax")) == []
    assert held.near(text, only=Only(tags=("post", "fax"))) == []


def test_entries_are_found_by_their_words_and_scored_with_bm25(held: Held) -> None:
    """The idf of a word that two of five entries have is log(1 + 3.5 / 2.5); K1 is 1.2 and B is .75."""
    scores = held.worded("address")
    gathered = held.engine.gather(np.array(list(held.keys().values())), ["address"])
    norms = 1.2 * (0.25 + 0.75 * gathered.lengths / gathered.lengths.mean())
    counts = gathered.frequencies["address"]
    expected = np.log(1 + 3.5 / 2.5) * 2.2 * counts / (counts + norms)
    ids = [held.engine.entry_id(int(key)) for key in gathered.keys]
    assert scores == pytest.approx({each: score for each, score in zip(ids, expected, strict=True) if score})
    assert list(scores) == [BOUNCE, CLOSES]
    assert list(held.worded("address", "hour")) == [LINGER, BOUNCE, CLOSES]
    assert list(held.worded("address", "hour", count=1)) == [LINGER]
    assert held.worded("telephone") == {}
    assert held.worded() == {}


def test_of_entries_that_are_alike_the_first_comes_first(held: Held) -> None:
    assert list(held.keys()) == [BOUNCE, LINGER, ONE, TWO, CLOSES]
    assert held.near("screen flickers", count=2) == [ONE, TWO]
    assert held.near("screen flickers", count=1) == [ONE]
    scores = held.worded("screen")
    assert list(scores) == [ONE, TWO]
    assert scores[ONE] == scores[TWO]
    assert list(held.worded("screen", count=1)) == [ONE]


def test_the_best_score_of_each_of_several_queries_is_known_without_its_entries(held: Held) -> None:
    queries = [held.statistics.weights(terms) for terms in (["address", "hour"], ["telephon"], [])]
    best = max(held.worded("address", "hour").values())
    assert held.engine.best_scores(queries) == [pytest.approx(best), 0, 0]


def test_a_filter_leaves_nothing_else_to_be_found_by_words(held: Held) -> None:
    assert list(held.worded("address", only=Only(product="Network"))) == [CLOSES]
    assert list(held.worded("address", only=Only(without=frozenset({BOUNCE})))) == [CLOSES]
    assert held.worded("address", only=Only(product="Fax")) == {}


def test_what_ranking_needs_of_entries_is_gathered_in_the_order_of_their_passages(held: Held) -> None:
    keys = held.keys()
    gathered = held.engine.gather(np.array([keys[BOUNCE], keys[CLOSES]]), ["address", "firewal", "telephon"])
    assert gathered.keys.tolist() == [keys[BOUNCE], keys[CLOSES]]
    assert gathered.counts.tolist() == [4, 4]
    fields = [Field.WHOLE, Field.MESSAGE, Field.CAUSE, Field.SOLUTION]
    assert [FIELDS[each] for each in gathered.fields] == fields * 2
    assert {term: each.tolist() for term, each in gathered.frequencies.items()} == {
        "address": [2, 1],
        "firewal": [0, 1],
        "telephon": [0, 0],
    }
    assert gathered.word_counts.tolist()[0] == 0
    every = np.ones(8, dtype=np.bool_)
    assert gathered.codes(every).shape == (gathered.word_counts.sum(), 38)
    some = np.arange(8) == 2
    first = gathered.word_counts[:2].sum()
    own = gathered.codes(every)[first : first + gathered.word_counts[2]]
    np.testing.assert_array_equal(gathered.codes(some), own)
    entries = [each for each in held.entries if each.entry_id in {BOUNCE, CLOSES}]
    passages = [passages_of(each, count_tokens=held.encoder.count_tokens, max_tokens=64) for each in entries]
    wholes = held.encoder.encode([own[0].text for own in passages])
    np.testing.assert_allclose(gathered.vectors[[0, 4]], wholes, atol=5e-4)


def test_nothing_is_gathered_of_no_entries(held: Held) -> None:
    gathered = held.engine.gather(np.empty(0, dtype=np.int64), ["address"])
    assert (len(gathered.keys), len(gathered.counts), len(gathered.vectors), len(gathered.word_counts)) == (0, 0, 0, 0)
    assert gathered.frequencies["address"].tolist() == []
