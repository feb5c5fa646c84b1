"""What can be wrong with help articles.

CorpusError          anything wrong with the articles or the settings about them
├── ArticleError     one article, or one entry of it, cannot be read; the others are not affected
└── NoArticlesError  there is no folder of articles, or nothing in it to index
"""

_LONGEST_PROBLEM = 600  # characters; the server tells every visitor what was left out
_LONGEST_END = 200  # of them, from its end, where the remedy is


def shortened(problem: str) -> str:
    """Return what is wrong without its middle, if it quotes a heading or a value of many pages."""
    if len(problem) <= _LONGEST_PROBLEM:
        return problem
    return f"{problem[: _LONGEST_PROBLEM - _LONGEST_END - 5]} ... {problem[-_LONGEST_END:]}"


class CorpusError(Exception):
    """Anything wrong with the articles or the settings about them.

    The message says what is wrong, where, and how to correct it.
    """


class ArticleError(CorpusError):
    """One article, or one entry of it, cannot be read; the others are not affected.

    Args:
        source: The article's path under the corpus root.
        problem: What is wrong and how to correct it, without the place: "is UTF-16; save it as UTF-8". Of a very long
            one the middle is left out.
        line: Where it is, from 1; None if it concerns the file as a whole.
        concerns: The id of the entry or the article that it leaves out; empty where that is not known; None if it
            leaves out all of the file that was not read.
    """

    def __init__(self, source: str, problem: str, line: int | None = None, *, concerns: str | None = None) -> None:
        self.source = source
        self.problem = problem = shortened(problem)
        self.line = line
        self.concerns = concerns
        place = source if line is None else f"{source}:{line}"
        super().__init__(f"{place}: {problem}")


class NoArticlesError(CorpusError):
    """There is no folder of articles, or nothing in it to index."""
