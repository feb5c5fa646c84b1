"""Sanitised HTML as nested lists: the widget makes elements of them, and no other site's page ever parses our HTML.

A node is a text, or a list of a tag, its attributes and its children: `["p", {}, "Open ", ["strong", {}, "Settings"]]`.
"""

from __future__ import annotations

from html.parser import HTMLParser
from typing import TypeAlias

Tree: TypeAlias = "str | list[str | dict[str, str] | Tree]"

_VOID = frozenset({"br", "hr", "img"})  # of the tags that the sanitiser keeps those that hold nothing


def tree_of(html: str) -> list[Tree]:
    """Return the nodes of a piece of sanitised HTML.

    >>> tree_of('Use <a href="https://a.example/">a</a> &amp; b')
    ['Use ', ['a', {'href': 'https://a.example/'}, 'a'], ' & b']
    """
    parser = _Parser()
    parser.feed(html)
    parser.close()
    return parser.nodes


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.nodes: list[Tree] = []
        self._open: list[list[Tree]] = [self.nodes]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node: list[str | dict[str, str] | Tree] = [tag, {name: value or "" for name, value in attrs}]
        self._open[-1].append(node)
        if tag not in _VOID:
            self._open.append(node)  # type: ignore[arg-type]  # its children follow the attributes

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].append(data)
