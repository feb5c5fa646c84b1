"""Builds that merge segments are interrupted, and segments that generations share are damaged."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assistant.answering.assistant import Assistant
from assistant.answering.query import Query
from index.integrity_check import check
from index.storage.file_system import Disk
from index.storage.segments.merging import Policy
from index.storage.store import Store
from tests.programs.faulty_disks import QuickDisk
from tests.programs.power_cuts import Damage, damage_file
from tests.programs.trial_damage import TrialIndex, answers_of, wrong_answers
from tests.programs.trials import (
    QUERIES,
    Outcome,
    StableEncoder,
    build_edition,
    random_for,
    without_time,
    write_edition,
)

_NEVER = Policy(most=100, dead=1, small=0)
_ALL = Policy(most=1)
_EDITS = ("a paper jam", "a no signal", "a blinking light")  # an entry each, in both articles
Answers = list[dict[str, Any]]


class MergingIndex(TrialIndex):
    """An index of four segments, and articles of which one more entry has been edited; its build merges them to one.

    Nothing in an answer says of which edition all of it is: answers are compared with those of a build from nothing.
    """

    what = " that merges segments"

    def __init__(self, folder: Path) -> None:
        self.corpus, self.before, self.copy = (folder / name for name in ("articles", "before", "copy"))
        write_edition(self.corpus, 1, articles=2)
        build_edition(self.corpus, self.before, disk=QuickDisk())
        for number, fault in enumerate(_EDITS):
            self.edit(fault, number)
            build_edition(self.corpus, self.before, disk=QuickDisk(), keep=2, merging=_NEVER)
        self.right: dict[int, Answers] = {}
        for edition in (1, 2):
            build_edition(self.corpus, folder / f"right-{edition}", disk=QuickDisk())
            self.right[edition] = answers(folder / f"right-{edition}")
            if edition == 1:
                self.edit("a wrong password", 4)

    def edit(self, fault: str, number: int) -> None:
        """Change an entry of each article."""
        for path in self.corpus.iterdir():
            path.write_text(path.read_text().replace(f"has {fault}", f"has {fault} no {number}"))

    def build(self, root: Path, disk: Disk) -> None:
        build_edition(self.corpus, root, disk=disk, keep=1, merging=_ALL)

    def edition(self) -> set[int]:
        found = answers(self.copy)
        return {edition for edition, right in self.right.items() if right == found} or {-1}

    def faults_left(self) -> Iterator[str]:
        yield from super().faults_left()
        with Store(self.copy, disk=QuickDisk()).current() as generation:
            if len(generation.segment_files) != 1:
                yield f"there are {len(generation.segment_files)} segments"

    def fresh(self) -> Path:
        """Return a copy in which generations share their segments as they do in the original."""
        root = super().fresh()
        first: dict[str, Path] = {}
        for path in sorted(root.rglob("*.segment")):
            if (shared := first.setdefault(path.name, path)) != path:
                path.unlink()
                os.link(shared, path)
        return root


def answers(root: Path) -> Answers:
    """Return what a new reader answers, apart from which generation it is."""
    assistant = Assistant(Store(root, disk=QuickDisk()), StableEncoder())
    found = [without_time(assistant.ask(Query(query))) for query in QUERIES]
    return [{name: value for name, value in each.items() if name != "generation"} for each in found]


def damaged_segments(folder: Path, seed: int, count: int) -> Outcome:
    """Damage one of the segments that two generations share, take it away, or put another's in its place.

    Readers refuse it, or answer as a generation that is whole, a check names it, and a build has everything again.
    """
    index = MergingIndex(folder)
    index.fresh()
    right = {each.generation_id: answers_of(index.copy, each.generation_id) for each in Store(index.copy).generations()}
    failures = [
        f"{number}: {fault}" for number in range(count) for fault in _damaged(index, right, random_for(seed, number))
    ]
    return Outcome("damaged segments", f"{count} segments", tuple(failures), seed)


def _damaged(index: MergingIndex, right: dict[str, Answers], draw: random.Random) -> Iterator[str]:
    root = index.fresh()
    segments = sorted(max((root / "generations").iterdir()).glob("*.segment"))
    path, other = draw.sample(segments, 2)
    how = draw.choice([*(each.value for each in Damage if each not in (Damage.LEFT, Damage.NAMES_LOST)), "another's"])
    if how == "another's":
        path.write_bytes(other.read_bytes())
    else:
        damage_file(path, Damage(how), draw)
    what = f"{how} {path.name[:8]}"
    yield from (f"{what}: {fault}" for fault in wrong_answers(None, right, root))
    if not any(path.name in problem.description for problem in check(Store(root, disk=QuickDisk())).problems):
        yield f"{what}: the check does not name it"
    index.build(root, QuickDisk())
    if index.edition() != {2}:
        yield f"{what}: the next build gives {index.edition()}"
    yield from (f"{what}: {problem.description}" for problem in check(Store(root, disk=QuickDisk())).problems)
