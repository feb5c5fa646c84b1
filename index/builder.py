"""A corpus becomes a generation: what changed is encoded, the rest is taken over from the one before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import numpy as np

from corpus.article import Passage
from corpus.errors import ArticleError
from corpus.loader import Corpus
from corpus.passages import passages_of, whole_text
from index.analysis.spelling import spelling_files
from index.build_report import BuildReport, Origin, Rejected
from index.errors import BadIndexError, BuildError, NoIndexError
from index.integrity_check import check
from index.messages.code_index import code_files
from index.messages.template_matcher import template_files
from index.models.encoder import Advance, Encoder
from index.ranking.bm25 import lexical_files
from index.ranking.passage_table import PassageTable, encode_passages, passage_files
from index.storage.entry_table import EntryTable, article_record, digest_of, entry_files, entry_record
from index.storage.generation import Generation
from index.storage.image_table import image_files, image_records
from index.storage.payload import Payload
from index.storage.store import KEEP, Store
from index.unchanged_files import known_files

FORMAT = 11  # another one whenever files or the rules for passages change: unchanged entries keep their passages

StartProgress = Callable[[int], Advance]


@dataclass(frozen=True, slots=True)
class Options:
    """How a build is done.

    Attributes:
        keep: How many generations stay on disk; the current one and those that readers hold stay in any case.
        publish: False writes a generation that is not current; a rollback to it publishes it.
        strict: Refuse to build where any article has something wrong.
        origin: Noted in the generation, for the editors' log.
    """

    keep: int = KEEP
    publish: bool = True
    strict: bool = False
    origin: Origin = Origin.COMMAND


_DEFAULTS = Options()


def build(
    corpus: Corpus,
    encoder: Encoder,
    store: Store,
    *,
    options: Options = _DEFAULTS,
    start_progress: StartProgress | None = None,
) -> BuildReport:
    """Build and publish a generation, unless the current one is of the same corpus and encoder.

    Args:
        corpus: The articles; its rejected ones are named in the report and in the generation. Where two may build at
            once, it is read while the caller holds `store.writer()`: an older corpus would else be published last.
        encoder: Encodes passages that the current generation does not have.
        store: Where generations are kept.
        options: What to keep, whether to publish, what to refuse.
        start_progress: Called with the number of passages to look at; what it returns is told of each one done.

    Raises:
        BuildError: There is no entry at all, an article has something wrong and `strict` is asked for, or the
            generation cannot be written.
        BusyError: Another build goes on for too long.
    """
    if options.strict and corpus.rejected:
        raise BuildError(_not_all_sound(corpus.rejected))
    if not corpus.entries:
        raise BuildError(_nothing_to_index(corpus.rejected))
    with store.writer():
        previous = previous_generation(store)
        build_over = partial(_build, corpus, encoder, store, options=options, start_progress=start_progress)
        try:
            return build_over(previous)
        except (LookupError, ValueError, TypeError):
            if previous is None or not check(store).problems:
                raise
            return build_over(None)  # the previous one's files are whole and do not fit together


def _build(
    corpus: Corpus,
    encoder: Encoder,
    store: Store,
    previous: Generation | None,
    *,
    options: Options,
    start_progress: StartProgress | None,
) -> BuildReport:
    old_records = {} if previous is None else _entry_digests(EntryTable(previous))
    new_records = {entry.entry_id: _content_digest(entry_record(entry)) for entry in corpus.entries}
    added = tuple(each for each in new_records if each not in old_records)
    changed = tuple(each for each, digest in new_records.items() if old_records.get(each, digest) != digest)
    removed = tuple(each for each in old_records if each not in new_records)
    rejected = _rejected(corpus, previous)
    facts = {
        "format": FORMAT,
        "encoder": {"name": encoder.identity.name, "fingerprint": encoder.identity.fingerprint},
        "corpus": corpus_digest(corpus),
        "rejected": [[each.source, each.message, each.entries] for each in rejected],
    }
    encoded = reused = 0
    generation = previous
    differs = previous is None or any(previous.facts.get(name) != value for name, value in facts.items())
    if differs or generation is None:
        same = {each: row for row, each in enumerate(old_records) if old_records[each] == new_records.get(each)}
        files, counts, encoded = _files(corpus, encoder, previous=previous, same=same, start_progress=start_progress)
        reused = counts["passages"] - encoded
        account = {"added": len(added), "changed": len(changed), "removed": len(removed)}
        noted = {"counts": counts, "by": options.origin, "changes": account, "published": options.publish}
        generation = store.publish(files, {**facts, **noted}, keep=options.keep, make_current=options.publish)
    return BuildReport(
        generation_id=generation.generation_id,
        written=differs,
        published=differs and options.publish,
        added=added,
        changed=changed,
        removed=removed,
        unchanged=sum(old_records.get(each) == digest for each, digest in new_records.items()),
        encoded=encoded,
        reused=reused,
        rejected=rejected,
    )


def corpus_digest(corpus: Corpus) -> str:
    """Return the hex SHA-256 of all that is indexed of a corpus."""
    return digest_of(
        chain(map(article_record, corpus.articles), map(entry_record, corpus.entries), image_records(corpus.images))
    )


def previous_generation(store: Store) -> Generation | None:
    """Return the current generation if it can be read; a build starts from nothing otherwise."""
    try:
        generation = store.current()
    except (NoIndexError, BadIndexError):
        return None
    return generation if generation.facts.get("format") == FORMAT else None


def _files(
    corpus: Corpus,
    encoder: Encoder,
    *,
    previous: Generation | None,
    same: Mapping[str, int],
    start_progress: StartProgress | None,
) -> tuple[dict[str, Payload], dict[str, int], int]:
    """Return a generation's files, its counts, and how many passages had to be encoded.

    `same` has the rows that unchanged entries have in the previous generation, by their ids.
    """
    table = PassageTable(previous) if previous is not None and _was_made_with(encoder, previous) else None
    passages = list(_passages(corpus, encoder, table, {} if table is None else same))
    advance = None if start_progress is None else start_progress(len(passages))
    found, encoded = encode_passages(passages, encoder, previous=table, advance=advance)
    if not np.isfinite(found.vectors).all():
        raise BuildError(f'the encoder {encoder.identity.name} gave vectors that are no numbers; run "assistant check"')
    rows = {entry.entry_id: row for row, entry in enumerate(corpus.entries)}
    indexed = {entry.article_id for entry in corpus.entries}
    articles = [article for article in corpus.articles if article.article_id in indexed]
    texts = [whole_text(entry) for entry in corpus.entries]
    files = {
        **entry_files(articles, corpus.entries),
        **passage_files(passages, rows, found, previous=table),
        **lexical_files(texts),
        **spelling_files(texts),
        **template_files(corpus.entries, texts),
        **code_files(corpus.entries, texts),
        **image_files(corpus.images),
        **known_files(corpus),
    }
    counts = {"articles": len(articles), "entries": len(corpus.entries), "passages": len(passages)}
    return files, counts, encoded


def _passages(
    corpus: Corpus, encoder: Encoder, table: PassageTable | None, same: Mapping[str, int]
) -> Iterator[Passage]:
    """Yield all passages; those of entries that say the same as before are taken from there, which spares a third."""
    for entry in corpus.entries:
        row = same.get(entry.entry_id)
        if table is None or row is None:
            yield from passages_of(entry, count_tokens=encoder.count_tokens, max_tokens=encoder.identity.max_tokens)
        else:
            yield from table.passages(row, entry.entry_id)


def _was_made_with(encoder: Encoder, generation: Generation) -> bool:
    return bool(generation.facts["encoder"]["fingerprint"] == encoder.identity.fingerprint)


def _entry_digests(entries: EntryTable) -> dict[str, str]:
    return {record["entry_id"]: _content_digest(record) for record in map(entries.record, range(len(entries)))}


def _content_digest(record: dict[str, Any]) -> str:
    """Return the digest of what an entry says: one that only moved down its file has not changed."""
    return digest_of([{**record, "span": None}])


def _rejected(corpus: Corpus, previous: Generation | None) -> tuple[Rejected, ...]:
    """Return what was left out, each with the number of entries that its file had before and has not now."""
    if not corpus.rejected:
        return ()
    source_of = {article.article_id: article.source for article in corpus.articles}
    lost = Counter[str]()
    if previous is not None:
        entries = EntryTable(previous)
        lost.update({source: held for source, _, held in previous.facts["rejected"]})
        for article in entries.articles:
            lost[article.source] += len(entries.rows_of(article.article_id))
    lost.subtract(source_of[entry.article_id] for entry in corpus.entries)
    return tuple(Rejected(error.source, str(error), max(0, lost[error.source])) for error in corpus.rejected)


def _not_all_sound(rejected: tuple[ArticleError, ...]) -> str:
    more = f" (and {len(rejected) - 1} more)" if len(rejected) > 1 else ""
    return f"{rejected[0]}{more}; nothing was published because every article has to be sound"


def _nothing_to_index(rejected: tuple[ArticleError, ...]) -> str:
    if rejected:
        return f"there is no entry to index; every article has something wrong, the first: {rejected[0]}"
    return 'there is no entry to index; write an article (see corpus/README.md), then run "assistant build"'
