"""What can be wrong with an index.

SearchIndexError       anything wrong with the index or its model
├── NoIndexError       nothing has been built yet
├── BadIndexError      what is on disk is damaged, of another format, or made with another encoder
├── BuildError         a build cannot be completed; the published generation is unchanged
│   └── BusyError      another build is running
├── EngineError        the server that holds the entries cannot be used
│   └── EngineUnreachableError  it does not answer, or not in time
├── ModelError         the encoder's files are missing or are not the expected ones
│   └── ExportError    the model cannot be exported to OpenVINO; sentence-transformers can run it
└── JudgedSetError     a judged set cannot be read
"""

from __future__ import annotations

REBUILD = 'run "assistant build"'
ROLL_BACK = (
    'run "assistant rollback" to go back to the newest intact generation, or "assistant build" to make a new one'
)


class SearchIndexError(Exception):
    """Anything wrong with the index or its model. Its text is the problem and, after a semicolon, the remedy.

    Args:
        problem: What is wrong and where: what was read and what was expected.
        remedy: The command or action that repairs it; empty where the problem already says so.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem}; {self.remedy}" if self.remedy else self.problem


class NoIndexError(SearchIndexError):
    """Nothing has been built yet."""


class BadIndexError(SearchIndexError):
    """What is on disk is damaged, of another format, or made with another encoder."""


class BuildError(SearchIndexError):
    """A build cannot be completed; the published generation is unchanged."""


class BusyError(BuildError):
    """Another build is running."""


class EngineError(SearchIndexError):
    """The server that holds the entries cannot be used: of another version, without rights, or with other rows."""


class EngineUnreachableError(EngineError):
    """The server that holds the entries does not answer, or not in time."""


class ModelError(SearchIndexError):
    """The encoder's files are missing or are not the expected ones."""


class ExportError(ModelError):
    """The model cannot be exported to OpenVINO; sentence-transformers can run it."""


class JudgedSetError(SearchIndexError):
    """A judged set cannot be read. The message names file and line."""


def first_line(error: Exception) -> str:
    """Return what an error says, up to the first line break; its type where it says nothing."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]
