"""Where the builder of an entry adds the next text, depending on the labels so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from corpus.labels import CALLOUTS, Label, LabelMatch

_DESCRIPTION = re.compile(r"issue|problem", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BuilderState:
    """Where the next text goes.

    Attributes:
        part: The part that the last label opened, callouts apart; None before the first label.
        callout: The note or caution that is open inside that part.
        awaits_text: Whether the label of the callout was read, but none of its text.
        has_text: Whether text was added since the last label.
        is_description: Whether the part describes an issue, so that its text may quote a message.
    """

    part: Label | None = None
    callout: Label | None = None
    awaits_text: bool = False
    has_text: bool = False
    is_description: bool = False

    def after_label(self, match: LabelMatch) -> BuilderState:
        """Return the state after a label; that of a callout does not end the part around it."""
        if match.label in CALLOUTS:
            return BuilderState(self.part, match.label, awaits_text=True)
        is_description = match.label is Label.MESSAGE and _DESCRIPTION.match(match.words) is not None
        return BuilderState(match.label, is_description=is_description)

    def after_callout(self) -> BuilderState:
        """Return the state after a callout: the part around it continues."""
        return replace(self, callout=None, awaits_text=False)

    def with_text(self) -> BuilderState:
        """Return the state after a text."""
        if self.has_text:
            return self
        return BuilderState(
            self.part, self.callout, self.awaits_text, has_text=True, is_description=self.is_description
        )

    def awaiting_nothing(self) -> BuilderState:
        """Return the state once the callout has its text."""
        return replace(self, awaits_text=False) if self.awaits_text else self
