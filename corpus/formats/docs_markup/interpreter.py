"""The lines of a file are walked once; the open boxes, tabs and folds are a stack."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from corpus.formats.docs_markup.components import closed_components, import_end
from corpus.formats.docs_markup.inline import EMOJI, ICON, plain_line
from corpus.formats.docs_markup.openers import Opener, Role, box_title, opener_of, role_of

TAB_MARK = "<!--tab-->"  # a line of its own before the title of a tab
TABS_END = "<!--end of tabs-->"
_MARKUP = re.compile(  # each alternative begins with a literal: then only such places are looked at
    r"!!!|\?\?\?|:::|///|\{[%{:#.!\w*/ ]|\{/\*|<[A-Z]|</[A-Z]|<!--|8<|%%|\+\+|#tab/"
    r"|\[!|\[\[|\[\u00b6\]|\[#\]|\[\u00a7\]|\[\U0001f517\]|\[edit\]|\[TOC\]"
    rf"|:(?:{ICON}|{EMOJI}):|:[a-z]+[-_a-z0-9]*:`"
)
_FIRST_OF_MARKUP = frozenset("!?=:/\\(")
_LINE_MARKUP = re.compile(  # one of these, or a first character, is in every line that is changed where nothing is open
    rf"\{{|<[A-Z/!]|`{{3}}|~{{3}}|8<|%%|\+\+|#tab/|\[[\\!\[#\u00b6\u00a7\U0001f517]|\[edit|\[TOC|:(?:{ICON}|{EMOJI}):"
)
_NOT_PLAIN = re.compile(rf"^[^\S\n]*[!?=:/\\(]|{_LINE_MARKUP.pattern}|> \*\*", re.MULTILINE)  # in a text without fences
_OWN_ID = re.compile(r"^(#{1,6} \w[^\n{}]*)\{#[\w.-]+\}$", re.MULTILINE)
_MARKED_LINE = re.compile(
    r"^(?:[ \t]*===[!+]* [\"']|(?:import|export)\s|\([\w-]+\)=\s*$|\\(?:newpage|pagebreak)\s*$)", re.MULTILINE
)
_FENCE = re.compile(r"\s*(?:>\s*)*(?:[-+*]\s+|\d+[.)]\s+)?(?P<mark>`{3,}|~{3,})(?P<info>[^`]*)\Z")
_ALERT = re.compile(r"(?P<quote>\s*(?:>\s*)+)\[!(?P<type>[\w-]+)\](?P<fold>[+-]?)[ \t]*(?P<title>.*)\Z")
_KRAMDOWN_BOX = re.compile(r"\s*\{:\s*\.(?P<type>[\w-]+)(?:-title)?\s*\}\s*\Z")
_INCLUDED_BOX = re.compile(
    r"\s*\{%-?\s*include\S*\s+(?:\S*/)?(?P<type>[a-z-]+)\.(?:html|md)\s+(?P<given>.*?)-?%\}\s*\Z", re.IGNORECASE
)
_TEXT = re.compile(r"(?:text|content|message|body|msg)\s*=\s*(?:\"(?P<double>[^\"]*)\"|'(?P<single>[^']*)')")
_DOCFX_TAB = re.compile(r"#{1,6} \[(?P<title>[^\]]+)\]\(#tab/[^()]*\)\s*\Z")
_STYLED_BOX = re.compile(
    r"\s*(?P<type>note|tip|warning|caution|danger|important|info)\s*\{\.[\w-]+\}\s*\Z", re.IGNORECASE
)
_INDENT = 4
_MAX_DEPTH = 20
_MAX_CLOSERS = 200  # different ones in a file
_LOOK_BACK = 200  # lines
_ITEM = re.compile(r" *(?:[-+*]|\d{1,9}[.)]) {1,4}")
_MAX_LINE = 10_000  # characters; a longer line is data
_BOX_IN_LIST = re.compile(r"(?P<indent> {1,8})> (?:> )*\*\*(?:Note|Caution):\*\*")
_TOP_ITEM = re.compile(r"(?:[-+*]|\d{1,9}[.)])\s")


@dataclass(frozen=True, slots=True)
class Interpreted:
    """Lines of plain Markdown.

    Attributes:
        lines: The lines.
        sources: The number of the line of the file that each is from, counted from 0.
    """

    lines: tuple[str, ...]
    sources: tuple[int, ...]


def interpret(lines: Sequence[str], names: Mapping[str, str]) -> Interpreted | None:
    """Return the lines of a file without the markup of documentation tools; None if they have none.

    Args:
        lines: The lines after the front matter.
        names: The substitutions that the front matter defines.
    """
    text = "\n".join(lines)
    if not _has_markup(text):
        return None
    if _OWN_ID.search(text) and not _has_markup(rest := _OWN_ID.sub(r"\1", text)) and not _NOT_PLAIN.search(rest):
        return None  # headings have their ids, as our own format has them; and no line is one that the walk looks into
    return walked(lines, names)


def _has_markup(text: str) -> bool:
    return _MARKUP.search(text) is not None or _MARKED_LINE.search(text) is not None


def walked(lines: Sequence[str], names: Mapping[str, str]) -> Interpreted | None:
    """Return what `interpret` returns of lines that may have markup, by looking at each of them."""
    walk = _Walk(lines, closed_components(lines), names)
    walk.run()
    made = list(_with_boxes_after_lists(walk.made))
    if [text for text, _ in made] == list(lines):
        return None
    return Interpreted(tuple(text for text, _ in made), tuple(source for _, source in made))


@dataclass(slots=True)
class _Open:
    """A block that is open.

    Attributes:
        opener: What opened it.
        indent: The columns before its first line, in what the blocks around it leave of the line.
        mark: What each line of it gets in front: the mark of a quote, or nothing.
    """

    opener: Opener
    indent: int
    mark: str


@dataclass(slots=True)
class _Walk:
    lines: Sequence[str]
    closed: frozenset[str]
    names: Mapping[str, str]
    made: list[tuple[str, int]] = field(default_factory=list)
    open: list[_Open] = field(default_factory=list)
    fence: str = ""
    fence_indent: int = 0
    at: int = 0
    last: dict[str, int] = field(default_factory=dict)
    after_own_blank: bool = False

    def run(self) -> None:
        in_comment, import_until = False, 0
        for at, line in enumerate(self.lines):
            self.at = at
            if at >= import_until and not self.fence and not self.open and self.was_blank():
                import_until = import_end(self.lines, at)
            if at < import_until:
                continue
            if in_comment or (not self.fence and line.strip().startswith("<!--") and "-->" not in line):
                in_comment = "-->" not in line
                self.made.append((line, self.at))
                continue
            self.add(line)
        while self.open:
            self.close()

    def add(self, line: str) -> None:
        if len(line) > _MAX_LINE or (not self.open and not self.fence and _is_plain(line)):
            self.put(line)
            return
        line = line.expandtabs(_INDENT) if line.startswith("\t") and self.open else line
        content = self.content_of(line)
        if self.fence and content.strip() and len(content) - len(content.lstrip(" ")) < self.fence_indent:
            self.fence = ""  # the item of the list that the code is in ends, and the code with it
        if self.fence:
            self.put(content)
            if (mark := _FENCE.match(content)) and mark["mark"].startswith(self.fence) and not mark["info"].strip():
                self.fence = ""
            return
        if self.closes(content):
            return
        stripped = content.lstrip(" ")
        indent = len(content) - len(stripped)
        opener = opener_of(stripped) if stripped and len(self.open) < _MAX_DEPTH else None
        if opener is not None and self.is_open(opener, stripped):
            self.begin(opener, indent)
        elif (fence := _FENCE.match(content)) is not None:
            self.fence, self.fence_indent = fence["mark"], self.item_indent(indent)
            self.put(content)
        elif not self.special(content):
            is_indented_code = indent >= _INDENT and not self.made_list() and self.was_blank()
            self.put(content if is_indented_code else plain_line(content, self.closed, self.names))

    def content_of(self, line: str) -> str:
        """Close the blocks that a line is not indented enough for, and return the line without their indentation."""
        rest = line
        for depth, each in enumerate(self.open):
            if each.opener.closer is not None:
                indent = len(rest) - len(rest.lstrip(" "))
                rest = rest[min(indent, each.indent) :]
                continue
            if rest.strip() and not rest.startswith(" " * (each.indent + _INDENT)):
                continues_tabs = each.opener.role is Role.TAB and rest.lstrip().startswith("===")
                while len(self.open) > depth:
                    self.close(ends_tabs=not continues_tabs)
                self.fence = ""
                return rest
            rest = rest[each.indent + _INDENT :]
        return rest

    def closes(self, content: str) -> bool:
        """Close a block, and those within it, if a line closes one; what precedes the mark on it is its last line."""
        for depth in range(len(self.open) - 1, -1, -1):
            closer = self.open[depth].opener.closer
            if closer is None or not closer.match(content):
                continue
            if inside := re.sub(
                r"\s*(?:</[^<>]*>|\{\{[<%]\s*/.*|\{%-?\s*end.*|:{3,}|/{3,}|`{3,}|~{3,})\s*\Z", "", content
            ):
                self.put(plain_line(inside, self.closed, self.names))
            while len(self.open) > depth:
                self.close()
            return True
        return False

    def is_open(self, opener: Opener, line: str) -> bool:
        """Whether a line really opens a block: one that has a closer is closed further down."""
        if opener.closer is None:
            return line[0] != "=" or self.is_indented_below()
        if opener.rest and opener.closer.match(opener.rest):
            return True
        return self.last_line(opener.closer) > self.at

    def is_indented_below(self) -> bool:
        """Whether the next line is indented by four columns more than this one."""
        own = self.lines[self.at]
        for below in range(self.at + 1, min(self.at + 10, len(self.lines))):
            if self.lines[below].strip():
                line = self.lines[below].expandtabs(_INDENT)
                return len(line) - len(line.lstrip()) >= len(own) - len(own.lstrip()) + _INDENT
        return False

    def last_line(self, closer: re.Pattern[str]) -> int:
        """Return the position of the last line that closes a block; -1 if none does."""
        if closer.pattern not in self.last and len(self.last) < _MAX_CLOSERS:
            backwards = range(len(self.lines) - 1, -1, -1)
            self.last[closer.pattern] = next((at for at in backwards if closer.match(self.lines[at])), -1)
        return self.last.get(closer.pattern, -1)

    def begin(self, opener: Opener, indent: int) -> None:
        role = opener.role
        mark = "> " if role in {Role.NOTE, Role.CAUTION} else ""
        pad = " " * indent
        if mark:
            self.blank()
            self.open.append(_Open(opener, indent, f"{pad}> "))
            self.put(_headline(role, opener.title))
        elif role is Role.TAB:
            self.blank()
            if not pad and not self.marks():
                self.put(TAB_MARK)
                self.blank()
            self.put(f"{pad}**{opener.title}**" if opener.title else "")
            self.blank()
            self.open.append(_Open(opener, indent, pad))
        elif role is Role.FOLD:
            self.blank()
            self.put(f"{pad}<details><summary>{opener.title}</summary>")
            self.blank()
            self.open.append(_Open(opener, indent, pad))
        else:
            self.blank()
            self.open.append(_Open(opener, indent, pad))
        if opener.rest.strip():
            closer = opener.closer
            if closer is not None and closer.match(opener.rest):
                self.closes(opener.rest)
            else:
                self.put(plain_line(opener.rest, self.closed, self.names))

    def close(self, *, ends_tabs: bool = True) -> None:
        closed = self.open.pop()
        self.blank()
        is_top = not self.marks() and not closed.indent
        in_tabs = any(each.opener.role is Role.TABS for each in self.open)
        if closed.opener.role is Role.FOLD:
            self.put(f"{closed.mark}</details>")
            self.blank()
        elif is_top and (
            closed.opener.role is Role.TABS or (closed.opener.role is Role.TAB and ends_tabs and not in_tabs)
        ):
            self.put(TABS_END)
            self.blank()

    def special(self, content: str) -> bool:
        """Add a line that is a box by itself, or the title of one."""
        if alert := _ALERT.match(content):
            kind = role_of(alert["type"]) or Role.NOTE
            self.put(f"{alert['quote']}{_headline(kind, box_title(alert['type'], alert['title']))}")
            return True
        if included := _INCLUDED_BOX.match(content):
            role, text = role_of(included["type"]), _TEXT.search(included["given"])
            if role is not None and text:
                self.blank()
                self.put(f"> {_headline(role, '')} {text['double'] or text['single'] or ''}")
                self.blank()
                return True
        if tab := _DOCFX_TAB.match(content):
            for line in (TAB_MARK, f"**{tab['title']}**"):
                self.blank()
                self.put(line)
            self.blank()
            return True
        box = _KRAMDOWN_BOX.match(content)
        if box and (role := role_of(box["type"])) is not None and self.at + 1 < len(self.lines):
            following = self.lines[self.at + 1]
            if following.strip() and following[:1] not in {">", "#"}:
                self.blank()
                self.put(_headline(role, ""))
                return True
        return False

    def blank(self) -> None:
        """Add a blank line, unless the last line is one."""
        if not self.was_blank():
            self.put("")
        self.after_own_blank = True

    def put(self, text: str) -> None:
        """Add a line, with the marks of the quotes that it is in."""
        if not text.strip() and not self.fence and self.after_own_blank and self.was_blank():
            return
        self.after_own_blank = False
        marks = self.marks()
        self.made.append((f"{marks}{text}" if text else marks.rstrip(), self.at))

    def marks(self) -> str:
        return "".join(each.mark for each in self.open)

    def was_blank(self) -> bool:
        return not self.made or not self.made[-1][0].strip(" >")

    def item_indent(self, indent: int) -> int:
        """Return the indentation of the item of a list that a line is in; 0 if it is in none."""
        for text, _ in reversed(self.made[-_LOOK_BACK:] if indent else []):
            own = len(text) - len(text.lstrip(" "))
            if not text.strip() or own >= indent:
                continue
            if item := _ITEM.match(text):
                return min(item.end(), indent)
            if not own and not text.startswith("**"):
                return 0
        return 0

    def made_list(self) -> bool:
        """Whether the last line that is not indented begins an item of a list, so that this line belongs to it."""
        for text, _ in reversed(self.made[-_LOOK_BACK:]):
            if text.strip() and not text.startswith("    "):
                return re.match(r"\s*(?:[-+*]|\d{1,9}[.)])\s|\s{2,}\S", text) is not None
        return False


def _is_plain(line: str) -> bool:
    return line.lstrip()[:1] not in _FIRST_OF_MARKUP and _LINE_MARKUP.search(line) is None


def _headline(role: Role, title: str) -> str:
    text = f"**{role.value}:**"
    if not title:
        return text
    return f"{text} {title}" if title[-1] in ".!?:" else f"{text} {title}."


def _with_boxes_after_lists(made: Sequence[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """Yield the lines; a box that ends an item of a list is put after the item, so that it is a box of its entry."""
    in_item = False
    at = 0
    while at < len(made):
        text, source = made[at]
        box = _BOX_IN_LIST.match(text) if in_item else None
        if box is None:
            if text.strip() and not text.startswith(" "):
                in_item = _TOP_ITEM.match(text) is not None
            yield text, source
            at += 1
            continue
        indent = box["indent"]
        end = next((n for n in range(at, len(made)) if not made[n][0].startswith(f"{indent}>")), len(made))
        after = next((made[n][0] for n in range(end, min(end + 10, len(made))) if made[n][0].strip()), "")
        lift = not after.startswith(" ")
        yield from ((" " * len(indent) * (not lift) + line[len(indent) :], number) for line, number in made[at:end])
        if lift:
            yield "", made[end - 1][1]
        at = end
