"""What a reader whose language is not understood is told, in that language where it is one of these."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.answering.answer import Notice

_CODES = ("en", "de", "fr", "es", "nl", "it", "pt")
_NAMES = {  # of these languages, in that order, in each of them
    "en": "English German French Spanish Dutch Italian Portuguese",
    "de": "Englisch Deutsch Französisch Spanisch Niederländisch Italienisch Portugiesisch",
    "fr": "anglais allemand français espagnol néerlandais italien portugais",
    "es": "inglés alemán francés español neerlandés italiano portugués",
    "nl": "Engels Duits Frans Spaans Nederlands Italiaans Portugees",
    "it": "inglese tedesco francese spagnolo olandese italiano portoghese",
    "pt": "inglês alemão francês espanhol holandês italiano português",
}
_AND = {"en": "and", "de": "und", "fr": "et", "es": "y", "nl": "en", "it": "e", "pt": "e"}
_WRITTEN_IN = {
    "en": "The articles are in {}; please describe the problem in that language, or paste the message.",
    "de": "Die Artikel sind auf {}; bitte beschreibe das Problem in dieser Sprache, oder füge die Meldung ein.",
    "fr": "Les articles sont en {} ; décrivez le problème dans cette langue, ou collez le message.",
    "es": "Los artículos están en {}; describe el problema en ese idioma o pega el mensaje.",
    "nl": "De artikelen zijn in het {}; beschrijf het probleem in die taal, of plak de melding.",
    "it": "Gli articoli sono in {}; descrivi il problema in quella lingua o incolla il messaggio.",
    "pt": "Os artigos estão em {}; descreva o problema nesse idioma ou cole a mensagem.",
}
_BY_WORDS = {  # the articles are in the reader's language, which the encoder does not know
    "en": "In this language only the articles' own words are found; try other words, or paste the message.",
    "de": "Auf Deutsch werden nur die Wörter der Artikel gefunden; versuche andere, oder füge die Meldung ein.",
    "fr": "En français, seuls les mots des articles sont trouvés ; essayez-en d'autres, ou collez le message.",
    "es": "En español solo se encuentran las palabras de los artículos; prueba con otras o pega el mensaje.",
    "nl": "In het Nederlands worden alleen woorden uit de artikelen gevonden; probeer andere, of plak de melding.",
    "it": "In italiano si trovano solo le parole degli articoli; provane altre o incolla il messaggio.",
    "pt": "Em português só se encontram as palavras dos artigos; tente outras ou cole a mensagem.",
}
_UNKNOWN = "The articles are in another language; please describe the problem in that one, or paste the message."


def language_notice(language: str | None, articles: Mapping[str, bool]) -> Notice:
    """Return the sentence for a query whose language is not understood.

    Args:
        language: The query's ISO 639-1 code, where it was recognised.
        articles: The languages of the articles, most frequent first, and whether the encoder knows each.
    """
    own = language if language in _CODES else "en"
    if language in articles:
        return Notice(own, _BY_WORDS[own])
    asked_for = [code for code, is_known in articles.items() if is_known] or list(articles)
    if not asked_for or not set(asked_for).issubset(_CODES):
        return Notice("en", _UNKNOWN)
    names = dict(zip(_CODES, _NAMES[own].split(), strict=True))
    *others, last = [names[code] for code in asked_for]
    return Notice(own, _WRITTEN_IN[own].format(f"{', '.join(others)} {_AND[own]} {last}" if others else last))
