"""Markdown with YAML front matter, the format articles are written in (CommonMark and tables)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import yaml
from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from corpus.errors import ArticleError
from corpus.formats.decoding import decode_text
from corpus.formats.document import Document, Element, ElementKind, Excluded, ExcludedKind, size_of
from corpus.formats.escaping import fenced
from corpus.formats.html.in_markdown import parse_html_blocks
from corpus.labels import Labels

_LIST_MARKER = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])(?:[ \t]{1,4}|$)")
_LINE_END = re.compile(r"\r\n?|\n")
_QUOTE_MARK = re.compile(r"\A {0,3}> ?")
_LISTS = (ElementKind.STEPS, ElementKind.BULLETS)
_ONE_IMAGE = re.compile(r"!\[[^\]]*\]\([^)]*\)\Z")
_IS_HTML = re.compile(r"\s*(?:<!doctype html|<html[\s>])", re.IGNORECASE)
_ANCHOR = re.compile(r"<a (?:name|id)=[\"'](?P<name>[\w.:-]+)[\"']\s*(?:/>|>\s*</a>)")
_ANCHOR_ALONE = re.compile(rf"^[ \t]*{_ANCHOR.pattern}[ \t]*\n", re.MULTILINE)
_REFERENCE = re.compile(r"(?<!!)\[(?P<text>[^\[\]]+)\](?:\[(?P<name>[^\[\]]*)\])(?!\()")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})\Z")
_DEFINITION = re.compile(r" {0,3}\[[^\[\]]+\]:")
_KINDS = {
    "heading_open": ElementKind.HEADING,
    "paragraph_open": ElementKind.PARAGRAPH,
    "ordered_list_open": ElementKind.STEPS,
    "bullet_list_open": ElementKind.BULLETS,
    "fence": ElementKind.CODE,
    "code_block": ElementKind.CODE,
    "table_open": ElementKind.TABLE,
    "blockquote_open": ElementKind.QUOTE,
    "html_block": ElementKind.PARAGRAPH,
}


def documents(content: bytes, source: str, _labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of a Markdown article.

    Raises:
        ArticleError: They are not UTF-8, another format, or the front matter is broken.
    """
    text = decode_text(content, source)
    if _IS_HTML.match(text):
        raise ArticleError(source, "is an HTML page; give it the suffix .html", 1)
    return (read(text, source),)


def read(text: str, source: str) -> Document:
    """Read a Markdown article.

    Args:
        text: The file's text.
        source: The file's name, for messages.

    Raises:
        ArticleError: The front matter is not YAML or not a mapping.
    """
    lines = source_lines(text)
    lines[:1] = [line.rstrip() for line in lines[:1]]
    env: dict[str, Any] = {}
    tokens = _parser(front_matter=lines[:1] == ["---"]).parse("\n".join(lines), env)
    found = list(parse_html_blocks(map(_without_anchor, _elements(tokens, lines))))
    if references := env.get("references"):
        found = [replace(element, markdown=_with_targets(element.markdown, references)) for element in found]
    elements = [element for element in found if not _is_markup(element)]
    comments = [element for element in found if _is_markup(element)]
    front_matter = list(_front_matter_aside(tokens, lines))
    first = front_matter[0].last_line or 0 if front_matter else 0
    excluded = [*front_matter, *map(_comment, comments), *_between(found, lines, first)]
    return Document(_front_matter(tokens, source), tuple(elements), tuple(excluded), size_of(text))


def source_lines(text: str) -> list[str]:
    """Split a text where editors and CommonMark count lines: at line feed, carriage return, or both together.

    `str.splitlines` also splits at form feeds and Unicode separators, after which every line number would be wrong.
    """
    lines = _LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


