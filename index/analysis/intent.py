"""What a query is: it tells of a trouble, asks how something is done, or is the message of a program."""

from __future__ import annotations

import re

from index.analysis.lexicon import words
from index.analysis.terms import words_of

_NOT = words(
    "aint arent cannot cant couldnt didnt doesnt dont hadnt hasnt havent isnt neither never no nobody none nor not",
    "nothing nowhere shouldnt unable wasnt werent without wont wouldnt",
)
_FAILED = words(
    "abort aborted aborts bad broke broken bug bugs crash crashed crashes dead denied denies deny err error errors",
    "exception exceptions fail failed failing fails failure failures fault faulty forbidden illegal incorrect invalid",
    "mistake mistakenly problem problems refuse refused refuses refusing reject rejected rejection rejects rejecting",
    "unauthorised unauthorized unavailable unexpected unknown unreachable wrong wrongly",
)
_IN_THE_WAY = words(
    "block blocked blocks bounce bounced bounces conflict conflicting conflicts declined duplicate duplicated",
    "duplicates exceed exceeded exceeding exceeds freeze freezes froze frozen greyed hang hanging hangs held hung",
    "issue issues jam jammed jams locked loop looping loops mismatch prevented prevents slow stall stalled stalls stop",
    "stopped stopping stops stuck timeout trouble troubles turned twice",
)
_LOST = words(
    "blank corrupt corrupted damaged disappear disappeared disappears disconnected empty expire expired expires gone",
    "lapsed lose loses losing lost missed misses missing ran revoked vanish vanished vanishes withdrawn",
)
_SAID = words(
    "alert alerts complain complained complaining complains insists said saying says tells told warn warned warning",
    "warnings warns",
)
_NOT_AS_EXPECTED = words(
    "again already although although but despite even forgot however instead keep keeps kept odd only still strange",
    "suddenly though too weird yet",
)
TROUBLE_WORDS = _NOT | _FAILED | _IN_THE_WAY | _LOST | _SAID | _NOT_AS_EXPECTED
"""Words by which people tell that something is not as it should be, in any trouble."""

_WRITER = words(
    "anybody anyone colleague colleagues cos dear folks guys he hello help hey hi id im ive me mine my our ours pls",
    "please she somebody someone thank thanks their they us we weve whenever i",
)
"""Words that people write, and programs do not."""

_LEAST_WORDS = 4  # of a message

_ASKS = re.compile(
    r"\b(?:(?:how|where|which|what|who|whom|when)\b(?! (?:happened|happens|went)\b)"
    r"|(?:can|could|may|might|should|shall|must|do|does) (?:i|we|you|one|people|anyone|anybody|someone|somebody)\b"
    r"|is (?:it possible|there)|are there|(?:want|wants|need|needs|like|wish|wishes|going) to\b|i d like)"
)


def tells_of_trouble(text: str) -> bool:
    """Return whether a text has a word of trouble.

    >>> tells_of_trouble("The printer won't print"), tells_of_trouble("How do I add a printer?")
    (True, False)
    """
    return not TROUBLE_WORDS.isdisjoint(words_of(text))


def asks_how(text: str) -> bool:
    """Return whether a text asks how something is done, and tells of no trouble.

    >>> asks_how("How do I add a printer?"), asks_how("How do I add a printer that is not found?")
    (True, False)
    >>> asks_how("printer offline")
    False
    """
    return bool(_ASKS.search(" ".join(words_of(text)))) and not tells_of_trouble(text)


def is_of_a_program(text: str) -> bool:
    """Return whether a text is written as the messages of programs are: what failed, a colon, and why.

    No word of a person is around it, and what failed is told by a word of trouble or a number.

    >>> is_of_a_program("Drive 17 is not ready: it is full"), is_of_a_program("Drive 17 is not ready: I filled it")
    (True, False)
    >>> is_of_a_program("Printer: the pages are blank")
    False
    """
    what, colon, _ = " ".join(text.split()).rpartition(": ")
    own = words_of(text)
    is_told = tells_of_trouble(what) or any(map(str.isdigit, what))
    return bool(colon) and is_told and len(own) >= _LEAST_WORDS and "?" not in text and _WRITER.isdisjoint(own)
