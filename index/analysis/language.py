"""In which language a text is written.

CLD2 answers in a tenth of a millisecond, and not at all where it is not sure. That happens with texts of a few words;
there the small words of a language tell it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable

from index.analysis.lexicon import words
from index.analysis.terms import words_of

_FEWEST_WORDS = 3  # fewer may all be names: "reconnect xero" is French to CLD2
_FEWEST_SMALL_WORDS = 2
_LEAST_SHARE = 25  # percent of a text: a message in the articles' language, pasted into a sentence in another
_SAMPLED = 1_000  # characters of an entry
_LEAST_ENTRIES = 0.05  # of those whose language is told; with fewer, a language is that of a quotation or of a mistake

# Languages share some; that with the most in a text wins. Words that are English too ("die", "on", "me") are left out.
_SMALL_WORDS = {
    "en": words(
        "the and of to is are was were it its my our your this that these those with for from not cannot have has had",
        "does did how why what when where which there can after i you we they",
    ),
    "de": words(
        "der das den dem ein eine einen einem einer ich wir ist sind nicht kein keine keinen mein meine meinen mit auf",
        "von vom beim nach wie warum wenn wo und oder auch noch mehr schon seit kann werden wird hat habe zum zur",
    ),
    "fr": words(
        "le la les un une des du au aux je nous est sont ne pas plus mon ma mes ce cette ces qui dans sur avec pour et",
        "ou où pourquoi quand déjà depuis cet j'ai n'est l'on d'un d'une peut faire à",
    ),
    "es": words(
        "el los las unos unas del al yo nosotros está están mis qué cómo cuándo dónde por pero ya desde puedo puede",
        "tengo este esta muy con hay ningún ninguna después sin",
    ),
    "nl": words(
        "het een ik wij zijn niet geen mijn ons onze op van bij naar hoe waarom wanneer waar ook nog al meer sinds kan",
        "wordt worden heeft heb deze dit dat er maar",
    ),
    "it": words(
        "il la gli una uno della dello dei degli delle nel nella sul sulla io noi sono non mio mia miei che",
        "perché come quando dove già più è questo questa ho ha con ancora due si",
    ),
    "pt": words(
        "os uma umas da das dos na nas pela pelo eu nós são não meu minha meus minhas que como porque onde já desde",
        "posso pode tenho este esta com ao foi há nem depois ou",
    ),
}


def language_of(text: str, *, among: Iterable[str] = ()) -> str | None:
    """Return the ISO 639-1 code of a text's language; None where it is too short to tell, or in several.

    Args:
        text: Any text.
        among: Languages that are more likely than others: a text that is partly in one of them is in that one.
    """
    if not _is_long_enough(text):
        return None
    found = _detected(text)
    preferred = next((code for code in among if found.get(code, 0) >= _LEAST_SHARE), None)
    return preferred or next(iter(found), None) or _by_small_words(text)


def beginning_of(text: str) -> str:
    """Return as much of an entry's text as its language is told by."""
    return text[:_SAMPLED]


def chief_languages(codes: Iterable[str | None]) -> list[str]:
    """Return in which languages texts are written, the most frequent first, by the code of each text's language.

    A language in which hardly any of them is written is left out.
    """
    counts = Counter(code for code in codes if code is not None)
    ranked = sorted(counts, key=lambda code: (-counts[code], code))
    return [code for code in ranked if counts[code] >= _LEAST_ENTRIES * counts.total()]


def is_latin(word: str) -> bool:
    """Return whether a word is written in Latin letters."""
    return all(unicodedata.name(letter, "").startswith("LATIN") for letter in word)


def _is_long_enough(text: str) -> bool:
    """Return whether a text has several words, or one of a script that may write a sentence without a space."""
    alphabetic = [word for word in words_of(text) if word.isalpha()]
    return len(alphabetic) >= _FEWEST_WORDS or not all(map(is_latin, alphabetic))


def _detected(text: str) -> dict[str, int]:
    """Return the languages that CLD2 is sure of, the first first, with the percentage of the text in each."""
    import pycld2  # takes 5 ms, and most texts need no look

    try:
        is_reliable, _, found = pycld2.detect("".join(filter(_is_text, text)), isPlainText=True)
    except pycld2.error:  # what it does not take for text
        return {}
    return {code.split("-")[0]: share for _, code, share, _ in found if code != "un"} if is_reliable else {}


def _is_text(character: str) -> bool:
    return character.isprintable() or character.isspace()


def _by_small_words(text: str) -> str | None:
    own = set(words_of(text))
    counts = Counter({code: len(own & small) for code, small in _SMALL_WORDS.items()}).most_common(2)
    (code, most), (_, second) = counts
    return code if most >= _FEWEST_SMALL_WORDS and most > second else None
