"""Values in documented messages (names, numbers, dates, files, ...) and others that may stand in their place.

The values are found by patterns of their own, simpler than the program's templates, which they are to test.
"""

from __future__ import annotations

import random
import re

NAMES = ["Marcus Bell", "O'Neil", "Anna-Lena Vogt", "T. Adeyemi", "Jane Smith", "Lefèvre & Sons", "k.w-2", "mbell"]
FILES = [
    "Deed of gift (final).docx",
    "a.pdf",
    "Smith's will.docx",
    "LEASE_v2.PDF",
    "Q3 figures.xlsx",
    "notes 2026-03.txt",
]
NUMBERS = ["7", "12", "230", "48213", "1,204", "90 314", "5"]
IDS = ["48213", "INV-0042", "2026/0117", "104422", "2025-0871-B", "77", "K-77"]
DATES = [
    "30/04/2026",
    "2026-04-30",
    "4/30/26",
    "30.04.2026",
    "30 April 2026",
    "Apr 30, 2026",
    "1st May 2026",
    "30-Apr-26",
]
TIMES = ["09:05", "4:30 pm", "23:59", "16:30:45"]
AMOUNTS = ["£9.10", "$9,100.00", "12.450,00 €", "USD 310", "€24", "CHF 1'250.00"]
HOSTS = ["vpn2.example.net", "10.0.0.5", "gw-7", "portal.example.org", "2001:db8::7"]
KINDS: list[tuple[str, list[str]]] = [
    (r"'[^' ]+\.(?:docx|mp4|exe|csv|pdf)'|'[\w ]+\.(?:docx|mp4|exe|csv|pdf)'", [f"'{name}'" for name in FILES]),
    (r"'\d\d\.\d\d\.\d{4}'|'n/a'", ["'the 3rd'", "'12,x'", "'31.02.2026'"]),
    (
        r"'[A-Z\[][\w\]' ]{1,20}?'(?!\w)",
        [f"'{name}'" for name in [*NAMES, "Reception", "2nd floor, left", "Dave's office"]],
    ),
    (r"\"<\w+>\"", ['"invoice_lines"', '"T1"', '"public"', '"open items"']),
    (r"[\w.]+@[\w.]+", ["clerk@chambers.example", "k.w-2@firm.example", "o'neil+bills@mail.example.org"]),
    (r"<recipient>", ["clerk@chambers.example", "<o'neil+bills@mail.example.org>", "Clerk of Chambers"]),
    (r"<server>|\[server\]|\[gateway\]|\[portal\]|\[database\]", HOSTS),
    (r"\[\w+\]", NAMES),
    (r"###", IDS),
    (r"X{6}", IDS),
    (r"C:\\\S+", ["D:\\Users\\dana\\Archive 2021.pma", "\\\\srv02\\mail\\2019.pma", "/home/dana/mail/2023.pma"]),
    (r"\d+\.\d+\.\d+\.\d+(?::\d+)?", ["10.0.0.5:1521", "198.51.100.7", "db02.example.internal:5432"]),
    (r"\d\d/\d\d/\d{4}|\d+ (?:March|April) 2026", DATES),
    (r"-?[£$€][\d,.]*\d", AMOUNTS),
    (r"(?<!\S)\d+:\d\d(?!\d)", TIMES),
    (r"\(SyncHelper.exe\)", ["(httpd)", "(My Service.exe)"]),
    (r"LAPTOP-0042", ["PC-7", "reception-3", "LAPTOP-1177"]),
    (r"\d+\.\d+ MB|\d+ MB|\d+ bytes", ["26MB", "1.1 GB", "30,720 KB"]),
    (r"\d+ (?:seconds|minutes|hours)|\d+ s(?!\w)", ["250 ms", "30s", "2 minutes", "90 seconds"]),
    (r"\d+\.\d hours", ["25 hours", "24,25 hours", "230 hours"]),
    (r"\d+%", ["12%", "0.5 %", "7,5%"]),
    (r"\d+\.\d+\.\d+", ["10.0.19", "v5.0.0-rc1", "11.1"]),
]
CODES = (
    r"Error \d+|HTTP \d+|ORA-\d+|E-\d+|SC\d+|0x\w+|SQLSTATE \w+|\d{3} \d\.\d\.\d|#\d:|V2|[\w-]*[A-Za-z_][\w-]*\d[\w-]*|"
    r"\d+ day\(s\)|of type EXE"
)
VALUE = re.compile(
    f"(?P<code>{CODES})|" + "|".join(f"(?P<k{i}>{k})" for i, (k, _) in enumerate(KINDS)) + r"|(?P<n>\d[\d,.]*\d|\d)"
)


def pieces(message: str) -> list[tuple[str, bool]]:
    """Return a message as (text, is it a value) pieces."""
    found: list[tuple[str, bool]] = []
    at = 0
    for match in VALUE.finditer(message):
        if match.lastgroup != "code":
            found += [(message[at : match.start()], False), (match[0], True)]
            at = match.end()
    return [*found, (message[at:], False)]


def other_value(value: str, chance: random.Random) -> str:
    match = VALUE.fullmatch(value)
    assert match is not None
    assert match.lastgroup is not None
    return chance.choice(NUMBERS if match.lastgroup == "n" else KINDS[int(match.lastgroup[1:])][1])
