"""A corpus becomes a generation: what changed is encoded, the rest is taken over from the one before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from corpus.errors import ArticleError
from corpus.loader import Corpus
from corpus.passages import passages_of
from index.entry_table import EntryTable, entry_files
from index.errors import BadIndexError, BuildError, NoIndexError
from index.generation import Generation
from index.models.encoder import Advance, Encoder
from index.passage_table import PassageTable, encode_passages, passage_files
from index.records import article_record, digest_of, entry_record
from index.store import Store

FORMAT = 1


StartProgress = Callable[[int], Advance]


@dataclass(frozen=True, slots=True)
class Rejected:
    """An article left out of a build.

    Attributes:
        source: Its file under the corpus root.
        message: What is wrong with it, where, and what mends it.
        entries: How many entries of it the generation before had.
    """

    source: str
    message: str
    entries: int


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did.

    Attributes:
        generation_id: The generation that is current now.
        published: False where nothing had changed.
        added: Ids of entries that the generation before did not have; `changed` and `removed` likewise.
        unchanged: How many entries are as they were.
        encoded: How many passages were encoded.
        reused: How many vectors were taken over.
        rejected: Articles left out.
    """

    generation_id: str
    published: bool
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    unchanged: int
    encoded: int
    reused: int
    rejected: tuple[Rejected, ...]


def build(
    corpus: Corpus, encoder: Encoder, store: Store, *, start_progress: StartProgress | None = None
) -> BuildReport:
    """Build and publish a generation, unless the current one is of the same corpus and encoder.

    Args:
        corpus: The articles; its rejected ones are named in the report and in the generation.
        encoder: Encodes passages that the current generation does not have.
        store: Where generations are kept.
        start_progress: Called with the number of passages to look at; what it returns is told of each one done.

    Raises:
        BuildError: There is no entry at all, or the generation cannot be written.
    """
    if not corpus.entries:
        raise BuildError(_nothing_to_index(corpus.rejected))
    previous = previous_generation(store)
    old_records = {} if previous is None else _entry_digests(EntryTable(previous))
    new_records = {entry.entry_id: digest_of([entry_record(entry)]) for entry in corpus.entries}
    rejected = tuple(_rejected(error, previous) for error in corpus.rejected)
    facts = {
        "format": FORMAT,
        "encoder": {"name": encoder.identity.name, "fingerprint": encoder.identity.fingerprint},
        "corpus": corpus_digest(corpus),
        "rejected": [[each.source, each.message, each.entries] for each in rejected],
    }
    encoded = reused = 0
    published = previous is None or any(previous.facts.get(name) != value for name, value in facts.items())
    if published or previous is None:
        previous, encoded, reused = _publish(
            corpus, encoder, store, facts, previous=previous, start_progress=start_progress
        )
    return BuildReport(
        generation_id=previous.generation_id,
        published=published,
        added=tuple(each for each in new_records if each not in old_records),
        changed=tuple(each for each, digest in new_records.items() if old_records.get(each, digest) != digest),
        removed=tuple(each for each in old_records if each not in new_records),
        unchanged=sum(old_records.get(each) == digest for each, digest in new_records.items()),
        encoded=encoded,
        reused=reused,
        rejected=rejected,
    )


def corpus_digest(corpus: Corpus) -> str:
    """Return the hex SHA-256 of all that is indexed of a corpus."""
    return digest_of(chain(map(article_record, corpus.articles), map(entry_record, corpus.entries)))


def previous_generation(store: Store) -> Generation | None:
    """Return the current generation if it can be read; a build starts from nothing otherwise."""
    try:
        generation = store.current()
    except (NoIndexError, BadIndexError):
        return None
    return generation if generation.facts.get("format") == FORMAT else None


def _publish(
    corpus: Corpus,
    encoder: Encoder,
    store: Store,
    facts: dict[str, Any],
    *,
    previous: Generation | None,
    start_progress: StartProgress | None,
) -> tuple[Generation, int, int]:
    passages = [
        passage for entry in corpus.entries for passage in passages_of(entry, count_tokens=encoder.count_tokens)
    ]
    same_encoder = previous is not None and previous.facts.get("encoder") == facts["encoder"]
    table = PassageTable(previous) if previous is not None and same_encoder else None
    advance = None if start_progress is None else start_progress(len(passages))
    vectors, encoded = encode_passages(passages, encoder, previous=table, advance=advance)
    rows = {entry.entry_id: row for row, entry in enumerate(corpus.entries)}
    indexed = {entry.article_id for entry in corpus.entries}
    articles = [article for article in corpus.articles if article.article_id in indexed]
    files = entry_files(articles, corpus.entries) | passage_files(passages, rows, vectors)
    counts = {"articles": len(articles), "entries": len(corpus.entries), "passages": len(passages)}
    generation = store.publish(files, {**facts, "counts": counts})
    return generation, encoded, len(passages) - encoded


def _entry_digests(entries: EntryTable) -> dict[str, str]:
    return {record["entry_id"]: digest_of([record]) for record in map(entries.record, range(len(entries)))}


def _rejected(error: ArticleError, previous: Generation | None) -> Rejected:
    held = 0
    if previous is not None:
        entries = EntryTable(previous)
        sources = {article.source: article.article_id for article in entries.articles}
        held = len(entries.rows_of(sources.get(error.source, "")))
    return Rejected(error.source, str(error), held)


def _nothing_to_index(rejected: tuple[ArticleError, ...]) -> str:
    if rejected:
        return f"there is no entry to index; every article has something wrong, the first: {rejected[0]}"
    return 'there is no entry to index; write an article (see corpus/README.md), then run "assistant build"'
