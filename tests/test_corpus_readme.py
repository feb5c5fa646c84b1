"""The example in corpus/README.md is parsed as the guide says."""

import re
from pathlib import Path

from corpus.article import BlockKind
from corpus.authoring.article_rules import lint
from corpus.loader import read_folder
from corpus.parsing.article_parser import ParsedArticle

README = Path(__file__).parent.parent / "corpus" / "README.md"


def test_the_example_is_parsed_as_the_guide_says_and_lint_has_no_finding(tmp_path: Path) -> None:
    example = re.search(r"```markdown\n(.*?\n)```\n", README.read_text(encoding="utf-8"), re.DOTALL)
    assert example is not None
    (tmp_path / "printing.md").write_text(example[1], encoding="utf-8")
    (parsed,) = read_folder(tmp_path)
    assert isinstance(parsed, ParsedArticle)
    assert (parsed.article.product, parsed.article.tags) == ("Till", ("printing", "receipts"))
    assert parsed.article.aliases == (("printing#no-paper", "printing#out-of-paper"),)
    first, second = parsed.entries
    assert (first.entry_id, first.messages) == (
        "printing#out-of-paper",
        ("Printer error 12: load paper and press FEED.",),
    )
    assert [block.kind for block in first.solutions[0].blocks] == [BlockKind.TEXT, BlockKind.STEPS, BlockKind.CAUTION]
    assert [solution.title for solution in second.solutions] == [
        None,
        "Plug the cable in again",
        "Tell the till the new port",
    ]
    assert lint([parsed], today="2026-11-23") == []
