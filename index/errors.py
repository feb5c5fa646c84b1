"""What can be wrong with an index.

SearchIndexError       anything wrong with the index or its model; the message names the remedy
├── NoIndexError       nothing has been built yet
├── BadIndexError      what is on disk is damaged, of another format, or made with another encoder
├── BuildError         a build cannot be finished; the published generation is as it was
│   └── BusyError      another build is running
├── ModelError         the encoder's files are missing or are not the expected ones
└── JudgedSetError     a judged set cannot be read
"""


class SearchIndexError(Exception):
    """Anything wrong with the index or its model. The message says what was found and which command mends it."""


class NoIndexError(SearchIndexError):
    """Nothing has been built yet."""


class BadIndexError(SearchIndexError):
    """What is on disk is damaged, of another format, or made with another encoder."""


class BuildError(SearchIndexError):
    """A build cannot be finished; the published generation is as it was."""


class BusyError(BuildError):
    """Another build is running."""


class ModelError(SearchIndexError):
    """The encoder's files are missing or are not the expected ones."""


class JudgedSetError(SearchIndexError):
    """A judged set cannot be read. The message names file and line."""


class ExportError(ModelError):
    """The model cannot be exported; the reference encoder can run it."""
