"""Masks what may identify a person in a text, before the journal keeps it."""

from __future__ import annotations

import re

from assistant.given_names import GIVEN_NAMES

_CURRENCY = r"(?:[$\u20ac\u00a3\u00a5]|\b(?:USD|EUR|GBP|AUD|NZD|CAD)\b)"
_TITLE = r"(?i:mr|mrs|ms|miss|dr|prof)\.?"
_GREETING = (
    r"(?i:dear|hi|hello|hey|good (?:morning|afternoon|evening)|best|yours|thanks|thank you|regards|cheers|sincerely"
    r"|mr|mrs|ms|dr)"
)
_CAPITAL = r"[A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u017f]"
_NO_NAME = (  # words that begin a sentence after a greeting, or address nobody by name
    "I|It|Its|My|You|Your|We|Our|They|The|This|That|There|Here|He|She|Since|When|While|After|Before|First|Support|Helpdesk"
    "|Team|Sirs?|Madam|All|Customers?|Colleagues|Everyone|In|On|At|For|And|But|Just|Not|No|Yes|Please|How|What|Why|Where"
    "|Can|Could|If|As|An?|Thanks|Thank|Regards|Hi|Hello|Is|Are|Was|Mr|Mrs|Ms|Miss|Dr|Prof|Error|Client|Problem|Subject"
)
_WORD = (
    rf"(?!(?:{_NO_NAME})\b){_CAPITAL}(?:[^\W\d_]*[a-z\u00df-\u00ff][^\W\d_]*|['\u2019]{_CAPITAL}[a-z]+)"
    r"(?:['\u2019-][^\W\d_]+)*"
)
_NAME = rf"{_WORD}(?:[^\S\n]+{_WORD}){{0,3}}"
_NOT_GIVEN = (  # what follows "the password is" in a description of an error
    "not|wrong|incorrect|invalid|required|too|expired|missing|correct|empty|rejected|the|a|being|reset|changed|accepted"
    "|never|on|in|at"
)
_CLOSING = r"(?i:(?:kind |best |warm )?(?:regards|wishes)|cheers|sincerely|many thanks|thanks)"
_GIVEN = "|".join(sorted(GIVEN_NAMES))
_SURNAME = rf"(?:[^\S\n]+(?:(?:de|van|von|der|den|la|al|bin)[^\S\n]+)?{_CAPITAL}[\w'\u2019-]+)"
_NOBODY = (  # what follows "hi" or "thanks," without a capital letter and is no name
    "there|all|team|helpdesk|colleagues?|customers?|sirs|hotline|service|everyone|everybody|folks|guys|sir|madam|support"
    "|again|it|i|we|my|the|this|that|can|could|is|are|how"
    "|what|why|when|where|just|please|for|so|but|and|in|to|a|an|very|much|you"
)
_COMPANY_FORM = (
    r"(?:Pty\.? Ltd|Ltd|Limited|LLC|LLP|Inc|PLC|plc|Corp|GmbH(?: & Co\.? KG)?|KG|SARL"
    r"|S\.?r\.?l|S\.p\.A|B\.?V|N\.V|AB|Oy|ApS"
    r"|K\.K|& (?:Sons|Co|Partners|Associates))"
)
_STREET = (
    r"(?:parade|crescent|terrace|place|highway|hwy|circuit|street|st|road|rd|avenue|ave|lane|ln|drive|dr|way|close|court"
    r"|square|boulevard|blvd)"
)
_CODE = r"(?:(?:ORA|PLS|TNS|SQL|KB|CVE|ERR|AADSTS|[A-Z])-\d|[245]\d\d [245]\.\d{1,3}\.\d)"
_BRITISH_POSTCODE = r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}"
_POSTCODE = rf"(?:{_BRITISH_POSTCODE}|\d{{4,5}})"
_PLATE_WORD = r"(?i:number plate|licence plate|license plate|plate|rego|registration|vehicle|car|kennzeichen)"
# no rule tries a long run of characters from each of its places: the time would grow with the square of the text
_RULES = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"-----BEGIN [A-Z ]{1,40}-----[^-]{0,10000}(?:-----END [A-Z ]{1,40}-----)?", "[secret]"),
        (r"\b(ssh-(?:rsa|ed25519|dss)\s+)[\w+/=]{8,}", r"\1[secret]"),
        (r"(?i)\b((?:set-)?cookie\s*:\s*)[^\n]+", r"\1[secret]"),
        (r"(?i)\b((?:access|refresh|id|auth)[_-]?token\s*[=:]\s*)\S+", r"\1[secret]"),
        (r"(?i)\b((?:recovery|one[- ]time|verification|backup) code(?: is|:)? )(?=\S*\d)[\w-]+", r"\1[secret]"),
        (r"(?i)\b((?:log ?in|sign ?in|logged in) with \S+ ?/ ?)\S+", r"\1[secret]"),
        (r"(?i)\b((?:password|passwort|pwd|passcode) +)\"[^\"\n]{1,60}\"", r"\1[secret]"),
        (
            (
                r"(?i)\b((?:my|our|his|her) password is )"
                rf"(?!(?:\w+ed|{_NOT_GIVEN}|weak|short|long|old|new|always|still|only|now)\b)[^,;.\n]+"
            ),
            r"\1[secret]",
        ),
        (r"(?i)\b(authorization\s*:\s*)(?:(?:bearer|basic|digest|token)\s+)?\S+", r"\1[secret]"),
        (r"(?i)\b(bearer\s+)[\w.~+/=-]{8,}", r"\1[secret]"),
        (r"\b(?:sk|pk|rk|ghp|gho|xox[abp]|AKIA)[_-]?(?:live_|test_)?[\w-]{10,}", "[secret]"),
        (r"(?i)([?&;](?:[\w-]*(?:token|key|secret|password|signature|sig|session|code))=)[^\s&#]+", r"\1[secret]"),
        (
            (
                r"(?i)\b((?:password|passwd|passphrase|passcode|pwd|pw|pin|secret|api[_ -]?key)"
                rf"(?:\s*[=:]\s*|\s+(?:is|was)\s+(?!(?:{_NOT_GIVEN})\b)))[^\s,;]+"
            ),
            r"\1[secret]",
        ),
        (r"(?i)\b((?:https?|ftps?|sftp|smb|file|ssh|ldap)://)\S+|\bwww\.\S+", "[address]"),
        (r"(?i)\b[a-z][\w-]{1,40}(?:\.[\w-]{2,40}){1,4}/[\w./?=&%#+-]*\d[\w./?=&%#+-]*", "[address]"),
        (r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*", "[e-mail]"),
        (r"(?i)(\\users\\|/(?:home|users)/)[\w.-]+", r"\1[name]"),
        (r"(?i)(?<![\w:])(?:[0-9a-f]{1,4}:){3,7}:?[0-9a-f]{1,4}(?::[0-9a-f]{1,4}){0,6}(?![\w:])", "[address]"),
        (r"(?i)(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}:(?:[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*)?(?![\w:])", "[address]"),
        (rf"\b(?:{_CAPITAL}[\w'\u2019-]{{1,60}},? (?:& )?){{1,4}}{_COMPANY_FORM}(?!\w)\.?", "[company]"),
        (
            (
                r"(?i)\b((?:user ?name|user|login)(?:: ?| is | ))(?=\w*[.\d]|(?<=: )\w)"
                r"(?!(?:error|id|name)\b)[a-z][\w-]*(?:\.[\w-]+)*\b"
            ),
            r"\1[name]",
        ),
        (r"(?i)\b(sent from )[\w-]+(?=['\u2019]s )", r"\1[name]"),
        (rf"(?im)^((?:hi|hello|hey|dear) )(?!(?:{_NOBODY})\b)[a-z'\u2019-]{{2,20}}(?=[ \t]*[,!:])", r"\1[name]"),
        (
            (
                rf"(?im)((?:\bthanks|\bthank you|\bregards|\bcheers),? )(?!(?:{_NOBODY})\b)"
                r"[a-z'\u2019-]{2,20}(?=[ \t]*\.?$)"
            ),
            r"\1[name]",
        ),
        (r"(?<![\d.])(?:\d{1,3}\.){3}\d{1,3}(?![\d.])", "[address]"),
        (rf"\b((?:client|customer|contact|employee|user|tenant|patient|colleague) ){_WORD} {_WORD}", r"\1[name]"),
        (rf"\b({_TITLE}(?: and {_TITLE})? )(?!(?:Sir|Madam)\b){_NAME}", r"\1[name]"),
        (rf"\b{_CAPITAL}\. {_CAPITAL}[a-z'\u2019-]+(?=[ \t]*$)", "[name]"),
        (rf"((?i:\b(?:my name is|my name's|i am called|this is) ))(?:(?i:mr|mrs|ms|dr)\.?\s+)?{_NAME}", r"\1[name]"),
        (
            (
                rf"(?m)^([> \t]*{_CLOSING},?[ \t]*\n[> \t]*){_NAME}(?=[ \t]*$)"
                rf"(?:[ \t]*\n[> \t]*{_NAME}(?=[ \t]*$))?"
            ),
            r"\1[name]",
        ),
        (
            (
                rf"\b\d{{1,4}}[a-zA-Z]?,? (?:{_CAPITAL}[\w'-]+ ){{1,3}}(?i:{_STREET})\b\.?"
                rf"(?:,? [A-Z][\w-]+){{0,2}}(?:,? {_POSTCODE}\b)?"
            ),
            "[place]",
        ),
        (
            (
                rf"\b{_CAPITAL}[\w-]{{0,40}}(?i:stra\u00dfe|strasse|str\.|weg|gasse|platz) \d{{1,4}}[a-z]?"
                rf"(?:,? \d{{4,5}} {_CAPITAL}[\w-]+)?"
            ),
            "[place]",
        ),
        (r"(?i)\bp\.?[ ]?o\.?[ ]?box \d+(?:,? [A-Z][\w-]+){0,2}", "[place]"),
        (rf"\b\d{{1,4}},? (?:rue|avenue|boulevard|place) (?:(?:de|du|des|la) )*{_CAPITAL}[\w'-]+", "[place]"),
        (rf"\b(?:Via|Viale|Calle|Avenida|Rua) {_CAPITAL}[\w'-]+,? \d{{1,4}}", "[place]"),
        (rf"\b((?i:post ?code|zip)(?i: is|:)? ){_BRITISH_POSTCODE}", r"\1[place]"),
        (
            (
                r"(?i)\b((?:date of birth|dob|born(?: on)?)(?: is|:)? )(?=[^\n]{0,20}\d)"
                r"[\w/.-]+(?: [A-Za-z]{3,9})?(?: \d{4})?"
            ),
            r"\1[date]",
        ),
        (
            (
                rf"\b({_PLATE_WORD}(?: is| number|:)? )(?=[A-Z\d -]{{0,9}}\d)"
                r"[A-Z\d]{1,4}(?:[ -]?[A-Z\d]{1,4}){0,3}(?![A-Za-z\d])"
            ),
            r"\1[plate]",
        ),
        (r"\b[A-Z]{2}\d{2} ?[A-Z]{3}\b", "[plate]"),
        (r"(?i)\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b", "[number]"),
        (r"\b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b", "[id]"),
        (rf"\b({_GREETING},?\s+)(?:(?i:mr|mrs|ms|dr)\.?\s+)?{_NAME}", r"\1[name]"),
        (rf"(?m)^([> \t]*(?i:from|to|cc|bcc|reply-to)[ \t]*:[ \t]*)[\"']?{_NAME}", r"\1[name]"),
        (rf"\b(?:{_GIVEN}){_SURNAME}{{0,2}}(?:['\u2019]s)?(?![\w-])", "[name]"),
        (rf"{_CURRENCY}\s?\d(?:[\d.,' ]*\d)?", "[amount]"),
        (rf"\b\d[\d.,']{{0,30}}\s?(?:{_CURRENCY}|(?:dollars|euros|pounds)\b)", "[amount]"),
        (r"\b\d{1,3}(?:,\d{3})+(?:\.\d+)?\b|(?<![\d.])\d+\.\d{2}\b(?!\.\d)", "[amount]"),
        (rf"(?<![xX\d])(?!{_CODE})\+?\d(?:[\s()./-]?\d){{5,}}", "[number]"),
        (r"\b(?!0[xX])(?=\w*\d)(?=\w*[^\W\d_])\w{8,}\b", "[id]"),
        (rf"(?<!error )(?<!code )\b(?!{_CODE})[A-Za-z]+-\d{{4,}}(?:-\w+)*\b", "[id]"),
        (r"(?<![A-Z]-)(?<!SQLSTATE )\b\d{5,}\b", "[number]"),
    )
)


def mask(text: str) -> str:
    """Return a text with placeholders such as [e-mail] for what may identify a person.

    Masked are passwords, tokens and keys; e-mail, web, network and street addresses; names with a title or a frequent
    given name, in greetings, signatures, mail headers and paths; companies by their legal form; amounts of money, bank
    and card numbers, licence plates, long numbers and ids. Error codes stay.
    """
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
