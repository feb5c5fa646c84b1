"""Markdown with YAML front matter, the format that articles are written in: CommonMark with tables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from corpus.errors import ArticleError
from corpus.formats.decoding import check_lines, decode_text
from corpus.formats.docs_markup.file_lines import FileLines, file_lines, tab_elements
from corpus.formats.docs_markup.interpreter import interpret
from corpus.formats.document import Document, Element, ElementKind, Excluded, ExcludedKind, Problem, size_of
from corpus.formats.html.in_markdown import parse_html_blocks
from corpus.formats.markdown_elements import token_elements
from corpus.formats.unclosed_fence import unclosed_fence
from corpus.labels import Labels

_MOST_FENCES = 20  # that are closed for the editor; the text is parsed anew for each
_LONGEST_FRONT_MATTER = 50_000  # characters
_LINE_END = re.compile(r"\r\n?|\n")
_HTML_PAGE = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE)
_ANCHOR = re.compile(r"<a (?:name|id)=[\"'](?P<name>[\w.:-]+)[\"']\s*(?:/>|>\s*</a>)")
_ANCHOR_ALONE = re.compile(rf"^[ \t]*{_ANCHOR.pattern}[ \t]*\n", re.MULTILINE)
_REFERENCE = re.compile(r"(?<!!)\[(?P<text>[^\[\]]+)\](?:\[(?P<name>[^\[\]]*)\])(?!\()")
_HORIZONTAL_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})\Z")
_LINK_DEFINITION = re.compile(r" {0,3}\[[^\[\]]+\]:")
_BETWEEN_BLOCKS = {ExcludedKind.RULE: _HORIZONTAL_RULE, ExcludedKind.LINK_DEFINITION: _LINK_DEFINITION}


def documents(content: bytes, source: str, _labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of a Markdown article.

    Raises:
        ArticleError: They are not UTF-8, are an HTML page, or their front matter is not YAML.
    """
    text = decode_text(content, source)
    if _HTML_PAGE.match(text):
        raise ArticleError(source, "is an HTML page; give it the suffix .html", 1)
    return (read(text, source),)


def read(text: str, source: str) -> Document:
    """Return a Markdown text as a document.

    Args:
        text: The text of the file.
        source: Its path under the corpus root, for messages.

    Raises:
        ArticleError: The front matter is not YAML, or not a mapping; or there are too many lines.
    """
    check_lines(text, source)
    lines = source_lines(text)
    lines[:1] = [line.rstrip() for line in lines[:1]]
    plain = plain_lines(lines, source)
    env: dict[str, Any] = {}
    parser = _parser(front_matter=lines[:1] == ["---"])
    made = list(plain.lines)
    tokens = parser.parse("\n".join(made), env)
    problems: list[Problem] = []
    while len(problems) < _MOST_FENCES and (fence := unclosed_fence(tokens, made)) is not None:
        problems.append(plain.problem_in_file(fence.problem))
        if not fence.close_before_heading(made):
            break
        tokens = parser.parse("\n".join(made), env)
    read_blocks = parse_html_blocks(map(_without_anchors, token_elements(tokens, made)))
    blocks = list(tab_elements(plain.in_file(read_blocks, lines)))
    if references := env.get("references"):
        blocks = [replace(block, markdown=_with_inline_links(block.markdown, references)) for block in blocks]
    elements = tuple(block for block in blocks if not _is_comment_or_empty(block))
    front_matter = list(_excluded_front_matter(tokens, lines))
    body_start = front_matter[0].last_line or 0 if front_matter else 0
    excluded = (
        *front_matter,
        *plain.removed(blocks, lines),
        *(_excluded_block(block) for block in blocks if _is_comment_or_empty(block)),
        *_excluded_lines(blocks, lines, body_start),
    )
    size = size_of("".join(lines if plain.sources else made))
    return Document(_front_matter(tokens, source), elements, excluded, size, tuple(problems))


def plain_lines(lines: Sequence[str], source: str) -> FileLines:
    """Return the lines of a file as plain Markdown, without the markup of documentation tools.

    Raises:
        ArticleError: The front matter is not YAML.
    """
    count = lines.index("---", 1) + 1 if lines[:1] == ["---"] and "---" in lines[1:] else 0
    head, body = lines[:count], lines[count:]
    names: dict[str, str] = {}
    if count and any("substitutions" in line for line in head):
        values = _front_matter(_parser(front_matter=True).parse("\n".join(head)), source)
        nested = values.get("myst")
        given = values.get("substitutions") or (nested.get("substitutions") if isinstance(nested, dict) else None)
        if isinstance(given, dict):
            names = {str(name): value for name, value in given.items() if isinstance(value, str)}
    return file_lines(head, interpret(body, names), body)


