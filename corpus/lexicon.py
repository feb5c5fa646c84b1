"""Words that belong to values, and words that never do."""

from __future__ import annotations


def words(*lines: str) -> frozenset[str]:
    """Return the words of some lines."""
    return frozenset(" ".join(lines).split())


_TIME = (
    "ms s sec secs second seconds min mins minute minutes h hr hrs hour hours day days week weeks month months year "
    "years"
)
_SIZE = (
    "b kb mb gb tb pb kib mib gib tib byte bytes bit bits kbit mbit gbit kbps mbps gbps kilobyte kilobytes megabyte "
    "megabytes gigabyte gigabytes terabyte terabytes"
)
_MEASURE = "mm cm m km inch inches ft pt px dpi kg g mg lb lbs oz l ml hz khz mhz ghz w kw v mv mah bar psi rpm c f k"
_CURRENCY = (
    "aed ars aud bgn brl cad chf clp cny cop czk dkk egp eur gbp hkd huf idr ils inr jpy kes krw mxn myr ngn nok nzd "
    "php pln qar ron rub sar sek sgd thb try twd uah usd vnd zar kr rs zl"
)
_MONTH = (
    "jan feb mar apr may jun jul aug sep sept oct nov dec january february march april june july august september "
    "october november december"
)
_WEEKDAY = (
    "mon tue tues wed thu thur thurs fri sat sun monday tuesday wednesday thursday friday saturday sunday today "
    "yesterday tomorrow"
)

TIMES = words(_TIME)
UNITS = words(_TIME, _SIZE, _MEASURE, "percent")
CURRENCIES = words(_CURRENCY)
MONTHS = words(_MONTH)
WEEKDAYS = words(_WEEKDAY)

VALUE_WORDS = UNITS | CURRENCIES | MONTHS | WEEKDAYS | words("am pm utc gmt noon midnight in")
"""Words that may be part of a number, an amount, a date or a time ("8.5 in", "4:30 pm", "30 April 2026")."""

LINKS = words("and or to of at und et y")
"""Words between two values that are one list or one date ("3 and 5", "11 Dec 2025 at 08:17")."""

NOT_IN_VALUES = words(
    "is are was were be been being has have had do does did not cannot cant could couldnt would wouldnt should must",
    "isnt arent wasnt werent hasnt havent doesnt dont didnt because although whether failed",
)
"""Words that do not stand in a value without quotes: a name has no verb and no negation."""

FUNCTION_WORDS = words(
    "a an the this that these those it its i you your we our they their he she my me us him her them and or but nor so",
    "if then than as at by for from in into of off on onto out over to up with without within about after before since",
    "until during between is are was were be been being am has have had do does did can could will would shall should",
    "may might must not no yes any all some each every other another such only own same too very just again already",
    "also there here when where while which who whom whose what why how because please error errors message failed",
    "cannot cant dont doesnt isnt wasnt wont didnt couldnt",
)
"""Words that tell little about a message."""
