"""An error that is not documented is never answered with a documented one that shares its frame, code family or tail.

Each article below has a few entries. A query is answered with the entry of a title, refused because nobody documented
its code, or told anything but a sure answer.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from corpus.loader import load_corpus
from index.builder import Options, build
from index.decision import Decision, Reason, decide
from index.models.encoder import Encoder
from index.retriever import Retriever
from index.storage.store import Store

CLASS_CODES = """\
# Kiln database

## The kiln table cannot be made

**Message:** ERROR 1071 (HY000) at line 12: Specified key of kiln.firing was too long

**Solution:** Shorten the index to 191 letters.

## The firing is booked twice

**Message:** ORA-20077: Firing is booked twice ORA-06512: at "KILN.BOOK", line 31

**Solution:** Delete the older booking.

## The glaze list is refused

**Message:** SQLSTATE[23000]: Integrity constraint violation: 1062 Duplicate glaze

**Solution:** Rename the glaze.

## The thermocouple job ends early

**Message:** Thermocouple job stopped, exit code 3 after a broken wire

**Solution:** Mend the wire.
"""

TAILS = """\
# Loom reports

## The warp cannot be sent

**Message:** Error: warp upload rejected: shuttle error: exit status 1

**Solution:** Use the long cable.

## The pattern build stops

The log ends with:

```
make: *** [weft.o] Error 2
exit status 2
```

Install the headers of the loom.

## The beam is refused

**Message:** Beam check refused: tension=none spool=7 retries=3

**Solution:** Set the tension.

## The dye job is gone

**Message:** Dye job vanished while it was mixed; line 40, column 2

**Solution:** Start the job again.
"""

NAMES = """\
# Observatory modules

## The dome does not start

**Message:** Fatal error: Class 'DomeDriver' not found in /opt/dome/Start.php on line 9

**Solution:** Install the driver of the dome.

## The lens cannot be loaded

**Message:** ModuleNotFoundError: No module named 'lenskit'

**Solution:** Run pip install lenskit.

## The star list cannot be read

**Message:** (MatchError) no match of right hand side value: {:error, :star_timeout}

**Solution:** Give the catalogue more time.

## Sunrise fails

**Message:** Error while planning sunrise: observer=none site=4

**Solution:** Name an observer.

## Registration fails

**Message:** Cannot register provider Sky.Prism with the dome office: not available

**Solution:** Use version 2.8; Sky.Prism was taken out.

## The mirror is locked

**Message:** Mirror 'North' is locked by user 'anna' since 14:05.

**Solution:** Ask the user to leave.
"""

CODES = """\
# Pump alarms

## Alarm D-8

Close the valve.

## Alarm BR-7

Open the valve.

## Alarm QFLT-25

Change the filter.

## 413 Payload Too Large

Send fewer readings at once.

## Error E1042: the float is stuck

Free the float.
"""

NEGATION = """\
# Ferry desk

## The passenger sees the cabins of others

Take the right away from the group.

## The ticket is a return

**Message:** This ticket is a return ticket.

**Solution:** Stamp both halves.

## The gate does not open

**Message:** The gate could not be opened.

**Solution:** Call the engineer.

## The quay is available again

**Message:** The quay is available for boarding.

**Solution:** Go aboard.

## The harbour turns the ferry away

**Message:** The landing of ferry 12 was refused after 4 minutes.

**Solution:** Ask the harbour office for another berth.
"""

NUMBERS = """\
# Tunnel desk

## 817: tunnel refused by the far end

Open port 4600 on the router.

## Sign-in refused (18471)

Reset the password.

## Crate refused

**Error code:** `50012`

The list was full. Try again at night.

## Crate lost

**Code**: **50013**

Open a claim.

## Crate late

Shown as [50014] on the scanner. Wait a day.
"""

REFUSED = "refused: the code is not documented"
UNSURE = "no sure answer"

RUN_VALUES = """\
# Relay desk

## The relay does not answer

**Message:** Relay did not answer, status 0x8021 from the bus

**Solution:** Plug the relay in again.

## The bus is busy

**Message:** The bus of the relay is busy.

