"""Whether a query can be searched for in the language that it is written in.

Matches of messages and codes come before this and need no language. What is ranked by meaning needs an encoder that
knows the language of the query and that of the articles. Where the articles are in a language that the encoder does
not know, what it says of the meaning is worth little, and only shared words tell.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np

from index.analysis.language import beginning_of, chief_languages, is_latin, language_of
from index.analysis.terms import words_of
from index.models.encoder import Encoder
from index.models.model_files import DEFAULT_MODEL
from index.storage.carried_rows import CarriedRows
from index.storage.generation import Generation
from index.storage.payload import Payload

_FILE = "languages.safetensors"
_CODE_LENGTH = 4  # letters of a language's code at most
_DEFAULT_MODEL_KNOWS = "en"
# Letters a token. In sentences about troubles at the office an English vocabulary has 3.7 in English and 2.3 to 2.6 in
# German, French, Spanish, Dutch, Italian and Portuguese, which it has to spell out.
_LEAST_LETTERS = 3.0
_LEAST_SIGNS = 1.2  # the same for scripts without spaces, of which such a vocabulary has single signs
_WITHOUT_SPACES = {"zh", "ja", "th", "lo", "km", "my"}
_SAMPLED_ENTRIES = 50  # of each language
_FEWEST_WORDS = 4  # fewer may all be names
_SHORTEST = 3  # shorter words are alike in many languages
_KNOWN = 0.25  # English with typos in it has more than half of its words known, other languages of its script a tenth
_LONG = 4  # the articles' shorter words are not kept
_OWN = 0.5  # of the long words: a query that has so many from the articles is in their language


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known about the language of a query.

    Attributes:
        is_readable: False where neither the encoder nor the articles know the language or the script.
        language: The ISO 639-1 code of a language that the encoder does not know; None where it knows it, or where no
            language was recognised.
    """

    is_readable: bool = True
    language: str | None = None

    @property
    def is_understood(self) -> bool:
        """Whether what the encoder says of the query's meaning can be trusted."""
        return self.is_readable and self.language is None


class LanguageReader:
    """Tells whether queries can be read.

    Args:
        languages: The languages of the articles, most frequent first, and whether the encoder knows each.
        encoder: Encodes queries.
        is_in_articles: Whether a word, in small letters, stands in the articles.
    """

    def __init__(
        self, languages: Mapping[str, bool], encoder: Encoder, *, is_in_articles: Callable[[str], bool]
    ) -> None:
        self._languages = languages
        self._encoder = encoder
        self._is_in_articles = is_in_articles

    def read(self, text: str, *, corrected: str) -> Reading:
        """Return what is known about the language of a text.

        Args:
            text: The query as it was asked.
            corrected: The same, its typos corrected.
        """
        is_own = share_known(text, self._is_in_articles) >= _OWN
        language = self._only_language() if is_own else None
        language = language or language_of(text, among=self._languages)
        if language is None or not self._languages:
            return Reading(has_known_words(corrected, is_known=self._is_known))
        if language in self._languages:
            return Reading(language=None if self._languages[language] else language)
        if any(self._languages.values()) and knows_language(self._encoder, language, text):
            return Reading()
        return Reading(is_readable=is_own, language=language)

    def _only_language(self) -> str | None:
        return next(iter(self._languages)) if len(self._languages) == 1 else None

    def _is_known(self, word: str) -> bool:
        return self._is_in_articles(word) or self._encoder.count_tokens(word) == 1


@dataclass(frozen=True, slots=True)
class EntryLanguages:
    """The languages of entries.

    Attributes:
        codes: The ISO 639-1 code of each entry's language by row; None where it cannot be told.
    """

    codes: tuple[str | None, ...]

    def known_by(self, encoder: Encoder, text_of: Callable[[int], str]) -> dict[str, bool]:
        """Return the languages, most frequent first, and whether an encoder knows each.

        Args:
            encoder: The encoder.
            text_of: Returns all that the entry in a row says; asked for some entries of each language.
        """
        known = {}
        for code in chief_languages(self.codes):
            rows = islice((row for row, own in enumerate(self.codes) if own == code), _SAMPLED_ENTRIES)
            known[code] = knows_language(encoder, code, "\n".join(beginning_of(text_of(row)) for row in rows))
        return known

    def files(self) -> dict[str, Payload]:
        """Return the file that `entry_languages` takes the languages of carried entries from, by name."""
        letters = "".join((code or "").ljust(_CODE_LENGTH) for code in self.codes).encode()
        return {_FILE: {"codes": np.frombuffer(letters, dtype=np.uint8).reshape(-1, _CODE_LENGTH)}}


def entry_languages(texts: Sequence[str], carried: CarriedRows | None = None) -> EntryLanguages:
    """Return the languages of all entries.

    Args:
        texts: All that each new entry says, in the order of their rows.
        carried: The entries that are carried over from the generation before; None where all are new.
    """
    new = [language_of(beginning_of(text)) for text in texts]
    if carried is None:
        return EntryLanguages(tuple(new))
    before = _stored(carried.generation)
    codes: list[str | None] = [None] * len(carried)
    for row, code in zip(carried.new.tolist(), new, strict=True):
        codes[row] = code
    kept = carried.kept
    for row, old in zip(carried.rows[kept].tolist(), kept.tolist(), strict=True):
        codes[row] = before[old]
    return EntryLanguages(tuple(codes))


def _stored(generation: Generation) -> list[str | None]:
    letters = generation.arrays(_FILE)["codes"].tobytes().decode()
    return [letters[at : at + _CODE_LENGTH].strip() or None for at in range(0, len(letters), _CODE_LENGTH)]


def knows_language(encoder: Encoder, language: str, text: str) -> bool:
    """Return whether an encoder knows the language of a text.

    The default model knows English. No file of another model names its languages in a way that can be relied on, so its
    vocabulary is asked: it holds the common words of a language that the model was trained on whole.
    """
    if encoder.identity.name == DEFAULT_MODEL:
        return language == _DEFAULT_MODEL_KNOWS
    letters = [letter if letter.isalpha() else " " for letter in text]
    tokens = encoder.count_tokens("".join(letters))
    least = _LEAST_SIGNS if language in _WITHOUT_SPACES else _LEAST_LETTERS
    return sum(letter != " " for letter in letters) >= least * tokens


def share_known(text: str, is_in_articles: Callable[[str], bool]) -> float:
    """Return how many of a text's long words stand in the articles, from 0 to 1."""
    long = [word for word in words_of(text) if word.isalpha() and len(word) >= _LONG]
    return sum(map(is_in_articles, long)) / len(long) if long else 0.0


def has_known_words(text: str, *, is_known: Callable[[str], bool]) -> bool:
    """Return whether enough of a text's words are known, whatever its language is.

    Args:
        text: The query, its typos corrected.
        is_known: Whether a word, in small letters, stands in the articles or in the encoder's vocabulary.
    """
    words = [word for word in words_of(text) if word.isalpha()]
    foreign = [word for word in words if not is_latin(word)]
    if words and len(foreign) * 2 > len(words):
        return sum(map(is_known, foreign)) * 2 >= len(foreign)
    long_enough = [word for word in words if len(word) >= _SHORTEST]
    return len(long_enough) < _FEWEST_WORDS or sum(map(is_known, long_enough)) >= _KNOWN * len(long_enough)
