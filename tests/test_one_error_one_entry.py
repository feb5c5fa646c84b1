"""An article about one error is one entry: what its headings say, and where each stands, tells the part they begin."""

import pytest

from corpus.article import Entry
from corpus.formats.registry import documents_of
from corpus.labels import DEFAULT_LABELS, Label
from corpus.parsing.article_parser import ParsedArticle, parse_document
from corpus.parsing.sections.headings import describes_fix


def parse(text: str, source: str = "a.md") -> ParsedArticle:
    (document,) = documents_of(text.encode(), source)
    return parse_document(document, source)


def only(text: str) -> Entry:
    (entry,) = parse(text).entries
    return entry


def sections(*pairs: tuple[str, str], level: int = 2) -> str:
    return "\n\n".join(f"{'#' * level} {heading}\n\n{text}" for heading, text in pairs)


def solutions(entry: Entry) -> list[tuple[str | None, str]]:
    return [(each.title, " ".join(block.markdown for block in each.blocks)) for each in entry.solutions]


@pytest.mark.parametrize(
    "heading",
    [
        "Dredge the berth",
        "Refresh your session",
        "Sign in again",
        "Recalibrate scales",
        "Defragment disks",
        "Shut down all boards",
        "Tighten this screw",
        "1. Tether it to the quay",
        "Do not feed the gulls",
        "Please wipe the lens",
        "Bleed the radiator",
        "Go to another quay",
    ],
)
def test_a_heading_in_the_imperative_says_what_to_do(heading: str) -> None:
    assert describes_fix(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "Paper jam in the tray",
        "Printer queue",
        "The lamp hums",
        "Template for letters",
        "Known limits",
        "Remote desktop",
        "Device list",
        "Breaks the list",
        "Why does it hum?",
        "Data in reports",
        "Printing a list",
        "Certificate expired",
        "It is dark",
        "Lost the key",
    ],
)
def test_a_heading_that_names_something_does_not_say_what_to_do(heading: str) -> None:
    assert not describes_fix(heading)


@pytest.mark.parametrize(
    ("title", "headings"),
    [
        ("Gull error", ["Dredge the berth", "Refresh the list", "Tow the boat"]),
        ("The quay is full", ["Dredge the berth", "Sign out again"]),
        ("Boat cannot leave", ["Untie it", "Dredge the berth", "On old quays"]),
        ("Crane stays dark", ["Option A", "Feed the crane", "Wind it up"]),
    ],
)
def test_what_to_do_is_part_of_the_error_above_it(title: str, headings: list[str]) -> None:
    entry = only(f"# {title}\n\nIt is a gull.\n\n{sections(*((heading, f'Do {heading}.') for heading in headings))}\n")
    assert (entry.title, entry.context) == (title, "It is a gull.")
    assert "\n".join(str(each) for each in solutions(entry)).count("Do ") == len(headings)


@pytest.mark.parametrize(
    ("title", "headings"),
    [
        ("Harbour desk", ["Dredge the berth", "Refresh the list"]),
        ("Troubleshooting quay errors", ["The quay is full", "Untie the boat", "The crane is dark"]),
        ("Boat cannot leave", ["The quay is full", "Gull error", "Untie it"]),
        ("How is it done", ["Dredge the berth", "Refresh the list"]),
    ],
)
def test_what_to_do_under_a_topic_and_other_errors_stay_entries(title: str, headings: list[str]) -> None:
    text = f"# {title}\n\n{sections(*((heading, 'Do it.') for heading in headings))}\n"
    assert [entry.title for entry in parse(text).entries] == headings


CAUSES = [
    "Why this error occurred",
    "Why this happened",
    "Problem cause",
    "Cause of the error",
    "Reason and explanation",
]
WAYS = [
    "Possible ways to fix it",
    "Ways to resolve this issue",
    "Solution approach",
    "Issue resolution",
    "Remedy/Workaround",
]


@pytest.mark.parametrize(("cause", "way"), list(zip(CAUSES, WAYS, strict=True)))
def test_further_wordings_of_cause_and_solution(cause: str, way: str) -> None:
    entry = only(f"# Berth is held\n\n{sections((cause, 'A lock.'), (way, 'Open it.'))}\n")
    assert (entry.title, entry.cause, solutions(entry)) == ("Berth is held", "A lock.", [(None, "Open it.")])


UNKNOWN = {
    "before, a description": (("Challenge", "Ships wait."), ("Cause", "Sand."), ("Solution", "Dig.")),
    "before, a sentence": (("Ships wait at the quay", "All day."), ("Resolution", "Dig."), ("Cause", "Sand.")),
    "between": (("Symptoms", "Ships wait."), ("Cause", "Sand."), ("Detection", "Look."), ("Solution", "Dig.")),
    "after": (("Issue", "Ships wait."), ("Cause", "Sand."), ("Solution", "Dig."), ("Health state", "Red.")),
    "products": (("Affected docks", "Old."), ("Symptoms", "Ships wait."), ("Cause", "Sand."), ("Fix", "Dig.")),
}


