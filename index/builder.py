"""A corpus becomes a generation: what has changed is encoded, the rest is taken over from the generation before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from typing import Any

from corpus.entry_runs import article_id_of, runs_of
from corpus.errors import ArticleError
from corpus.loader import Corpus
from corpus.passages import whole_text
from index.build_report import FORMAT, BuildReport, Origin, Rejected
from index.encoding.chunk_folder import ChunkFolder
from index.encoding.written_rows import Before, WrittenRows, written_rows
from index.engines.hosted import FACT, Hosted, Rows, placed_in
from index.engines.pushing import held_by, push, refuse_unusable
from index.entry_changes import (
    EntryChanges,
    carried_rows,
    code_fingerprint,
    entry_changes,
    rejected_articles,
    was_made_with,
)
from index.errors import BadIndexError, BuildError, NoIndexError
from index.integrity_check import check
from index.models.encoder import Encoder, StartProgress
from index.query_language import entry_languages
from index.ranking.background import background_digest
from index.ranking.bm25 import mean_length_in
from index.storage.carried_rows import new_rows
from index.storage.entry_table import EntryTable, article_record, digest_of, entries_digest, entry_files
from index.storage.generation import Generation
from index.storage.image_table import image_files, image_records
from index.storage.os_errors import translate_read_errors
from index.storage.payload import Payload
from index.storage.segments.merging import Policy
from index.storage.store import KEEP, Store
from index.texts.text_files import text_files
from index.unchanged_files import source_files

Facts = dict[str, Any]  # about a generation, by name


@dataclass(frozen=True, slots=True)
class Options:
    """Options of a build.

    Attributes:
        keep: How many generations to keep; the current one and those that readers have open stay in any case.
        publish: False writes a generation without making it the current one; a rollback to it publishes it.
        strict: Refuse to build if any article is rejected.
        origin: Where the build was asked for; recorded in the generation, for the editors' log.
        merging: When segments are merged.
        push: False writes a generation that an engine is never asked about: one that is only tried.
    """

    keep: int = KEEP
    publish: bool = True
    strict: bool = False
    origin: Origin = Origin.COMMAND
    merging: Policy = field(default_factory=Policy)
    push: bool = True


_DEFAULTS = Options()


def build(
    corpus: Corpus,
    encoder: Encoder,
    store: Store,
    *,
    options: Options = _DEFAULTS,
    start_progress: StartProgress | None = None,
    current: Generation | None = None,
    engine: Hosted | None = None,
) -> BuildReport:
    """Build and publish a generation, unless the current one was made of the same corpus by the same encoder.

    Args:
        corpus: The articles. Its rejected ones are listed in the report and in the generation. Where several
            processes may build, load it while holding `store.writer()`, so that an older corpus is never published
            after a newer one.
        encoder: Encodes passages that the current generation does not have.
        store: Where generations are kept.
        options: What to keep, whether to publish, whether to refuse rejected articles.
        start_progress: Called once with the number of passages; the function it returns is then called with the
            number of passages done since its last call.
        current: What `previous_generation` returned while the caller held `store.writer()`, where it is open already.
        engine: The server that is to hold the entries as well; None where the generation's files are searched.

    Raises:
        BuildError: There is no entry at all, an article is rejected and `strict` is set, the encoder's vectors are not
            finite, or the generation cannot be written.
        BusyError: Another build is still running after a minute.
        EngineError: The server cannot be used; the published generation is unchanged.
    """
    if options.strict and corpus.rejected:
        raise BuildError(_strict_refusal(corpus.rejected))
    if not corpus.entries:
        raise BuildError(_nothing_to_index(corpus.rejected))
    with store.writer():
        if engine is not None and options.push:
            refuse_unusable(engine)  # before anything is encoded
        previous = current or previous_generation(store)
        work = _Build(corpus, encoder, store, options, start_progress, engine)
        try:
            return work.over(previous)
        except (LookupError, ValueError, TypeError):
            if previous is None or not check(store).problems:
                raise
            return work.over(None)  # the previous generation cannot be interpreted: nothing is taken over from it


@dataclass(frozen=True, slots=True)
class _Build:
    """What `build` was given."""

    corpus: Corpus
    encoder: Encoder
    store: Store
    options: Options
    start_progress: StartProgress | None
    engine: Hosted | None

    def over(self, previous: Generation | None) -> BuildReport:
        """Publish a generation that takes over from the previous one what it can, or leave that as it is."""
        changes = entry_changes(self.corpus.entries, None if previous is None else EntryTable(previous))
        rejected = rejected_articles(self.corpus, previous)
        facts = self._facts(rejected)
        rows: WrittenRows | None = None
        if previous is not None and all(previous.facts.get(name) == value for name, value in facts.items()):
            generation = previous
            if self.engine is not None:
                push(self.engine, self.store, generation, placed_in(generation))
        else:
            generation, rows = self._published(previous, changes, facts)
        return BuildReport(
            generation_id=generation.generation_id,
            written=rows is not None,
            published=rows is not None and self.options.publish,
            added=changes.added,
            changed=changes.changed,
            removed=changes.removed,
            unchanged=changes.unchanged,
            encoded=0 if rows is None else rows.encoded,
            reused=0 if rows is None else rows.passages - rows.encoded,
            rejected=rejected,
        )

    def _facts(self, rejected: Sequence[Rejected]) -> Facts:
        """Return what a generation is made of and by; one with the same facts need not be written again."""
        identity, engine = self.encoder.identity, self.engine
        return {
            "format": FORMAT,
            "encoder": {"name": identity.name, "fingerprint": identity.fingerprint},
            "background": background_digest(),
            "corpus": corpus_digest(self.corpus),
            "rejected": [[each.source, each.message, each.entries, each.being_edited] for each in rejected],
            FACT: None if engine is None else engine.facts(self.store.root, identity, made_as=FORMAT),
        }

    def _published(
        self, previous: Generation | None, changes: EntryChanges, facts: Facts
    ) -> tuple[Generation, WrittenRows]:
        """Write a generation, on the engine as well, and make it the current one unless the options say otherwise."""
        options, engine = self.options, self.engine
        chunks = ChunkFolder(self.store.root, self.encoder.identity, made_as=FORMAT)
        files, rows, measured = self._files(previous, changes, chunks)
        measured |= {
            "by": options.origin,
            "changes": {name: len(getattr(changes, name)) for name in ("added", "changed", "removed")},
            "published": options.publish,
        }
        if engine is not None:
            files |= engine.files(facts[FACT], _placed_rows(self.corpus, changes, rows, files), previous)
        with held_by(engine if options.push else None, self.store, previous) as prepare:
            generation = self.store.publish(
                files,
                {**facts, **measured},
                rows=rows.segments,
                keep=options.keep,
                make_current=options.publish,
                prepare=prepare,
            )
        if options.publish:
            chunks.clear()
        return generation, rows

    def _files(
        self, previous: Generation | None, changes: EntryChanges, chunks: ChunkFolder
    ) -> tuple[dict[str, Payload], WrittenRows, Facts]:
        """Return a generation's files, the rows of its entries, and facts about its contents."""
        corpus, encoder, code = self.corpus, self.encoder, code_fingerprint()
        carried = None if previous is None else carried_rows(changes.before, previous, code=code)
        entries = [corpus.entries[row] for row in new_rows(carried, len(corpus.entries))]
        texts = [whole_text(entry) for entry in entries]
        languages = entry_languages(texts, carried)
        articles = {article.article_id: article for article in corpus.articles}
        indexed = [articles[article_id_of(run)] for run in runs_of(corpus.entries)]
        rows = self._rows(previous, changes, chunks)
        files = {
            **entry_files(indexed, corpus.entries),
            **rows.files,
            **text_files(entries, texts, languages, carried),
            **image_files(corpus.images),
            **source_files(corpus),
        }
        counts = {"articles": len(indexed), "entries": len(corpus.entries), "passages": rows.passages}
        known = languages.known_by(encoder, lambda row: whole_text(corpus.entries[row]))
        return files, rows, {"counts": counts, "languages": known, "code": code}

    def _rows(self, previous: Generation | None, changes: EntryChanges, chunks: ChunkFolder) -> WrittenRows:
        """Encode the passages that the generation before has not, and return the rows of all entries."""
        before = None
        if previous is not None and was_made_with(self.encoder, previous):
            before = Before(previous, changes.before, changes.stored)
        return written_rows(
            self.corpus.entries,
            self.encoder,
            before,
            policy=self.options.merging,
            encode=partial(chunks.encode, self.encoder),
            start_progress=self.start_progress,
        )


