"""Whether a query can be searched for in the language that it is written in.

Matches of messages and codes come before this and need no language. What is ranked by meaning needs an encoder that
knows the language of the query and that of the articles. Where the articles are in a language that the encoder does
not know, what it says of the meaning is worth little, and only shared words tell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from index.analysis.language import is_latin, language_of, languages_of
from index.analysis.terms import words_of
from index.models.encoder import Encoder
from index.models.model_files import DEFAULT_MODEL

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


def articles_languages(texts: Iterable[str], encoder: Encoder) -> dict[str, bool]:
    """Return the languages of the entries, most frequent first, and whether the encoder knows each."""
    return {
        code: knows_language(encoder, code, "\n".join(own[:_SAMPLED_ENTRIES]))
        for code, own in languages_of(texts).items()
    }


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
