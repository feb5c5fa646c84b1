"""The parts of the page besides the answer: its head, questions to try, the filter, all entries, how current it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from assistant.answering.answer import Status
from assistant.rendering.html_templates import render
from assistant.rendering.links import PAGE_LINKS, PlainLinks
from assistant.rendering.question_form import Form
from corpus.article import Article, Entry

Contents = Sequence[tuple[Article, Sequence[Entry]]]

_EXAMPLES = 4
_MOST_LEFT_OUT = 50  # articles
_LONGEST_EXAMPLE = 120
_MOST_LISTED = 2_000  # entries; a longer list is read by nobody and slows the page
_MOST_TAGS = 24


def document_head_html(name: str, *, version: str, reads_pictures: bool = False) -> str:
    """Return our part of the document's head.

    Args:
        name: The product's name, the page's title while it loads.
        version: Changes with the style and the script, so that browsers fetch them anew.
        reads_pictures: Whether a screenshot may be asked.
    """
    return render("page/document_head.html", name=name, version=version, reads_pictures=reads_pictures)


def waiting_html(name: str) -> str:
    """Return what the document shows until Gradio has drawn the page."""
    return render("page/waiting.html", name=name, form=Form(), links=PlainLinks("."))


def header_html(name: str, *, feedback: bool) -> str:
    """Return the page's heading.

    Args:
        name: The product's name.
        feedback: Whether the page's script reports what people do with an answer.
    """
    return render("page/header.html", name=name, feedback=feedback)


def hint_html() -> str:
    """Return the hint beside the box."""
    return render("page/hint.html")


def picture_html() -> str:
    """Return what offers to read a screenshot."""
    return render("page/picture.html")


def start_html(contents: Contents) -> str:
    """Return what is shown before anything is typed: questions to try."""
    return render("answer/start.html", examples=examples_of(contents))


def filter_html(articles: Sequence[Article]) -> str:
    """Return the filter, or nothing where all articles are of one product and carry the same tags."""
    products = sorted({article.product for article in articles if article.product})
    tags = sorted({tag for article in articles for tag in article.tags})
    telling = [tag for tag in tags if not all(tag in article.tags for article in articles)][:_MOST_TAGS]
    return render("page/filter.html", products=products if len(products) > 1 else [], tags=telling)


def contents_html(contents: Contents) -> str:
    """Return the list of all entries, grouped by article, for those who cannot phrase the problem."""
    count = sum(len(entries) for _, entries in contents)
    return render("page/contents.html", contents=_as_many_as_can_be_read(contents), count=count, links=PAGE_LINKS)


def footer_html(status: Status) -> str:
    """Return how current the page is, and what is wrong with the articles or the index."""
    return render("page/footer.html", status=status, most_left_out=_MOST_LEFT_OUT)


def _as_many_as_can_be_read(contents: Contents) -> Iterator[tuple[Article, Sequence[Entry]]]:
    left = _MOST_LISTED
    for article, entries in contents:
        if left > 0:
            yield article, entries[:left]
        left -= len(entries)


def examples_of(contents: Contents) -> list[str]:
    """Return symptoms of different entries, spread over the corpus."""
    symptoms = [entry.symptoms[0] for _, entries in contents for entry in entries if entry.symptoms]
    short = [symptom for symptom in symptoms if len(symptom) <= _LONGEST_EXAMPLE]
    step = max(1, len(short) // _EXAMPLES)
    return short[::step][:_EXAMPLES]
