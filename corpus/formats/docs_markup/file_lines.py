"""What was read from plain lines gets the lines and the sizes that it has in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.formats.docs_markup.interpreter import TAB_MARK, TABS_END, Interpreted
from corpus.formats.document import Element, ElementKind, Excluded, ExcludedKind, Problem, size_of


@dataclass(frozen=True, slots=True)
class FileLines:
    """The lines of a file as plain Markdown.

    Attributes:
        lines: The lines.
        sources: The number of the line of the file that each is from, counted from 0; None where they are the same.
    """

    lines: Sequence[str]
    sources: Sequence[int] | None = None

    def in_file(self, blocks: Iterable[Element], file: Sequence[str]) -> Iterator[Element]:
        """Yield elements with their lines in the file; each line of it counts for the first element it is part of.

        Args:
            blocks: The elements, with lines counted in `lines`.
            file: The lines of the file.
        """
        if self.sources is None:
            yield from blocks
            return
        counted = 0
        for block in blocks:
            first, last = self._source(block.first_line), self._source(block.last_line)
            size = 0
            if last is not None and last > counted:
                size = size_of("".join(file[max(counted, (first or 1) - 1) : last]))
                counted = last
            rows = tuple(map(self._source, block.row_lines))
            yield replace(block, first_line=first, last_line=last, row_lines=rows, size=size)

    def problem_in_file(self, problem: Problem) -> Problem:
        """Return a problem with its line in the file."""
        return replace(problem, line=self._source(problem.line))

    def removed(self, blocks: Iterable[Element], file: Sequence[str]) -> Iterator[Excluded]:
        """Yield the lines of the file that are markup and nothing else."""
        if self.sources is None:
            return
        in_blocks: set[int] = set()
        for block in blocks:
            in_blocks.update(range(block.first_line or 0, (block.last_line or 0) + 1))
        kept = {source for line, source in zip(self.lines, self.sources, strict=True) if line == file[source]}
        for number, line in enumerate(file, 1):
            if line.strip() and number not in in_blocks and number - 1 not in kept:
                yield Excluded(ExcludedKind.MARKUP, number, number, size_of(line))

    def _source(self, line: int | None) -> int | None:
        return line if line is None or self.sources is None else self.sources[line - 1] + 1


def file_lines(front_matter: Sequence[str], interpreted: Interpreted | None, body: Sequence[str]) -> FileLines:
    """Return the lines of a file after its front matter was set apart.

    Args:
        front_matter: Its lines.
        interpreted: The rest as plain Markdown; None where that is what it is.
        body: The rest as it is in the file.
    """
    if interpreted is None:
        return FileLines([*front_matter, *body])
    count = len(front_matter)
    sources = [*range(count), *(count + source for source in interpreted.sources)]
    return FileLines([*front_matter, *interpreted.lines], sources)


def tab_elements(blocks: Iterable[Element]) -> Iterator[Element]:
    """Yield the elements; the title after the mark of a tab becomes a TAB, the end of tabs becomes one without text."""
    mark: Element | None = None
    for block in blocks:
        if block.markdown == TAB_MARK:
            mark = block
        elif block.markdown == TABS_END:
            yield replace(block, kind=ElementKind.TAB, markdown="")
        elif mark is not None and block.kind is ElementKind.PARAGRAPH:
            size = mark.size + block.size
            yield replace(block, kind=ElementKind.TAB, markdown=block.markdown.strip("* "), size=size)
            mark = None
        else:
            yield block
