"""The storage format of Confluence becomes HTML: code, links and panels keep their text, parameters are not text."""

from __future__ import annotations

import re
from html import escape, unescape

_CODE = re.compile(
    r"<ac:plain-text-body>\s?<!\[CDATA\[((?:(?!<ac:plain-text-body>).)*?)\]\]>\s?</ac:plain-text-body>", re.DOTALL
)
_LINK_TEXT = re.compile(
    r"<ac:(?:plain-text-)?link-body>\s?(?:<!\[CDATA\[)?([^<\]]*)(?:\]\]>)?\s?</ac:(?:plain-text-)?link-body>"
)
_PAGE_LINK = re.compile(
    r"<ac:link[^<>]*>\s*<ri:page[^<>]*ri:content-title=\"([^\"<>]*)\"[^<>]*/?>(?:\s*</ri:page>)?\s*</ac:link>"
)
_MACRO = re.compile(r"<ac:structured-macro[^<>]*ac:name=\"([\w-]+)\"[^<>]*>")
_PARAMETER = re.compile(r"<ac:parameter[^<>]*ac:name=\"([\w-]*)\"[^<>]*>([^<]*)</ac:parameter>")
_OTHER_PARAMETER = re.compile(r"<ac:parameter[^<>]*>(?:[^<]|<ri:[^<>]*>)*</ac:parameter>")
_HIDDEN = re.compile(r"<ac:(task-id|task-uuid|task-status|placeholder)[^<>]*>[^<]*</ac:\1>|<ac:emoticon[^<>]*/?>")
_TASKS = re.compile(r"(</?)ac:task(-list|)\b[^<>]*>")
_TASK_BODY = re.compile(r"</?ac:task-body>")
_SHOWN_INLINE = {"status", "jira"}
_TITLED = {"panel", "info", "note", "tip", "warning", "expand", "details"}


def html_of_storage(text: str) -> str:
    """Return a text in the storage format as HTML; any other HTML as it is."""
    if "<ac:" not in text:
        return text
    text = _CODE.sub(lambda match: f"<pre>{escape(match[1])}</pre>", text)
    text = _LINK_TEXT.sub(lambda match: f"<span>{escape(unescape(match[1]))}</span>", text)
    text = _HIDDEN.sub("", _PAGE_LINK.sub(lambda match: f"<span>{match[1]}</span>", text))
    text = _TASK_BODY.sub("", _TASKS.sub(lambda match: f"{match[1]}{'ul' if match[2] else 'li'}>", text))
    return _OTHER_PARAMETER.sub("", _with_titles(text))


def _with_titles(text: str) -> str:
    """Replace the parameters that readers see: the title of a panel, of a status, of a part that unfolds."""
    pieces: list[str] = []
    macro, at = "", 0
    for match in re.finditer(rf"{_MACRO.pattern}|{_PARAMETER.pattern}", text):
        pieces.append(text[at : match.start()])
        at = match.end()
        if match[1] is not None:
            macro = match[1]
            pieces.append(match[0])
        elif macro in _SHOWN_INLINE and match[2] in {"title", "key"}:
            pieces.append(match[3])
        elif macro in _TITLED and match[2] == "title" and match[3].strip():
            pieces.append(f"<p><strong>{match[3].strip()}</strong></p>")
    pieces.append(text[at:])
    return "".join(pieces)
