"""The short form of `tests.programs.exponents`: the shapes that once cost most, on every path, in a generous time."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.programs.cost_paths import PATHS, CostPath
from tests.programs.costly_shapes import Shape, shapes
from tests.programs.exponents import Cost, cost_of
from tests.programs.processor_time import growth, in_time, least_seconds
from tests.programs.worst_queries import Asked, percentile_95

ROOT = Path(__file__).parent.parent
_PATIENCE = 5  # a busy machine must not fail a test
_WORST = {
    "' ' repeated",
    *("'7.' repeated", "'0x80' repeated", "'a' repeated", "'`' repeated", "'*' repeated", "'_' repeated"),
    *("'A-' repeated", "'a:b:' repeated", "'<p>a</p>' numbered", "'a - ' repeated, then '|'", "runs of backticks"),
    *("'a\\n===\\n' repeated", "'## a\\n\\nb\\n\\n' repeated", "'<div>' nested", "'(' nested", "'- a\\n' repeated"),
    *("'a\\n' numbered", "'at a.b(c.java:1)\\n' repeated", "\"'a' b \" repeated", "'&a [*a, *a]\\n' repeated"),
}
SHAPES = [each for each in shapes() if each.name in _WORST]
INDEXED = ("build", "ask")


def test_the_worst_shapes_are_all_there() -> None:
    assert {each.name for each in SHAPES} == _WORST


@pytest.mark.parametrize(
    "path", [each for each in PATHS if not each.name.startswith(INDEXED)], ids=lambda each: each.name
)
def test_no_shape_takes_longer_than_its_path_may(path: CostPath) -> None:
    size = 20_000 if path.is_query else 2_000
    path.seconds("a")  # the libraries of a path are imported first
    most = _PATIENCE * path.most(size)
    slow = {
        each.name: seconds
        for each in SHAPES
        if (seconds := least_seconds(most, functools.partial(path.seconds, each.text(size)))) >= most
    }
    assert slow == {}


def test_a_query_of_20_000_letters_is_answered_in_time_whatever_it_and_the_articles_repeat() -> None:
    """In a process of its own: threads that another test has started use the processor while they wait."""
    program = ["tests.programs.worst_queries", "--entries", "60", "--every", "25", "--patience", str(_PATIENCE)]
    done = subprocess.run([sys.executable, "-m", *program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert re.match(r"60 entries, \d+ queries: 95th percentile \d+ ms; the slowest:\n +\d+ ms ", done.stdout)


def test_the_95th_percentile_is_passed_by_five_of_a_hundred() -> None:
    assert percentile_95([Asked(str(number), (100 - number) / 100) for number in range(100)]) == 0.95


@dataclass(frozen=True)
class Reckoned(CostPath):
    """A path whose seconds are reckoned from the size of a text, so that no machine disturbs them."""

    reckon: Callable[[int], float] = float

    def seconds(self, text: str) -> float:
        return self.reckon(len(text))


def reckoned(reckon: Callable[[int], float]) -> Cost:
    path = Reckoned("reckoned", lambda _: lambda: None, largest=128_000, reckon=reckon)
    return cost_of(path, Shape("a repeated", lambda size: "a" * size))


def test_the_exponent_of_a_path_is_told_at_the_size_that_takes_long_enough() -> None:
    squared = reckoned(lambda size: (size / 100_000) ** 2)
    assert (squared.size, squared.seconds, round(squared.exponent, 9)) == (64_000, 0.4096, 2)
    assert squared.is_too_much
    straight = reckoned(lambda size: size / 400_000)
    assert (straight.size, straight.seconds, round(straight.exponent, 2)) == (128_000, 0.32, 1)
    assert not straight.is_too_much
    short = reckoned(lambda size: (size / 1_000_000) ** 2)
    assert (short.size, short.exponent, short.is_too_much) == (128_000, 0, False)


def busy(seconds: float) -> None:
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_the_seconds_of_a_path_are_those_of_the_processor() -> None:
    assert CostPath("busy", lambda _: lambda: busy(0.02)).seconds("a") >= 0.02
    assert CostPath("idle", lambda _: lambda: time.sleep(0.5)).seconds("a") < 0.5


def test_growth_is_how_many_times_as_long_the_large_size_takes() -> None:
    assert growth(lambda size: busy(size / 100), 2, 8, most=1) > 3
    assert growth(lambda _: busy(0.02), 2, 8, most=2) < 2


def test_what_takes_long_once_is_measured_again_and_what_always_does_fails() -> None:
    taken = iter((3.0, 2.0, 0.5, 9.0))
    assert least_seconds(1, lambda: next(taken)) == 0.5
    with pytest.raises(AssertionError, match=r"took \d\.\d\d s of processor, not below 0 s, 3 times"):
        in_time(0, lambda: "a")
    assert in_time(60, lambda: "a") == "a"
