"""Statuses: what many errors end with, whichever of them it is - an exit status, a line number, key=value pairs.

"upload failed: exit status 1", "arrival refused: pilot=none berth=12", "ORA-06512: at "QUAY.BERTHS", line 12".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_STATUS = re.compile(
    r"""
    \b(?:(?:exit(?:ed|s)?|ended|finished|returned|terminated)\s+(?:with\s+)?(?:a\s+)?(?:non-?zero\s+)?)?
      (?:exit\s+|return\s+)(?:status|code)(?:\s+of)?\s?[:=]?\s?-?\d{1,3}\b
    | \b(?:exit(?:ed|s)?|ended|terminated)\s+(?:with\s+)?(?:a\s+)?(?:non-?zero\s+)?(?:status|code)\s?[:=]?\s?-?\d{1,3}\b
    | \bmake(?:\[\d+\])?:\s+\*{3}\s(?:\[[^\]\n]{0,80}\]\s)?error\s\d{1,3}\b
    | \*{3}\s(?:\[[^\]\n]{0,80}\]\s)?error\s\d{1,3}\b
    | \bORA-0?(?:6512|0604|4088)\b(?::\s?at\s(?:"[^"\n]{1,80}",\s)?line\s\d{1,6})?
    | \b(?:(?:at|on|in)\s)?line\s\d{1,6}(?:(?:,\s?|\s)(?:col(?:umn)?|char(?:acter)?|pos(?:ition)?)\s\d{1,5})?\b
    | (?<![\w?&/=.-])(?!(?:error|err|errno|code|hr|hresult|sqlcode|message|msg|reason)=)[A-Za-z][\w.-]{0,40}=
      (?:"[^"\n]{0,80}"|'[^'\n]{0,80}'|[^\s,;)\]}"'=]{1,80})
    """,
    re.IGNORECASE | re.VERBOSE,
)


def status_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield where each status of a folded text begins and ends."""
    for match in _STATUS.finditer(text):
        yield match.span()


def without_statuses(text: str) -> str:
    """Return a folded text without its statuses.

    >>> without_statuses("Upload failed: thread torn: exit status 2")
    'Upload failed: thread torn: '
    """
    return _STATUS.sub("", text)
