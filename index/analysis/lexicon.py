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

STOP_WORDS = words(
    "a about am an and are as at be been but by can cant could did do does doing dont for from had has have having he",
    "her here him his how i if im in into is it its itself just me my no not of off on or our out over own she should",
    "so some such than that the their them then there these they this those to too under until up very was we were",
    "what when where which while who whom why will with would you your yours",
)
"""Words that are not marked in an answer and count little in the ranking of a description."""

FUNCTION_WORDS = STOP_WORDS | words(
    "after again all already also another any because before being between cannot couldnt didnt doesnt during each",
    "error errors every failed isnt may message might must nor only onto other please same shall since us wasnt whose",
    "within without wont yes",
)
"""Words by which no message is told from another."""

COMMON_SHORT_WORDS = words(
    "act add age ago aid aim air ale arm art ask bad bag ban bar bed bet bid big bit box boy bug bus buy call",
    "came car card case cash cat code cold come cost cup cut data date day deal dear deed deep die dim disk dog",
    "done door down draw drop due ease east easy edit else end ever fact fail fair fall far fast fat fax fed feed",
    "feel few file fill find fine fire firm fit fix flag flat flow food foot form four free full fun gap gas get",
    "give go goal gold gone good grow half hall hand hang hard head hear heat held help hide high hint hire hit",
    "hold home hope host hot hour huge idea idle inch item job join jump keep key kind know lack land last late",
    "law lead left less let lie life lift like line link list live load lock log long look lose loss lost lot low",
    "made mail main make man many map mark mean meet men menu met mind mine miss mode month more most move much",
    "name near neck need net new next nice note now odd old once one open paid pair paper part pass past path pay",
    "peak pick pin plan play plus pool poor port post pull pure push put race rate read real rest rich ride ring",
    "rise risk road role room root rule run safe said sale save seat see seek seem seen sell send sent set shop",
    "show shut side sign site size slow soft soon sort spot star stay step stop sum sure table tag take talk tape",
    "task tax team tell ten term test text thin thing think tie till time tiny today told tool top town tray tree",
    "trip true try turn two type unit upon use used user vary vast vote wage wait walk wall want war warm wash",
    "watch way weak week well went west wide wife win wire wise wish word wore work worn wrap year yet zone",
)
"""Short words of everyday English: at three or four letters nearly every typo of a word is another word."""

COMMON_TROUBLE_WORDS = words(
    "access account accounts address allowed attachment available blocked cancelled changed check client closed",
    "complete completed computer connect connected connection contact continue copied created database deleted denied",
    "device document documents download empty enter entered exceeded exist exists expired field files finished folder",
    "found full group incorrect internet invalid invoice locked login mailbox member message missing moved network",
    "number opened page password payment permission printed printer problem program read received refused removed",
    "report request requested required restart returned running saved screen selected sending server session set",
    "settings sign started support system unable unavailable unknown update updated valid version window wrong",
)
"""Words that people use of any trouble, whatever the message says."""

FAILURE_WORDS = words(
    "400 401 403 404 500 502 503 504 app application c error errors exception exit fail failed fails failure fatal",
    "general http internal java javascript js message notice occurred page php python server site system uncaught",
    "unexpected unhandled unknown warning",
)
"""Words that any failure is called by, whatever failed."""
