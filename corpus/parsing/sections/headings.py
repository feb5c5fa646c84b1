"""What the wording of a heading says about its section: a problem, a fix, further reading.

Paragraphs in bold that are used as headings are made headings here as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from corpus.formats.document import Element, ElementKind
from corpus.labels import CORE_LABELS, Labels, Style
from corpus.parsing.sections.imperatives import is_imperative

_EXPLICIT_ID = re.compile(r"\{#([\w.-]+)\}")
STEP = re.compile(r"step\s*\d+\b", re.IGNORECASE)
_BOILERPLATE = re.compile(
    r"(?:topics?|contents|table of contents|on this page|in this (?:article|page|section)|see also|next steps?"
    r"|feedback|related.{0,40}|was this .{0,20}helpful.?|did (?:you find|this).{0,40}|help us improve.{0,30}"
    r"|document history|comments?|recently viewed.{0,20}|attachments|share(?: this.{0,20})?"
    r"|(?:articles|more) in this section.{0,20})\W*\Z",
    re.IGNORECASE,
)
_FURTHER_READING = re.compile(
    r"(?:(?:additional|more|further|other) (?:resources|information|info|support|help|reading|links)|references?"
    r"|contact (?:us|support)|(?:still )?need (?:more )?help.?|status)\W*\Z",
    re.IGNORECASE,
)
_PLATFORM = r"(?:windows|mac ?os|mac|os x|linux|unix|ubuntu|android|ios|chrome|firefox|safari"
_PLATFORM += r"|edge|console|cli|powershell)"
_NUMBERED = re.compile(
    r"(?:step|option|method|approach|way|workaround|fix|variant|scenario|case|example)s?\s*(?:\d+|[A-Z])\b",
    re.IGNORECASE,
)
_VARIANT = re.compile(
    rf"\[.*\]\Z|to \w+ .{{1,200}}\Z|(?:on |for |using |in |with )?(?:the )?{_PLATFORM}"
    rf"(?:(?: | or | and |/)+{_PLATFORM})*(?: \d[\d.]*| users?| only| instances?| clients?)*\W*\Z",
    re.IGNORECASE | re.DOTALL,
)
_PROBLEM = re.compile(
    r"\b(?:can(?:no|['\u2019])t|can not|(?:could|wo|would|does|do|did|is|are|was|has|have)n['\u2019]t|not|unable"
    r"|fail\w*|errors?|missing|stuck|crash\w*|slow(?:ly)?|wrong|invalid|denied|rejected|refused|lost|freez\w+|hangs?|problems?"
    r"|issues?|keeps?|stop(?:s|ped)|disappear\w*|terminat\w+)\b",
    re.IGNORECASE,
)
_FIX = re.compile(
    r"(?:\d+[.)] )?(?:check|verify|confirm|ensure|make sure|restart|reboot|reset|reinstall|install|uninstall|update"
    r"|upgrade|clear|disable|enable|turn|switch|use|add|remove|delete|change|configure|set|create|run|attach|try"
    r"|increase|reduce|repair|replace|open|close|reconnect|connect|disconnect|allow|grant|free|wait|unplug|plug|clean"
    r"|rename|move|copy|download|test|review|inspect|start|starting|stop|select|choose|adjust|edit|rebuild|renew|request"
    r"|sign (?:in|out)|log (?:in|out)|contact|manual(?:ly)?|best practices.*|recommend\w*)\b",
    re.IGNORECASE,
)
_CONTEXT = re.compile(
    r"\b(?:products?|versions?|environments?|platforms?|scope|impact|appl(?:y|ies|icable)|audience|purpose|changes?"
    r"|prerequisites?|requirements?|severity|about|background|introduction|overview|health|details?|compatib\w+"
    r"|supported|components?|references?|questions?|produkte?|umgebung|produits?|productos?|prodotti|produtos?)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"\w.*\b(?:is|are|was|were|has|have|stays?|remains?|shows?|displays?|appears?|says?)\b", re.IGNORECASE
)
_TOPIC = re.compile(
    r"(?:troubleshoot|diagnos|fix|resolv|handl|solv|understand|about|common|known|frequent|gather|step|identif|manag)\w*\b"
    r"|.*\b(?:errors|issues|problems|failures|questions|messages)\W*\Z",
    re.IGNORECASE | re.DOTALL,
)
_FORBIDS = re.compile(r"\A(?:do not|don['\u2019]t|never|please)\s+", re.IGNORECASE)
_ASKS = re.compile(r"\W*(?:how|what|why|when|where|which|who|can|does|do|is|are)\b", re.IGNORECASE)
_MESSAGE_LIKE = re.compile(
    r"\A(?:\*\*)?(?:error|fatal|exception|warning)\b|[`\"\u201c]|\?\W*\Z|\b[A-Z]+(?:\\?_[A-Z]+)+", re.IGNORECASE
)
_MAX_HEADING = 6  # the title of a tab has a deeper level
_NUMBERING = re.compile(r"\A(?:\d{1,2}\\?[.)]|Q(?:uestion)?(?: ?\d{1,3})?[:.])\s+(?=\S)")
_BOLD_PARAGRAPH = re.compile(r"\A\*\*(?P<words>[^*\n]{3,200})\*\*\Z")
_MESSAGE_START = re.compile(
    r"(?:\d{1,2}[.)] )?(?:(?i:error|fatal|exception|warning)\b|[`\"\u201c]|[A-Z]+\\?_[A-Z_\\]+|[A-Z]{1,6}-?\d{2,}\b)"
)


def explicit_id(heading: str) -> str | None:
    """Return the id in braces at the end of a heading, or None; a long heading may be full of such ids.

    >>> explicit_id("Paper jam {#jam}")
    'jam'
    """
    match = _EXPLICIT_ID.fullmatch(heading, heading.rfind("{#")) if heading.endswith("}") and "{#" in heading else None
    return match[1] if match else None


def heading_name(heading: str) -> str:
    """Return a heading without its id, or without its number: "Paper jam {#jam}" and "2. Paper jam" are "Paper jam"."""
    name = heading if explicit_id(heading) is None else heading[: heading.rfind("{#")].rstrip()
    return name if name != heading else _NUMBERING.sub("", name)


def is_boilerplate_heading(name: str) -> bool:
    """Whether a heading is that of navigation, feedback or related articles."""
    return _BOILERPLATE.match(name.strip("*_ ")) is not None


def is_supplementary_heading(name: str) -> bool:
    """Whether a heading is boilerplate, or announces further reading or a contact."""
    return is_boilerplate_heading(name) or _FURTHER_READING.match(name.strip("*_ ")) is not None


def is_variant(name: str, level: int) -> bool:
    """Whether a heading names a step, an option, or, below level 2, a platform or a purpose: "To restart it"."""
    plain = name.strip("*_ ")
    return bool(level > _MAX_HEADING or _NUMBERED.match(plain) or (level > 2 and _VARIANT.match(plain)))


def describes_problem(name: str) -> bool:
    """Whether a heading says that something does not work."""
    return _PROBLEM.search(name) is not None


def describes_fix(name: str) -> bool:
    """Whether a heading says what to do: "Restart the printer"."""
    plain = _FORBIDS.sub("", name.strip("*_ "))
    return _FIX.match(plain) is not None or (is_imperative(plain) and not describes_problem(plain))


def names_topic(name: str) -> bool:
    """Whether a heading is the topic of several errors: "Troubleshooting sign-in issues", "Common errors"."""
    return _TOPIC.match(name.strip("*_ ")) is not None


def states_condition(name: str) -> bool:
    """Whether a heading is a sentence about how something is: "The berth is held by another user"."""
    return _CONDITION.search(name) is not None and not _ASKS.match(name)


def names_context(name: str) -> bool:
    """Whether a heading says where something applies, or what for: "Affected products", "Purpose"."""
    return _CONTEXT.search(name) is not None


def is_message_like(name: str) -> bool:
    """Whether a heading is a message or a question rather than a description."""
    return _MESSAGE_LIKE.search(name) is not None


def starts_like_message(text: str) -> bool:
    """Whether a text begins as messages do: "Error 10", a quotation, a constant, a code."""
    return _MESSAGE_START.match(text) is not None


def promote_bold_headings(elements: Sequence[Element], labels: Labels, styles: frozenset[Style]) -> Iterator[Element]:
    """Yield the elements; bold paragraphs that are used as headings become headings, if there are at least two.

    Such a paragraph is a question, begins as a message does, or has a label below it. In an article with ids in braces,
    which is in our own format, bold paragraphs stay paragraphs.
    """
    followers = (*elements[1:], None)[: len(elements)]
    promoted = {
        number
        for number, (element, follower) in enumerate(zip(elements, followers, strict=True))
        if _is_used_as_heading(element, follower, labels, styles)
    }
    has_ids = any(each.kind is ElementKind.HEADING and explicit_id(each.markdown) for each in elements)
    level = 1
    for number, element in enumerate(elements):
        if element.kind is ElementKind.HEADING:
            level = element.level
        if len(promoted) > 1 and number in promoted and not has_ids:
            heading = element.markdown.strip("* ")
            yield replace(element, kind=ElementKind.HEADING, markdown=heading, level=min(level + 1, 6))
        else:
            yield element


def _is_used_as_heading(element: Element, follower: Element | None, labels: Labels, styles: frozenset[Style]) -> bool:
    match = _BOLD_PARAGRAPH.match(element.markdown) if element.kind is ElementKind.PARAGRAPH else None
    words = match["words"] if match else ""
    if not words or follower is None or words.rstrip().endswith(":") or labels.of(words):
        return False
    if words.endswith("?") or starts_like_message(words):
        return follower.kind is not ElementKind.HEADING
    below = labels.match_line(follower.markdown.split("\n", 1)[0], styles) if not follower.items else None
    return below is not None and below.label in CORE_LABELS
