"""The wordings of each label, as regular expressions in lower case that have to match a whole label."""

from __future__ import annotations

_IT = "(?:it|this|that|these|them|(?:the|this|that|your|these) (?:error|issue|problem|message|warning|failure)s?)"
_KNOWN = "(?:(?:possible|potential|likely|most likely|probable|common|known|usual|typical|main|root|underlying) )*"
_BEST = "(?:(?:possible|potential|recommended|suggested|proposed|permanent|temporary|quick|easy|alternative|known) )*"
_FIX = "(?:fix|resolve|solve|correct|handle|address|repair|remedy|get around|work around)"
_FIXED = "(?:fixed|resolved|solved|corrected|handled|repaired|avoided)"
_FULL = "(?:(?:full|example|sample|exact|displayed) )?"
_KIND = "(?:resolution|solution|repair|recovery|corrective|remedial|user|operator|required|manual)"
_HAPPEN = "(?:happen(?:s|ed|ing)?|occur(?:s|red|ring)?|appear(?:s|ed|ing)?|c[oa]me up|mean|means)"
_ASK = "(?:how to|how do (?:i|you|we)|how can (?:i|you|we)|how you can|to)"
_TRY = "(?:what to|(?:here's )?what you (?:can|should|need to)|what (?:can|should|do) (?:i|you|we)(?: need to)?)"

SYNONYMS = {
    "message": (
        "messages?|errors?|issues?|problems?|codes?|questions?|exceptions?|alarms?|faults?|malfunctions?|trouble",
        "example (?:error|issue)|(?:error|issue|problem) (?:description|statement|details)",
        f"{_FULL}(?:error|warning|alert|alarm|fault|status|system|log) (?:messages?|codes?|texts?|strings?|numbers?)",
        "what you (?:may |might |will |can )?see|what the (?:user|customer)s? sees?",
    ),
    "symptoms": (
        "symptoms?|signs?|indications?|situation|observed behaviou?r|what happens",
        "what users? (?:see|report|say|notice)s?",
        "what you(?: may| might)? (?:notice|experience)|you(?: may| might)? (?:notice|experience)",
    ),
    "cause": (
        f"{_KNOWN}(?:causes?|reasons?|explanations?)(?: (?:of|for|behind) {_IT})?|meaning|diagnosis|what happened",
        "(?:problem|error|issue|failure|fault) (?:causes?|reasons?|explanations?|analysis)",
        f"why (?:does|did|do|is|has) {_IT}(?: {_HAPPEN})?|why {_IT} {_HAPPEN}|why {_IT} (?:is|was) (?:shown|displayed)",
        f"why (?:(?:am|are) (?:i|you|we)|(?:i|you)(?:'re| are)|do (?:i|you)|you) (?:seeing|getting|see|get) {_IT}",
        f"what (?:does|do) {_IT} mean|what {_IT} means?",
        f"what(?: causes?| caused| is causing|'s causing| triggers) {_IT}",
    ),
    "solution": (
        f"{_BEST}(?:solutions?|resolutions?|fix(?:es)?|workarounds?|remed(?:y|ies)|actions?|answers?|measures?)",
        f"(?:problem|error|issue) (?:solutions?|resolutions?|fix(?:es)?)|{_BEST}ways? (?:to {_FIX}|out of) {_IT}",
        f"{_BEST}solution (?:approach(?:es)?|steps?|options?|procedure|details)|how {_IT} (?:can|may) be {_FIXED}",
        f"{_ASK} {_FIX} {_IT}|how to {_FIX}|{_FIX}ing {_IT}|steps|procedure|countermeasures?|mitigations?",
        f"(?:steps?|actions?|instructions) (?:to (?:{_FIX}|take|follow|try)|for (?:the )?resolution)(?: {_IT})?",
        f"{_KIND} (?:steps?|actions?|responses?|measures?)|actions? required",
        f"{_TRY} (?:do|try)(?: next| now| about it| to {_FIX} {_IT})?|(?:things to )?try this|things to try",
        "remediations?|troubleshooting",
    ),
    "note": ("notes?|tips?|important notes?|hints?|info",),
    "caution": ("cautions?|warnings?|important|attention|danger",),
    "context": (
        "applies to|where|products?|plans?|context|description|environments?|affects",
        "affected (?:\\w+ )?\\w+(?: (?:and|or) \\w+)?",
        "(?:business |user )?impact|scope|severity|applicable (?:\\w+ )?\\w+|steps to reproduce|how to reproduce",
        "background|overview|summary|introduction|prerequisites?|before you (?:begin|start)",
        "(?:product |app )?versions?",
    ),
}
