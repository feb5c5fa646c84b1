"""An article's Markdown becomes HTML that is safe to show.

markdown-it-py renders with raw HTML switched off, nh3 then keeps only what is on a list. Matched words are marked on
the text before it is escaped, so that a mark can never open a tag.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from urllib.parse import urljoin, urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from index.analysis.terms import is_stop_word

ImageAddress = Callable[[str], str | None]

_TEXT_TAGS = frozenset({"a", "br", "code", "del", "em", "img", "mark", "s", "strong", "sub", "sup"})
_BLOCK_TAGS = frozenset({"blockquote", "hr", "li", "ol", "p", "pre", "table", "tbody", "td", "th", "thead", "tr", "ul"})
_ATTRIBUTES = {"a": {"href", "title"}, "img": {"src", "alt", "title"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto"}
_WORD = re.compile(r"\w+")
_LONGEST_ENDING = 3  # "invoice" and "invoices", "approve" and "approving" are one word to a reader


@dataclass(frozen=True, slots=True)
class Setting:
    """What a text is shown with.

    Attributes:
        words: The words of the query to mark.
        base: The article's address, which relative links start from; without one they are shown as plain text.
        image: The address of an image that the article names, or None where there is none to show.
    """

    words: Collection[str] = ()
    base: str | None = None
    image: ImageAddress | None = None


PLAIN = Setting()


def to_html(markdown: str, setting: Setting = PLAIN) -> str:
    """Return the HTML of a text; its numbered steps are lists with a box to tick in front of each."""
    tokens = _parser().parse(markdown)
    return "".join(_run_html(run, setting) for run in _top_level(tokens))


def inline_html(markdown: str, setting: Setting = PLAIN) -> str:
    """Return the HTML of a text that stands within a line, such as a heading."""
    tokens = _parser().parseInline(" ".join(markdown.split()))
    return _clean(_rendered(tokens, setting))


def marked(text: str, words: Collection[str]) -> str:
    """Return a plain text as HTML with the `words` marked, but for those that say nothing ("what" for "whats" too)."""
    folded = tuple(word.casefold() for word in words)
    parts: list[str] = []
    end = 0
    for found in _WORD.finditer(text):
        if not is_stop_word(found[0]) and _is_one_of(found[0].casefold(), folded):
            parts += escape(text[end : found.start()]), f"<mark>{escape(found[0])}</mark>"
            end = found.end()
    return "".join(parts) + escape(text[end:])


def is_web_address(address: str | None) -> bool:
    """Say whether an address may be linked to: absolute, and of the web."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _is_one_of(word: str, wanted: Sequence[str]) -> bool:
    return any(word == other or _is_ending(word, other) or _is_ending(other, word) for other in wanted)


def _is_ending(longer: str, shorter: str) -> bool:
    return len(shorter) > 3 and longer.startswith(shorter) and len(longer) - len(shorter) <= _LONGEST_ENDING


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable(["table", "strikethrough"])
    parser.validateLink = lambda _: True  # type: ignore[method-assign, assignment]  # decided when relative ones are resolved
    return parser


def _top_level(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Split tokens into the blocks they make up."""
    start = depth = 0
    for number, token in enumerate(tokens):
        depth += token.nesting
        if depth == 0:
            yield tokens[start : number + 1]
            start = number + 1


def _run_html(tokens: Sequence[Token], setting: Setting) -> str:
    if tokens[0].type != "ordered_list_open":
        return _clean(_rendered(tokens, setting))
    first = int(tokens[0].attrGet("start") or 1)
    items = [_rendered(item[1:-1], setting) for item in _top_level(tokens[1:-1])]
    steps = "".join(_step(number, _clean(item)) for number, item in enumerate(items, start=first))
    start = "" if first == 1 else f' start="{first}"'
    return f'<ol class="steps"{start}>{steps}</ol>'


def _step(number: int, html: str) -> str:
    return (
        f'<li class="step"><label class="tick"><input type="checkbox"><span class="number" aria-hidden="true">{number}.'
        f'</span><span class="unseen">Step {number} done</span></label><div class="step-text">{html}</div></li>'
    )


def _clean(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(_TEXT_TAGS | _BLOCK_TAGS),
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


def _rendered(tokens: Sequence[Token], setting: Setting) -> str:
    return _Renderer(setting).render(tokens, _parser().options, {})


class _Renderer(RendererHTML):
    """Marks words, resolves links, lowers headings and shows only the article's own images."""

    def __init__(self, setting: Setting) -> None:
        super().__init__()
        self._setting = setting

    def text(self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
        return marked(tokens[index].content, self._setting.words)

    def code_inline(self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
        return f"<code>{marked(tokens[index].content, self._setting.words)}</code>"

    def fence(self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
        return f"<pre><code>{escape(tokens[index].content)}</code></pre>\n"

    def heading_open(self, *_: object) -> str:
        return "<p><strong>"

    def heading_close(self, *_: object) -> str:
        return "</strong></p>\n"

    def link_open(self, tokens: Sequence[Token], index: int, _options: OptionsDict, _env: EnvType) -> str:
        address = _resolved(str(tokens[index].attrGet("href") or ""), self._setting.base)
        return "<a>" if address is None else f'<a href="{escape(address)}">'

    def image(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[index]
        described = escape(self.renderInlineAsText(token.children, options, env))
        find = self._setting.image
        address = find(str(token.attrGet("src") or "")) if find else None
        if address is None:
            return f"<em>Picture: {described}</em>" if described else ""
        return f'<img src="{escape(address)}" alt="{described}">'


def _resolved(address: str, base: str | None) -> str | None:
    """Return an absolute address of an allowed kind, or None."""
    try:
        absolute = urljoin(base, address) if base else address
        return absolute if urlsplit(absolute).scheme in _SCHEMES else None
    except ValueError:
        return None