def _parser(*, front_matter: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark").enable("table")
    parser.disable("inline")  # texts stay Markdown; what stands inside a line is nobody's question here
    return parser.use(front_matter_plugin) if front_matter else parser  # the plugin takes longer rules for it too


def _without_anchor(element: Element) -> Element:
    """Drop empty anchors, which name a place for links and show nothing; a heading keeps its own."""
    if "<a " not in element.markdown:
        return element
    anchor = _ANCHOR.search(element.markdown) if element.kind is ElementKind.HEADING else None
    markdown = _unanchored(element.markdown)
    items = tuple(map(_unanchored, element.items))
    rows = tuple(tuple(_ANCHOR.sub("", cell) for cell in row) for row in element.rows)
    return replace(element, markdown=markdown, items=items, rows=rows, anchor=anchor["name"] if anchor else None)


def _unanchored(text: str) -> str:
    """A line of its own goes whole: left blank, it would end a list; nor does it leave a blank at the end of a line."""
    kept = _ANCHOR.sub("", _ANCHOR_ALONE.sub("", text))
    return "\n".join(line.rstrip() for line in kept.split("\n")).strip()


def _with_targets(markdown: str, references: Mapping[str, Mapping[str, str]]) -> str:
    """Write "[text][name]" as "[text](target)": a text keeps its links when it is shown apart from its article."""

    def target(found: re.Match[str]) -> str:
        reference = references.get(normalizeReference(found["name"] or found["text"]))
        return found[0] if reference is None else f"[{found['text']}]({reference['href']})"

    return _REFERENCE.sub(target, markdown)


def _front_matter_aside(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Excluded]:
    if tokens and tokens[0].type == "front_matter":
        last = lines.index("---", 1) + 1 if "---" in lines[1:] else len(lines)
        yield Excluded(ExcludedKind.FRONT_MATTER, 1, last, size_of("".join(lines[:last])))


def _is_markup(element: Element) -> bool:
    return not element.markdown or element.markdown.startswith("<!--")


def _comment(element: Element) -> Excluded:
    return Excluded(
        ExcludedKind.COMMENT if element.markdown else ExcludedKind.MARKUP,
        element.first_line,
        element.last_line,
        element.size,
    )


def _between(elements: Sequence[Element], lines: Sequence[str], first: int) -> Iterator[Excluded]:
    """Name what stands between the elements: rules and definitions of links; anything else stays unaccounted for."""
    inside = {line for e in elements for line in range(e.first_line or 0, (e.last_line or 0) + 1)}
    for number, line in enumerate(lines, 1):
        if number <= first or number in inside or not line.strip():
            continue
        for what, pattern in ((ExcludedKind.RULE, _RULE), (ExcludedKind.LINK_DEFINITION, _DEFINITION)):
            if pattern.match(line):
                yield Excluded(what, number, number, size_of(line))


def _front_matter(tokens: Sequence[Token], source: str) -> Mapping[str, object]:
    if not tokens or tokens[0].type != "front_matter":
        return {}
    try:
        # BaseLoader leaves every value a text: a title of 007 and a tag of 3.10 are what the editor wrote
        found = yaml.load(tokens[0].content, Loader=yaml.BaseLoader)  # noqa: S506 - it builds texts, lists, mappings
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 1 if mark is None else mark.line + 2  # YAML counts from 0 and does not see the opening ---
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise ArticleError(source, f"the front matter is not valid YAML ({problem}); correct it", line) from error
    except RecursionError as error:
        raise ArticleError(source, "the front matter is nested too deeply; write `name: value` lines", 1) from error
    if not found:
        return {}
    if not isinstance(found, dict):
        raise ArticleError(source, "the front matter is not a list of `name: value` lines; write it as such", 2)
    return {str(name): value for name, value in found.items()}


def _elements(tokens: Sequence[Token], lines: Sequence[str]) -> Iterator[Element]:
    for position, token in enumerate(tokens):
        kind = _KINDS.get(token.type)
        if kind is None or token.level or token.map is None:
            continue
        first, end = token.map
        if not "".join(lines[first:end]).strip():
            continue  # a paragraph of a no-break space
        while end > first + 1 and not lines[end - 1].strip():
            end -= 1
        yield _element(kind, tokens, position, lines[first:end], lines)


def _element(
    kind: ElementKind, tokens: Sequence[Token], position: int, own: Sequence[str], lines: Sequence[str]
) -> Element:
    markdown = _dedent(own)
    first = (tokens[position].map or [0])[0] + 1
    end = first + len(own) - 1
    size = size_of("".join(own))
    if kind is ElementKind.HEADING:
        level = int(tokens[position].tag[1:])
        return Element(kind, tokens[position + 1].content.strip(), first, end, level, size=size)
    if kind is ElementKind.QUOTE:
        markdown = "\n".join(_QUOTE_MARK.sub("", line) for line in own)
    elif tokens[position].type == "code_block":
        markdown = fenced(markdown)  # once taken out of its article, an inset says nothing
    elif kind is ElementKind.PARAGRAPH and _ONE_IMAGE.match(markdown):
        kind = ElementKind.IMAGE
    items = tuple(_items(tokens, position, lines)) if kind in _LISTS else ()
    rows = tuple(_rows(tokens, position)) if kind is ElementKind.TABLE else ()
    row_lines = tuple(_row_lines(tokens, position, "tr_open" if rows else "list_item_open")) if rows or items else ()
    return Element(kind, markdown, first, end, items=items, rows=rows, row_lines=row_lines, size=size)


def _inside(tokens: Sequence[Token], position: int) -> Iterator[tuple[int, Token]]:
    """Yield the tokens between an opening token and its closing one, each with its position."""
    for at in range(position + 1, len(tokens)):
        if tokens[at].level <= tokens[position].level:
            return
        yield at, tokens[at]


def _items(tokens: Sequence[Token], position: int, lines: Sequence[str]) -> Iterator[str]:
    own_level = tokens[position].level + 1
    for _, token in _inside(tokens, position):
        if token.type == "list_item_open" and token.level == own_level and token.map:
            first, *rest = lines[token.map[0] : token.map[1]]
            yield "\n".join([_LIST_MARKER.sub("", first, count=1), _dedent(rest)]).strip()


def _rows(tokens: Sequence[Token], position: int) -> Iterator[tuple[str, ...]]:
    cells: list[str] = []
    for _, token in _inside(tokens, position):
        if token.type == "tr_open":
            cells = []
        elif token.type == "inline":
            cells.append(token.content)
        elif token.type == "tr_close":
            yield tuple(cells)


def _row_lines(tokens: Sequence[Token], position: int, row: str) -> Iterator[int]:
    inside = [token for _, token in _inside(tokens, position) if token.type == row and token.map]
    own_level = min((token.level for token in inside), default=0)
    yield from (token.map[0] + 1 for token in inside if token.level == own_level and token.map)


def _dedent(lines: Sequence[str]) -> str:
    """Strip the spaces that all lines begin with, and blank lines at either end."""
    indent = min((len(line) - len(line.lstrip(" ")) for line in lines if line.strip()), default=0)
    return "\n".join(line[indent:].rstrip() for line in lines).strip("\n")
