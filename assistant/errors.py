"""The errors of this room; those of articles and index are in `corpus.errors` and `index.errors`.

AssistantError
├── JournalError      the journal cannot be read or written
├── QueryTimeoutError a query has taken too long
├── AddressError      the server cannot listen on its address
├── EditError         an article cannot be edited like that
│   └── ConflictError   its file has changed meanwhile
├── PictureError      a picture cannot be read, or shows no text
├── NoPictureReaderError  no pictures can be read here, or not now
└── UsageError        a command or a setting is used wrongly (exit code 2)
"""

from __future__ import annotations


class AssistantError(Exception):
    """The message says what is wrong, what was expected, and what to do; it is shown without a traceback."""


class JournalError(AssistantError):
    """The journal cannot be read or written; answers do not depend on it."""


class QueryTimeoutError(AssistantError):
    """A query has taken too long and was given up."""


class AddressError(AssistantError):
    """The server cannot listen on its address: a port that is taken, or an address of another machine."""


class EditError(AssistantError):
    """An article cannot be edited like that; the message says why, and where to do it by hand."""


class ConflictError(EditError):
    """The file of an article has changed since the editor saw it, and is not overwritten."""


class PictureError(AssistantError):
    """A picture cannot be read, or shows no text; the message says what to send instead."""


class NoPictureReaderError(AssistantError):
    """No pictures can be read here (the message says what to install or to set), or too many are waiting."""


class UsageError(AssistantError):
    """A command or a setting is used wrongly; the message names the flag or the variable."""
