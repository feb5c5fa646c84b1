"""A text as tokens: its words and numbers with their places, so that case, quotes, spaces and line breaks do not count.

Everything here is linear in the text's length, whatever stands in it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_SAME_AS = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4\u2039\u203a", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb\u300c\u300d\u300e\u300f", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"),  # nobody sees them
    }
)
_CLUSTER = re.compile(
    r"(?P<plain>[\x00-\x7f]+(?![\u0300-\u036f]))"  # what needs no folding, up to a letter that has marks of its own
    r"|[^\u0300-\u036f][\u0300-\u036f]*|[\u0300-\u036f]"
)
_TOKEN = re.compile(
    r"\w+(?:'\w+)*"  # words, numbers, can't, ERR_TIMED_OUT
    r"|#{2,}"  # a placeholder that was pasted as it stands
    r"|(?<![\w'\"`])(?P<quote>['\"`])[^\w\s'\"`]{0,3}(?P=quote)(?![\w'\"`])"  # a value without a word: '', '-'
)
_HEX = re.compile(r"0[xX]0*([0-9a-fA-F]+)")


@dataclass(frozen=True, slots=True)
class Folded:
    """A text with one character for its many variants, and where each character came from.

    Attributes:
        original: The text as it was given.
        text: Compatibility forms replaced (NFKC), quotes straight, dashes hyphens, letters as they were.
        starts: For each character of `text` its place in the original; one more for the end. None where both agree.
    """

    original: str
    text: str
    starts: tuple[int, ...] | None

    def origin(self, place: int) -> int:
        """Return the place in the original text."""
        return place if self.starts is None else self.starts[place]


def fold(text: str) -> Folded:
    """Fold a text: "ﬁle\u00a0“x”" becomes 'file "x"', and each character still knows its place."""
    if text.isascii():
        return Folded(text, text, None)
    folded: list[str] = []
    starts: list[int] = []
    for match in _CLUSTER.finditer(text):
        if match["plain"]:
            folded.append(match[0])
            starts.extend(range(*match.span()))
            continue
        cluster = _fold_cluster(match[0])
        folded.append(cluster)
        starts += [match.start()] * len(cluster)
    return Folded(text, "".join(folded), (*starts, len(text)))


@lru_cache(maxsize=4096)
def _fold_cluster(cluster: str) -> str:
    # subtle: some quotes have a compatibility form with a space (\u00b4), so they are replaced before and after
    return unicodedata.normalize("NFKC", cluster.translate(_SAME_AS)).translate(_SAME_AS)


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's words and numbers.

    Attributes:
        folded: The text.
        keys: Each token's canonical form: small letters, no apostrophe, hex numbers without leading zeros.
        spans: Each token's start and end in the folded text.
    """

    folded: Folded
    keys: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]

    def __len__(self) -> int:
        return len(self.keys)

    def between(self, number: int) -> str:
        """Return what stands before a token, back to the one before it; with the tokens' count, what stands last."""
        start = self.spans[number - 1][1] if number else 0
        end = self.spans[number][0] if number < len(self.spans) else len(self.folded.text)
        return self.folded.text[start:end]

    def original(self, first: int, end: int) -> tuple[int, int]:
        """Return where tokens `first` to `end` (not included) stand in the text as it was given."""
        return self.folded.origin(self.spans[first][0]), self.folded.origin(self.spans[end - 1][1])


def tokenize(text: str | Folded) -> Tokens:
    """Return a text's tokens: "CAN'T open 'E-mail'" has the keys cant, open, e, mail."""
    folded = fold(text) if isinstance(text, str) else text
    matches = list(_TOKEN.finditer(folded.text))
    return Tokens(folded, tuple([token_key(each[0]) for each in matches]), tuple([each.span() for each in matches]))


@lru_cache(maxsize=1 << 14)
def token_key(token: str) -> str:
    """Return a token's canonical form: CAN'T is cant, 0X0000007B is 0x7b, ## is ##."""
    key = token.casefold()
    if key.startswith("0x") and (number := _HEX.fullmatch(key)):
        return "0x" + number[1]
    return key.replace("'", "") or key
