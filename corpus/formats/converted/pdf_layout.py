"""The lines of a PDF become HTML: headings by size, lists by their marks, paragraphs by the space between lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from corpus.formats.converted.pdf_lines import Line, PageLines, Table
from corpus.formats.document import size_of

_LARGER = 1.08  # times the size of the text: a heading
_LONGEST_HEADING = 200  # characters
_MARGIN = 0.1  # of a page, at its top and bottom, where running heads stand
_LEAST_PAGES = 3  # with a running head
_APART = 0.75  # heights between two lines of different paragraphs
_INDENT = 4.0  # points
_FULL = 0.8  # of a column's width: a line that is as long may go on in the next
_NUMBER = re.compile(r"(?P<mark>\(?\d{1,2}[.)])\s+(?P<text>\S.*)", re.DOTALL)
_BULLET = re.compile(
    r"(?P<mark>[\u2022\u2023\u25aa\u25cf\u25e6\u2043\u2219\uf0b7\u00b7\u2013\u25a0-])\s+(?P<text>\S.*)"
)
_SENTENCE = re.compile(r"[.!?;,]$")
_BROKEN_WORD = re.compile(r"(?<=[a-z])-$")


def to_html(pages: Sequence[PageLines]) -> tuple[str, int]:
    """Return the body of an HTML page, and how many characters of running heads it leaves out."""
    running = _running_heads(pages)
    writer = _Writer([line for page in pages for line in page.lines])
    shown = [
        [line for line in page.lines if not (_is_marginal(line, page) and _without_digits(line) in running)]
        for page in pages
    ]
    for page, lines in zip(pages, shown, strict=True):
        writer.page_begins(lines)
        for each in _with_tables(lines, page.tables):
            if isinstance(each, Table):
                writer.table(each)
            else:
                writer.line(each)
        writer.page_ends()
    writer.flush()
    left_out = sum(size_of(line.text) for page in pages for line in page.lines)
    left_out -= sum(size_of(line.text) for lines in shown for line in lines)
    return f"<body>{''.join(writer.parts)}</body>", left_out


def _with_tables(lines: Sequence[Line], tables: Sequence[Table]) -> Iterator[Line | Table]:
    left = sorted(tables, key=lambda each: (each.column, each.top))
    for line in lines:
        while left and (left[0].column, left[0].top) <= (line.column, line.top):
            yield left.pop(0)
        yield line
    yield from left


def _running_heads(pages: Sequence[PageLines]) -> set[str]:
    """Return what stands at the top or the bottom of most pages, without digits."""
    counts = Counter(
        text for page in pages for text in {_without_digits(line) for line in page.lines if _is_marginal(line, page)}
    )
    return {text for text, count in counts.items() if count >= max(_LEAST_PAGES, len(pages) / 2)}


def _is_marginal(line: Line, page: PageLines) -> bool:
    return line.bottom < _MARGIN * page.height or line.top > (1 - _MARGIN) * page.height


def _without_digits(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.casefold())


class _Writer:
    """Writes lines as blocks of HTML; `parts` has those that are finished."""

    def __init__(self, lines: Sequence[Line]) -> None:
        letters: Counter[float] = Counter()
        for line in lines:
            letters[line.size] += len(line.text)
        self.body = letters.most_common(1)[0][0] if letters else 0.0
        large = sorted({line.size for line in lines if self._is_large(line)}, reverse=True)
        self.levels = {size: min(level, 5) for level, size in enumerate(large, 1)}
        self.parts: list[str] = []
        self._block: list[Line] = []
        self._kind = ""
        self._rights: dict[int, float] = {}  # where the longest line of a column ends

    def page_begins(self, lines: Sequence[Line]) -> None:
        """Note how wide the columns of a page are."""
        self._rights = {}
        for line in lines:
            self._rights[line.column] = max(line.right, self._rights.get(line.column, 0.0))

    def line(self, line: Line) -> None:
        """Add a line."""
        kind = self._kind_of(line)
        if not self._goes_on(line, kind):
            self.flush()
            self._kind = kind
        self._block.append(line)

    def table(self, table: Table) -> None:
        """Add a table."""
        self.flush()
        rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in table.rows)
        self.parts.append(f"<table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")

    def page_ends(self) -> None:
        """Note the end of a page: only a sentence that is not finished goes on."""
        if self._block and (self._kind != "p" or _SENTENCE.search(self._block[-1].text)):
            self.flush()

    def flush(self) -> None:
        """Finish the block."""
        block, self._block = self._block, []
        if not block:
            return
        if self._kind == "pre":
            left = min(line.left for line in block)
            width = max((line.right - line.left) / max(1, len(line.text)) for line in block)
            texts = (" " * round((line.left - left) / width) + line.text for line in block)
            self.parts.append(f"<pre>{escape(chr(10).join(texts))}</pre>")
        elif self._kind in {"ol", "ul"}:
            self._list(block)
        else:
            self.parts.append(f"<{self._kind}>{_inline(block, is_heading=self._kind != 'p')}</{self._kind}>")

    def _list(self, block: Sequence[Line]) -> None:
        mark = _NUMBER if self._kind == "ol" else _BULLET
        items: list[list[Line]] = []
        for line in block:
            if mark.match(line.text) or not items:
                items.append([])
            items[-1].append(line)
        first = _NUMBER.match(block[0].text)
        start = int(re.sub(r"\D", "", first["mark"])) if first and self._kind == "ol" else 1
        texts = "".join(f"<li>{_inline(item, without=mark)}</li>" for item in items)
        if self.parts and start > 1 and self.parts[-1].endswith("</ol>"):  # a list goes on below a page's end
            self.parts[-1] = f"{self.parts[-1].removesuffix('</ol>')}{texts}</ol>"
        else:
            self.parts.append(f"<{self._kind}>{texts}</{self._kind}>")

    def _kind_of(self, line: Line) -> str:
        if self._is_large(line):
            return f"h{self.levels[line.size]}"
        if line.is_monospaced:
            return "pre"
        if _NUMBER.match(line.text):
            return "ol"
        if _BULLET.match(line.text):
            return "ul"
        if line.is_bold and len(line.text) <= _LONGEST_HEADING and not _SENTENCE.search(line.text):
            return f"h{min(6, len(self.levels) + 1)}"
        return "p"

    def _is_large(self, line: Line) -> bool:
        is_text = any(map(str.isalpha, line.text))
        return line.size > _LARGER * self.body and len(line.text) <= _LONGEST_HEADING and is_text

    def _goes_on(self, line: Line, kind: str) -> bool:
        """Whether a line belongs to the block before it."""
        if not self._block:
            return False
        last = self._block[-1]
        space = line.top - last.bottom if last.column == line.column else 0.0
        is_near = space <= _APART * (last.bottom - last.top)
        if len(line.runs) > 1 and line.runs[0].is_bold and line.runs[0].text.endswith(":"):
            return False  # "Cause: ..."
        if self._kind in {"ol", "ul"}:
            is_full = last.right - last.left > _FULL * (self._rights.get(last.column, last.right) - last.left)
            is_rest = is_full or line.left > self._block[0].left + _INDENT
            return kind == self._kind or (kind == "p" and is_near and is_rest)
        return kind == self._kind and is_near


def _inline(lines: Sequence[Line], *, without: re.Pattern[str] | None = None, is_heading: bool = False) -> str:
    """Return lines as one text, bold and monospaced words marked, and words that were broken joined."""
    runs: list[tuple[str, bool, bool]] = []
    for line in lines:
        for at, run in enumerate(line.runs):
            text, bold, monospaced = run.text, run.is_bold and not is_heading, run.is_monospaced and not is_heading
            if runs and at == 0:
                before = runs[-1][0]
                is_broken = bool(_BROKEN_WORD.search(before)) and text[:1].islower()
                runs[-1] = (_BROKEN_WORD.sub("", before) if is_broken else before, *runs[-1][1:])
                text = text if is_broken else f" {text}"
            if runs and runs[-1][1:] == (bold, monospaced):
                runs[-1] = (runs[-1][0] + text, bold, monospaced)
            else:
                runs.append((text, bold, monospaced))
    match = without.match(f"{runs[0][0]} x") if without is not None and runs else None
    if match:
        runs[0] = (runs[0][0][len(match["mark"]) :], *runs[0][1:])
    return "".join(_marked(*run) for run in runs).strip()


def _marked(text: str, is_bold: bool, is_monospaced: bool) -> str:  # noqa: FBT001 - the two marks of a word
    shown = escape(text.strip())
    if not shown:
        return text
    shown = f"<code>{shown}</code>" if is_monospaced else shown
    shown = f"<strong>{shown}</strong>" if is_bold else shown
    return f"{' ' if text[0].isspace() else ''}{shown}{' ' if text[-1].isspace() else ''}"
