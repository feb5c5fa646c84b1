"""A flag beats the environment, which beats the default; both are checked by the same rules."""

from __future__ import annotations

import argparse
from dataclasses import fields
from pathlib import Path

import pytest

from assistant.commands import setting
from assistant.errors import UsageError
from assistant.settings import Settings, parse
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
    ("name", "text", "problem"),
    [
        ("port", "eighty", "'eighty' is not a whole number from 0 to 65535"),
        ("port", "", "'' is not a whole number from 0 to 65535"),
        ("port", "70000", "'70000' is not a whole number from 0 to 65535"),
        ("port", "-1", "'-1' is not a whole number from 0 to 65535"),
        ("port", "8_0", "'8_0' is not a whole number from 0 to 65535"),
        ("rate_limit", "-3", "'-3' is not a whole number from 0 to 1000000"),
        ("journal_days", "999999999", "'999999999' is not a whole number from 0 to 36500"),
        ("backend", "gpu", "'gpu' is not one of auto, exported, reference"),
        ("index", "", "'' is not the path of a file or a folder"),
        ("host", "", "'' is not an address or a host's name"),
        ("host", "http://a", "'http://a' is not an address or a host's name"),
        ("root_path", "help", "'help' is not a path such as \"/help\""),
        (
            "support_url",
            "javascript:a",
            "'javascript:a' is not a link that begins with https:// or http://",
        ),
        ("token", "secret ", "this is not printable ASCII without spaces at either end"),
    ],
)
def test_a_value_that_is_not_allowed_is_refused_by_the_variables_name(name: str, text: str, problem: str) -> None:
    with pytest.raises(UsageError) as refused:
        Settings.from_environment({f"ASSISTANT_{name.upper()}": text})
    assert str(refused.value) == f"environment variable ASSISTANT_{name.upper()}: {problem}"
    with pytest.raises(argparse.ArgumentTypeError) as refused_flag:
        setting(name)(text)
    assert str(refused_flag.value) == problem


def test_every_default_is_allowed() -> None:
    for field in fields(Settings):
        assert parse(field.name, str(field.default)) == field.default, field.name


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("host", "::1"),
        ("root_path", "/help/desk/"),
        ("support_url", "https://desk.example/new?a=b"),
        ("token", "open sesame"),
        ("support_text", "Ask us.\nWe answer."),
        ("name", "Hilfe f\u00fcr alle"),
    ],
)
def test_texts_are_taken_as_they_are(name: str, text: str) -> None:
    assert parse(name, text) == text


def test_a_variable_that_a_flag_overrules_is_not_read() -> None:
    assert Settings.from_environment({"ASSISTANT_PORT": "web"}, port=80).port == 80
