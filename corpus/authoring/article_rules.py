"""What editors should know about an article: rules on its text, each with the line and what mends it.

Rules that need a search (an entry that is not found by its own message, pairs that are easily confused) are the
index's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from corpus.authoring.corpus_rules import broken_links, contradictions, duplicates, same_ids, solution_texts
from corpus.authoring.findings import Finding, Severity, about, line_in
from corpus.authoring.unclosed_markup import unclosed_marks
from corpus.errors import ArticleError
from corpus.formats.document import ElementKind
from corpus.labels import DEFAULT_LABELS, Labels
from corpus.parsing.article_parser import ArticleReading
from corpus.parsing.front_matter import NAMES

_LABEL_LIKE = re.compile(r"\*\*(?P<words>[^*\n:]{2,40}):\*\*|\*\*(?P<before>[^*\n:]{2,40})\*\*:")
_IMAGE = re.compile(r"!\[(?P<alt>[^\[\]\n]*)\]\((?P<target>[^()\n]*)\)")
_PLACEHOLDER = re.compile(r"#{2,}|\bX{3,}\b|\[[a-z][\w ]{1,30}\](?!\()|<[a-z][\w-]{1,30}>|\{[a-z][\w ]{0,30}\}")


def lint(
    found: Iterable[ArticleReading | ArticleError], *, today: str, labels: Labels = DEFAULT_LABELS
) -> list[Finding]:
    """Return what is wrong with articles, in the order of files and lines.

    Args:
        found: The articles as read, and why others could not be.
        today: ISO date against which `review_by` is held.
        labels: The words that name the parts of an entry.
    """
    readings: list[ArticleReading] = []
    findings: list[Finding] = []
    for each in found:
        if isinstance(each, ArticleError):
            findings.append(Finding("unreadable", Severity.ERROR, each.source, each.line, each.problem))
        else:
            readings.append(each)
    for reading in readings:
        findings += [finding for rule in _RULES for finding in rule(reading)]
        findings += [*incomplete(reading, labels), *unknown_labels(reading, labels), *past_review(reading, today)]
    twice = list(duplicates(readings))
    told = frozenset(finding.entry_id for finding in twice)  # which of the two to keep decides on their solutions too
    findings += [*same_ids(readings), *twice, *contradictions(readings, told), *broken_links(readings)]
    return sorted(findings, key=lambda finding: (finding.source, finding.line or 0, finding.rule))


def unreadable_parts(reading: ArticleReading) -> Iterator[Finding]:
    """A row or a line of an export that is no entry."""
    for problem in reading.problems:
        yield Finding("unreadable", Severity.ERROR, problem.source, problem.line, problem.problem)


def incomplete(reading: ArticleReading, labels: Labels = DEFAULT_LABELS) -> Iterator[Finding]:
    """An error without cause or solution, and an entry that names an error but not why it happens.

    Nothing is said of a cause where a label is not known: the cause may be what it names.
    """
    for aside in reading.asides:
        if aside.what == "an error without cause or solution":
            text = "an error is named but neither its cause nor its solution; write them under it"
            yield Finding("no-solution", Severity.ERROR, reading.article.source, aside.first_line, text)
    strangers = [words for words, _ in _strangers(reading, labels)]
    for entry in reading.entries:
        if entry.messages and entry.cause is None and entry.title not in entry.messages:
            told = "\n".join([*entry.messages, entry.context or "", *entry.symptoms, *solution_texts(entry)])
            if not any(f"**{words}" in told for words in strangers):
                text = f'"{entry.title}" has no cause; say why it happens'
                yield about(entry, reading, "no-cause", text)


def unknown_labels(reading: ArticleReading, labels: Labels = DEFAULT_LABELS) -> Iterator[Finding]:
    """A bold word with a colon that begins a line as labels do, but is none."""
    for words, line in _strangers(reading, labels):
        text = f'"{words}" is not a label that is known; use Message, Symptoms, Cause, Solution or Note'
        yield Finding("unknown-label", Severity.WARNING, reading.article.source, line, text)


def unexplained_placeholders(reading: ArticleReading) -> Iterator[Finding]:
    """A message with a placeholder that nothing else in the entry mentions."""
    for entry in reading.entries:
        told = " ".join([entry.title, *entry.symptoms, entry.cause or "", entry.context or "", *solution_texts(entry)])
        for message in entry.messages:
            for found in dict.fromkeys(_PLACEHOLDER.findall(message)):
                name = found.strip("[]<>{}")
                if found not in told and not (name[:1].isalpha() and name.casefold() in told.casefold()):
                    text = f'"{entry.title}" never says what {found} in its message stands for; explain it'
                    yield about(entry, reading, "unexplained-placeholder", text)


def images_without_text(reading: ArticleReading) -> Iterator[Finding]:
    """An image that says nothing to those who cannot see it, nor to the search."""
    for element in reading.elements:
        for found in _IMAGE.finditer(element.markdown):
            if not found["alt"].strip():
                line = line_in(element, element.markdown.count("\n", 0, found.start()))
                text = f"the image {found['target'] or ''} has no text; say in its brackets what it shows"
                yield Finding("image-without-text", Severity.WARNING, reading.article.source, line, text)


def unknown_metadata(reading: ArticleReading) -> Iterator[Finding]:
    """A name in the front matter that nothing reads."""
    for name in reading.unknown:
        text = f'"{name}" in the front matter is not understood; known are {", ".join(NAMES[:-1])}'
        yield Finding("unknown-metadata", Severity.WARNING, reading.article.source, 1, text)


def not_covered(reading: ArticleReading) -> Iterator[Finding]:
    """Text of the file that is in no entry and no part that is known to be none, and that no other finding names."""
    lost = reading.size - reading.accounted
    if lost > 0 and not reading.problems:
        text = f"{lost} of {reading.size} characters are in no entry; put them under a heading or a label"
        yield Finding("coverage", Severity.WARNING, reading.article.source, None, text)


def past_review(reading: ArticleReading, today: str) -> Iterator[Finding]:
    """An article that somebody wanted to look at again by now."""
    due = reading.article.review_by
    if due is not None and due < today:
        text = f"was to be looked at again by {due}; check it and set a new `review_by`"
        yield Finding("past-review", Severity.WARNING, reading.article.source, None, text)


def coverage(readings: Iterable[ArticleReading]) -> tuple[int, int]:
    """Return how many characters are in entries and known other parts, and how many there are."""
    pairs = [(reading.accounted, reading.size) for reading in readings]
    return sum(accounted for accounted, _ in pairs), sum(size for _, size in pairs)


def _strangers(reading: ArticleReading, labels: Labels) -> Iterator[tuple[str, int | None]]:
    """Yield what stands where labels do but is none, and its line."""
    known = {entry.title for entry in reading.entries}
    for element in reading.elements:
        if element.kind not in {ElementKind.PARAGRAPH, ElementKind.QUOTE}:
            continue
        for number, line in enumerate(element.markdown.split("\n")):
            found = _LABEL_LIKE.match(line)
            words = (found["words"] or found["before"]).strip() if found else ""
            if words and labels.of(words) is None and words not in known and len(words.split()) <= 3:
                yield words, line_in(element, number)


_RULES: tuple[Callable[[ArticleReading], Iterator[Finding]], ...] = (
    unreadable_parts,
    unexplained_placeholders,
    images_without_text,
    unknown_metadata,
    not_covered,
    unclosed_marks,
)
