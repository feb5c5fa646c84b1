"""Another message in the frame of a documented one: a beginning and an end that both have, other words between them.

"There was a problem sending this: <what it was>. Check the settings." is documented with one trouble, seen with many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from corpus.reading import Reading
from corpus.template import Template, Word
from index.alignment import Alignment

_RUN = 4  # words one after another are a piece of the message; fewer stand in other sentences, too
_NEAR = 80  # atoms; farther away it is another copy of the message
_TELLING = 0.7  # weight of a word that few messages have: what the message is about


@dataclass(frozen=True, slots=True)
class _Run:
    """Words of a message that stand one after another in it, by the numbers of their elements."""

    first: int
    last: int


def is_frame(reading: Reading, template: Template, found: Alignment, *, weigh: Callable[[str], float]) -> bool:
    """Whether the text has another piece of the message as well, and between the two not what the message has there.

    Args:
        reading: The text.
        template: The message.
        found: A piece of it that is there, cut at one end or both.
        weigh: How much a word tells, 0 to 1.
    """
    runs = _runs(template)
    first, last = found.links[0].number, found.links[-1].number
    before = [
        (run.last, place + _RUN)
        for place, run in _places(reading, runs, found.start - _NEAR, found.start)
        if run.last < first
    ]
    after = [
        (run.first, place) for place, run in _places(reading, runs, found.end, found.end + _NEAR) if run.first > last
    ]
    gaps = []
    if before:
        number, place = max(before)
        gaps.append((range(number + 1, first), range(place, found.start)))
    if after:
        number, place = min(after)
        gaps.append((range(last + 1, number), range(found.end, place)))
    return any(_is_other(reading, template, missing, there, weigh) for missing, there in gaps)


def _is_other(
    reading: Reading, template: Template, missing: Iterable[int], there: range, weigh: Callable[[str], float]
) -> bool:
    """Whether a stretch of the text has none of the telling words that the message has in its place."""
    keys = set(reading.keys[there.start : there.stop])
    words = {element.forms[0][0] for number in missing if isinstance(element := template.elements[number], Word)}
    telling = {word for word in words if weigh(word) >= _TELLING}
    return bool(keys and telling) and not telling & keys


def _places(reading: Reading, runs: dict[tuple[str, ...], _Run], start: int, end: int) -> Iterable[tuple[int, _Run]]:
    """Yield where runs begin that lie within a stretch of the text."""
    for place in range(max(0, start), min(reading.size, end) - _RUN + 1):
        run = runs.get(tuple(reading.keys[place : place + _RUN]))
        if run is not None:
            yield place, run


def _runs(template: Template) -> dict[tuple[str, ...], _Run]:
    atoms: list[tuple[str, int]] = []
    runs: dict[tuple[str, ...], _Run] = {}
    for number, element in enumerate(template.elements):
        if not isinstance(element, Word):
            atoms.clear()
            continue
        for key in element.forms[0]:
            atoms.append((key, number))
            if len(atoms) >= _RUN:
                run = atoms[-_RUN:]
                runs.setdefault(tuple(key for key, _ in run), _Run(run[0][1], number))
    return runs
