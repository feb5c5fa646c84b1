"""Values: the parts of a documented message that are others each time it is shown.

A rule for each kind, with an example. They are for editors' messages, which are short; in pasted text values are
never looked for, only whether a stretch of it may be one (`index/messages/paste.py`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum

from index.analysis.lexicon import NOT_IN_VALUES


class Slot(StrEnum):
    """What may stand in the place of a value; its text is how a template is written down."""

    NUMBER = "#"
    """Something with a digit in it, or in quotes: a number, an amount, a date, an id."""
    ANY = "*"
    """A number, or a few words that may be a name: a person, a file, an address."""


Span = tuple[int, int, Slot]
_Rule = Callable[[str], Iterator[Span]]


def value_spans(text: str) -> Iterator[Span]:
    """Yield (start, end, slot) of each value in a folded message that is not merely a word with a digit in it.

    They may overlap; the first one counts.
    """
    for rule in _RULES:
        yield from rule(text)


def _matches(pattern: str, slot: Slot, *, ignore_case: bool = True) -> _Rule:
    compiled = re.compile(pattern, re.IGNORECASE if ignore_case else 0)

    def find(text: str) -> Iterator[Span]:
        for match in compiled.finditer(text):
            yield *match.span(), slot

    return find


_QUOTED = re.compile(
    r"(?<![\w'])'(?:[^'\n]|(?<=\w)'(?=\w)){0,200}'(?!\w)"
    r'|(?<!\w)"[^"\n]{0,200}"(?!\w)'
    r"|(?<!\w)`[^`\n]{0,200}`(?!\w)"
)


def _quoted_name(text: str) -> Iterator[Span]:
    """A quoted name is a value, a quoted sentence is not: 'Lease.docx' and "20% (VAT on Expenses)" are names.

    'Failed posting: Account could not be found.' is a sentence: it has a verb, or punctuation within.
    """
    for match in _QUOTED.finditer(text):
        words = (word.casefold().replace("'", "") for word in re.findall(r"[\w']+", match[0]))
        is_divided = re.search(r"\w[.:;!?]\s+\w{2}", match[0]) is not None
        if not (is_divided or any(word in NOT_IN_VALUES for word in words)):
            yield *match.span(), Slot.ANY


_IN_BRACKETS = r"[A-Za-z][\w ./'-]{0,40}"
_TAGS = "ins|u|b|i|em|strong|span|font|br|p|div|sub|sup|del|small|mark|kbd|hr|center"  # of HTML: no placeholders
_EXTENSIONS = (
    "exe|dll|msi|bat|cmd|sh|ps1|jar|pdf|docx?|dotx?|xlsx?|xlsm|pptx?|csv|tsv|txt|rtf|zip|7z|rar|gz|tar|log|xml|json|ya?ml|ini|"
    "cfg|conf|html?|css|js|ts|py|java|sql|db|mdb|accdb|bak|tmp|dat|iso|img|png|jpe?g|gif|tiff?|svg|bmp|mp3|mp4|mov|avi|"
    "wav|eml|msg|pst|ost|pma|ics|vcf|pem|crt|cer|key|pfx|ofx|qif|qbo|ps"
)
_WORD_WITH_DOTS = r"[A-Za-z0-9][\w-]{0,62}"

_RULES: tuple[_Rule, ...] = (
    # 3f2504e0-4f89-11d3-9a0c-0305e82c3301, in braces or not
    _matches(r"\{?(?<!\w)[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?!\w)\}?", Slot.ANY),
    # <o'neil+bills@mail.example.org>
    _matches(r"<?(?<![\w.+'-])[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}>?", Slot.ANY),
    # https://portal.example.org/enrol?id=7#top, www.example.org
    _matches(r"(?<!\w)(?:[a-z][a-z+.-]{1,15}://|www\.)[^\s\"'<>]{1,500}(?<![.,:;!?)])", Slot.ANY),
    # C:\Mail\Archive 2021.pma, \\server\share\file; a folder may have spaces, the last part only before a suffix
    _matches(
        r"(?<!\w)(?:[a-z]:|\\\\[\w.-]{1,63}|%\w{1,30}%)\\(?:[^\\/:*?\"<>|\n']{1,60}\\){0,20}"
        rf"(?:(?:(?!\s(?:{'|'.join(sorted(NOT_IN_VALUES))})\s)[^\\/:*?\"<>|\n']){{1,60}}?\.[a-z]\w{{0,4}}(?![\w.])"
        r"|[^\\/:*?\"<>|\s']{0,60}(?<![.,;]))",
        Slot.ANY,
    ),
    # /var/spool/print/job-4711, ~/spool/out.ps
    _matches(r"(?<![\w/<.)\]])(?:~|\.{1,2})?(?:/[\w.+@%{}$-]{1,80}){2,20}/?(?<![.,:;])", Slot.ANY),
    _quoted_name,
    # [name], [Your name]; but [Microsoft][ODBC Driver 17]Login is the driver's name
    _matches(rf"(?<![\w\]])\[{_IN_BRACKETS}\](?![\w\[])", Slot.ANY),
    # <server>, <schema name>
    _matches(rf"<(?!(?:{_TAGS})[ >]){_IN_BRACKETS}>", Slot.ANY),
    # {0}, {name}, ${name}, {{ name }}, $NAME, %NAME%
    _matches(r"\$?\{{1,2}\s?[\w.]{0,40}\s?\}{1,2}|(?<!\w)\$[A-Z][A-Z_]{1,40}(?!\w)|(?<!\w)%[A-Z_]{2,40}%", Slot.ANY),
    # %s, %d, %1, %1$s, %(name)s
    _matches(r"(?<![\w%])%(?:\(\w{1,40}\)|\d\$)?(?:[-+]?\d?(?:\.\d)?[sdifxu]|\d)(?!\w)", Slot.ANY, ignore_case=False),
    # ###
    _matches(r"#{2,}", Slot.NUMBER),
    # XXXXXX, xxx-xxx, NNN, ____
    _matches(r"(?<!\w)(?:X{3,}|x{3,}|N{3,}|n{3,}|_{3,})(?:-(?:[XxNn]{2,}))*(?!\w)", Slot.ANY, ignore_case=False),
    # dd/mm/yyyy, YYYY-MM-DD, hh:mm
    _matches(r"(?<!\w)(?:d{1,2}|m{1,3}|y{2,4})([/.-])(?:d{1,2}|m{1,3})\1(?:y{2,4}|d{1,2})(?!\w)", Slot.ANY),
    _matches(r"(?<!\w)hh:mm(?::ss)?(?!\w)", Slot.ANY),
    # ... between two words stands for what was left out
    _matches(r"(?<=\s)\.{3}(?=\s\w)", Slot.ANY),
    # 2001:db8::7, [2001:db8::7]:5432
    _matches(
        r"\[?(?<![\w:])(?=[0-9a-f:]{0,35}::|(?:[0-9a-f]{1,4}:){7})[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){2,7}(?![\w:])\]?(?::\d{1,5})?",
        Slot.ANY,
    ),
    # 00:1A:2B:3C:4D:5E
    _matches(r"(?<!\w)(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?!\w)", Slot.ANY),
    # 192.168.4.20:5432: where an address stands, a host's name may stand
    _matches(r"(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?(?![\w.]\w)", Slot.ANY),
    # db02.example.internal, login.example.com
    _matches(
        rf"(?<![\w.@])(?:{_WORD_WITH_DOTS}\.){{1,6}}(?:com|org|net|edu|gov|io|local|internal|example|test|lan|corp|intra|"
        r"co\.uk|de|fr|eu|uk|nz|au)(?::\d{1,5})?(?!\w)",
        Slot.ANY,
        ignore_case=False,
    ),
    # SyncHelper.exe
    _matches(rf"(?<![\w.])[\w-]{{1,80}}\.(?:{_EXTENSIONS})(?!\w)", Slot.ANY),
    # on Monday, for January
    _matches(
        r"(?<!\w)(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|April|June|July|September|October|November|"
        r"December)(?!\w)",
        Slot.ANY,
        ignore_case=False,
    ),
    # drive D:
    _matches(r"(?<=drive )[a-z]:?(?!\w)", Slot.ANY),
    # of type EXE
    _matches(
        rf"(?:(?<=type )|(?<=format )|(?<=extension )|(?<=type: )|(?<=format: ))\.?(?:{_EXTENSIONS})(?!\w)", Slot.ANY
    ),
    # GB33BUKB20201555555555, DE89 3704 0044 0532 0130 00
    _matches(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?!\w)", Slot.NUMBER, ignore_case=False),
)
