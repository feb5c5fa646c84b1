"""The ways that a reader's or an author's text takes through the program, each as one call whose time is measured."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape

from assistant.answering.assistant import Assistant
from assistant.answering.query import Query
from assistant.masking import mask
from assistant.publishing.article_preview import preview
from assistant.publishing.rebuild import read_corpus
from assistant.rendering import safe_markdown
from assistant.rendering.answer_html import answer_html
from assistant.rendering.support_note import ticket_text
from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from corpus.authoring.article_writer import article_markdown
from corpus.errors import ArticleError
from corpus.labels import DEFAULT_LABELS
from corpus.loader import read_content
from corpus.passages import passages_of
from index.analysis.clauses import clauses_of
from index.analysis.language import language_of
from index.analysis.paste_cleanup import clean_paste, message_text
from index.analysis.quotation import quotation, without_values_of
from index.analysis.vagueness import vagueness_of
from index.builder import build
from index.codes.error_codes import codes_in
from index.messages.paste import Paste
from index.messages.template_extraction import template_of
from index.storage.store import Store
from tests.programs.trials import StableEncoder

_A_MEGABYTE_S = 1.0
_AT_LEAST_S = 0.5  # that a small file may take
_QUERY_S = 0.5
_LONGEST_QUERY = 20_000  # characters
_LONGEST_ARTICLE = 128_000
_SHIPPED = Path(__file__).parents[2] / "corpus/articles"
_CONTROL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what XML cannot hold


@dataclass(frozen=True)
class CostPath:
    """A way that a text takes.

    Attributes:
        name: Which one.
        prepare: Makes of a text what is then timed.
        largest: The most characters that are tried.
        is_query: The text is a reader's; then it has a limit of its own.
    """

    name: str
    prepare: Callable[[str], Callable[[], object]]
    largest: int = _LONGEST_ARTICLE
    is_query: bool = False

    def seconds(self, text: str) -> float:
        """Return the processor time that a text takes."""
        call = self.prepare(text)
        began = time.process_time()
        call()
        return time.process_time() - began

    def most(self, size: int) -> float:
        """Return the seconds that a text of so many characters may take."""
        return _QUERY_S if self.is_query else max(_AT_LEAST_S, _A_MEGABYTE_S * size / 1e6)


def _file(name: str, wrap: Callable[[str], str | bytes]) -> CostPath:
    """Return the path of a file: it is read as `build` reads it, and shown with its findings as the editor sees it."""
    suffix = name.split(maxsplit=1)[0]

    def prepare(text: str) -> Callable[[], object]:
        wrapped = wrap(text)
        content = wrapped if isinstance(wrapped, bytes) else wrapped.encode("utf-8", "replace")
        return lambda: list(read_content(content, f"a.{suffix}"))

    return CostPath(f"read {name}", prepare)


def _preview(name: str, wrap: Callable[[str], str]) -> CostPath:
    def prepare(text: str) -> Callable[[], object]:
        content = wrap(text).encode("utf-8", "replace")
        return lambda: preview(content, "a.md", labels=DEFAULT_LABELS)

    return CostPath(f"preview {name}", prepare)


def _line(text: str) -> str:
    return " ".join(text.split())


def _cells(text: str) -> str:
    return _line(text).replace("|", "/")


def _docx(text: str) -> bytes:
    runs = (f"<w:p><w:r><w:t>{escape(_CONTROL.sub('', line))}</w:t></w:r></w:p>" for line in text.split("\n"))
    namespace = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    document = f'<w:document xmlns:w="{namespace}"><w:body>{"".join(runs)}</w:body></w:document>'
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Override PartName="/word/document.xml" ContentType="{kind}"/></Types>'
    )
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="a" Type="{relation}" Target="word/document.xml"/></Relationships>'
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("_rels/.rels", relations)
        archive.writestr("word/document.xml", document)
    return content.getvalue()


def _row(*cells: str) -> str:
    file = io.StringIO()
    csv.writer(file).writerow([*cells])
    return file.getvalue()


def _export(title: str, body: str) -> str:
    return json.dumps({"articles": [{"id": 1, "title": title, "body": body}]})


def _entry(text: str) -> Entry:
    solution = Solution(None, (Block(BlockKind.TEXT, text),))
    return Entry("a#b", text[:200], (text,), (text,), text, (solution,), None, ("A",), Span(1, 1))


_ARTICLE = Article("a", "A", None, None, (), None, None, (), draft=False, source="a.md")

_FILES = (
    _file("md", str),
    _file("md heading", lambda text: f"# A\n\n## {_line(text)}\n\n**Solution:** b\n"),
    _file("md cell", lambda text: f"| Message | Solution |\n|---|---|\n| {_cells(text)} | b |\n"),
    _file("md item", lambda text: f"# A\n\n## B\n\n**Solution:**\n\n1. {_line(text)}\n"),
    _file("md front matter", lambda text: f"---\ntitle: A\n{text}\n---\n\n## B\n\n**Solution:** c\n"),
    _file("md message", lambda text: f"## B\n\n**Message:** {_line(text)}\n\n**Solution:** c\n"),
    _file("html", lambda text: f"<html><body>{text}"),
    _file("html title", lambda text: f"<html><title>{text}</title><body><h1>A</h1><h2>B</h2><p>Solution: c"),
    _file("html escaped", lambda text: f"<html><body><h2>B</h2><p>{escape(text)}</p><p>Solution: c"),
    _file("html cell", lambda text: f"<table><tr><th>Message<th>Solution<tr><td>{escape(text)}<td>c</table>"),
    _file("html pre", lambda text: f"<html><body><h2>B</h2><pre>{escape(text)}"),
    _file("html attribute", lambda text: f"<html><body><h2 id='{escape(text)}'>B</h2><p class='{escape(text)}'>c"),
    _file("txt", str),
    _file("txt labelled", lambda text: f"A title\n\nError B\nSolution\n{text}\n"),
    _file("docx", _docx),
    _file("csv", str),
    _file("csv cell", lambda text: _row("message", "solution") + _row(text, text)),
    _file("jsonl", str),
    _file("jsonl value", lambda text: json.dumps({"message": text, "solution": text})),
    _file("json", str),
    _file("json value", lambda text: _export("A", text)),
    _file("json title", lambda text: _export(text, "<h2>B</h2><p>Solution: c")),
)
_PREVIEWS = (
    _preview("md", str),
    _preview("md message", lambda text: f"## B\n\n**Message:** {_line(text)}\n\n**Solution:** c\n"),
    _preview("md solution", lambda text: f"## B\n\n**Message:** C\n\n**Solution:** d\n\n{text}\n"),
)


class _Index:
    """An article of one entry beside the shipped ones, built into an index."""

    def __init__(self, text: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._articles = Path(self._folder.name) / "articles"
        shutil.copytree(_SHIPPED, self._articles, ignore=shutil.ignore_patterns("*.png"))
        line = json.dumps({"message": text, "solution": f"Do this. {text}", "symptoms": text})
        (self._articles / "a.jsonl").write_text(line, "utf-8", "replace")
        self._store = Store(Path(self._folder.name) / "index")

    def build(self) -> None:
        with self._store.writer():
            build(read_corpus(self._articles, self._store), StableEncoder(), self._store)

    def assistant(self) -> Assistant:
        assistant = Assistant(self._store, StableEncoder())
        assistant.ask(Query("warm"))
        return assistant


def _built(text: str) -> Callable[[], object]:
    return _Index(text).build


def _written(text: str) -> None:
    with suppress(ArticleError):  # which some text cannot be written back as it was read
        article_markdown(_ARTICLE, [_entry(text)])


def _asked(query: Callable[[str], str]) -> Callable[[str], Callable[[], object]]:
    """Return what asks a query, and shows the answer, of an index with a text in it that repeats what the query has."""

    def prepare(text: str) -> Callable[[], object]:
        index = _Index(text)
        index.build()
        assistant = index.assistant()  # reads its files as long as `index` keeps them

        def ask() -> object:
            answer = assistant.ask(Query(query(text)[:_LONGEST_QUERY]))
            return index, answer_html(answer), ticket_text(answer, now=datetime.now(UTC))

        return ask

    return prepare


def _query(name: str, call: Callable[[str], object]) -> CostPath:
    return CostPath(f"query {name}", lambda text: lambda: call(text), _LONGEST_QUERY, is_query=True)


def _pasted(text: str) -> object:
    paste = Paste(clean_paste(text).text)
    return paste.roles, paste.vocabulary


_TEXTS = (
    CostPath("render blocks", lambda text: lambda: safe_markdown.blocks(text)),
    CostPath("render line", lambda text: lambda: safe_markdown.inline(text)),
    CostPath("passages", lambda text: lambda: passages_of(_entry(text), count_tokens=len, max_tokens=256)),
    CostPath("template", lambda text: lambda: template_of(message_text(text))),
    CostPath("write article", lambda text: lambda: _written(text)),
    CostPath("build", _built, 64_000),
)
_QUERIES = (
    _query("cleaned", _pasted),
    _query("codes", codes_in),
    _query("masked", mask),
    _query("vague", vagueness_of),
    _query("clauses", clauses_of),
    _query("language", language_of),
    _query("quotation", lambda text: quotation(text[:2_000], text, (text,))),
    _query("values taken out", lambda text: without_values_of(text[:2_000], text)),
    CostPath("ask the same", _asked(str), _LONGEST_QUERY, is_query=True),
    CostPath("ask, of a long article", _asked(lambda text: text[:_LONGEST_QUERY]), 64_000, is_query=True),
)
PATHS = (*_FILES, *_PREVIEWS, *_TEXTS, *_QUERIES)
