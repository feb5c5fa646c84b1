"""The blocks of a page become elements: headings, paragraphs, lists, code, tables, quotes and callouts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from corpus.formats.document import Element, ElementKind, size_of
from corpus.formats.escaping import escape_lines, fenced
from corpus.formats.html.callouts import CALLOUT_TAGS, callout_label, labelled_callout
from corpus.formats.html.inline import MAX_DEPTH, Node, escaped, node_markdown, normalize_spaces, size_of_node
from corpus.formats.html.lists import list_element, merge_typed_lists
from corpus.formats.html.page_parts import is_tab_list, is_tab_panel, remove_permalinks, tab_labels
from corpus.formats.html.tables import is_layout, own_cells, table_markdown, table_rows

_HEADING = re.compile(r"h([1-6])\Z")
_BLOCK_TAGS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure header hgroup hr li"
    " main ol p pre section summary table tbody td tfoot th thead tr ul h1 h2 h3 h4 h5 h6".split()
)


def page_elements(main: Node, *, last_line: int, level: int = 1) -> Iterator[Element]:
    """Yield the elements of the main content of a page.

    Args:
        main: The node of the main content.
        last_line: The last line of the page.
        level: The level of the heading above it.
    """
    walk = _Walk(last_line, level=level)
    walk.add_content(main, 0)
    yield from merge_typed_lists(walk.elements)


@dataclass(slots=True)
class _Walk:
    """Walks through the blocks of a page in order and collects elements.

    Attributes:
        last_line: The last line of the page.
        elements: What was collected.
        level: The level of the last heading.
        labels: The labels of tabs whose texts are still to come.
    """

    last_line: int
    elements: list[Element] = field(default_factory=list)
    level: int = 1
    labels: list[str] = field(default_factory=list)

    def add_content(self, node: Node, depth: int) -> None:
        """Add the content of a node: its blocks, and paragraphs of the inline content between them."""
        run, size, first = [escaped(node.text)], size_of(node.text or ""), node
        for child in node:
            if isinstance(child.tag, str) and _has_blocks(child):
                self.add_paragraphs(run, first, size)
                self.add_block(child, depth + 1)
                run, size, first = [], 0, child
            elif isinstance(child.tag, str):
                run.append(node_markdown(child))
                size += size_of_node(child)
            run.append(escaped(child.tail))
            size += size_of(child.tail or "")
        self.add_paragraphs(run, first, size)

    def add_paragraphs(self, run: list[str], node: Node, size: int) -> None:
        """Add the inline content between two blocks: paragraphs, divided at two line breaks in a row."""
        for text in re.split(r"\n\s*\n", "".join(run)):
            if text := normalize_spaces(text):
                is_image = re.match(r"!\[[^\]]*\]\([^()\s]*\)\Z", text)
                kind = ElementKind.IMAGE if is_image else ElementKind.PARAGRAPH
                self._append(Element(kind, escape_lines(text), size=size), node)
                size = 0

    def add_block(self, node: Node, depth: int) -> None:
        """Add a block according to its tag."""
        if depth > MAX_DEPTH:
            self.add_paragraphs([escaped(node.text_content())], node, size_of_node(node))
        elif is_tab_list(node):
            self.labels = [*self.labels, *tab_labels(node)]
        elif node.tag in {"ol", "ul"}:
            self.add_list(node, depth)
        elif node.tag == "table":
            self.add_table(node, depth)
        elif not self.add_leaf(node):
            label = callout_label(node)
            if label or node.tag == "blockquote":
                self.add_quote(node, depth, label)
            else:
                if is_tab_panel(node) and self.labels:
                    self._append(Element(ElementKind.TAB, self.labels.pop(0)), node, size=0)
                self.add_content(node, depth)
                self.end_part(node)

    def add_leaf(self, node: Node) -> bool:
        """Add a block that has no others in it; return False for one that may have."""
        if heading := _HEADING.match(node.tag):
            self.add_heading(node, int(heading[1]))
        elif node.tag == "summary":
            self.add_title(node, ElementKind.FOLD)
        elif node.tag == "pre":
            self._append(Element(ElementKind.CODE, _code_block(node)), node)
        elif node.tag == "dt":
            self.add_title(node, ElementKind.FOLD)
        else:
            return False
        return True

    def end_part(self, node: Node) -> None:
        """Add the end of a part that unfolds, or of the last of several tabs."""
        if node.tag in {"details", "dl"}:
            self._append(Element(ElementKind.FOLD, ""), node, size=0)
        elif is_tab_panel(node) and not self.labels:
            self._append(Element(ElementKind.TAB, ""), node, size=0)

    def add_title(self, node: Node, kind: ElementKind) -> None:
        """Add the title of a part that unfolds."""
        if text := normalize_spaces(node_markdown(node)).replace("\n", " ").strip("*"):
            self._append(Element(kind, text), node)

    def add_heading(self, node: Node, level: int) -> None:
        """Add a heading of a level from 1 with its anchor."""
        remove_permalinks(node)
        text = normalize_spaces(node_markdown(node)).replace("\n", " ").strip("*")
        if text:
            anchors = [node.get("id"), *(each.get("id") or each.get("name") for each in node.iter("a", "span"))]
            anchor = next((each for each in anchors if each and re.fullmatch(r"[A-Za-z0-9][\w.-]*", each)), None)
            self._append(Element(ElementKind.HEADING, text, level=level, anchor=anchor), node)
            self.level = level

    def add_list(self, node: Node, depth: int) -> None:
        """Add a list as one element; content outside of its items is an item too."""
        is_ordered = node.tag == "ol"
        start = node.get("start", "1")
        number = int(start) if start.isdigit() and len(start) < 9 else 1
        texts = [text for child in node if (text := _block_markdown(child, depth, self.last_line))]
        if not texts:
            return
        before = self.elements.pop() if is_ordered and self._continues_list(number) else None
        if before is not None:
            number, texts = number - len(before.items), [*before.items, *texts]
        self._append(list_element(texts, first_number=number if is_ordered else None), node)
        if before is not None:
            last = self.elements[-1]
            self.elements[-1] = replace(last, first_line=before.first_line, size=before.size + last.size)

    def _continues_list(self, number: int) -> bool:
        """Whether a list that begins with `number` continues the list right before it; some exports split lists."""
        before = self.elements[-1] if self.elements else None
        if before is None or before.kind is not ElementKind.STEPS:
            return False
        return number > 1 and before.markdown.startswith(f"{number - len(before.items)}.")

    def add_table(self, node: Node, depth: int) -> None:
        """Add a table after its caption; of a table for layout, add the content of its cells."""
        for caption in node.iterchildren("caption"):
            self.add_content(caption, depth + 1)
            caption.drop_tree()
        if is_layout(node):  # before its cells are parsed, or nested tables would be parsed twice at each level
            for cell in own_cells(node):
                self.add_content(cell, depth + 1)
            return
        rows_with_lines = table_rows(node, lambda cell: _block_markdown(cell, depth, self.last_line))
        rows = tuple(row for row, _ in rows_with_lines)
        lines = tuple(line for _, line in rows_with_lines)
        self._append(Element(ElementKind.TABLE, table_markdown(rows), rows=rows, row_lines=lines), node)

    def add_quote(self, node: Node, depth: int, label: str | None) -> None:
        """Add a quote, or a callout with its label in place of its title and icon."""
        text = _block_markdown(node, depth, self.last_line)
        if label:
            text = labelled_callout(label, text)
        if text:
            self._append(Element(ElementKind.QUOTE, text), node)

    def _append(self, element: Element, node: Node, *, size: int | None = None) -> None:
        """Append an element with the lines of its node, and with the size of the node unless it has one of its own."""
        first = min(node.sourceline or 1, self.last_line)
        line_breaks = "".join(node.itertext()).count("\n") if node.tag != "body" else 0
        last = max(first, min(first + line_breaks, self.last_line))
        has_own_size = element.kind in {ElementKind.PARAGRAPH, ElementKind.IMAGE}
        if size is None:
            size = element.size if has_own_size else size_of_node(node)
        self.elements.append(replace(element, first_line=first, last_line=last, size=size))


def _has_blocks(node: Node) -> bool:
    return node.tag in _BLOCK_TAGS or any(
        isinstance(child.tag, str) and child.tag in _BLOCK_TAGS for child in node.iterdescendants()
    )


def _block_markdown(node: Node, depth: int, last_line: int) -> str:
    """Return a list item, a cell or a quote as Markdown, with headings in bold."""
    if not isinstance(node.tag, str):
        return ""
    walk = _Walk(last_line)
    if depth > MAX_DEPTH:
        walk.add_paragraphs([escaped(node.text_content())], node, 0)
    elif node.tag in CALLOUT_TAGS or node.tag in {"li", "td", "th"}:
        walk.add_content(node, depth + 1)
    else:
        walk.add_block(node, depth + 1)
    text = ""
    for element in merge_typed_lists(walk.elements):
        own = f"**{element.markdown}**" if element.kind is ElementKind.HEADING else element.markdown
        is_tight = element.kind in {ElementKind.BULLETS, ElementKind.STEPS} and "\n\n" not in text
        text = f"{text}{chr(10) if is_tight else chr(10) * 2}{own}" if text else own
    return text


def _code_block(node: Node) -> str:
    text = node.text_content().strip("\n")
    classes = " ".join(each.get("class", "") for each in (node, *node.iter("code")))
    language = re.search(r"\b(?:language|lang|highlight-source)-([\w+#-]{1,20})", classes)
    return fenced(text, language[1] if language else "")
