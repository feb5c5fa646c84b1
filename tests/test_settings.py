"""A flag beats the environment, which beats the default; a value that cannot be is refused by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.settings import SettingError, Settings
from index.models.options import Backend, Precision


def test_the_defaults_are_those_of_a_checkout() -> None:
    settings = Settings.from_environment({})
    assert settings == Settings()
    assert (settings.corpus, settings.index) == (Path("corpus/articles"), Path("index/built"))
    assert (settings.model, settings.host, settings.port) == ("all-MiniLM-L6-v2", "127.0.0.1", 7860)


def test_the_environment_beats_the_default_and_a_flag_beats_both() -> None:
    environment = {"ASSISTANT_CORPUS": "mine", "ASSISTANT_INDEX": "built", "PATH": "/bin"}
    settings = Settings.from_environment(environment, corpus=None, index=Path("flagged"))
    assert (settings.corpus, settings.index) == (Path("mine"), Path("flagged"))


def test_every_kind_of_value_is_read_from_its_variable() -> None:
    settings = Settings.from_environment(
        {
            "ASSISTANT_PORT": "8080",
            "ASSISTANT_NAME": "Help desk",
            "ASSISTANT_BACKEND": "reference",
            "ASSISTANT_PRECISION": "f32",
        }
    )
    assert (settings.port, settings.name) == (8080, "Help desk")
    assert (settings.backend, settings.precision) == (Backend.REFERENCE, Precision.F32)


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        ("PORT", "eighty", "ASSISTANT_PORT is 'eighty'; it should be a whole number"),
        ("PORT", "", "ASSISTANT_PORT is ''; it should be a whole number"),
        ("PORT", "70000", "ASSISTANT_PORT is '70000'; it should be from 0 to 65535"),
        ("PORT", "-1", "ASSISTANT_PORT is '-1'; it should be from 0 to 65535"),
        ("BACKEND", "gpu", "ASSISTANT_BACKEND is 'gpu'; it should be auto or exported or reference"),
    ],
)
def test_a_value_that_cannot_be_is_refused_by_the_variables_name(variable: str, value: str, expected: str) -> None:
    with pytest.raises(SettingError) as refused:
        Settings.from_environment({f"ASSISTANT_{variable}": value})
    assert str(refused.value) == expected
