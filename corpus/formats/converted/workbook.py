"""Excel workbooks, read by openpyxl (an extra): the sheets that have columns for an error and its fix."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from corpus.errors import ArticleError
from corpus.formats.csv_rows import RowTable, header_of
from corpus.formats.document import Document, Excluded, ExcludedKind, Problem
from corpus.formats.structured import size_of_texts
from corpus.labels import Labels

_MAX_FILES = 2_000
_MAX_UNPACKED = 100_000_000  # bytes
_MAX_ROWS = 20_000  # of a sheet
_MAX_COLUMNS = 60
_MAX_HEADER_ROW = 10
_OLD_FORMAT = b"\xd0\xcf\x11\xe0"


def documents(content: bytes, source: str, labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of a workbook; a sheet without columns for an error and its fix becomes a problem.

    Raises:
        ArticleError: They are no workbook, it has a password, or it unpacks to more than an article could have.
    """
    _check_archive(content, source)
    from openpyxl import load_workbook

    parts: list[Document] = []
    problems: list[Problem] = []
    try:
        workbook = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for sheet in workbook.worksheets:
            rows = list(_rows(sheet.iter_rows(max_row=_MAX_ROWS, max_col=_MAX_COLUMNS, values_only=True)))
            document = _sheet(rows, source, labels)
            if document is None and any(rows):
                text = f'the sheet "{sheet.title}" has no columns for an error and its fix; name them in its first row'
                problems.append(Problem(None, text))
            elif document is not None:
                parts.append(document)
    except ArticleError:
        raise
    except Exception as error:  # openpyxl passes on whatever the readers of ZIP and XML raise
        raise ArticleError(source, "is damaged; open it in Excel and save it again") from error
    return (
        Document(
            elements=tuple(replace(each, first_line=None, last_line=None) for part in parts for each in part.elements),
            excluded=tuple(each for part in parts for each in part.excluded),
            size=sum(part.size for part in parts),
            problems=(*(replace(each, line=None) for part in parts for each in part.problems), *problems),
        ),
    )


def _rows(values: Iterable[Sequence[object]]) -> Iterator[list[str]]:
    for row in values:
        texts = ["" if value is None else str(value).strip() for value in row]
        while texts and not texts[-1]:
            texts.pop()
        yield texts


def _sheet(rows: Sequence[list[str]], source: str, labels: Labels) -> Document | None:
    """Return the rows of a sheet as entries, or None if none of its first rows names the columns."""
    for at, row in enumerate(rows[:_MAX_HEADER_ROW]):
        try:
            header = header_of(row, source, labels)
        except ArticleError:
            continue
        table = RowTable(header, labels)
        for number, each in enumerate(rows[at + 1 :], at + 2):
            if any(each):
                table.add(each[: len(header)], number)
        above = size_of_texts([text for each in rows[: at + 1] for text in each])
        size = above + sum(size_of_texts(each[: len(header)]) for each in rows[at + 1 :])
        head = Excluded(ExcludedKind.COLUMN_NAMES, None, None, above)
        return Document(elements=tuple(table.elements), excluded=(head,), size=size, problems=tuple(table.problems))
    return None


def _check_archive(content: bytes, source: str) -> None:
    if content.startswith(_OLD_FORMAT):
        raise ArticleError(source, "has a password, or is of the old format; save it as .xlsx without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if len(members) > _MAX_FILES or unpacked > _MAX_UNPACKED:
                problem = f"unpacks to {len(members)} files with {unpacked / 1e6:.0f} MB, more than an article may have"
                raise ArticleError(source, f"{problem}; split it")
            if "xl/workbook.xml" not in archive.namelist():
                raise ArticleError(source, "is not a workbook; save it as .xlsx")
            for member in members:
                if member.filename.endswith((".xml", ".rels")):
                    with archive.open(member) as part:
                        if b"<!DOCTYPE" in part.read(4096):
                            raise ArticleError(
                                source, "declares a document type, which Excel never does; save it again"
                            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise ArticleError(source, "is not a workbook; save it as .xlsx") from error
