"""An index whose entries a Milvus server holds: what a build pushes there, and how a generation is opened over it.

A row has the id of its content, so that a build pushes what the server does not have and nothing else, and a build
that was killed is completed by the next. A generation names the collections and the ids of its rows; rows that no
generation on disk names are removed. So a row needs neither a number of the generation that made it nor of the one that
ended it: both would have to be written again after a rollback, under those who read it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from corpus.article import Article, Entry
from corpus.entry_runs import article_id_of, runs_of
from index.engines.marks import OWNER
from index.engines.milvus import Milvus
from index.engines.options import EngineOptions
from index.engines.remote import Placed, RemoteEngine
from index.engines.rows import LAYOUT, Ids, id_of, mark_of
from index.errors import REBUILD, BadIndexError
from index.models.encoder import EncoderIdentity
from index.ranking.bm25 import TermStatistics
from index.storage.entry_table import EntryTable, content_digest, entry_record
from index.storage.file_system import DISK, make_folders, write_file
from index.storage.generation import Generation
from index.storage.os_errors import translate_write_errors
from index.storage.payload import Payload

FILE = "engine.safetensors"
FACT = "engine"
_MOST_DRIFT = 1.1  # of the mean length since the weights on the server were computed; then all are computed again


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The entries of a build, as their ids depend on them.

    Attributes:
        entries: All entries.
        articles: Their articles, by id.
        before: (entries,) int32, the row of each entry in the generation before that says the same; -1 for the others.
        counts: (entries,) int64, how many passages each has.
        mean_length: How many terms an entry has on average.
    """

    entries: Sequence[Entry]
    articles: Mapping[str, Article]
    before: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int64]
    mean_length: float


class Hosted:
    """The server that holds the entries of an index; safe to use from several threads.

    Args:
        options: Which server.
    """

    def __init__(self, options: EngineOptions) -> None:
        self.milvus = Milvus(options)

    @property
    def problem(self) -> str | None:
        """What is wrong with the server, as far as the last calls have shown."""
        return None if self.milvus.is_reachable else self.milvus.silence

    def close(self) -> None:
        """End the connection."""
        self.milvus.close()

    def query(self) -> AbstractContextManager[None]:
        """Let a query wait for the server, in all of its calls together, as long as one call may otherwise."""
        return self.milvus.query()

    def facts(self, root: Path, identity: EncoderIdentity, *, made_as: int) -> dict[str, Any]:
        """Return where a generation of an encoder is, as JSON values; the first build names the index.

        Args:
            root: The index folder.
            identity: The encoder's.
            made_as: How entries are divided into passages and these are coded: `index.build_report.FORMAT`.

        Raises:
            BuildError: The index folder cannot be written.
        """
        made = f"{LAYOUT} {made_as} {identity.fingerprint} {self.milvus.options.nearness}"
        name = f"{self.prefix(root)}{hashlib.sha256(made.encode()).hexdigest()[:8]}"
        return {"entries": f"{name}_entries", "passages": f"{name}_passages", "dimension": identity.dimension}

    def prefix(self, root: Path) -> str:
        """Return what the names of an index folder's collections begin with; the first build draws it."""
        return f"assistant_{_owner(root)}_"

    def files(self, facts: Mapping[str, Any], rows: Rows, previous: Generation | None) -> dict[str, Payload]:
        """Return the file that says which rows are a generation's, by name."""
        earlier = None if previous is None or previous.facts.get(FACT) != facts else placed_in(previous)
        mean_length = rows.mean_length
        if earlier is not None and 1 / _MOST_DRIFT < mean_length / earlier.mean_length < _MOST_DRIFT:
            mean_length = earlier.mean_length
        else:
            earlier = None
        ids = _ids(rows, earlier, None if previous is None else EntryTable(previous), mean_length)
        return {
            FILE: {
                "ids": ids,
                "mark": np.array([mark_of(ids)]),
                "counts": rows.counts.astype(np.int64),
                "mean_length": np.array([mean_length]),
            }
        }

    def open(self, generation: Generation, entries: EntryTable, statistics: TermStatistics) -> RemoteEngine:
        """Return the engine of a generation; the server is not asked yet.

        Raises:
            BadIndexError: The generation was built without an engine.
        """
        if generation.facts.get(FACT) is None:
            problem = f"{generation.path} was built without an engine, but ASSISTANT_ENGINE asks for one"
            raise BadIndexError(problem, REBUILD)
        return RemoteEngine(self.milvus, placed_in(generation), entries, statistics)


def placed_in(generation: Generation) -> Placed:
    """Return where the entries of a generation are."""
    return placed(generation.facts[FACT], generation.arrays(FILE))


def placed(facts: Mapping[str, Any], arrays: Mapping[str, npt.NDArray[Any]]) -> Placed:
    """Return where the entries of a generation are, by its facts and what its file has."""
    return Placed(
        entries=facts["entries"],
        passages=facts["passages"],
        dimension=facts["dimension"],
        ids=arrays["ids"],
        counts=arrays["counts"],
        mean_length=float(arrays["mean_length"][0]),
        mark=int(arrays["mark"][0]),
    )


def _owner(root: Path) -> str:
    """Return the name that the collections of an index folder have in common; drawn once."""
    path = root / OWNER
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        owner, unfinished = secrets.token_hex(6), root / f".new-{OWNER}"
    with translate_write_errors(root):
        make_folders(DISK, root)
        write_file(DISK, unfinished, [f"{owner}\n".encode()])
        DISK.rename(unfinished, path)
    return owner


def _ids(rows: Rows, earlier: Placed | None, previous: EntryTable | None, mean_length: float) -> Ids:
    """Return the (entries,) ids; an entry that is as it was keeps its own, and is not read."""
    same = _articles_filtered_as_before(rows.articles.values(), previous) if earlier is not None else frozenset[str]()
    ids = np.empty(len(rows.entries), dtype=np.int64)
    start = 0
    for run in runs_of(rows.entries):
        own = slice(start, start + len(run))
        start += len(run)
        before = rows.before[own]
        article = rows.articles[article_id_of(run)]
        if earlier is not None and article.article_id in same and (before >= 0).all():
            ids[own] = earlier.ids[before]
            continue
        ids[own] = [
            id_of(each.entry_id, article.product, article.tags, content_digest(entry_record(each)), mean_length)
            for each in run
        ]
    return ids


def _articles_filtered_as_before(articles: Iterable[Article], previous: EntryTable | None) -> frozenset[str]:
    """Return the ids of the articles whose product and tags are as they were."""
    known = {} if previous is None else {each.article_id: (each.product, each.tags) for each in previous.articles}
    return frozenset(each.article_id for each in articles if known.get(each.article_id) == (each.product, each.tags))
