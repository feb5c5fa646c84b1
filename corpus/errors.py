"""What can be wrong with help articles.

CorpusError          anything wrong with the articles; the message names file, line and remedy
├── ArticleError     one article cannot be read; the others are not affected
└── NoArticlesError  there is no folder of articles, or nothing in it to index
"""


class CorpusError(Exception):
    """Anything wrong with the articles. The message says what was found, where, and what mends it."""


class ArticleError(CorpusError):
    """One article cannot be read; the others are not affected.

    Args:
        source: The article's file, as it should be shown to its editor.
        problem: What was found and what was expected, without the place.
        line: The line it stands in, from 1; None where there is no line to name.
    """

    def __init__(self, source: str, problem: str, line: int | None = None) -> None:
        self.source = source
        self.problem = problem
        self.line = line
        place = source if line is None else f"{source}:{line}"
        super().__init__(f"{place}: {problem}")


class NoArticlesError(CorpusError):
    """There is no folder of articles, or nothing in it to index."""
