"""The blocks of a page become elements: headings, paragraphs, lists, code, tables, notes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from corpus.formats.document import Element, ElementKind, size_of
from corpus.formats.escaping import escape_lines, fenced
from corpus.formats.html.inline import MAX_DEPTH, Node, inline_node, plain, size_of_node, tidy
from corpus.formats.html.lists import list_element, merge_typed_lists
from corpus.formats.html.tables import is_layout, own_cells, rows_of, table_markdown

_HEADING = re.compile(r"h([1-6])\Z")
_MACRO = "ac:structured-macro"  # Confluence's way to store a box
_CONTAINERS = frozenset(
    "address article aside blockquote body center dd details div dl dt fieldset figcaption figure header hgroup hr li"
    " main ol p pre section summary table tbody td tfoot th thead tr ul h1 h2 h3 h4 h5 h6".split()
)
_NOTE = re.compile(r"\b(?:note|tip|info|hint|notice)\b")
_CAUTION = re.compile(r"\b(?:warning|caution|danger|important|attention)\b")
_BOXES = frozenset({"div", "aside", "p", "blockquote", "section", "figure", _MACRO})
_BOX_TITLE = re.compile(
    r"\A(?:\*\*)?(?:note|tip|info|hint|notice|warning|caution|danger|important|attention)\b\s*[:.!]?\s*(?:\*\*)?[:.!]?\s*",
    re.IGNORECASE,
)
_BOX = re.compile(r"\b(?:callout|admonition)\b")
_ICON = re.compile(r"\A\W+\n\n(?=\S)")
_CALLOUT = re.compile(r"admonition|alert|callout|panel|notice|note|warning|caution|important|tip")


def elements_of(main: Node, *, last_line: int, level: int = 1) -> Iterator[Element]:
    """Yield the elements of a page's main content.

    Args:
        main: The node that holds it.
        last_line: The last line of the page.
        level: That of the heading above it.
    """
    walk = _Walk(last_line, level=level)
    walk.blocks(main, 0)
    yield from merge_typed_lists(walk.found)


@dataclass(slots=True)
class _Walk:
    """Goes through the blocks in their order."""

    last_line: int
    found: list[Element] = field(default_factory=list)
    level: int = 1

    def blocks(self, node: Node, depth: int) -> None:
        """Add what stands in a node: blocks, and paragraphs of what stands between them."""
        run, size, first = [plain(node.text)], size_of(node.text or ""), node
        for child in node:
            if isinstance(child.tag, str) and _holds_blocks(child):
                self.paragraph(run, first, size)
                self.block(child, depth + 1)
                run, size, first = [], 0, child
            elif isinstance(child.tag, str):
                run.append(inline_node(child))
                size += size_of_node(child)
            run.append(plain(child.tail))
            size += size_of(child.tail or "")
        self.paragraph(run, first, size)

    def paragraph(self, run: list[str], node: Node, size: int) -> None:
        """Add a paragraph of what stands between two blocks; two line breaks divide it."""
        for text in re.split(r"\n\s*\n", "".join(run)):
            if text := tidy(text):
                is_image = re.match(r"!\[[^\]]*\]\([^()\s]*\)\Z", text)
                kind = ElementKind.IMAGE if is_image else ElementKind.PARAGRAPH
                self.add(Element(kind, escape_lines(text), size=size), node)
                size = 0

    def block(self, node: Node, depth: int) -> None:
        """Add a block by its tag."""
        if depth > MAX_DEPTH:
            self.paragraph([plain(node.text_content())], node, size_of_node(node))
        elif node.tag in {"ol", "ul"}:
            self.items(node, depth)
        elif node.tag == "table":
            self.table(node, depth)
        elif not self.leaf(node):
            label = _callout(node)
            if label or node.tag == "blockquote":
                self.quote(node, depth, label)
            else:
                self.blocks(node, depth)

    def leaf(self, node: Node) -> bool:
        """Add a block that holds no others; False where it may."""
        if heading := _HEADING.match(node.tag):
            self.heading(node, int(heading[1]))
        elif node.tag == "summary":
            self.heading(node, min(self.level + 1, 6), stays=True)
        elif node.tag == "pre":
            self.add(Element(ElementKind.CODE, _fence(node)), node)
        elif node.tag == "dt":
            self.paragraph([f"**{tidy(inline_node(node)).strip('*')}**"], node, size_of_node(node))
        else:
            return False
        return True

    def heading(self, node: Node, level: int, *, stays: bool = False) -> None:
        """Add a heading and what links name it by; one that `stays` does not deepen the headings after it."""
        text = tidy(inline_node(node)).replace("\n", " ").strip("*")
        if text:
            anchors = [node.get("id"), *(each.get("id") or each.get("name") for each in node.iter("a", "span"))]
            anchor = next((each for each in anchors if each and re.fullmatch(r"[A-Za-z0-9][\w.-]*", each)), None)
            self.add(Element(ElementKind.HEADING, text, level=level, anchor=anchor), node)
            self.level = self.level if stays else level

    def items(self, node: Node, depth: int) -> None:
        """A list becomes one element; what stands in it outside of its items is an item too."""
        is_ordered = node.tag == "ol"
        start = node.get("start", "1")
        number = int(start) if start.isdigit() and len(start) < 9 else 1
        texts = [text for child in node if (text := _inside(child, depth, self.last_line))]
        if not texts:
            return
        before = self.found.pop() if is_ordered and self._goes_on(number) else None
        if before is not None:
            number, texts = number - len(before.items), [*before.items, *texts]
        self.add(list_element(texts, first_number=number if is_ordered else None), node)
        if before is not None:
            last = self.found[-1]
            self.found[-1] = replace(last, first_line=before.first_line, size=before.size + last.size)

    def _goes_on(self, number: int) -> bool:
        """Whether a list that begins with `number` goes on with the one right before it, as some exports split them."""
        before = self.found[-1] if self.found else None
        if before is None or before.kind is not ElementKind.STEPS:
            return False
        return number > 1 and before.markdown.startswith(f"{number - len(before.items)}.")

    def table(self, node: Node, depth: int) -> None:
        """Add a table, its caption before it; of one that only lays things out, add what stands in it."""
        for caption in node.iterchildren("caption"):
            self.blocks(caption, depth + 1)
            caption.drop_tree()
        if is_layout(node):  # seen before its cells are read: tables in tables would be read twice at each level
            for cell in own_cells(node):
                self.blocks(cell, depth + 1)
            return
        found = rows_of(node, lambda cell: _inside(cell, depth, self.last_line))
        rows = tuple(row for row, _ in found)
        lines = tuple(line for _, line in found)
        self.add(Element(ElementKind.TABLE, table_markdown(rows), rows=rows, row_lines=lines), node)

    def quote(self, node: Node, depth: int, label: str) -> None:
        """Add a quote, or a box with its label in place of the title and the icon that it has."""
        text = _inside(node, depth, self.last_line)
        if label:
            text = _BOX_TITLE.sub("", _ICON.sub("", text))
            text = f"**{label}:** {text}"
        if text:
            self.add(Element(ElementKind.QUOTE, text), node)

    def add(self, element: Element, node: Node) -> None:
        """Add an element with the lines of its node; a paragraph knows its own size."""
        first = min(node.sourceline or 1, self.last_line)
        inside = "".join(node.itertext()).count("\n") if node.tag != "body" else 0
        last = max(first, min(first + inside, self.last_line))
        has_own_size = element.kind in {ElementKind.PARAGRAPH, ElementKind.IMAGE}
        size = element.size if has_own_size else size_of_node(node)
        self.found.append(replace(element, first_line=first, last_line=last, size=size))


def _holds_blocks(node: Node) -> bool:
    return node.tag in _CONTAINERS or any(
        isinstance(child.tag, str) and child.tag in _CONTAINERS for child in node.iterdescendants()
    )


def _inside(node: Node, depth: int, last_line: int) -> str:
    """Return what is in a list's item, a cell or a quote as Markdown."""
    if not isinstance(node.tag, str):
        return ""
    walk = _Walk(last_line)
    if depth > MAX_DEPTH:
        walk.paragraph([plain(node.text_content())], node, 0)
    elif node.tag in _BOXES or node.tag in {"li", "td", "th"}:
        walk.blocks(node, depth + 1)
    else:
        walk.block(node, depth + 1)
    text = ""
    for element in merge_typed_lists(walk.found):
        own = f"**{element.markdown}**" if element.kind is ElementKind.HEADING else element.markdown
        is_tight = element.kind in {ElementKind.BULLETS, ElementKind.STEPS} and "\n\n" not in text
        text = f"{text}{chr(10) if is_tight else chr(10) * 2}{own}" if text else own
    return text


def _fence(node: Node) -> str:
    text = node.text_content().strip("\n")
    classes = " ".join(each.get("class", "") for each in (node, *node.iter("code")))
    language = re.search(r"\b(?:language|lang|highlight-source)-([\w+#-]{1,20})", classes)
    return fenced(text, language[1] if language else "")


def _callout(node: Node) -> str:
    """Return "Note" or "Caution" for a box that is one by its class, else an empty text."""
    if node.tag not in _BOXES:
        return ""
    name = (
        f"{node.get('class', '')} {node.get('role', '')} {node.get('ac:name', '')}".replace("-", " ")
        .replace("_", " ")
        .casefold()
    )
    if not _CALLOUT.search(name):
        return "Note" if node.tag == "aside" else ""
    return "Caution" if _CAUTION.search(name) else "Note" if _NOTE.search(name) or _BOX.search(name) else ""
