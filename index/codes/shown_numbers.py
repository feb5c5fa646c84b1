"""Numbers of an article: where somebody asks about "error 809", the article that has 809 in its heading documents it.

Whether a number is a code, an article seldom says: it stands in a heading ("809: tunnel refused"), in a cell of a
table, in backticks. A number among words may count something; it documents no code, but neither is it unknown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.article import Entry
from index.codes.code_evidence import Evidence
from index.codes.error_codes import code_key

_TOKEN = re.compile(r"(?<![\w.,])[A-Za-z]{0,10}-?\d[\w-]{1,20}(?:\.\d{1,3})?(?![\w%])")
_MARKS = "`*_()[]\"' "
_YEAR = re.compile(r"(?:19|20)\d\d")
_LEADS = re.compile(
    r"\A[`*_\[(\"']*(?P<code>[A-Z]{0,6}-?\d{2,10})[`*_\])\"']*(?P<mark>\s*[:\u2013\u2014-]|\s+(?=[A-Z]))"
)
_CLOSES = re.compile(r"[(\[](?P<code>[A-Z]{0,6}-?\d{2,10})[)\]]\W*\Z")
_SHOWN = re.compile(
    r"(?:`|\*\*|__|\(|\[|\")(?P<marked>[A-Z]{0,10}-?\d[\dA-Z]{1,9})(?:`+|\*\*|__|\)|\]|\")"
    r"|^\|?[ \t]*(?P<first>[A-Z]{0,10}-?\d[\dA-Z]{2,9})[ \t]*(?:\||[:\u2013\u2014]|$)"
    r"|\|[ \t]*(?P<cell>[A-Z]{0,10}-?\d[\dA-Z]{2,9})[ \t]*(?=\|)",
    re.MULTILINE,
)


def shown_numbers(entry: Entry) -> Iterator[tuple[str, Evidence]]:
    """Yield the key of each number of an entry with the evidence that it is a code.

    PLACED where a heading or a message begins with it or ends with it in brackets, or is nothing else; SHAPED where it
    is set off from the words around it; NUMBER elsewhere.
    """
    for text in (entry.title, *entry.messages):
        bare = text.strip(_MARKS)
        lead, close = _LEADS.match(text), _CLOSES.search(text)
        if lead and (not _YEAR.fullmatch(lead["code"]) or lead["mark"].strip()):
            yield code_key(lead["code"]), Evidence.PLACED
        if close and not _YEAR.fullmatch(close["code"]):
            yield code_key(close["code"]), Evidence.PLACED
        if bare.isdigit() and len(bare) > 1:
            yield code_key(bare), Evidence.PLACED
    for text in _texts(entry):
        for match in _SHOWN.finditer(text):
            yield code_key(match["marked"] or match["first"] or match["cell"]), Evidence.SHAPED
        for match in _TOKEN.finditer(text):
            yield code_key(match[0]), Evidence.NUMBER


def _texts(entry: Entry) -> Iterator[str]:
    yield from (entry.title, *entry.messages, *entry.symptoms, entry.cause or "", entry.context or "")
    for solution in entry.solutions:
        yield solution.title or ""
        yield from (block.markdown for block in solution.blocks)
