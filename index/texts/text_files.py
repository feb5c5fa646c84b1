"""What is computed of the texts of entries: their words, messages, codes and languages."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.article import Entry
from index.analysis.spelling import spelling_files
from index.codes.code_index import code_files
from index.messages.documented.template_files import template_files
from index.query_language import EntryLanguages
from index.ranking.bm25 import bm25_files
from index.storage.carried_rows import CarriedRows
from index.storage.payload import Payload


def text_files(
    entries: Sequence[Entry], texts: Sequence[str], languages: EntryLanguages, carried: CarriedRows | None = None
) -> dict[str, Payload]:
    """Return the files that are computed of texts, by name; the same bytes whatever is carried over.

    Args:
        entries: The new entries, in the order of their rows.
        texts: All that each of them says.
        languages: The languages of all entries.
        carried: The entries that are carried over from the generation before; None where all are new.
    """
    return {
        **bm25_files(texts, carried),
        **spelling_files(texts, carried),
        **template_files(entries, texts, carried),
        **code_files(entries, texts, carried),
        **languages.files(),
    }
