"""The encoder is adapted to the articles: it learns, is compared with the one before, and is kept if it finds more."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from corpus.loader import Corpus
from index.adaptation.adapted_model import Record, check_output, publish, unfinished
from index.adaptation.batches import BATCH, Pair, batches, nearest
from index.adaptation.checkpoint import Checkpoint
from index.adaptation.gate import HELD_BACK, Verdict, compare, held_back_set
from index.adaptation.memory import give_back
from index.adaptation.questions import Lesson, Lessons, lessons_of
from index.adaptation.training import Progress, Trainer
from index.errors import ModelError
from index.evaluation.judged_set import JudgedSet
from index.models.encoder import Encoder
from index.models.model_files import ADAPTATION, ModelFiles, model_files

LEAST_ENTRIES = 100  # fewer tell too little for a sure gain
_MOST_ENTRIES = 20_000  # drawn from more; their vectors are compared with one another
_WATCHED = 0.1  # of the entries: not learnt from, but watched, to see when to stop
_MOST_WATCHED = 4  # batches
_LOOK_EVERY = 10  # steps
_PATIENCE = 12  # looks without a better loss
_LAYOUT = 1  # of a kept training

Report = Callable[[Progress, float, float], object]  # progress, loss on what is watched, seconds left
Open = Callable[[str, Path | None], Encoder]  # the name of a model, and where its export is kept if not where all are


@dataclass(frozen=True, slots=True)
class Options:
    """How to adapt.

    Attributes:
        minutes: How long to train at most.
        output: The folder of the adapted encoder.
        is_dry_run: Train and compare, and keep nothing.
        seed: Of what is random.
    """

    minutes: float
    output: Path
    is_dry_run: bool = False
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Adapted:
    """What came of it: the comparison, how far the training was, and where the encoder is; None if it is not kept."""

    verdict: Verdict
    progress: Progress
    folder: Path | None


def adapt(
    corpus: Corpus,
    model: str,
    open_encoder: Open,
    options: Options,
    *,
    judged: Sequence[tuple[JudgedSet, Corpus]] = (),
    report: Report = lambda *_: None,
) -> Adapted:
    """Train an encoder on articles, and keep it if it finds more.

    Args:
        corpus: The articles.
        model: The name of the model to begin with, as `model_files` takes it.
        open_encoder: Returns the encoder of a model's name.
        options: How.
        judged: Judged sets that must not lose, each with the articles that it is asked of.
        report: Is called at each look at what is watched.

    Raises:
        ModelError: The articles are too few, the model cannot be trained or is adapted already, or the disk is full.
        BusyError: Another adaptation to the same folder is running.
    """
    check_output(options.output)
    files = _base(model)
    lessons = _enough(lessons_of(corpus.entries))
    before = open_encoder(model, None)
    with unfinished(options.output) as temporary:
        trainer = _trained(files, lessons, before, options, report)
        made, progress = temporary / "model", trainer.progress
        trainer.save(made)
        del trainer
        give_back()  # the comparison needs memory of its own
        after = open_encoder(str(made), temporary / "exports")
        sets = [held_back_set(lessons, corpus), *judged]
        verdict = compare(before, after, sets, (temporary / "before", temporary / "after"))
        if verdict.refused or options.is_dry_run:
            return Adapted(verdict, progress, None)
        publish(made, options.output, _record(files, lessons, progress, options, verdict))
    return Adapted(verdict, progress, options.output)


def _base(model: str) -> ModelFiles:
    files = model_files(model)
    if (files.folder / ADAPTATION).is_file():
        raise ModelError(
            f"{model} is adapted already", "unset ASSISTANT_MODEL to adapt the model that it was made from"
        )
    return files


def _enough(lessons: Lessons) -> Lessons:
    count = len(lessons.lessons)
    if count < LEAST_ENTRIES or len(lessons.held_back) < LEAST_ENTRIES:
        found = f"{count} entries that differ and {len(lessons.held_back)} sentences to ask afterwards"
        problem = f"the articles have {found}; {LEAST_ENTRIES} of each are needed to learn from"
        raise ModelError(problem, "with fewer, the encoder as it comes is the better one")
    return lessons


def _trained(files: ModelFiles, lessons: Lessons, before: Encoder, options: Options, report: Report) -> Trainer:
    """Train for the time that is given, or until what is watched no longer gains; go on where a kept one stopped."""
    learnt, watched = _divided(lessons.lessons, before, options.seed)
    trainer = Trainer(files, seed=options.seed)
    checkpoint = Checkpoint(training_folder(options.output), _key(files, lessons, options))
    if not checkpoint.restore(trainer):
        trainer.watch(watched)
    progress, budget = trainer.progress, 60 * options.minutes
    for pairs in islice(learnt, progress.steps, None):
        if is_over(progress, budget):
            break
        trainer.learn(pairs, done=progress.seconds / budget)
        if progress.steps % _LOOK_EVERY == 0:
            loss = trainer.watch(watched)
            checkpoint.keep(trainer)
            report(progress, loss, max(0.0, budget - progress.seconds))
    trainer.watch(watched)
    checkpoint.remove()
    return trainer


def is_over(progress: Progress, budget: float) -> bool:
    """Return whether a training has had its seconds, or no longer gains on what is watched."""
    return progress.seconds >= budget or progress.since_best >= _PATIENCE


def _divided(lessons: Sequence[Lesson], encoder: Encoder, seed: int) -> tuple[Iterator[list[Pair]], list[list[Pair]]]:
    """Return the batches to learn from, without end, and the few that are watched: of other entries."""
    chance = np.random.default_rng(seed)
    rows = chance.permutation(len(lessons))[:_MOST_ENTRIES]
    count = min(max(BATCH, round(_WATCHED * len(rows))), _MOST_WATCHED * BATCH)
    groups = [[lessons[row] for row in part] for part in (rows[count:], rows[:count])]
    near = [nearest(encoder.encode([" ".join(each.texts) for each in group])) for group in groups]
    learnt, watched = (batches(group, own, seed=seed) for group, own in zip(groups, near, strict=True))
    return learnt, list(islice(watched, max(1, count // BATCH)))


def training_folder(output: Path) -> Path:
    """Return where the state of an unfinished training is kept."""
    return output.with_name(f"{output.name}.training")


def _key(files: ModelFiles, lessons: Lessons, options: Options) -> str:
    texts = hashlib.sha256(repr([each.texts for each in lessons.lessons]).encode("utf-8", "surrogatepass"))
    return f"{_LAYOUT} {files.fingerprint} {texts.hexdigest()} {options.seed} {options.minutes}"


def _record(files: ModelFiles, lessons: Lessons, progress: Progress, options: Options, verdict: Verdict) -> Record:
    gain = next(row.gain.mean for row in verdict.rows if (row.questions, row.search) == (HELD_BACK, "ours"))
    return Record(
        base=files.name,
        base_fingerprint=files.fingerprint,
        entries=len(lessons.lessons),
        steps=progress.steps,
        seed=options.seed,
        gain=round(gain, 4),
    )
