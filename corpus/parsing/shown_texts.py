"""What stands under "Issue" or "Error" and is no message: what leads in to one, images, steps, what a reporter says.

Only what the product shows is a message. "When you print, this error appears:" stands in every report, and so does "A
404 error displays"; whoever pastes such a sentence is told nothing by it.
"""

from __future__ import annotations

import re
from enum import Enum, auto

_IMAGE = re.compile(
    r"(?:!?\[(?:!\[[^\]]*\]\([^)]*\)|[^\]]*)\]\([^)]*\.(?:png|jpe?g|gif|webp|svg|bmp)[^)]*\)\s*)+\Z", re.IGNORECASE
)
_EMBEDDED = re.compile(r"(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?\s*)+\Z")
_TAG = re.compile(
    r"</?(?:ins|u|b|i|em|strong|span|font|br|p|div|sub|sup|del|small|mark|kbd|hr|center)\b[^<>\n]*>", re.IGNORECASE
)
_REPORT = re.compile(
    r"(?:steps|how|way) to reproduce|reproduc(?:tion|ing)(?: steps)?|test (?:data|steps)|preconditions?"
    r"|(?:actual|expected|current) (?:result|behaviou?r|outcome)s?"
    r"|additional (?:details|information)|screenshots?|attachments?",
    re.IGNORECASE,
)
_OUTPUT = re.compile(
    r"\*\*[^*\n]{0,40}\b(?:errors?|messages?|logs?|output|traceback|exceptions?|console|warnings?)\W{0,2}\*\*:?\Z",
    re.IGNORECASE,
)
_LEADS_IN = re.compile(
    r"\b(?:errors?|messages?|warnings?|exceptions?|alerts?|following|below|this|these|logs?|output|notifications?)\b[^.!?\n]*:\W*\Z"
    r"|\b(?:see|sees|get|gets|receive|receives|appears?|displays?|displayed|shown|shows|reads?|says?|occurs?|returns?)\W*:\W*\Z",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"(?:(?:an?|the|this|another|some|one|no)\s)?(?:[\w'-]+\s){0,4}"
    r"(?:errors?|messages?|warnings?|exceptions?|alerts?|pop-?ups?|dialogs?|page|notifications?|codes?)\s"
    r"(?:(?:is|are|was|were|may|might|can|could|will|also|then|be|being|gets?)\s){0,3}"
    r"(?:displays?|displayed|appears?|appeared|shown|shows?(?: up)?|occurs?|occurred|thrown|returned|raised|reported"
    r"|logged|comes? up|pops? up|happens?|received|seen|visible)"
    r"(?:\s(?:again|sometimes|instead|on (?:the )?screen))?\W*\Z",
    re.IGNORECASE,
)
_OF_ANY_FAILURE = frozenset(
    "a an the php java python javascript js fatal error errors exception warning notice server internal unknown general"
    " unexpected failure failed http system application app site page 400 401 403 404 500 502 503 504 occurred".split()
)
_CODE = re.compile(r"`[^`]+`|\"[^\"]+\"|\u201c[^\u201c\u201d]+\u201d")


class Kind(Enum):
    """What a text under a label of messages is."""

    MESSAGE = auto()
    LEAD_IN = auto()
    """It announces what is shown; the message may follow."""
    REPORT = auto()
    """It announces steps, or what was expected: what follows is no message."""
    SYMPTOM = auto()
    """It says that something is shown."""
    OTHER = auto()
    """It is an image."""


def kind_of(text: str) -> Kind:
    """Return what a text is that stands where messages stand.

    >>> kind_of("When you print, this error appears:").name, kind_of("A 404 error displays.").name
    ('LEAD_IN', 'SYMPTOM')
    """
    plain = without_tags(text)
    if _EMBEDDED.match(plain) or _IMAGE.match(plain):
        return Kind.OTHER
    words = plain.strip("*_: ")
    if _REPORT.fullmatch(words):
        return Kind.REPORT
    if _CODE.search(plain):
        return Kind.MESSAGE
    if _OUTPUT.match(plain) or (plain.rstrip("* ").endswith(":") and _LEADS_IN.search(plain)):
        return Kind.LEAD_IN
    said = re.findall(r"\w+", words.casefold())
    is_any_failure = len(said) > 1 and _OF_ANY_FAILURE.issuperset(said)
    return Kind.SYMPTOM if is_any_failure or _REPORTED.match(words) else Kind.MESSAGE


def without_tags(text: str) -> str:
    """Return a text without the tags of HTML that only say how it looks; `<server>` is a placeholder and stays."""
    return _TAG.sub("", text).strip() if "<" in text else text
