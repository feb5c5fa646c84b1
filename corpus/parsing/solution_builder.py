"""The solutions of an entry under construction, and the blocks that precede them."""

from __future__ import annotations

from dataclasses import dataclass, field

from corpus.article import Block, BlockKind, Solution

_CALLOUTS = frozenset({BlockKind.NOTE, BlockKind.CAUTION})


@dataclass(slots=True)
class _OpenSolution:
    title: str | None
    blocks: list[Block] = field(default_factory=list)


class SolutionBuilder:
    """Collects the blocks of an entry's solutions.

    Attributes:
        introduction: The blocks before the first label of the entry.
        title_level: The level of the headings that are titles of solutions; 0 before the first one.
    """

    def __init__(self) -> None:
        self.introduction: list[Block] = []
        self.title_level = 0
        self._open: list[_OpenSolution] = []

    @property
    def has_blocks(self) -> bool:
        """Whether any solution has a block."""
        return any(solution.blocks for solution in self._open)

    @property
    def last_callout(self) -> Block | None:
        """The note or caution that was added last, if nothing follows it."""
        blocks = self._last_blocks
        return blocks[-1] if blocks and blocks[-1].kind in _CALLOUTS else None

    def begin(self, title: str | None) -> None:
        """Begin a solution, or give the one that has no content yet its title."""
        last = self._open[-1] if self._open else None
        if last is not None and title is None and last.title is not None and not last.blocks:
            return  # "### On a Mac" over "**Solution:**" is one solution
        if last is not None and last.title is None and all(block.kind in _CALLOUTS for block in last.blocks):
            last.title = title
        else:
            self._open.append(_OpenSolution(title))

    def add(self, block: Block) -> None:
        """Add a block to the last solution, which is begun without a title if there is none."""
        if not self._open:
            self._open.append(_OpenSolution(None))
        self._open[-1].blocks.append(block)

    def extend_last(self, callout: Block) -> None:
        """Put another callout in place of the last block."""
        self._last_blocks[-1] = callout

    def finish(self) -> tuple[tuple[Solution, ...], tuple[str, ...]]:
        """Return the solutions, and the texts of the introduction that are not part of them.

        Without any solution the introduction is the solution.
        """
        solutions = self._with_content()
        if not solutions:
            return ((Solution(None, tuple(self.introduction)),) if self.introduction else ()), ()
        callouts = [block for block in self.introduction if block.kind in _CALLOUTS]
        texts = tuple(block.markdown for block in self.introduction if block.kind not in _CALLOUTS)
        return (Solution(solutions[0].title, (*callouts, *solutions[0].blocks)), *solutions[1:]), texts

    @property
    def _last_blocks(self) -> list[Block]:
        return self._open[-1].blocks if self._open else self.introduction

    def _with_content(self) -> list[Solution]:
        """Return the solutions that have blocks; a title without blocks is text of the solution before it."""
        kept: list[tuple[str | None, list[Block]]] = []
        for each in self._open:
            if each.blocks:
                kept.append((each.title, [*each.blocks]))
            elif each.title is not None:
                if not kept:
                    kept.append((None, []))
                kept[-1][1].append(Block(BlockKind.TEXT, f"**{each.title}**"))
        return [Solution(title, tuple(blocks)) for title, blocks in kept]
