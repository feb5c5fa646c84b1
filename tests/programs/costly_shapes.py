"""Texts that cost a careless program too much: repeats and near-repeats, nesting, long lines, marks never closed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import count

_UNITS = (  # repeated as they are
    "a",
    "a ",
    "a\n",
    "a\n\n",
    "a. ",
    "a, ",
    "a: ",
    "a - ",
    "ab12 ",
    "7 ",
    "7.",
    "0x80",
    "Error 5 ",
    "E0-",
    "ORA-",
    " ",
    "\n",
    "\r\n",
    "\t",
    "\t\n",
    "a\tb\n",
    "\u00a0",
    "\u200b",
    "\u00e9",
    "e\u0301",
    "\U0001f642",
    "*",
    "**",
    "*a ",
    "*a",
    "**a** ",
    "_",
    "_a ",
    "__a",
    "~~a",
    "`",
    "`a",
    "``a ",
    "```\n",
    "~~~\n",
    "[",
    "[a](",
    "[a](b) ",
    "![",
    "[a][",
    "[a]: b\n",
    "]",
    "(",
    "((",
    ")",
    "{",
    "{#a}",
    "{a",
    "<",
    "<a ",
    "<a>",
    "<b>",
    "<a href=",
    "<div>",
    "<p>",
    "<p>a</p>",
    "<br>",
    "<h2>a</h2>",
    "<table><tr><td>",
    "<tr><td>a",
    "<ul><li>",
    "<li>a",
    "<blockquote>",
    "<nav>",
    "<nav>a</nav>",
    "<div class=note>",
    "<form><div>",
    "<button>a</button>",
    "<details><summary>a",
    "<pre>",
    "<span>",
    "<!--",
    "<!-- a -->",
    "-->",
    "<![CDATA[",
    "<script>",
    "<?",
    "&",
    "&amp;",
    "&lt;b&gt;",
    "&#",
    '"',
    '"a ',
    '"a" ',
    "'",
    "'a ",
    "'a' ",
    "\u201ca",
    ">",
    "> ",
    "> a\n",
    "- ",
    "- a\n",
    "-",
    "---\n",
    "1. ",
    "1. a\n",
    "1) a\n",
    "* a\n\n",
    "+ ",
    "|",
    "|a",
    "| a | b |\n",
    "|-",
    "|-|-|\n",
    "\\",
    "\\a ",
    "\\\\",
    "a\\",
    "\\x",
    "\\u0041",
    "%41",
    "%s",
    "${a}",
    "{0} ",
    "<name> ",
    "'a' b ",
    "=",
    "a\n===\n",
    "a\n---\n",
    "# ",
    "## a\n",
    "## a\n\nb\n\n",
    "### a\n",
    "#",
    "## a {#a}\n",
    ":",
    "::",
    "a::",
    "://",
    "http://a ",
    "https://a.b/c?d=e&",
    "www.",
    "a@b.c ",
    "a@",
    "a.b.",
    "1.2.3.4 ",
    "a:b:",
    "C:\\a\\",
    "/a",
    "./",
    "a/b ",
    "~",
    "$",
    "$A",
    "#!",
    "@",
    "A ",
    "A-",
    "Aa ",
    "aA",
    "Dear A ",
    "My name is A ",
    "1 A Street ",
    "Message: a\n",
    "Solution\na\n",
    "**Message:** a\n\n**Solution:** b\n\n",
    "**Solution:** b\n\n",
    "**Cause:** b\n\n",
    "Error: a\nSolution: b\n",
    "Step 1 a\n",
    "at a.b(c.java:1)\n",
    "2026-01-01 00:00:00 a\n",
    "key: value\n",
    "- key: value\n",
    "&a [*a, *a]\n",
    "- {a: [",
    "a,b\n",
    '"a","b"\n',
    "a;b\n",
    '{"a":',
    "[[",
    '{"title": "a", "message": "b", "solution": "c"}\n',
    "not not ",
    "the the ",
    "it says a ",
    "but ",
    "a and b ",
    "Mr. ",
)
_ENDINGS = ("|", "!", "\n\n", ">", "]", ")", "x")
_PAIRS = (
    ("<div>", "</div>"),
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
    ("**", "**"),
    ("<b>", "</b>"),
    ('"', '"'),
    ("<ul><li>", "</li></ul>"),
)


@dataclass(frozen=True)
class Shape:
    """A way to fill a text.

    Attributes:
        name: Which one it is.
        text: Makes about as many characters as are asked for.
    """

    name: str
    text: Callable[[int], str]


def shapes() -> Iterator[Shape]:
    """Yield all shapes."""
    for unit in _UNITS:
        yield Shape(f"{unit!r} repeated", partial(_repeated, unit))
        yield Shape(f"{unit!r} numbered", partial(_numbered, unit))
    for ending in _ENDINGS:
        for unit in (" ", "a ", "a - ", "`", "*a", "\\", "("):
            yield Shape(f"{unit!r} repeated, then {ending!r}", partial(_repeated, unit, ending=ending))
    for before, after in _PAIRS:
        yield Shape(f"{before!r} nested", partial(_nested, before, after))
    yield Shape("lists nested", lambda size: "".join(f"{'  ' * depth}- a\n" for depth in range(int(size**0.5))))
    yield Shape("runs of backticks", partial(_of_all_lengths, "`"))
    yield Shape("words of all lengths", partial(_of_all_lengths, "a"))
    yield Shape("one letter mistyped", lambda size: "".join(f"connect{chr(97 + n % 26)}on " for n in range(size // 11)))


def _repeated(unit: str, size: int, *, ending: str = "") -> str:
    return unit * (size // len(unit)) + ending


def _of_all_lengths(letter: str, size: int) -> str:
    return " ".join(letter * length for length in range(int((2 * size) ** 0.5)))


def _numbered(unit: str, size: int) -> str:
    """Return a text in which each repeat differs by a number, which stands before its last character."""
    parts: list[str] = []
    length = 0
    for number in count():
        if length >= size:
            return "".join(parts)
        parts.append(f"{unit[:-1]}{number}{unit[-1:]}")
        length += len(parts[-1])
    raise AssertionError


def _nested(before: str, after: str, size: int) -> str:
    depth = size // len(before + after)
    return before * depth + "a" + after * depth
