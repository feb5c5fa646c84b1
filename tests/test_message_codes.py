"""Codes are recognised by the word before them, their form or their place; numbers that are values are left alone."""

from __future__ import annotations

import pytest

from index.codes.error_codes import Code, Evidence, code_key, codes_in
from tests.programs.processor_time import growth


@pytest.mark.parametrize(
    ("text", "code", "key"),
    [
        ("Workspace 3 cannot be opened (0x80070005)", "0x80070005", "0x80070005"),
        ("ora-01017: the sign-in was refused", "ora-01017", "ora1017"),
        ("SQLSTATE 42P01: there is no table", "42P01", "42p01"),
        ("SQLSTATE[42S02]", "42S02", "42s02"),
        ("HTTP 403: the portal", "403", "403"),
        ("HTTP/1.1 404 Not Found", "404", "404"),
        ("the server answered 401 Unauthorized", "401", "401"),
        ("VPN error 809 again", "809", "809"),
        ("ERROR: 1603", "1603", "1603"),
        ("exit code: 1603", "1603", "1603"),
        ("the error code is 0x0000007B", "0x0000007B", "0x7b"),
        ("it failed with code 43", "43", "43"),
        ("Event ID 4625 was logged", "4625", "4625"),
        ("[Errno 13] not opened", "13", "13"),
        ("Fault F03 on the feeder", "F03", "f03"),
        ("Service call SC542", "SC542", "sc542"),
        ("returned: 550 5.1.1 no such address", "550 5.1.1", "550 5.1.1"),
        ("returned 550-5.1.1", "550-5.1.1", "550 5.1.1"),
        ("AADSTS50076 at sign-in", "AADSTS50076", "aadsts50076"),
        ("KB5034441 was not installed", "KB5034441", "kb5034441"),
        ("net::ERR_CONNECTION_RESET", "ERR_CONNECTION_RESET", "errconnectionreset"),
        ("connect ECONNREFUSED 10.0.0.5:1521", "ECONNREFUSED", "econnrefused"),
        ("Error -2147024891: refused", "-2147024891", "0x80070005"),
        ("Msg 18456, Level 14, State 1", "18456", "18456"),
    ],
)
def test_a_word_or_the_form_names_a_code(text: str, code: str, key: str) -> None:
    start = text.index(code)
    assert codes_in(text) == (Code(code, key, start, start + len(code), Evidence.NAMED),)


@pytest.mark.parametrize(
    "text",
    [
        "Account code '200' has been archived",
        "tax code 200, sort code 12-34-56, activity code 77",
        "invoice 404 not found",
        "Error: 12 files could not be read",
        "error 3 times since 12:30",
        "timeout error 30s after the start",
        "ERROR 2026-05-11 06:00:03 sync worker 4",
        "the program stopped at address 0x00401000",
        "the program stopped at 0x00007FF6A1B2C3D4",
        "Correlation id: 6fa459ea-ee8a-3ca4-894e-db77e160355e",
        "http://host.example/404 and D:\\F03.pma and a1@example.org",
        "closed after 480 minutes, £48,210.75, 12.5 %, version 4.2.1",
        "Xero V2",
    ],
)
def test_values_are_no_codes(text: str) -> None:
    assert codes_in(text) == ()


def test_what_only_looks_like_a_code_is_less_sure_than_what_stands_where_codes_stand() -> None:
    assert [(code.key, code.evidence) for code in codes_in("employee K-77, sign-in to PROD_EU")] == [
        ("k77", Evidence.SHAPED),
        ("prodeu", Evidence.SHAPED),
    ]
    assert [(code.key, code.evidence) for code in codes_in("E-2041: no tax code")] == [("e2041", Evidence.PLACED)]
    assert [(code.key, code.evidence) for code in codes_in(" 809 ")] == [("809", Evidence.SHAPED)]


def test_two_codes_side_by_side_are_two() -> None:
    assert [code.key for code in codes_in("Error 1045 (28000): refused")] == ["1045", "28000"]


def test_places_are_code_points_of_the_text_as_it_was_given() -> None:
    text = "«ﬁle» 🙂 e\u0301t\u00e9: error\u00a0809"
    (code,) = codes_in(text)
    assert (code.text, text[code.start : code.end]) == ("809", "809")


def test_every_way_to_write_a_code_has_one_key() -> None:
    assert {code_key(each) for each in ("ORA-01017", "ora-1017", "ORA 01017", "ora1017")} == {"ora1017"}
    assert {code_key(each) for each in ("0x80004005", "0X80004005", "80004005", "-2147467259")} == {"0x80004005"}


@pytest.mark.parametrize(
    "unit", ["a", "'", "(", "1", "error ", "error 1 ", "A-1", "A_", "0x", "error:   ", "Aa", "1.", "a@", "é"]
)
def test_twice_the_text_takes_about_twice_the_time(unit: str) -> None:
    assert growth(lambda size: codes_in((unit * size)[:size]), 10_000, 40_000, most=8) < 8