**Solution:** Wait a minute.
"""


Ask = Callable[[str, str], str]


@pytest.fixture(scope="module")
def ask(encoder: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Return what someone is told who asks a search over one article."""
    opened: dict[str, Retriever] = {}
    store = Store(tmp_path_factory.mktemp("index"))  # one for all, so that what they share is encoded once

    def told(article: str, query: str) -> str:
        if article not in opened:
            folder = tmp_path_factory.mktemp("corpus")
            (folder / "a.md").write_text(article, "utf-8")
            build(load_corpus(folder), encoder, store, options=Options(keep=99))
            opened[article] = Retriever(store.current(), encoder)
        retriever = opened[article]
        outcome = decide(retriever.search(query, k=3))
        if outcome.decision is Decision.ANSWER:
            row = retriever.entries.row_of(outcome.hits[0].entry_id)
            assert row is not None
            return retriever.entries.entry(row).title
        return REFUSED if outcome.reason is Reason.CODE_NOT_DOCUMENTED else UNSURE

    return told


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("ERROR 1366 (HY000): Incorrect value for column 'glaze'", REFUSED),
        ("SQLSTATE[HY000] [2002] Connection refused", REFUSED),
        ('ORA-01422: exact fetch returns too many rows\nORA-06512: at "KILN.GLAZE", line 7', REFUSED),
        ("SQLSTATE[23000]: Integrity constraint violation: 1452 Cannot add a child row", REFUSED),
        ("clay.sql: exit code 3", UNSURE),
        ("ERROR 1071 (HY000) at line 40: Specified key of kiln.firing was too long", "The kiln table cannot be made"),
        ('ORA-20077: Firing is booked twice\nORA-06512: at "KILN.BOOK", line 88', "The firing is booked twice"),
        ("error 1071", "The kiln table cannot be made"),
    ],
)
def test_a_class_code_decides_nothing_beside_an_undocumented_code(ask: Ask, query: str, told: str) -> None:
    assert ask(CLASS_CODES, query) == told


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("exit status 1", UNSURE),
        ("bobbin.c:8: error: 'bobbin' was not declared\nexit status 1", UNSURE),
        ("Upload failed: thread torn: exit status 2", UNSURE),
        ("spin.c: undefined symbol wool\nmake: *** [all] Error 2", UNSURE),
        ("Selvedge scan aborted: tension=none spool=2 retries=3", UNSURE),
        ("tension=none spool=7 retries=3", UNSURE),
        ("SyntaxError: unexpected end of input; line 12, column 9", UNSURE),
        ("Error: warp upload rejected: shuttle error: exit status 1", "The warp cannot be sent"),
        ("Beam check refused: tension=low spool=2 retries=1", "The beam is refused"),
    ],
)
def test_a_status_or_a_key_and_value_at_the_end_of_a_message_identifies_nothing(
    ask: Ask, query: str, told: str
) -> None:
    assert ask(TAILS, query) == told


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("Fatal error:  Class 'SoapClient' not found in /srv/www/Client.php on line 12", UNSURE),
        ("ModuleNotFoundError: No module named 'pandas'", UNSURE),
        ("(MatchError) no match of right hand side value: {:error, :roof_closed}", UNSURE),
        ("Error while planning sunset: observer=none site=3", UNSURE),
        ("Cannot register provider Sky.Shutters with the dome office: not available", UNSURE),
        ("Fatal error: Class 'DomeDriver' not found in /srv/dome/Go.php on line 77", "The dome does not start"),
        ("ModuleNotFoundError: No module named 'lenskit'", "The lens cannot be loaded"),
        ("(MatchError) no match of right hand side value: {:error, :star_timeout}", "The star list cannot be read"),
        ("Mirror 'South' is locked by user 'ben' since 09:10.", "The mirror is locked"),
    ],
)
def test_a_name_that_the_error_is_about_is_no_value(ask: Ask, query: str, told: str) -> None:
    assert ask(NAMES, query) == told


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("QFLT-26", REFUSED),
        ("D-9", REFUSED),
        ("QFLZ-25", REFUSED),
        ("QFLZ", UNSURE),
        ("E1043", REFUSED),
        ("414 Request-URI Too Large", REFUSED),
        ("the pump shows QFLT-26 since today", REFUSED),
        ("what does BR-8 mean?", REFUSED),
        ("alarm QFLT-26", REFUSED),
        ("QFLT-25", "Alarm QFLT-25"),
        ("413 Payload Too Large", "413 Payload Too Large"),
        ("the pump shows D-8", "Alarm D-8"),
    ],
)
def test_an_undocumented_code_is_never_answered_by_its_neighbour(ask: Ask, query: str, told: str) -> None:
    assert ask(CODES, query) == told


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("This ticket is not a return ticket.", UNSURE),
        ("This ticket is no longer a return ticket.", UNSURE),
        ("the passenger does not see the cabins of others", UNSURE),
        ("The gate could be opened.", UNSURE),
        ("The quay is unavailable for boarding.", UNSURE),
        ("The quay is not available for boarding.", UNSURE),
        ("The landing of ferry 15 was not refused after 9 minutes.", UNSURE),
        ("The landing of ferry 15 was refused after 9 minutes.", "The harbour turns the ferry away"),
        ("the landing of our ferry was refused and it could not land", "The harbour turns the ferry away"),
        ("This ticket is a return ticket.", "The ticket is a return"),
        ("The gate could not be opened.", "The gate does not open"),
    ],
)
def test_a_negation_more_or_less_makes_another_message(ask: Ask, query: str, told: str) -> None:
    assert ask(NEGATION, query) == told


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("error 817", "817: tunnel refused by the far end"),
        ("Sign-in failed. Error: 18471, Severity: 14, State: 8.", "Sign-in refused (18471)"),
        ("Error code: 50012", "Crate refused"),
        ("error 50013", "Crate lost"),
        ("Error 50014", "Crate late"),
        ("error 50019", REFUSED),
    ],
)
def test_a_number_that_stands_in_an_article_is_never_called_undocumented(ask: Ask, query: str, told: str) -> None:
    assert ask(NUMBERS, query) == told


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("The bus of the relay is busy, resp=0x1f", "The bus is busy"),
        ("[pid 4711] The bus of the relay is busy at 0x7ffd1234", "The bus is busy"),
        ("thread 0x00007f12 tid 88: The bus of the relay is busy", "The bus is busy"),
        ("relay bus is busy on port 8080 (pid=4711, handle=0x3e8)", "The bus is busy"),
    ],
)
def test_values_of_a_run_are_no_codes_and_refuse_nothing(ask: Ask, query: str, told: str) -> None:
    assert ask(RUN_VALUES, query) == told


LATHE = """\
# Lathe

## The spindle stops

**Message:** Error 4711: the spindle stopped during a cut

**Symptoms:**

- The spindle stops in the middle of a cut

**Solution:** Oil the spindle.

## The coolant is low

**Cause:** The tank holds 4712 ml and is empty.

**Solution:** Fill it.
"""


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("my lathe shows error 4711 and the spindle stops in the middle of a cut", "The spindle stops"),
        ("my lathe shows error 4712 and the spindle stops in the middle of a cut", UNSURE),
    ],
)
def test_an_entry_without_the_number_of_the_error_is_not_sure(ask: Ask, query: str, told: str) -> None:
    assert ask(LATHE, query) == told
