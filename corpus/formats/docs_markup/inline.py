"""What only a tool needs is removed from a line, and references become their text; code spans stay as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping

from corpus.formats.docs_markup.components import attributes_of, without_components
from corpus.formats.docs_markup.openers import quoted

_MAY_BE_MARKUP = re.compile(r"[{\[<:%]|\+\+|8<|^\s*(?:\\|\()")
_SPAN = re.compile(  # a role with its text, or a code span
    r"\{(?P<role>[a-zA-Z][\w:+.-]*)\}(?P<roles>`+)(?P<text>[^`]+)(?P=roles)"
    r"|(?<![`\\])(?P<mark>`+)(?!`)(?:.*?[^`])(?P=mark)(?!`)"
)
_ROLE_TARGET = re.compile(r"\A[!~]?(?P<text>.*?)\s*(?:<[^<>]*>)?\Z", re.DOTALL)
_LITERAL_ROLES = frozenset("code command kbd file samp literal option envvar program guilabel py js c cpp".split())
_ATTRIBUTE = r"(?:[.#][A-Za-z][\w:-]*|[a-zA-Z][\w-]*=(?:\"[^\"\n]*\"|'[^'\n]*'|[\w.:/-]+))"
_ATTRIBUTE_LIST = re.compile(  # {: #pilot}, { .md-button }, [Tool](t){target=_blank}; "{mode=fast}" stays
    rf"[ \t]?(?<![{{$\\])(?:\{{:[ \t]*|\{{[ \t]*(?=[.#])|(?<=[)`\]])\{{[ \t]*)"
    rf"(?:{_ATTRIBUTE}(?:[ \t]+|(?=\}})))+\}}(?!\}})"
)
_OWN_ID = re.compile(r"\s*(?<!\\)\{#[\w.-]+\}\Z")
_HUGO = re.compile(r"\{\{[<%]\s*(?P<end>/)?\s*(?P<name>[\w./-]+)\s*(?P<given>[^{}]*?)\s*/?[>%]\}\}")
_LIQUID = re.compile(
    r"\{%-?\s*(?P<name>include|include_relative|include_cached|link|post_url|raw|endraw|if|elsif|else|endif|unless"
    r"|endunless|for|endfor|assign|capture|endcapture|comment|endcomment|highlight|endhighlight|embed|content-ref"
    r"|endcontent-ref|file|code|endcode|swagger|endswagger|stepper|endstepper|step|endstep|column|endcolumn|columns"
    r"|endcolumns|hint|endhint|tabs?|endtabs?|note|endnote|warning|endwarning|block|endblock|data|youtube|video|image"
    r"|figure|ifversion|endifversion|octicon|indented_data_reference|vale|set)\b(?P<given>[^{}%]*(?:\{\{[^{}]*\}\}[^{}%]*)*)-?%\}"
)
_VARIABLE = re.compile(r"\{\{-?\s*(?P<name>[\w.|: \"'/-]+?)\s*-?\}\}")
_SITE_VARIABLE = re.compile(
    r"(?:site|page|include|relref|ref|config|jekyll|layout|content|post|params)\b[.\s|]|relref|toc\b"
)
_INCLUDE = re.compile(
    r"\s*(?:-{2,}8<-{2,}(?:\s.*)?|\{!.*!\}|\[\[_?TOC_?\]\]|\[TOC\]|\{:\s*toc.*\}|\\(?:newpage|pagebreak)|\([\w-]+\)=)\s*\Z"
)
_INCLUDE_LINK = re.compile(
    r"\[!(?:INCLUDE|VIDEO)\s*(?:\[[^\]]*\])?\s*(?:\([^()]*\))?[^\]]*\](?:\([^()]*\))?", re.IGNORECASE
)
# what stands between the colons of an icon
ICON = (
    r"(?:material|fontawesome|octicons|simple|lucide|bootstrap|fa[srb]?|feather|tabler|mdi|ant-design|eui)-[a-z0-9-]+"
)
_ICON = re.compile(rf"(?<![\w:`]):{ICON}:(?:\{{[^{{}}]*\}})?[ \t]?")
EMOJI = (
    r"(?:warning|bulb|memo|rocket|tada|white_check_mark|heavy_check_mark|x|information_source|point_right"
    r"|point_left|exclamation|question|fire|star|sparkles|bug|lock|unlock|key|zap|construction|pushpin|link|book|gear"
    r"|no_entry|no_entry_sign|stop_sign|rotating_light|red_circle|green_circle|ballot_box_with_check|arrow_right|wrench"
    r"|mag|eyes|raised_hand|thumbsup|\+1|-1)"
)  # between colons
_EMOJI = re.compile(rf"(?<![\w:`]):{EMOJI}:(?![\w:])[ \t]?")
_KEYS = re.compile(r"(?<!\+)\+\+(?P<keys>[a-z0-9\"][\w\"-]*(?:\+[\w\"-]+)*)\+\+(?!\+)", re.IGNORECASE)
_WIKI = re.compile(r"(?<!!)\[\[(?P<target>[^\[\]|#\n]+)(?:#[^\[\]|\n]*)?(?:\|(?P<text>[^\[\]\n]+))?\]\](?!\()")
_COMMENT = re.compile(r"<!--(?:(?!<!--).)*?-->|%%[^%\n]+%%")
_DIRECTIVE_ONLY = re.compile(r"\s*\{[:.#][^{}]*\}\s*\Z")
_PERMALINK = re.compile(
    r"(?<=\S)\s?\[(?:\u00b6|#|\u00a7|\U0001f517)\]\([^()]*\)|\s?\[\\?\[?edit\\?\]?\]\([^()]*\)\]?\s*\Z"
)


def plain_line(line: str, closed: frozenset[str], names: Mapping[str, str]) -> str:
    """Return a line of Markdown without what only a tool needs.

    Args:
        line: The line.
        closed: The components that the file closes.
        names: The values of the substitutions that the file's front matter defines.
    """
    if not _MAY_BE_MARKUP.search(line):
        return line
    if _INCLUDE.match(line) or _DIRECTIVE_ONLY.match(line):
        return ""
    pieces: list[str] = []
    at = 0
    for span in _SPAN.finditer(line):
        pieces += [_plain(line[at : span.start()], closed, names), _role_text(span) if span["role"] else span[0]]
        at = span.end()
    last = line[at:]
    own_id = match[0] if line.startswith("#") and (match := _OWN_ID.search(last)) else ""
    pieces.append(_plain(last.removesuffix(own_id), closed, names) + own_id)
    return "".join(pieces)


def _plain(text: str, closed: frozenset[str], names: Mapping[str, str]) -> str:
    if "<!--" in text or "%%" in text:
        text = _COMMENT.sub("", text)
    if "{" in text:
        text = _HUGO.sub(_hugo_text, text)
        text = _LIQUID.sub(_liquid_text, text)
        text = _VARIABLE.sub(lambda match: _variable_text(match, names), text)
        text = _ATTRIBUTE_LIST.sub("", text)
    if "<" in text or "{/*" in text:
        text = without_components(text, closed)
    if "[" in text:
        text = _INCLUDE_LINK.sub("", text)
        text = _PERMALINK.sub("", text)
        text = _WIKI.sub(lambda match: match["text"] or match["target"], text)
    if ":" in text:
        text = _EMOJI.sub("", _ICON.sub("", text))
    return _KEYS.sub(lambda match: _keys_text(match["keys"]), text) if "++" in text else text


def _role_text(match: re.Match[str]) -> str:
    """Return what a role shows: {ref}`the log <log>` is "the log", {kbd}`F9` is code."""
    shown = _ROLE_TARGET.match(match["text"])
    text = (shown["text"] if shown else "") or match["text"].strip("<>")
    return f"`{text}`" if match["role"].partition(":")[0] in _LITERAL_ROLES else text


def _hugo_text(match: re.Match[str]) -> str:
    name, given = match["name"].casefold(), match["given"]
    attributes = attributes_of(given)
    if name in {"figure", "img", "image"} and attributes.get("src"):
        return f"![{attributes.get('alt') or attributes.get('caption', '')}]({attributes['src']})"
    if name in {"ref", "relref", "link"} and not match["end"]:
        return quoted(given) or given
    if name in {"glossary_tooltip", "tooltip", "term", "glossary"}:
        return attributes.get("text") or attributes.get("term_id") or quoted(given)
    return "" if match["end"] or name not in {"kbd", "icon-text", "text", "ui"} else quoted(given)


def _liquid_text(match: re.Match[str]) -> str:
    attributes = attributes_of(match["given"])
    return next((attributes[key] for key in ("text", "content", "message") if attributes.get(key)), "")


def _variable_text(match: re.Match[str], names: Mapping[str, str]) -> str:
    name = match["name"]
    if name in names:
        return names[name]
    return "" if _SITE_VARIABLE.match(name) else match[0]


def _keys_text(keys: str) -> str:
    return "+".join(key.strip('"').capitalize() for key in keys.split("+"))
