"""Which documented messages a cut message may be: every way to align it with every message is tried.

Slow, and independent of the program's own templates and alignment, which it is to test.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from tests.programs.paste_values import pieces


def words(text: str) -> list[str]:
    text = re.sub(r"(?<=\w)[\u2019\u2018'](?=\w)", "", text.casefold())
    return re.findall(r"#{3}|\w+|:(?=\s)", text)  # a colon ends a clause: no number goes on behind it


@cache
def skeleton(message: str) -> tuple[str, ...]:
    """Return a message's words, with 0 for each number and * for each other value or run of values."""
    found: list[str] = []
    for text, is_value in pieces(message):
        if is_value:
            number = re.search(r"\d|###", text) is not None and re.search(r"[A-Za-z]{4}|['\\]|\.\d+\.", text) is None
            before = found.pop() if found[-1:] in (["0"], ["*"]) else None
            found.append("0" if number and before in ("0", None) else "*")
        else:
            found += words(text)
    return tuple(found)


NOT_NAMES = {"is", "was", "has", "not", "cannot", "could", "because"}
IN_NUMBERS = re.compile(
    r"\w*\d\w*|#+|[ap]m|usd|chf|mb|gb|kb|ms|s|seconds|minutes|april|apr|may|inv|nv|k|[a-z]{1,2}", re.IGNORECASE
)


def explains(left: Sequence[str], skeleton: Sequence[str], *, cut: str, least: int) -> tuple[int, float] | None:
    """Return how many letters of fixed words are left, and what share of the message, or None if it does not fit.

    Args:
        left: The words of the cut message.
        skeleton: Of a documented message.
        cut: "front", "end" or "none".
        least: The letters of a cut word that count as its beginning or end; fewer may as well be a value.
    """
    if cut == "front":
        flipped = [word[::-1] for word in left[::-1]]
        return explains(flipped, [word[::-1] for word in skeleton[::-1]], cut="end", least=least)

    @cache
    def best(i: int, j: int) -> tuple[int, int] | None:
        if i == len(left):
            return 0, sum(3 if word in ("0", "*") else len(word) + 1 for word in skeleton[j:])
        if j == len(skeleton):
            return None
        word = skeleton[j]
        if word not in ("0", "*"):
            part = word.startswith(left[i]) and i == len(left) - 1 and cut == "end"
            if left[i] != word and not part:
                return None
            rest = best(i + 1, j + 1)
            told = len(left[i]) if left[i] == word or len(left[i]) >= least else 0
            return rest and (rest[0] + told, rest[1] + len(word) - len(left[i]))
        ways = [best(k, j + 1) for k in range(i + 1, min(len(left), i + 14) + 1) if is_value(left[i:k], word)]
        return max((way for way in ways if way), default=None)

    found = best(0, 0)
    if found is None or (cut == "none" and found[1]):
        return None
    there = sum(len(word) + 1 for word in left)
    return found[0], there / (there + found[1])


def is_value(left: Sequence[str], slot: str) -> bool:
    """Whether words may be a value; what is left of a cut one may be anything short."""
    if slot == "*":
        return len(left) == 1 or not any(word in NOT_NAMES or word[::-1] in NOT_NAMES for word in left)
    return all(is_numeric(word) or is_numeric(word[::-1]) for word in left)


def is_numeric(word: str) -> bool:
    units = ("minutes", "seconds", "hours", "april", "apr", "usd", "chf")
    return IN_NUMBERS.fullmatch(word) is not None or any(unit.startswith(word) or unit.endswith(word) for unit in units)


def fitting(left: str, messages: Sequence[tuple[int, str]], cut: str, *, least: int) -> dict[int, float]:
    """Return the rows of the messages that explain most of what is left, each with the share that is left of it."""
    fits: dict[int, tuple[int, float]] = {}
    there = words(left)
    for row, text in messages:
        laid = explains(there, skeleton(text), cut=cut, least=least)
        if laid is not None:
            fits[row] = max(fits.get(row, (0, 0.0)), laid)
    most = max((letters for letters, _ in fits.values()), default=0)
    best = {row: share for row, (letters, share) in fits.items() if letters == most}
    whole = {row: share for row, share in best.items() if share > 0.999}
    return whole or best
