"""reStructuredText, converted to HTML by docutils (an extra): no file is included, and no raw HTML is passed on.

What only Sphinx knows is read as well: a role shows its text, a directive its title and its content.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from corpus.errors import ArticleError
from corpus.formats.decoding import check_lines, decode_text
from corpus.formats.document import Document
from corpus.formats.html import page as html
from corpus.labels import Labels

_DIRECTIVE = re.compile(r"^[ \t]*\.\. (?:\|[^|\n]+\| )?(?P<name>[A-Za-z][\w:+.-]*)::", re.MULTILINE)
_ROLE = re.compile(r":(?P<name>[A-Za-z][\w:+.-]*):`[!~]?(?P<text>[^`<>]*?)\s*(?:<(?P<target>[^`<>]*)>)?`")
_SUBSTITUTION = re.compile(r"(?<![\w|])\|(?P<name>\w[\w .-]{0,40})\|(?!_|\|)")
_DEFINED = re.compile(r"^\.\. \|(?P<name>[^|\n]+)\| ", re.MULTILINE)
_NO_TEXT = frozenset("toctree index only include literalinclude raw highlight currentmodule meta contents".split())
_BOXES = {"seealso": "note", "versionadded": "note", "versionchanged": "note", "deprecated": "warning", "todo": "note"}
_LITERAL = frozenset("code kbd file command samp option envvar program literal".split())
_MAX_INDENT = 200  # columns: deeper nesting is an attack
_SETTINGS: dict[str, Any] = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "report_level": 5,
    "halt_level": 5,
    "embed_stylesheet": False,
    "stylesheet_path": None,
    "stylesheet": None,
    "doctitle_xform": True,
    "sectsubtitle_xform": False,
    "initial_header_level": 2,
    "syntax_highlight": "none",
    "input_encoding": "unicode",
    "_disable_config": True,
}


def documents(content: bytes, source: str, labels: Labels) -> tuple[Document, ...]:
    """Read the bytes of a text in reStructuredText.

    Raises:
        ArticleError: They are not UTF-8, or cannot be parsed.
    """
    text = _plain(decode_text(content, source))
    check_lines(text, source)
    if not text.strip():
        return (Document(),)
    if any(len(line) - len(line.lstrip()) > _MAX_INDENT for line in text.split("\n")):
        raise ArticleError(source, "is nested too deeply; write shorter indentations")
    from docutils.core import publish_parts

    _know_directives(text)
    try:
        parts = publish_parts(text, writer="html5", settings_overrides=_SETTINGS)
    except RecursionError as error:
        raise ArticleError(source, "is nested too deeply; write it with fewer levels") from error
    except Exception as error:  # docutils passes on what its directives raise
        raise ArticleError(
            source, f"is not reStructuredText that can be read ({str(error)[:80]}); correct it"
        ) from error
    title = f"<h1>{parts['title']}</h1>" if parts["title"] else ""
    page = html.read(f"<body>{title}{parts['body']}</body>", source, labels)
    elements = tuple(replace(each, first_line=None, last_line=None, row_lines=()) for each in page.elements)
    excluded = tuple(replace(each, first_line=None, last_line=None) for each in page.excluded)
    return (replace(page, elements=elements, excluded=excluded),)


def _plain(text: str) -> str:
    """Return a text with the roles of Sphinx as their text, and substitutions that it does not define as their name."""
    defined = {match["name"].strip() for match in _DEFINED.finditer(text)}

    def shown(match: re.Match[str]) -> str:
        words = (match["text"] or match["target"] or "").strip()
        return f"``{words}``" if match["name"].rpartition(":")[2] in _LITERAL else words

    text = _ROLE.sub(shown, text)
    return _SUBSTITUTION.sub(lambda match: match[0] if match["name"] in defined else match["name"], text)


def _know_directives(text: str) -> None:
    """Make docutils read the content of the directives that it does not know."""
    from docutils import nodes
    from docutils.parsers.rst import Directive, directives
    from docutils.parsers.rst.directives import admonitions
    from docutils.parsers.rst.languages import en

    class Content(Directive):  # type: ignore[misc] # docutils has no types
        """Shows the title and the content of a directive, or nothing of one that is no text."""

        optional_arguments = 1
        final_argument_whitespace = True
        has_content = True

        def run(self) -> list[Any]:
            """Return the nodes that are shown."""
            if self.name in _NO_TEXT:
                return []
            lines = [line for line in "\n".join(self.arguments).split("\n") if not line.lstrip().startswith(":")]
            title = " ".join(lines).strip()
            shown: list[Any] = [nodes.paragraph("", "", nodes.strong(title, title))] if title else []
            holder = nodes.container()
            self.state.nested_parse(self.content, self.content_offset, holder)
            return [*shown, *holder.children]

    for name in {match["name"] for match in _DIRECTIVE.finditer(text)}:
        if name in _BOXES:
            directives.register_directive(name, getattr(admonitions, _BOXES[name].title()))
        elif name in _NO_TEXT or name.casefold() not in en.directives:
            directives.register_directive(name, Content)
