"""The encoder learns from the articles, and is kept only where it finds more."""

from __future__ import annotations

import gc
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from assistant.commands.adapt import adapted_text
from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from corpus.loader import Corpus
from index.adaptation.adapt import Options, adapt, is_over, training_folder
from index.adaptation.adapted_model import Record, publish, unfinished
from index.adaptation.batches import batches, nearest
from index.adaptation.checkpoint import Checkpoint
from index.adaptation.gate import HELD_BACK, Row, Verdict, compare, held_back_set, refusal
from index.adaptation.memory import give_back
from index.adaptation.questions import Lesson, lessons_of
from index.adaptation.training import Progress, Trainer, _late, _States
from index.errors import BusyError, ModelError
from index.evaluation.estimate import Estimate
from index.models.encoder import Encoder
from index.models.model_files import DEFAULT_MODEL, model_files
from index.models.sentence_transformer import SentenceTransformerEncoder, open_model
from tests.conftest import WordEncoder

THINGS = "kettle loom lathe ferry printer pump scanner oven turnstile telescope harvester elevator".split()
FAULTS = {
    "jams": ("nothing moves any more", "Open the flap and pull out what is stuck."),
    "overheats": ("it is far too hot to touch", "Let it cool down and clean the fan."),
    "leaks": ("there is a puddle below it", "Replace the seal of the drain."),
    "squeaks": ("it makes a shrill noise", "Oil both bearings."),
    "blinks": ("the red lamp goes on and off", "Press the reset button for five seconds."),
    "stalls": ("it stops after some minutes", "Charge the battery overnight."),
    "smells": ("there is a burnt smell in the room", "Unplug it and call the electrician."),
    "drifts": ("the numbers on the display are wrong", "Calibrate it with the test weight."),
    "locks": ("the door cannot be opened", "Turn the emergency key to the left."),
    "resets": ("all settings are gone each morning", "Replace the coin cell on the board."),
}


def entry(number: int, title: str, symptoms: tuple[str, ...], *, cause: str | None = None, fix: str = "") -> Entry:
    solutions = (Solution(None, (Block(BlockKind.TEXT, fix),)),)
    return Entry(f"desk#e{number}", title, (), symptoms, cause, solutions, None, ("Desk",), Span(None, None, None))


def corpus_of(entries: Sequence[Entry]) -> Corpus:
    article = Article("desk", "Desk", None, None, (), None, None, (), draft=False, source="desk.md")
    return Corpus((article,), entries, ())


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    """A hundred and twenty entries: each thing with each fault, described in three ways."""
    pairs = [(thing, fault) for thing in THINGS for fault in FAULTS]
    return corpus_of(
        tuple(
            entry(
                number,
                f"The {thing} {fault}",
                (
                    f"Since today the {thing} is broken, {FAULTS[fault][0]}",
                    f"I use the {thing} and {FAULTS[fault][0]}",
                    f"Somebody says of our {thing} that {FAULTS[fault][0]}",
                ),
                cause=f"The {thing} is old and {fault} when it is used too long.",
                fix=FAULTS[fault][1],
            )
            for number, (thing, fault) in enumerate(pairs)
        )
    )


