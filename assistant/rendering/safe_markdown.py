"""An article's Markdown becomes HTML that is safe to show.

markdown-it-py parses it with raw HTML switched off. What the page shows in another way (links, images, headings, the
words of the query) is changed in its tokens, before they become HTML, so that a text can never open a tag; nh3 then
keeps only what is on a list.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from urllib.parse import urljoin, urlsplit

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markupsafe import Markup
from nh3 import Cleaner

from index.analysis.terms import spans_of_words

ImageAddress = Callable[[str], str | None]

_TEXT_TAGS = frozenset({"a", "br", "code", "del", "em", "img", "mark", "s", "strong", "sub", "sup"})
_BLOCK_TAGS = frozenset({"blockquote", "hr", "li", "ol", "p", "pre", "table", "tbody", "td", "th", "thead", "tr", "ul"})
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_LONGEST_WITH_MARKUP = 10_000  # characters of a paragraph
_LONGEST_PIECE = 5_000  # characters of a text that nh3 sees at once
_PLACE = "\ufffc"  # stands for a block of code; the character has no other use in HTML
_SCHEMES = {"http", "https", "mailto"}


@dataclass(frozen=True, slots=True)
class MarkdownOptions:
    """What the HTML of a text depends on besides the text.

    Attributes:
        words: The words of the query to mark.
        base: The article's address, which relative links start from; without one they are shown as plain text.
        image: The address of an image that the article names, or None where there is none to show.
    """

    words: Collection[str] = ()
    base: str | None = None
    image: ImageAddress | None = None


@dataclass(frozen=True, slots=True)
class Steps:
    """A numbered list: the number of its first item, and the HTML of each."""

    first: int
    items: tuple[Markup, ...]


PLAIN = MarkdownOptions()


def blocks(markdown: str, options: MarkdownOptions = PLAIN) -> list[Markup | Steps]:
    """Return the paragraphs, lists, tables and so on of a text, numbered lists as steps."""
    return [_block(tokens, options) for tokens in _top_level(_parser().parse(markdown))]


def inline(markdown: str, options: MarkdownOptions = PLAIN) -> Markup:
    """Return the HTML of a text that stands within a line, such as a heading."""
    return _sanitised(_parser().parseInline(" ".join(markdown.split())), options)


def is_web_address(address: str | None) -> bool:
    """Say whether an address may be linked to: absolute, and of the web."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])
    parser.core.ruler.at("inline", _parse_lines)
    parser.validateLink = lambda _: True  # type: ignore[method-assign, assignment]  # decided when relative ones are resolved
    return parser


def _parse_lines(state: StateCore) -> None:
    """Find the markup in each paragraph, cell and heading; a very long one is shown as it is written.

    markdown-it-py takes a time for asterisks and underscores that grows with their square.
    """
    for token in state.tokens:
        if token.type == "inline" and len(token.content) > _LONGEST_WITH_MARKUP:
            token.children = [Token("text", "", 0, content=token.content)]
        elif token.type == "inline":
            token.children = token.children or []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


class _Renderer(RendererHTML):
    """Writes a long text in pieces with a comment between, which is removed again.

    nh3 takes a time for the "&" of one piece of text that grows with its square.
    """

    def text(self, tokens: Sequence[Token], idx: int, options: object, env: object) -> str:
        """Return the HTML of a text."""
        del options, env
        return _escaped(tokens[idx].content)

    def code_block(self, tokens: Sequence[Token], idx: int, options: object, env: object) -> str:
        """Return the HTML of a block of code, whose language is not shown."""
        shell = super().code_block([Token("code_block", "", 0, content=_PLACE)], 0, options, env)  # type: ignore[arg-type]
        return shell.replace(_PLACE, _escaped(tokens[idx].content))

    fence = code_block


def _escaped(text: str) -> str:
    pieces = (text[start : start + _LONGEST_PIECE] for start in range(0, len(text), _LONGEST_PIECE))
    return "<!---->".join(map(escapeHtml, pieces))


@cache
def _renderer() -> RendererHTML:
    return _Renderer()


@cache
def _cleaner() -> Cleaner:
    return Cleaner(
        tags=set(_TEXT_TAGS | _BLOCK_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def _sanitised(tokens: Iterable[Token], options: MarkdownOptions) -> Markup:
    """Return the HTML of tokens; the only HTML that templates take as it is, for nh3 has just been over it."""
    html = _renderer().render(list(_adapted(tokens, options)), _parser().options, {})
    return Markup(_cleaner().clean(html))  # noqa: S704 - sanitised


def _top_level(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Split tokens into the blocks they make up."""
    start = depth = 0
    for number, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : number + 1]
            start = number + 1


def _block(tokens: Sequence[Token], options: MarkdownOptions) -> Markup | Steps:
    if tokens[0].type != "ordered_list_open":
        return _sanitised(tokens, options)
    items = tuple(_sanitised(item[1:-1], options) for item in _top_level(tokens[1:-1]))
    return Steps(int(tokens[0].attrGet("start") or 1), items)


def _adapted(tokens: Iterable[Token], options: MarkdownOptions) -> Iterator[Token]:
    """Mark words, resolve links, lower headings and keep only the article's own images."""
    for token in tokens:
        if token.type == "inline":
            token.children = list(_adapted(token.children or (), options))
            yield token
        elif token.type == "text":
            yield from _marked(token.content, options.words)
        elif token.type == "code_inline":
            yield from _within("code", _marked(token.content, options.words))
        elif token.type == "heading_open":
            yield from (_opening("p"), _opening("strong"))
        elif token.type == "heading_close":
            yield from (_closing("strong"), _closing("p"))
        elif token.type == "link_open":
            address = _resolved(str(token.attrGet("href") or ""), options.base)
            token.attrs = {} if address is None else {"href": address}
            yield token
        elif token.type == "image":
            yield from _image(token, options.image)
        else:
            yield token


def _image(token: Token, find: ImageAddress | None) -> Iterator[Token]:
    address = find(str(token.attrGet("src") or "")) if find else None
    if address is not None:
        token.attrs = {"src": address, "alt": ""}  # the renderer fills in the description
        yield token
    elif description := _renderer().renderInlineAsText(token.children, _parser().options, {}):
        yield from _within("em", [_text(f"Picture: {description}")])


def _marked(text: str, words: Collection[str]) -> Iterator[Token]:
    """Yield a text with the `words` marked, but for those that say nothing ("what" for "whats" too)."""
    done = 0
    for start, end in spans_of_words(text, words):
        yield _text(text[done:start])
        yield from _within("mark", [_text(text[start:end])])
        done = end
    yield _text(text[done:])


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _opening(tag: str) -> Token:
    return Token(f"{tag}_open", tag, 1)


def _closing(tag: str) -> Token:
    return Token(f"{tag}_close", tag, -1)


def _within(tag: str, content: Iterable[Token]) -> Iterator[Token]:
    yield _opening(tag)
    yield from content
    yield _closing(tag)


def _resolved(address: str, base: str | None) -> str | None:
    """Return an absolute address of an allowed kind, or None."""
    try:
        absolute = urljoin(base, address) if base else address
        return absolute if urlsplit(absolute).scheme in _SCHEMES else None
    except ValueError:
        return None
