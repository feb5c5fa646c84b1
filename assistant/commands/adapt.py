"""Adapt the encoder to the articles; it is kept only if it finds more.

Half of the articles' own sentences are held back and asked afterwards, with the encoder in use and with the adapted
one. To use the adapted one, set ASSISTANT_MODEL to its folder and build; to go back, unset it and build.

Example:
  assistant adapt --minutes 12
  assistant adapt --dry-run --set corpus/judgments
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.settings import Settings

if TYPE_CHECKING:
    from index.adaptation.adapt import Adapted
    from index.adaptation.training import Progress
    from index.models.encoder import Encoder

_OUTPUT = Path("index/adapted")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--minutes",
        type=_minutes,
        default=12.0,  # with the comparison a quarter of an hour, for a thousand entries on two cores
        metavar="N",
        help="how long to train, at most (12); it takes all cores",
    )
    parser.add_argument("--dry-run", action="store_true", help="train and compare, but keep nothing")
    parser.add_argument(
        "--set", type=Path, action="append", default=[], metavar="DIR", help="a judged set that must not lose"
    )
    parser.add_argument(
        "--output", type=Path, default=_OUTPUT, metavar="DIR", help=f"folder of the adapted encoder ({_OUTPUT})"
    )
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of what is random (0)")


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Train, compare, and say what came of it."""
    from corpus.labels import labels_of
    from corpus.loader import load_corpus
    from index.adaptation.adapt import Options, adapt
    from index.evaluation.judged_set import Part
    from index.evaluation.systems import read_set

    labels = labels_of(settings.labels)
    judged = [
        read_set(folder, settings.corpus, labels=labels, without_symptoms=False, part=Part.ALL)
        for folder in arguments.set
    ]
    done = adapt(
        load_corpus(settings.corpus, labels=labels),
        settings.model,
        lambda name, cache: _encoder(settings, name, cache),
        Options(arguments.minutes, arguments.output, arguments.dry_run, arguments.seed),
        judged=judged,
        report=_report,
    )
    print(adapted_text(done, is_dry_run=arguments.dry_run))
    return 0


def _encoder(settings: Settings, name: str, cache: Path | None) -> Encoder:
    from dataclasses import replace

    from assistant.answering.factory import open_encoder

    return open_encoder(replace(settings, model=name, cache=cache or settings.cache))


def _report(progress: Progress, loss: float, seconds_left: float) -> None:
    rate = progress.tokens / progress.seconds if progress.seconds else 0.0
    print(
        f"step {progress.steps}: loss {loss:.3f} on what is watched (best {progress.best:.3f}), "
        f"{rate:,.0f} tokens/s, at most {seconds_left / 60:.1f} min left",
        file=sys.stderr,
    )


def adapted_text(done: Adapted, *, is_dry_run: bool) -> str:
    """Return what came of an adaptation: a table of both encoders, and whether the new one is kept."""
    from assistant.commands.evaluate import columns

    rows = [
        [
            f"{row.questions}, {row.search}",
            f"{row.before:.3f}",
            f"{row.after:.3f}",
            f"{row.gain.mean:+.3f} [{row.gain.low:+.3f}, {row.gain.high:+.3f}]",
        ]
        for row in done.verdict.rows
    ]
    table = columns([["nDCG@10", "before", "adapted", "gain"], *rows])
    return f"{table}\n\n{_outcome(done, is_dry_run=is_dry_run)}"


def _outcome(done: Adapted, *, is_dry_run: bool) -> str:
    if done.verdict.refused:
        return f"The encoder in use stays: the adapted one is not kept, for {done.verdict.refused}."
    if is_dry_run:
        return "The adapted encoder finds more. Nothing is kept; without --dry-run it would be."
    return (
        f"The adapted encoder finds more and is in {done.folder}. To use it:\n"
        f"  ASSISTANT_MODEL={done.folder} assistant build\n"
        "and start the server with the same setting. To go back: unset ASSISTANT_MODEL, and run assistant build."
    )


def _minutes(text: str) -> float:
    value = float(text)
    if not 0 < value <= 7 * 24 * 60:
        raise argparse.ArgumentTypeError("the minutes must be more than 0 and at most a week")
    return value
