"""Whether a heading says what to do: "Refresh the session", "Sign in again", "Dredge berths".

No list of verbs is complete, so the place of the words counts: a verb in its plain form is followed by an article, a
pronoun or a particle, as a noun at the start of a heading hardly ever is.
"""

from __future__ import annotations

import re

_NUMBERING = re.compile(r"\A(?:(?:step|option|fix|method|solution)\s*)?\d{0,2}[.):]?\s+", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z][\w'\u2019-]*")
_OBJECT_START = frozenset(
    "the a an your all any this that these those it its their our each every both another more them one everything"
    " nothing something some only just new different".split()
)
_PARTICLES = frozenset("in out up down off on back again away over to through into".split())
_PHRASAL = frozenset(
    "sign log shut turn switch back roll go plug set scale power boot start take put pull push clean free look fill"
    " bring carry cut dial drop figure find get give hand hold keep lay let line move pass pay pick point read run send"
    " sort split swap talk throw track try wind wipe write zoom hook ring hang tap click scroll drill".split()
)
_NO_VERBS = frozenset(
    "the a an this that these those it its there here is are was were be has have had does did do can could will would"
    " may might must should not no never what why how when where which who whose whom if unless while after before with"
    " without within from for in on at by of to about as than and or but so because since during until under over not"
    " one two three all both each every any some many few most more less only just even also you your we our they their"
    " he she his her i my me us them unable failed missing lost wrong bad unknown invalid nothing something".split()
)
_VERB_FORM = re.compile(
    r"(?:re|un|dis|de)-?(?:[a-z]{3,})(?:e|t|d|n|y|p|k|l|r|m|g|w|x|h)\Z|[a-z]{3,}(?:ify|ize|ise|ulate|tivate|erate|orate"
    r"|icate|igate|inate|itiate)\Z"
)
_NOUNS_LIKE_VERBS = re.compile(
    r"(?:un|in)?(?:certificate|duplicate|estimate|delegate|candidate|template|climate|coordinate|associate|re(?:cord|port"
    r"|sult|source|ad|al|d|gion|place|st|quest|view|mote|cent|spons\w*|turn|venue|d\w?|ceipt|lease|sponse)|de(?:vice|tail"
    r"|sktop|bt|ad|partment|bug|fault|mo|pth|sk|lay|al|ployment|bit|ck|ep|er|sign|scription)|un(?:it|der|ion|til|known)"
    r"|dis(?:k|h|c|play|tance|count|order|pute)|enterprise|exercise|noise|premise|franchise|size|prize)\Z"
)


def is_imperative(name: str) -> bool:
    """Whether a heading begins with a verb that says what to do."""
    words = _WORD.findall(_NUMBERING.sub("", name.strip("*_` ")).casefold())
    if len(words) > 2 and words[0] in {"do", "please", "then", "first", "next", "finally", "always", "also"}:
        words = words[2:] if words[1] in {"not", "n't"} else words[1:]
    if len(words) < 2 or words[0] in _NO_VERBS:
        return False
    first, second = words[0], words[1]
    is_past = first.endswith("ed") and not first.endswith("eed")
    if is_past or first.endswith("ing") or (first.endswith("s") and not first.endswith("ss")):
        return False
    if second in _OBJECT_START or (first in _PHRASAL and second in _PARTICLES):
        return True
    is_noun = first.endswith(("tion", "ness", "ity", "ance", "ence")) or _NOUNS_LIKE_VERBS.match(first)
    return _VERB_FORM.match(first) is not None and not is_noun
