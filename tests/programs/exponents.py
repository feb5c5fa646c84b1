"""How what a text costs grows with it: `python -m tests.programs.exponents [PATH ...]` fills a text with every shape.

For each path that a reader's or an author's text takes, and each shape (`costly_shapes`), the processor time is
measured at growing sizes. The exponent is what the size has to be raised to; 1 is in proportion. Fails where it exceeds
1.2, or where the bound of the path is passed (`cost_paths`).
"""

from __future__ import annotations

import argparse
import gc
import math
import sys
from dataclasses import dataclass
from itertools import islice

from tests.programs.cost_paths import PATHS, CostPath
from tests.programs.costly_shapes import Shape, shapes
from tests.programs.processor_time import clear_caches

MOST = 1.2
_STEPS = (8, 2)  # by how much a text grows from one measurement to the next: where that would stay short, or else
_SMALL = 4_000  # characters, at first
_SURELY = 1.05  # an exponent up to which growth need not be measured again without caches
_LONG_S = 1.0  # of processor; a longer time is measured once
_ENOUGH_S = 0.2  # of processor; a shorter time is noise
_TIMES = 3  # that what seems too much is measured: where a virtual machine stalls, a process is charged for it


@dataclass(frozen=True)
class Cost:
    """What a shape costs on a path.

    Attributes:
        path: Which path.
        shape: Which shape.
        size: The characters of the largest text that was measured.
        seconds: Of processor, for that.
        exponent: How it grows; 0 where it never took long enough to tell.
    """

    path: CostPath
    shape: str
    size: int
    seconds: float
    exponent: float

    @property
    def is_too_much(self) -> bool:
        """Whether it grows too fast or is more than the path may take."""
        return self.exponent > MOST or self.seconds > self.path.most(self.size)


def least_cost_of(path: CostPath, shape: Shape) -> Cost:
    """Measure a shape on a path, and again where that is too much; return the least of what was measured."""
    cost = cost_of(path, shape)
    for _ in range(1, _TIMES):
        if not cost.is_too_much:
            break
        again = cost_of(path, shape)
        cost = min(cost, again, key=lambda each: (each.is_too_much, each.exponent))
    return cost


def cost_of(path: CostPath, shape: Shape) -> Cost:
    """Measure a shape on a path, at growing sizes until it takes long enough to tell, or the size is the largest.

    Of a path that refuses what is too large, the largest text that it takes is measured.
    """
    size = _SMALL
    measured = [(path.seconds(shape.text(size)), size)]
    while measured[-1][0] < _ENOUGH_S and size < path.largest:
        is_far = measured[-1][0] * _STEPS[0] < _ENOUGH_S
        size = min(size * _STEPS[not is_far], path.largest)
        measured.append((path.seconds(shape.text(size)), size))
    seconds, size = max(measured)
    measured = measured[: measured.index((seconds, size)) + 1]
    exponent = 0.0
    if len(measured) > 1 and seconds >= _ENOUGH_S:
        always = path.seconds("a")  # what any text costs would make a steep path look flat
        exponent = _exponent(*((max(took - always, 1e-6), length) for took, length in measured[-2:]))
    if seconds >= _ENOUGH_S and (len(measured) == 1 or exponent > _SURELY):
        sizes = (size // 4, size // 2, size)
        times = 1 if seconds > _LONG_S else 2
        least = [min(_cold(path, shape.text(each)) for _ in range(times)) for each in sizes]
        seconds = least[-1]
        # a shorter time says that the first measurement was disturbed
        exponent = _exponent((least[0], sizes[0]), (seconds, size)) if seconds >= _ENOUGH_S else 0.0
    return Cost(path, shape.name, size, seconds, exponent)


def _exponent(small: tuple[float, int], large: tuple[float, int]) -> float:
    """Return to what the size has to be raised, of the seconds and the size of two texts."""
    return max(0.0, math.log(large[0] / small[0], large[1] / small[1]))


def _cold(path: CostPath, text: str) -> float:
    """Measure a text that no cache has seen: what an earlier one left there would make the short ones look cheap."""
    clear_caches()
    path.seconds("a")  # what is made once for all texts is made here
    gc.collect()  # what an earlier text left behind is not this one's cost
    return path.seconds(text)


def main() -> int:
    """Measure the paths asked for, print the worst of each and all that is too much, return the exit code."""
    parser = argparse.ArgumentParser(prog="exponents", description=__doc__)
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help=f"which ({', '.join(each.name for each in PATHS)}; all)"
    )
    parser.add_argument("--every", type=int, default=1, metavar="N", help="take only every Nth shape")
    given = parser.parse_args()
    asked = given.paths
    failed = False
    for path in PATHS:
        if asked and not any(path.name.startswith(each) for each in asked):
            continue
        costs: list[Cost] = []
        for shape in islice(shapes(), 0, None, given.every):
            costs.append(cost := least_cost_of(path, shape))
            if cost.is_too_much:
                print(f"  TOO MUCH {path.name} | {_told(cost)}", flush=True)
        slowest = max(costs, key=lambda cost: cost.seconds / path.most(cost.size))
        steepest = max(costs, key=lambda cost: cost.exponent)
        print(f"{path.name} | {_told(slowest)} | {_told(steepest)}", flush=True)
        failed |= any(cost.is_too_much for cost in costs)
    return 1 if failed else 0


def _told(cost: Cost) -> str:
    return f"{cost.seconds:.2f} s for {cost.size:,} of {cost.shape}, exponent {cost.exponent:.2f}"


if __name__ == "__main__":
    sys.exit(main())
