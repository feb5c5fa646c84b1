"""A table with an error code in each row gives an entry a row, under whatever header; other tables stay whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from corpus.code_tables import code_table
from corpus.labels import DEFAULT_LABELS
from corpus.loader import load_corpus
from tests.conftest import parse_article


def rows_of(table: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")] for line in table.strip().splitlines()]


def markdown_of(table: str) -> str:
    header, *body = table.strip().splitlines()
    rule = "|".join("---" for _ in header.split("|"))
    return "\n".join(f"| {line} |" for line in (header, rule, *body))


TABLES = {
    "a code and its description": """
        Code | Description
        K-401 | Kiln door is open
        K-402 | Kiln is too hot""",
    "a code, a title and a detail": """
        Code | Title | Detail
        70001 | Door open | Someone left the door of the kiln open.
        70002 | Too hot | The kiln is hotter than its limit. Let it cool.""",
    "a status and its meaning": """
        Status | Meaning
        460 | The reader went away before the page came
        461 | The page is being written by someone else""",
    "an exit code": """
        Exit code | Meaning
        3 | No clay was found
        4 | The mould is cracked""",
    "names in camel case": """
        errorCode | userMessage | howItHappens
        glazeMissing | There is no glaze left | The jar of the glaze is empty.
        clayTooDry | The clay is too dry | It lay in the sun.""",
    "German": """
        Fehlercode | Bedeutung
        F-11 | Die Ofentür steht offen
        F-12 | Der Ofen ist zu heiß""",
    "Spanish": """
        Código | Descripción
        5501 | La puerta del horno está abierta
        5502 | El horno está demasiado caliente""",
    "no header": """
        80001 | Door of the kiln is open | Close it
        80002 | Kiln is too hot | Let it cool down""",
    "codes in backticks, a status beside them": """
        HTTP status | Error code | Message | Description
        400 | `BAD_CLAY` | The clay is bad | Knead it again.
        400 | `BAD_GLAZE` | The glaze is bad | Stir it.""",
}


@pytest.mark.parametrize("name", TABLES)
def test_each_row_of_a_table_of_codes_is_an_entry_found_by_its_code(name: str) -> None:
    table = "\n".join(line.strip() for line in TABLES[name].strip().splitlines())
    _, entries = parse_article(f"# Kiln errors\n\nAll codes of the kiln.\n\n{markdown_of(table)}\n", "a.md")
    body = rows_of(table)[name != "no header" :]
    column = 1 if "backticks" in name else 0
    assert [entry.messages[0] for entry in entries] == [row[column] for row in body]
    assert all(row[-1] in entry.solutions[0].blocks[0].markdown for entry, row in zip(entries, body, strict=True))


@pytest.mark.parametrize(
    "table",
    [
        "Port | Service\n443 | The page of the kiln\n8080 | The page of the engineers",
        "Version | What is new\n2.1 | The kiln cools faster\n2.2 | The door has a lock",
        "Setting | Default | What it does\nheat_limit | 900 | The kiln stops there\ndoor_lock | on | Nobody opens it",
        "Step | What to do\n1 | Open the door of the kiln\n2 | Take the pots out",
        "Plan | Price | What it has\nSmall | 10 | One kiln and a shelf\nLarge | 20 | Three kilns and a room",
        "Code | Name\nDE | Germany\nFR | France",
        "Kiln | Place\nK-1 | North hall\nK-1 | South hall",
        "Code | Meaning\nK-1 | \nK-2 | ",
    ],
)
def test_other_tables_are_no_tables_of_codes(table: str) -> None:
    assert code_table(rows_of(table), DEFAULT_LABELS) is None


def test_a_code_and_what_it_means_are_the_title(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Error code,Error detail,Error description\n90001,Pot {0} is lost,It was never glazed. Look again\n", "utf-8"
    )
    (tmp_path / "b.csv").write_text("91001,Pot {0} broke,It fell. Sweep\n91002,Pot {0} is late,Wait for it\n", "utf-8")
    lines = [
        {"code": "P-11", "message": "Pot {0} is lost", "solution": "Look again."},
        {"message": "Pot %s broke", "solution": "Sweep.", "errorCode": 12},
    ]
    (tmp_path / "c.jsonl").write_text("\n".join(map(json.dumps, lines)), "utf-8")
    loaded = load_corpus(tmp_path)
    assert loaded.rejected == ()
    assert [(entry.title, entry.messages) for entry in loaded.entries] == [
        ("90001: Pot {0} is lost", ("90001", "Pot {0} is lost")),
        ("91001: Pot {0} broke", ("91001", "Pot {0} broke")),
        ("91002: Pot {0} is late", ("91002", "Pot {0} is late")),
        ("P-11: Pot {0} is lost", ("P-11", "Pot {0} is lost")),
        ("12: Pot %s broke", ("12", "Pot %s broke")),
    ]