def corpus_digest(corpus: Corpus) -> str:
    """Return the hex SHA-256 of everything of a corpus that is indexed: articles, entries and images."""
    entries = ({"entries": entries_digest(run)} for run in runs_of(corpus.entries))
    return digest_of(chain(map(article_record, corpus.articles), entries, image_records(corpus.images)))


def previous_generation(store: Store) -> Generation | None:
    """Return the current generation; None where there is none, or none that this version can read."""
    try:
        generation = store.current()
    except (NoIndexError, BadIndexError):
        return None
    if generation.facts.get("format") != FORMAT:
        return None
    try:
        with translate_read_errors(store.root):
            generation.verify()  # what is carried over is read by none of what follows
    except BadIndexError:
        return None
    return generation


def _placed_rows(corpus: Corpus, changes: EntryChanges, rows: WrittenRows, files: Mapping[str, Payload]) -> Rows:
    return Rows(
        corpus.entries,
        {article.article_id: article for article in corpus.articles},
        changes.before,
        rows.counts,
        mean_length_in(files),
    )


def _strict_refusal(rejected: tuple[ArticleError, ...]) -> str:
    more = f" (and {len(rejected) - 1} more)" if len(rejected) > 1 else ""
    return f"{rejected[0]}{more}; nothing was published, because --strict accepts no rejected article"


def _nothing_to_index(rejected: tuple[ArticleError, ...]) -> str:
    if rejected:
        return f"there is no entry to index; all articles are rejected, the first one: {rejected[0]}"
    return 'there is no entry to index; write an article (see corpus/README.md), then run "assistant build"'
