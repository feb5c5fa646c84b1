"""What trials by hypothesis share: its settings, and how a run becomes an outcome."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import HealthCheck, Phase, settings

from tests.programs.trials import Outcome

QUIET = settings(
    deadline=None,
    database=None,
    phases=(Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)


def outcome_of(
    name: str, run: Callable[[], None], seed_: int, done: Callable[[], str], figures: Callable[[], str] = str
) -> Outcome:
    """Run a trial; its first failure is the outcome's."""
    try:
        run()
    except Exception as error:  # noqa: BLE001 - whatever a trial meets is its finding
        notes = "; ".join(getattr(error, "__notes__", ()))
        return Outcome(name, done(), (f"{type(error).__name__}: {error} {notes}",), seed_, figures())
    return Outcome(name, done(), (), seed_, figures())
