"""What can be wrong with what the assistant itself keeps; what is wrong with articles and index is said there."""


class JournalError(Exception):
    """The journal cannot be read or written. The message says why and what to do; no answer depends on it."""