@pytest.fixture(scope="module")
def small_model(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The default model cut down to its first layer, which learns in seconds."""
    folder = tmp_path_factory.mktemp("models") / "small"
    model = open_model(model_files(DEFAULT_MODEL), device="cpu")
    network = model[0].auto_model
    network.encoder.layer = network.encoder.layer[:1]
    network.config.num_hidden_layers = 1
    model.save_pretrained(str(folder), create_model_card=False)
    return str(folder)


def reference(name: str, cache: Path | None) -> Encoder:
    del cache
    return SentenceTransformerEncoder(model_files(name), device="cpu")


# --- what is learnt, and what is asked ---


def test_what_is_held_back_is_in_nothing_that_is_learnt(corpus: Corpus) -> None:
    made = lessons_of(corpus.entries)
    learnt = {text for lesson in made.lessons for text in lesson.texts}
    searched = {text for lesson in made.lessons for text in (*lesson.entry.symptoms, lesson.entry.cause)}
    held = {each.text for each in made.held_back}
    assert (held & learnt, held & searched) == (set(), set())
    symptoms = {text for each in corpus.entries for text in each.symptoms}
    assert 0.4 < len(held & symptoms) / len(symptoms) < 0.6


def test_the_same_sentences_are_held_back_each_time() -> None:
    own = entry(
        1, "The pump leaks", ("A puddle is below the pump", "The pump drips all day"), fix="Replace the seal now."
    )
    made = lessons_of([own])
    assert [each.text for each in made.held_back] == ["A puddle is below the pump"]
    assert made.lessons == (
        Lesson(
            entry(1, "The pump leaks", ("The pump drips all day",), fix="Replace the seal now."),
            ("The pump leaks", "The pump drips all day", "Replace the seal now."),
            (1, 2),
        ),
    )
    assert made.lessons[0].without(1) == "The pump leaks Replace the seal now."


def test_what_several_entries_say_is_not_asked() -> None:
    """Of "oil both bearings at once" there are two right entries; which one is asked for would be by chance."""
    both = [
        entry(n, f"The {n} squeaks", (f"Number {n} makes a noise",), fix="Oil both bearings at once.") for n in (4, 7)
    ]
    made = lessons_of(both)
    assert {each.text for each in made.held_back} <= {"Number 4 makes a noise", "Number 7 makes a noise"}
    assert all("Oil both bearings at once." in lesson.texts for lesson in made.lessons)
    asked = [lesson.texts[at] for lesson in made.lessons for at in lesson.asked]
    assert "Oil both bearings at once." not in asked


def test_entries_that_say_the_same_are_one_lesson() -> None:
    same = tuple(entry(number, "The pump leaks", ("It drips",), fix="Replace the seal.") for number in range(1000))
    assert [each.entry.entry_id for each in lessons_of(same).lessons] == ["desk#e0"]


def test_a_batch_holds_near_entries_side_by_side_and_none_twice() -> None:
    vectors = np.array([[1, 0], [0.99, 0.14], [0, 1], [0.14, 0.99]], dtype=np.float32)
    near = nearest(vectors, 1)
    assert near.tolist() == [[1], [0], [3], [2]]
    lessons = [Lesson(entry(n, f"Title {n}", ()), (f"Title {n}", f"a sentence of entry {n}"), (1,)) for n in range(4)]
    for pairs in islice(batches(lessons, near, seed=3, size=2), 8):
        numbers = sorted(int(pair.question[-1]) for pair in pairs)
        assert numbers in ([0, 1], [2, 3])
        assert [pair.text[-1] for pair in pairs] == [pair.question[-1] for pair in pairs]


# --- training ---


def test_training_brings_questions_nearer_to_their_entries(corpus: Corpus, small_model: str, tmp_path: Path) -> None:
    lessons = lessons_of(corpus.entries).lessons
    near = nearest(reference(small_model, None).encode([each.without(0) for each in lessons]))
    learnt, watched = batches(lessons, near, seed=1, size=16), list(islice(batches(lessons, near, seed=2, size=16), 2))
    trainer = Trainer(model_files(small_model))
    before = trainer.watch(watched)
    for pairs in islice(learnt, 8):
        trainer.learn(pairs, done=0.1)
    after = trainer.watch(watched)
    assert after < before - 0.02
    assert (trainer.progress.steps, trainer.progress.best, trainer.progress.since_best) == (8, after, 0)
    trainer.save(tmp_path / "trained")
    name = "embeddings.word_embeddings.weight"
    old, new = (
        open_model(model_files(each))[0].auto_model.state_dict() for each in (small_model, str(tmp_path / "trained"))
    )
    best = trainer._best
    half = old[name] + 0.5 * (best[name] - old[name])
    assert float((new[name] - half).abs().max()) < 1e-6
    assert float((best[name] - old[name]).abs().max()) > 1e-5


def test_a_stopped_training_goes_on_where_it_was(corpus: Corpus, small_model: str, tmp_path: Path) -> None:
    lessons = lessons_of(corpus.entries).lessons
    pairs = next(batches(lessons, np.zeros((len(lessons), 1), dtype=np.int64), seed=1, size=8))
    first, second, other = (Trainer(model_files(small_model)) for _ in range(3))
    first.learn(pairs, done=0.5)
    first.watch([pairs])
    Checkpoint(tmp_path / "kept", "these articles").keep(first)
    assert Checkpoint(tmp_path / "kept", "these articles").restore(second)
    assert second.progress == first.progress
    assert second.watch([pairs]) == pytest.approx(first.watch([pairs]), abs=1e-3)  # bfloat16
    assert not Checkpoint(tmp_path / "kept", "other articles").restore(other)
    (tmp_path / "kept" / "training.pt").write_bytes(b"half a fi")
    assert not Checkpoint(tmp_path / "kept", "these articles").restore(other)
    assert other.progress == Progress()


def test_late_interaction_is_the_mean_over_a_questions_own_tokens_of_the_closest_own_token_of_a_text() -> None:
    import torch

    questions = _States(
        whole=None,
        tokens=torch.tensor([[[1.0, 0.0], [0.0, 1.0]], [[0.6, 0.8], [1.0, 0.0]]]),
        own=torch.tensor([[True, True], [True, False]]),
        count=3,
    )
    texts = _States(
        whole=None,
        tokens=torch.tensor([[[0.8, 0.6], [0.0, 1.0]], [[-1.0, 0.0], [0.6, 0.8]], [[1.0, 0.0], [1.0, 0.0]]]),
        own=torch.tensor([[True, False], [True, True], [False, False]]),
        count=3,
    )
    expected = torch.tensor([[(0.8 + 0.6) / 2, (0.6 + 0.8) / 2, -1], [0.48 + 0.48, 1, -1]])
    assert torch.allclose(_late(questions, texts), expected)


def test_batches_are_of_few_widths_and_no_wider_than_the_model_can_read(small_model: str) -> None:
    trainer = Trainer(model_files(small_model))
    widths = {trainer._states(["a " * count], "", 64).own.shape[1] for count in range(1, 70)}
    assert widths == {16, 32, 48, 64}
    assert trainer._states(["a " * 49, "a " * 99], "", 50).own.shape[1] == 50
    padded, own = trainer._states(["a b c"], "", 64), trainer._states(["a b c"], "", 63)
    assert (padded.own.shape[1], own.own.shape[1], padded.count) == (16, 5, 5)
    assert float((padded.whole * own.whole).sum().detach()) > 0.99999


def test_a_state_that_does_not_fit_on_the_disk_is_said(small_model: str, tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    (tmp_path / "training.new").symlink_to("/dev/full")
    with pytest.raises(
        ModelError, match=r"state cannot be written to .*training\.pt \(No space left on device\); make"
    ):
        Checkpoint(tmp_path, "these articles").keep(Trainer(model_files(small_model)))
    assert list(tmp_path.iterdir()) == []


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_the_heap_that_nothing_uses_is_given_back() -> None:
    if platform.libc_ver()[0] != "glibc":
        pytest.skip("only glibc can be asked")
    blocks = [bytearray(100_000) for _ in range(2_000)]
    kept = blocks[::50]
    del blocks
    gc.collect()
    before = resident()
    give_back()
    assert before - resident() > 150_000_000
    assert len(kept) == 40


@pytest.mark.parametrize(
    ("progress", "over"),
    [
        (Progress(seconds=59.9, since_best=11), False),
        (Progress(seconds=60.0), True),
        (Progress(seconds=1.0, since_best=12), True),
    ],
)
def test_a_training_ends_with_its_time_or_once_it_no_longer_gains(progress: Progress, over: object) -> None:
    assert is_over(progress, 60.0) is over


# --- the gate ---


def row(questions: str, low: float, mean: float, high: float, search: str = "ours") -> Row:
    return Row(questions, search, 0.5, 0.5 + mean, Estimate(mean, low, high))


@pytest.mark.parametrize(
    ("rows", "refused"),
    [
        ([row(HELD_BACK, 0.001, 0.01, 0.02)], None),
        ([row(HELD_BACK, -0.001, 0.01, 0.02)], "its gain on what was held back is not sure: +0.010 [-0.001, +0.020]"),
        ([row(HELD_BACK, 0.001, 0.01, 0.02), row("judged", -0.02, -0.004, 0.01)], "it is worse on judged: -0.004"),
        ([row(HELD_BACK, 0.001, 0.01, 0.02), row("judged", -0.02, -0.002, 0.01)], None),
        ([row(HELD_BACK, 0.001, 0.01, 0.02), row(HELD_BACK, -0.2, -0.1, -0.05, "whole")], None),
    ],
)
def test_only_a_sure_gain_without_a_loss_passes(rows: list[Row], refused: str | None) -> None:
    found = refusal(rows)
    assert (found is None) == (refused is None)
    assert (found or "").startswith(refused or "")


def test_a_worse_encoder_is_refused(corpus: Corpus, tmp_path: Path) -> None:
    class Deaf(WordEncoder):
        """Hears only the first letter of each word."""

        def _tokens(self, text: str) -> list[str]:
            return [word[0] for word in super()._tokens(text)]

    few = corpus_of(corpus.entries[:24])
    judged, articles = held_back_set(lessons_of(few.entries), few)
    verdict = compare(WordEncoder(), Deaf("deaf"), [(judged, articles)], (tmp_path / "a", tmp_path / "b"))
    ours = next(each for each in verdict.rows if each.search == "whole")
    assert ours.after < ours.before
    assert verdict.refused is not None
    assert verdict.refused.startswith("its gain on what was held back is not sure")


# --- the whole of it ---


def test_an_adapted_encoder_is_kept_only_if_it_finds_more(corpus: Corpus, small_model: str, tmp_path: Path) -> None:
    trainers = list[int]()

    def opened(name: str, cache: Path | None) -> Encoder:
        trainers.append(sum(type(each) is Trainer for each in gc.get_objects()))
        return reference(name, cache)

    output = tmp_path / "adapted"
    done = adapt(corpus, small_model, opened, Options(0.15, output))
    ours = next(each for each in done.verdict.rows if each.search == "ours")
    assert (done.folder == output) == (done.verdict.refused is None) == output.exists() == (ours.gain.low > 0)
    assert done.progress.steps > 3
    assert trainers == [0, 0]  # in memory when the encoder in use is opened, and when the adapted one is
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".adapted.lock",
        *(["adapted"] if done.folder else []),
    ]


@pytest.fixture
def adapted(small_model: str, tmp_path: Path) -> Path:
    """An adapted encoder as one that passed the gate is published."""
    files = model_files(small_model)
    with unfinished(tmp_path / "adapted") as temporary:
        Trainer(files).save(temporary / "model")
        publish(temporary / "model", tmp_path / "adapted", Record(files.name, files.fingerprint, 120, 30, 0, 0.01))
    return tmp_path / "adapted"


def test_an_adapted_encoder_is_one_like_any_other(adapted: Path, small_model: str) -> None:
    text = ["the pump leaks"]
    old, new = (reference(each, None) for each in (small_model, str(adapted)))
    assert float((old.encode(text) @ new.encode(text).T)[0, 0]) > 0.9999  # nothing was learnt
    assert old.identity.fingerprint != new.identity.fingerprint


def test_an_adapted_encoder_whose_weights_were_changed_is_refused(adapted: Path) -> None:
    weights = adapted / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\x00\x00\x80\x3f")
    with pytest.raises(
        ModelError, match=r"model\.safetensors has the SHA-256 .*adaptation\.json says.*assistant adapt"
    ):
        model_files(str(adapted))


def test_an_adapted_encoder_is_not_adapted_again(adapted: Path, corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="is adapted already; unset ASSISTANT_MODEL"):
        adapt(corpus, str(adapted), reference, Options(0.1, tmp_path / "again"))


def test_too_few_articles_are_refused_with_the_number_that_is_needed(corpus: Corpus, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"the articles have 10 entries that differ and .*; 100 of each are needed"):
        adapt(corpus_of(corpus.entries[:10]), DEFAULT_MODEL, reference, Options(0.1, tmp_path / "adapted"))
    repeated = corpus_of(tuple(corpus.entries[:1]) * 1000)
    with pytest.raises(ModelError, match="the articles have 1 entries that differ"):
        adapt(repeated, DEFAULT_MODEL, reference, Options(0.1, tmp_path / "adapted"))


def test_a_folder_of_something_else_is_not_replaced(corpus: Corpus, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    with pytest.raises(ModelError, match="is there and is no adapted encoder; name another folder with --output"):
        adapt(corpus, DEFAULT_MODEL, reference, Options(0.1, tmp_path / "thesis"))


def test_a_disk_without_room_is_said_and_leaves_nothing(corpus: Corpus, small_model: str, tmp_path: Path) -> None:
    place = tmp_path / "full"
    place.write_text("a file where a folder is needed")
    with pytest.raises(ModelError, match=r"cannot be written to .* --output"):
        adapt(corpus, small_model, reference, Options(0.1, place / "adapted"))
    assert [path.name for path in tmp_path.iterdir()] == ["full"]


def test_what_came_of_it_is_said_with_the_command_that_uses_it(tmp_path: Path) -> None:
    from index.adaptation.adapt import Adapted

    rows = (row(HELD_BACK, 0.01, 0.02, 0.03),)
    kept = adapted_text(Adapted(Verdict(rows, None), Progress(), tmp_path), is_dry_run=False)
    assert kept.splitlines()[1].split() == "held back, ours 0.500 0.520 +0.020 [+0.010, +0.030]".split()
    assert f"ASSISTANT_MODEL={tmp_path} assistant build" in kept
    refused = adapted_text(Adapted(Verdict(rows, "it is worse"), Progress(), None), is_dry_run=False)
    assert refused.splitlines()[-1] == "The encoder in use stays: the adapted one is not kept, for it is worse."


def unfinished_folders(folder: Path) -> set[str]:
    return {path.name for path in folder.glob(".adapted-*")}


def test_two_adaptations_to_one_folder_do_not_run_at_once(tmp_path: Path) -> None:
    with unfinished(tmp_path / "adapted") as temporary:
        other = tmp_path / "other"
        with unfinished(other):  # to another folder, one may
            pass
        with (
            pytest.raises(BusyError, match=rf"is being written by process {os.getpid()} on .*; wait until it is done"),
            unfinished(tmp_path / "adapted"),
        ):
            pass
        assert temporary.is_dir()
    assert not temporary.exists()


def test_what_a_killed_adaptation_has_left_is_removed_and_the_encoder_it_replaced_is_put_back(tmp_path: Path) -> None:
    (tmp_path / ".adapted-0123456789abcdef").mkdir()
    (tmp_path / ".adapted-0123456789abcdef-old").mkdir()
    (tmp_path / ".adapted-0123456789abcdef-old" / "a").write_text("the one in use")
    (tmp_path / ".adapted-mine").mkdir()
    with unfinished(tmp_path / "adapted") as temporary:
        assert unfinished_folders(tmp_path) == {temporary.name, ".adapted-mine"}
        assert (tmp_path / "adapted" / "a").read_text() == "the one in use"
    (tmp_path / ".adapted-fedcba9876543210-old").mkdir()  # killed after the second renaming
    with unfinished(tmp_path / "adapted"):
        assert (tmp_path / "adapted" / "a").read_text() == "the one in use"
    assert unfinished_folders(tmp_path) == {".adapted-mine"}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_training_that_is_stopped_leaves_the_encoder_in_use(
    number: signal.Signals, corpus: Corpus, small_model: str, tmp_path: Path
) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    for each in corpus.entries:
        lines = "".join(f"- {symptom}\n" for symptom in each.symptoms)
        fix = each.solutions[0].blocks[0].markdown
        text = f"# Desk\n\n## {each.title}\n\n**Symptoms:**\n\n{lines}\n**Solution:** {fix}\n"
        (articles / f"{each.entry_id.partition('#')[2]}.md").write_text(text)
    output = tmp_path / "adapted"
    shutil.copytree(small_model, output)
    (output / "adaptation.json").write_text(
        json.dumps({"weights": dict(model_files(small_model).digests)["model.safetensors"]})
    )
    before = model_files(str(output))
    command = [sys.executable, "-m", "assistant.cli", "adapt", "--corpus", str(articles), "--output", str(output)]
    environment = {**os.environ, "ASSISTANT_MODEL": small_model, "ASSISTANT_BACKEND": "reference"}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    kept = training_folder(output) / "training.pt"
    waited = time.monotonic() + 120
    while not kept.exists() and time.monotonic() < waited:
        time.sleep(0.05)
    process.send_signal(number)
    assert process.wait(60) == -number
    assert kept.exists()  # the next one goes on from there
    assert model_files(str(output)) == before
    left = {path.name for path in tmp_path.iterdir()} - {"articles", "adapted", training_folder(output).name}
    assert left - unfinished_folders(tmp_path) == {".adapted.lock"}
    assert len(unfinished_folders(tmp_path)) == (number is signal.SIGKILL)
    again = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
    assert again.stderr is not None
    steps = next(line for line in again.stderr if line.startswith("step "))
    assert len(unfinished_folders(tmp_path)) == 1  # its own
    assert unfinished_folders(tmp_path).isdisjoint(left)
    again.kill()
    again.wait()
    again.stderr.close()
    assert int(steps.partition(":")[0].removeprefix("step ")) >= 20  # it does not begin anew
