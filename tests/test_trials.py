"""The short forms of the trials that `make torture` runs at length; a seed is printed when one fails."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.programs.trial_articles import fuzzed_articles
from tests.programs.trial_damage import crash_sweep, failing_calls, mutations
from tests.programs.trial_edits import edit_scripts
from tests.programs.trial_merging import MergingIndex, damaged_segments
from tests.programs.trial_page import crowd
from tests.programs.trial_serving import killed_builds, rebuilds_under_clients, soak
from tests.programs.trials import Outcome

SEED = 20


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the system has one: thousands of small files are written."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as name:
        yield Path(name)


def assert_right(outcome: Outcome) -> None:
    assert outcome.failures == (), f"{outcome.done}, seed {outcome.seed}"


def test_a_power_cut_in_a_build_leaves_the_old_index_or_the_new(folder: Path) -> None:
    assert_right(crash_sweep(folder, SEED, every=30))


def test_a_call_that_fails_in_a_build_leaves_the_old_index(folder: Path) -> None:
    assert_right(failing_calls(folder, SEED, every=50))


def test_a_build_that_merges_segments_may_be_cut_short_or_fail(folder: Path) -> None:
    assert_right(crash_sweep(folder / "cut", SEED, every=120, made=MergingIndex))
    assert_right(failing_calls(folder / "failing", SEED, every=150, made=MergingIndex))


def test_a_segment_that_is_damaged_or_anothers_is_refused_by_name_and_nothing_is_lost(folder: Path) -> None:
    assert_right(damaged_segments(folder, SEED, 20))


def test_a_damaged_index_is_refused_or_answers_as_it_should(folder: Path) -> None:
    assert_right(mutations(folder, SEED, 100))


def test_a_build_after_any_edits_equals_a_fresh_one(folder: Path) -> None:
    assert_right(edit_scripts(folder, SEED, 50))


def test_an_article_made_of_anything_is_read_or_rejected_in_time(folder: Path) -> None:
    assert_right(fuzzed_articles(folder, SEED, 300))


def test_a_killed_build_is_not_seen_by_those_who_ask(tmp_path: Path) -> None:
    assert_right(killed_builds(tmp_path, SEED, 20))


def test_every_answer_is_from_one_generation_while_many_ask(tmp_path: Path) -> None:
    assert_right(rebuilds_under_clients(tmp_path, SEED, 5))


def test_memory_and_open_files_stay_as_they_are(tmp_path: Path) -> None:
    assert_right(soak(tmp_path, SEED, 400, every=20))


def test_a_crowd_is_answered_without_an_error(tmp_path: Path) -> None:
    assert_right(crowd(tmp_path, SEED, 1))
