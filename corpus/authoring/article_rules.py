"""The rules of lint on a single article, and `lint` itself: what is wrong, at which line, and how to correct it.

`corpus_rules` compares articles with one another; rules that need a search are in the index.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from corpus.authoring.corpus_rules import (
    broken_links,
    duplicate_article_ids,
    duplicate_entries,
    messages_solved_twice,
    solution_texts,
)
from corpus.authoring.findings import Finding, Rule, Severity, entry_warning, line_in
from corpus.authoring.unclosed_markup import unclosed_markup
from corpus.authoring.vocabulary_rules import recurring_headings, unknown_metadata
from corpus.errors import ArticleError
from corpus.formats.document import ElementKind, ExcludedKind
from corpus.labels import DEFAULT_LABELS, Labels
from corpus.parsing.article_parser import ParsedArticle

_LABEL_LIKE = re.compile(r"\*\*(?P<words>[^*\n:]{2,40}):\*\*|\*\*(?P<before_colon>[^*\n:]{2,40})\*\*:")
_MAX_LABEL_WORDS = 3
_LABELS = ("Message", "Symptoms", "Cause", "Solution", "Note", "Caution", "Error", "Resolution", "Reason", "Workaround")
_IMAGE = re.compile(r"!\[(?P<alt>[^\[\]\n]*)\]\((?P<target>[^()\n]*)\)")
_PLACEHOLDER = re.compile(r"#{2,}|\bX{3,}\b|\[[a-z][\w ]{1,30}\](?!\()|<[a-z][\w-]{1,30}>|\{[a-z][\w ]{0,30}\}")


def lint(
    results: Iterable[ParsedArticle | ArticleError], *, today: str, labels: Labels = DEFAULT_LABELS
) -> list[Finding]:
    """Return what is wrong with articles, in the order of files, lines and rules.

    Args:
        results: The articles, and the errors of those that cannot be read.
        today: The ISO date to compare `review_by` with.
        labels: The words that name the parts of an entry.
    """
    articles: list[ParsedArticle] = []
    findings: list[Finding] = []
    for result in results:
        if isinstance(result, ArticleError):
            findings.append(_unreadable(result))
        else:
            articles.append(result)
    for article in articles:
        findings += [finding for rule in _RULES for finding in rule(article)]
        findings += [*incomplete_entries(article, labels), *unknown_labels(article, labels)]
        findings += past_review(article, today)
    duplicates = list(duplicate_entries(articles))
    # which of two duplicates to keep also decides which solution to keep
    duplicate_ids = frozenset(finding.entry_id for finding in duplicates if finding.entry_id)
    findings += [*duplicate_article_ids(articles), *duplicates]
    findings += [*messages_solved_twice(articles, except_for=duplicate_ids), *broken_links(articles)]
    findings += [*unknown_metadata(articles), *recurring_headings(articles, labels)]
    return sorted(findings, key=lambda finding: (finding.source, finding.line or 0, finding.rule))


def unreadable_parts(article: ParsedArticle) -> Iterator[Finding]:
    """Yield the entries that are left out, and the rows, lines and articles of an export that cannot be read."""
    yield from map(_unreadable, article.problems)


def incomplete_entries(article: ParsedArticle, labels: Labels = DEFAULT_LABELS) -> Iterator[Finding]:
    """Yield errors with neither cause nor solution, and entries with a message but no cause.

    An entry with an unknown label may lack a cause: that label may name it.
    """
    for part in article.excluded:
        if part.kind is ExcludedKind.INCOMPLETE_ENTRY:
            text = "an error is named but neither its cause nor its solution; write them under it"
            yield Finding(Rule.NO_SOLUTION, Severity.ERROR, article.article.source, part.first_line, text)
    unknown = [words for words, _ in _unknown_labels(article, labels)]
    for entry in article.entries:
        if entry.messages and entry.cause is None and entry.title not in entry.messages:
            texts = "\n".join([*entry.messages, entry.context or "", *entry.symptoms, *solution_texts(entry)])
            if not any(f"**{words}" in texts for words in unknown):
                yield entry_warning(entry, article, Rule.NO_CAUSE, f'"{entry.title}" has no cause; say why it happens')


def unknown_labels(article: ParsedArticle, labels: Labels = DEFAULT_LABELS) -> Iterator[Finding]:
    """Yield words that are marked as labels, in bold with a colon at the start of a line, but are none."""
    for words, line in _unknown_labels(article, labels):
        meant = next((label for label in _LABELS if _is_one_letter_off(words.casefold(), label.casefold())), None)
        severity = Severity.WARNING if meant is None else Severity.ERROR
        remedy = "use Message, Symptoms, Cause, Solution or Note" if meant is None else f'did you mean "{meant}"?'
        text = f'"{words}" is not a known label, so its text belongs to the part above; {remedy}'
        yield Finding(Rule.UNKNOWN_LABEL, severity, article.article.source, line, text)


def _is_one_letter_off(one: str, other: str) -> bool:
    """Whether a letter that is missing, added, exchanged or in the wrong place makes one word the other."""
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    one, other = one[same:], other[same:]
    swapped = one[:2] == other[1::-1] and one[2:] == other[2:]
    return one != other and (swapped or one[1:] == other[1:] or one[1:] == other or one == other[1:])


def unexplained_placeholders(article: ParsedArticle) -> Iterator[Finding]:
    """Yield placeholders in messages that nothing else in the entry mentions."""
    for entry in article.entries:
        rest = " ".join([entry.title, *entry.symptoms, entry.cause or "", entry.context or "", *solution_texts(entry)])
        for message in entry.messages:
            for placeholder in dict.fromkeys(_PLACEHOLDER.findall(message)):
                name = placeholder.strip("[]<>{}")
                if placeholder not in rest and not (name[:1].isalpha() and name.casefold() in rest.casefold()):
                    text = f'"{entry.title}" never says what {placeholder} in its message stands for; explain it'
                    yield entry_warning(entry, article, Rule.UNEXPLAINED_PLACEHOLDER, text)


def images_without_text(article: ParsedArticle) -> Iterator[Finding]:
    """Yield images without alternative text: screen readers cannot read them, and no search finds them."""
    for element in article.elements:
        for image in _IMAGE.finditer(element.markdown):
            if not image["alt"].strip():
                line = line_in(element, element.markdown.count("\n", 0, image.start()))
                text = f"the image {image['target'] or ''} has no text; say in its brackets what it shows"
                yield Finding(Rule.IMAGE_WITHOUT_TEXT, Severity.WARNING, article.article.source, line, text)


def lost_text(article: ParsedArticle) -> Iterator[Finding]:
    """Yield text that is in no entry and not excluded on purpose, unless another finding says why."""
    left_out = sum(part.size for part in article.excluded if part.kind in _NAMED_ELSEWHERE)
    lost = article.size - article.covered - left_out
    if lost > 0 and not article.problems:
        text = f"{lost} of {article.size} characters are in no entry; put them under a heading or a label"
        yield Finding(Rule.COVERAGE, Severity.WARNING, article.article.source, None, text)


def past_review(article: ParsedArticle, today: str) -> Iterator[Finding]:
    """Yield that an article should have been reviewed by now."""
    due = article.article.review_by
    if due is not None and due < today:
        text = f"should have been reviewed by {due}; check it and set a new `review_by`"
        yield Finding(Rule.PAST_REVIEW, Severity.WARNING, article.article.source, None, text)


def coverage(articles: Iterable[ParsedArticle], *, unread: int = 0) -> tuple[int, int]:
    """Return the characters that are in entries, or are no text of an article, and all; white space not counted.

    Introductions and links to more, which are in no entry, count as those that are lost.

    Args:
        articles: Those that could be read.
        unread: The bytes of the files that could not be read, which count as that many characters.
    """
    pairs = [(article.covered - article.in_context, article.size) for article in articles]
    return sum(covered for covered, _ in pairs), sum(size for _, size in pairs) + unread


def _unreadable(error: ArticleError) -> Finding:
    rule = Rule.LEFT_OUT if "#" in (error.concerns or "") else Rule.UNREADABLE
    return Finding(rule, Severity.ERROR, error.source, error.line, error.problem)


def _unknown_labels(article: ParsedArticle, labels: Labels) -> Iterator[tuple[str, int | None]]:
    """Yield the words that are marked as labels but are none, each with its line."""
    titles = {entry.title for entry in article.entries}
    for element in article.elements:
        if element.kind not in {ElementKind.PARAGRAPH, ElementKind.QUOTE}:
            continue
        for number, line in enumerate(element.markdown.split("\n")):
            match = _LABEL_LIKE.match(line)
            words = (match["words"] or match["before_colon"]).strip() if match else ""
            is_known = labels.of(words) is not None or words in titles
            if words and not is_known and len(words.split()) <= _MAX_LABEL_WORDS:
                yield words, line_in(element, number)


_NAMED_ELSEWHERE = frozenset({ExcludedKind.INCOMPLETE_ENTRY, ExcludedKind.LEFT_OUT})
_RULES: tuple[Callable[[ParsedArticle], Iterator[Finding]], ...] = (
    unreadable_parts,
    unexplained_placeholders,
    images_without_text,
    lost_text,
    unclosed_markup,
)