@pytest.mark.parametrize("parts", UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_section_is_no_solution_where_one_is_known(parts: tuple[tuple[str, str], ...]) -> None:
    entry = only(f"# Berth\n\n{sections(*parts)}\n")
    assert solutions(entry) == [(None, "Dig.")]
    assert entry.cause == "Sand."
    shown = "\n".join([*entry.messages, *entry.symptoms, entry.context or ""])
    assert [text for _, text in parts if text not in {"Sand.", "Dig."} and text not in shown] == []


def test_an_unknown_section_is_a_solution_where_none_is_known() -> None:
    entry = only(f"# Berth\n\n{sections(('Cause', 'Sand.'), ('Our approach', 'Dig.'))}\n")
    assert (entry.cause, solutions(entry)) == ("Sand.", [("Our approach", "Dig.")])


def test_what_to_do_beside_a_known_solution_stays_a_solution() -> None:
    entry = only(
        f"# Berth\n\n{sections(('Cause', 'Sand.'), ('Solution', 'Dig.'), ('Restart the crane', 'Off, on.'))}\n"
    )
    assert solutions(entry) == [(None, "Dig."), ("Restart the crane", "Off, on.")]


FLAT = sections(
    ("It jams", "Dust."), ("Cause", "Old."), ("Solution", "Clean."), ("It leaks", "Oil."), ("Solution", "Wipe.")
)
BEFORE = sections(
    ("Cause", "Old."), ("Solution", "Dig."), ("Cannot leave", "a"), ("It fails", "b"), ("No power error", "c")
)
DEEPER = sections(("Ursache", "Alt."), ("Lösung", "Putzen."), level=4)
LISTED = sections(("Error messages", "- A\n- B"), ("Fix", "Dig."))
LEVELS = {
    "labels at the level of the errors": (f"# Guide\n\n{FLAT}\n", ["It jams", "It leaks"]),
    "an error as the title": (f"# It jams\n\n{LISTED}\n", ["It jams"]),
    "labels before the errors": (f"# Guide\n\n{BEFORE}\n", ["Guide", "Cannot leave", "It fails", "No power error"]),
    "deeper labels": (f"# Guide\n\n## It jams\n\n{DEEPER}\n\n## It leaks\n\nWipe.\n", ["It jams", "It leaks"]),
}


@pytest.mark.parametrize(("text", "titles"), LEVELS.values(), ids=LEVELS)
def test_a_known_label_is_never_a_title(text: str, titles: list[str]) -> None:
    assert [entry.title for entry in parse(text).entries] == titles


ARTICLES = {
    "labels": "# A\n\n## Cause\n\na\n\n## Solution\n\nb\n\n# B\n\n## Cause\n\nc\n\n## Solution\n\nd\n",
    "sections": "# A\n\n## A jams\n\na\n\n## A hums\n\nb\n\n# B\n\n## B jams\n\nc\n",
    "a text below the titles": "# A\n\na\n\n## A jams\n\nb\n\n# B\n\nc\n\n## B jams\n\nd\n",
    "three of them": "# A\n\n## Fix\n\na\n\n# B\n\n## Fix\n\nb\n\n# C\n\n## Fix\n\nc\n",
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("labels", [("A", ("A",)), ("B", ("B",))]),
        ("sections", [("A jams", ("A",)), ("A hums", ("A",)), ("B jams", ("B",))]),
        ("a text below the titles", [("A jams", ("A",)), ("B jams", ("B",))]),
        ("three of them", [("A", ("A",)), ("B", ("B",)), ("C", ("C",))]),
    ],
)
def test_several_articles_in_one_file_stay_apart(name: str, expected: list[tuple[str, tuple[str, ...]]]) -> None:
    assert [(entry.title, entry.breadcrumb) for entry in parse(ARTICLES[name]).entries] == expected


IN_SIX_LANGUAGES = {
    Label.MESSAGE: [
        "Fehlermeldungen",
        "Message d'erreur",
        "Mensaje de error",
        "Foutmelding",
        "Messaggio di errore",
        "Mensagem de erro",
    ],
    Label.CAUSE: [
        "Ursache",
        "Warum passiert das?",
        "Causes possibles",
        "Oorzaak",
        "Possibili cause",
        "Possíveis causas",
    ],
    Label.SOLUTION: [
        "Lösung",
        "Lo\u0308sung",
        "Maßnahmen",
        "Massnahmen",
        "Que faire ?",
        "¿Qué hacer?",
        "Mogelijke oplossingen",
        "Soluzione",
        "O que fazer?",
    ],
    Label.NOTE: ["Hinweis", "Remarque", "Consejo", "Opmerking", "Suggerimento", "Observações"],
    Label.CAUTION: ["Achtung", "Avertissement", "Precaución", "Let op!", "Attenzione", "Atenção"],
}


@pytest.mark.parametrize(
    ("words", "label"), [(words, label) for label, known in IN_SIX_LANGUAGES.items() for words in known]
)
def test_labels_in_six_languages(words: str, label: Label) -> None:
    assert DEFAULT_LABELS.of(words) is label


@pytest.mark.parametrize(
    ("message", "cause", "solution"),
    [
        ("Fehlermeldung", "Ursache", "Abhilfe"),
        ("Message d'erreur", "Cause", "Résolution"),
        ("Mensaje de error", "Causa", "Solución"),
        ("Foutmelding", "Oorzaak", "Oplossing"),
        ("Messaggio di errore", "Causa", "Rimedio"),
        ("Mensagem de erro", "Causa", "Solução"),
    ],
)
def test_an_article_in_another_language_is_one_entry(message: str, cause: str, solution: str) -> None:
    as_headings = f"# Kai\n\n{sections((message, 'Kai 7'), (cause, 'Sand'), (solution, 'Dig'))}\n"
    in_bold = f"# Kaien\n\n## Kai\n\n**{message}:** Kai 7\n\n**{cause}:** Sand\n\n**{solution}:** Dig\n"
    for text in (as_headings, in_bold):
        entry = only(text)
        assert (entry.title, entry.messages, entry.cause, solutions(entry)) == (
            "Kai",
            ("Kai 7",),
            "Sand",
            [(None, "Dig")],
        )