def source_lines(text: str) -> list[str]:
    """Split a text at the line ends of CommonMark and of editors: line feed, carriage return, or both together.

    `str.splitlines` also splits at form feeds and Unicode separators, so that all later line numbers would be wrong.
    """
    lines = _LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


@cache  # parsing changes nothing in it, and each item of a list is a text of its own
def _parser(*, front_matter: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.disable("inline")  # texts stay Markdown, so that lines need not be parsed
    return (
        parser.use(front_matter_plugin) if front_matter else parser
    )  # it would take a longer rule, "-----", for front matter too


def _without_anchors(element: Element) -> Element:
    """Remove empty anchors (`<a name="x"></a>`), which show nothing; a heading keeps the name of its own."""
    if "<a " not in element.markdown:
        return element
    anchor = _ANCHOR.search(element.markdown) if element.kind is ElementKind.HEADING else None
    markdown = _remove_anchors(element.markdown)
    items = tuple(map(_remove_anchors, element.items))
    rows = tuple(tuple(_ANCHOR.sub("", cell) for cell in row) for row in element.rows)
    return replace(element, markdown=markdown, items=items, rows=rows, anchor=anchor["name"] if anchor else None)


def _remove_anchors(text: str) -> str:
    """Remove anchors, and a line that is nothing else with its line break: a blank line would end a list."""
    text = _ANCHOR.sub("", _ANCHOR_ALONE.sub("", text))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def _with_inline_links(markdown: str, references: Mapping[str, Mapping[str, str]]) -> str:
    """Write "[text][name]" as "[text](target)", so that a text keeps its links when it is shown without its article."""

    def inline(match: re.Match[str]) -> str:
        reference = references.get(normalizeReference(match["name"] or match["text"]))
        return match[0] if reference is None else f"[{match['text']}]({reference['href']})"

    return _REFERENCE.sub(inline, markdown)


def _excluded_front_matter(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Excluded]:
    if tokens and tokens[0].type == "front_matter":
        last = lines.index("---", 1) + 1 if "---" in lines[1:] else len(lines)
        yield Excluded(ExcludedKind.FRONT_MATTER, 1, last, size_of("".join(lines[:last])))


def _is_comment_or_empty(block: Element) -> bool:
    if block.kind in {ElementKind.TAB, ElementKind.FOLD}:
        return False
    return not block.markdown or block.markdown.startswith("<!--")


def _excluded_block(block: Element) -> Excluded:
    kind = ExcludedKind.COMMENT if block.markdown else ExcludedKind.MARKUP
    return Excluded(kind, block.first_line, block.last_line, block.size)


def _excluded_lines(blocks: Sequence[Element], lines: Sequence[str], body_start: int) -> Iterator[Excluded]:
    """Yield the horizontal rules and link definitions between the blocks.

    Any other line there is neither an element nor excluded, and lint reports it as lost.
    """
    in_blocks = {line for block in blocks for line in range(block.first_line or 0, (block.last_line or 0) + 1)}
    for number, line in enumerate(lines, 1):
        if number <= body_start or number in in_blocks or not line.strip():
            continue
        for kind, pattern in _BETWEEN_BLOCKS.items():
            if pattern.match(line):
                yield Excluded(kind, number, number, size_of(line))


class _Loader(yaml.BaseLoader):
    """Refuses what YAML can repeat: nine lines of aliases of aliases would stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event: yaml.AliasEvent = self.get_event()  # type: ignore[no-untyped-call]
            problem = f"*{event.anchor} repeats another value, or is text that needs quotation marks"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=self.get_mark())
        return super().compose_node(parent, index)


def _front_matter(tokens: Sequence[Token], source: str) -> Mapping[str, object]:
    if not tokens or tokens[0].type != "front_matter":
        return {}
    if (length := len(tokens[0].content)) > _LONGEST_FRONT_MATTER:
        problem = f"the front matter has {length:,} characters, more than {_LONGEST_FRONT_MATTER:,}"
        raise ArticleError(source, f"{problem}; shorten it, or end it with a line ---", 1)
    try:
        # BaseLoader keeps every value a string: a title of 007 and a tag of 3.10 stay as the editor wrote them
        values = yaml.load(tokens[0].content, Loader=_Loader)  # noqa: S506 - builds strings, lists, mappings
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 2  # YAML counts from 0, after the line ---
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise ArticleError(source, f"the front matter is not valid YAML ({problem}); correct it", line) from error
    except RecursionError as error:
        raise ArticleError(source, "the front matter is nested too deeply; write `name: value` lines", 1) from error
    if not values:
        return {}
    if not isinstance(values, dict):
        raise ArticleError(source, "the front matter is not a list of `name: value` lines; write it as such", 2)
    return {str(name): value for name, value in values.items()}
