"""A folder of articles becomes a corpus; articles that cannot be read are left out and reported."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.publishing.rebuild import read_corpus
from corpus.article import Article, Block, BlockKind, Entry, Solution, Span
from corpus.article_files import _opened_inside, read_article
from corpus.errors import ArticleError, NoArticlesError
from corpus.loader import load_corpus, read_folder
from corpus.parsing.article_parser import ParsedArticle
from index.builder import build
from index.storage.store import Store
from tests.conftest import WordEncoder, parse_article

SHIPPED = Path(__file__).parent.parent / "corpus" / "articles"
ONE = b"## A\n\nb\n"


def folder(root: Path, **files: bytes) -> Path:
    for name, content in files.items():
        (root / f"{name}.md").write_bytes(content)
    return root


def rejections(root: Path) -> list[str]:
    return [str(error) for error in load_corpus(root).rejected]


def test_the_shipped_article_has_ten_entries_under_these_ids() -> None:
    corpus = load_corpus(SHIPPED)
    ids = [entry.entry_id for entry in corpus.entries if entry.article_id == "xero-error-messages"]
    assert [entry_id.partition("#")[2] for entry_id in ids] == [
        "changing-a-posted-transaction",
        "invoice-not-valid-status",
        "payment-exceeds-outstanding",
        "not-connected-to-xero-api",
        "bank-account-code-missing",
        "account-could-not-be-found",
        "token-response-url",
        "invoice-already-paid-off",
        "failed-to-renew-token",
        "access-denied",
    ]
    assert corpus.rejected == ()


def test_the_metadata_of_the_shipped_article() -> None:
    articles = {article.article_id: article for article in load_corpus(SHIPPED).articles}
    assert articles["xero-error-messages"] == Article(
        article_id="xero-error-messages",
        title="Xero error messages and what to do about them",
        url=None,
        product="Actionstep Practice Management",
        tags=("xero", "accounting"),
        updated="2026-11-23",
        review_by=None,
        aliases=(),
        draft=False,
        source="xero-error-messages.md",
    )


def test_an_entry_of_the_shipped_article_has_all_its_parts() -> None:
    entry = {entry.entry_id: entry for entry in load_corpus(SHIPPED).entries}[
        "xero-error-messages#failed-to-renew-token"
    ]
    assert entry == Entry(
        entry_id="xero-error-messages#failed-to-renew-token",
        title="The connection to Xero is lost, its token could not be renewed",
        messages=("Error: Xero V2: Failed to renew token.",),
        symptoms=(
            "It says that the token failed to renew.",
            "Xero V2 error when we open the system in the morning.",
            "The connection to Xero has expired and does not come back by itself.",
            "Our Xero session timed out and the renewal did not work.",
            "The integration cannot establish a connection to Xero.",
            "How do I reconnect Xero?",
            "Xero dropped out and keeps failing to refresh its login.",
        ),
        cause="Actionstep's Xero integration could not establish a connection.",
        solutions=(
            Solution(
                None,
                (
                    Block(
                        BlockKind.TEXT,
                        "Connect Xero again: select Xero at the bottom of the page, then select Reconnect.",
                    ),
                ),
            ),
        ),
        context=None,
        breadcrumb=("Xero error messages and what to do about them",),
        span=Span(173, 189),
    )


def test_a_note_and_its_steps_stay_in_their_entry() -> None:
    entries = {entry.entry_id: entry for entry in load_corpus(SHIPPED).entries}
    (solution,) = entries["xero-error-messages#payment-exceeds-outstanding"].solutions
    assert [block.kind for block in solution.blocks] == [BlockKind.TEXT, BlockKind.NOTE]
    assert solution.blocks[1].markdown.endswith("4. Approve it again. This creates the matching new invoice in Xero.")


def test_articles_come_in_the_order_of_their_ids_and_drafts_give_no_entries(tmp_path: Path) -> None:
    folder(tmp_path, b=ONE, a=ONE, c=b"---\ndraft: true\n---\n\n" + ONE)
    corpus = load_corpus(tmp_path)
    assert [article.article_id for article in corpus.articles] == ["a", "b", "c"]
    assert [entry.entry_id for entry in corpus.entries] == ["a#a", "b#a"]


def test_an_article_in_a_subfolder_has_the_folder_in_its_id(tmp_path: Path) -> None:
    (tmp_path / "mail").mkdir()
    folder(tmp_path / "mail", send=ONE)
    assert [entry.entry_id for entry in load_corpus(tmp_path).entries] == ["mail/send#a"]


def test_aliases_are_pairs_of_old_and_new_id() -> None:
    article, _ = parse_article("---\naliases:\n  old#b: new#b\n  old#a: new#a\n---\n\n## A\n\nb\n", "new.md")
    assert article.aliases == (("old#a", "new#a"), ("old#b", "new#b"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a.md: has no entry; begin each with a level-2 heading (## ...) and a solution under it"),
        (
            b"# Only a title\n",
            "a.md: has no entry; begin each with a level-2 heading (## ...) and a solution under it",
        ),
        (b"## A\n\nb\n\xff\n", "a.md:4: is not UTF-8 from here on; save it as UTF-8"),
        ("## A\n\nb\n".encode("utf-16"), "a.md:1: is UTF-16; save it as UTF-8"),
        ("## A\n\nb\n".encode("utf-16-le"), "a.md:1: has a zero byte, which text never has; save it as UTF-8"),
        (
            b"---\ntitle: [a]\n---\n\n## A\n\nb\n",
            "a.md: `title` in the front matter is a list; it should be text",
        ),
        (
            b"---\nupdated: 2026-13-45\n---\n\n## A\n\nb\n",
            "a.md: `updated` in the front matter is '2026-13-45'; it should be a date such as 2026-11-23",
        ),
        (
            b"---\ndraft: perhaps\n---\n\n## A\n\nb\n",
            "a.md: `draft` in the front matter is 'perhaps'; it should be true or false",
        ),
        (
            b"---\naliases: [a]\n---\n\n## A\n\nb\n",
            "a.md: `aliases` in the front matter is a list; it should be lines of the form `old-id: new-id`",
        ),
    ],
)
def test_an_article_that_cannot_be_read_is_reported_and_the_others_are_read(
    tmp_path: Path, content: bytes, message: str
) -> None:
    corpus = load_corpus(folder(tmp_path, a=content, b=ONE))
    assert [str(error) for error in corpus.rejected] == [message]
    assert [entry.entry_id for entry in corpus.entries] == ["b#a"]


def test_a_value_of_wrong_type_is_not_written_out_in_a_message(tmp_path: Path) -> None:
    long = f"---\ntitle: [{', '.join('a' * 10_000)}]\n---\n\n## A\n\nb\n".encode()
    (message,) = rejections(folder(tmp_path, a=long))
    assert message == "a.md: `title` in the front matter is a list; it should be text"


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    corpus = load_corpus(folder(tmp_path, a=b"\xef\xbb\xbf---\ntitle: T\n---\n\n## A\n\nb\n"))
    assert [article.title for article in corpus.articles] == ["T"]


def test_windows_line_ends_change_nothing() -> None:
    text = "---\ntitle: T\n---\n\n## A\n\n**Message:** m\n**Solution:** s\n\n1. x\n2. y\n"
    assert parse_article(text.replace("\n", "\r\n"), "a.md") == parse_article(text, "a.md")


def test_the_second_file_with_the_same_article_id_is_rejected(tmp_path: Path) -> None:
    folder(tmp_path, a=ONE)
    (tmp_path / "a.markdown").write_bytes(ONE)
    assert rejections(tmp_path) == ['a.md: has the same article id as "a.markdown"; rename one of them']


def test_a_new_file_does_not_displace_the_published_article_of_its_id(tmp_path: Path) -> None:
    root = tmp_path / "articles"
    root.mkdir()
    folder(root, a=b"## Old\n\nb\n")
    store = Store(tmp_path / "index")
    with store.writer():
        build(read_corpus(root, store), WordEncoder(), store)
    (root / "a.html").write_text("<h1>A</h1><h2>New</h2><p>c</p>", encoding="utf-8")
    corpus = read_corpus(root, store)
    assert [entry.entry_id for entry in corpus.entries] == ["a#old"]
    assert [str(error) for error in corpus.rejected] == [
        'a.html: has the same article id as "a.md"; rename one of them'
    ]


def test_a_link_that_takes_the_place_of_a_file_is_never_followed(tmp_path: Path) -> None:
    """Another process swaps the file for a link to one outside, as fast as it can, while the file is read."""
    root = tmp_path / "articles"
    root.mkdir()
    (tmp_path / "secret.md").write_bytes(b"secret")
    swapping = f"""
import os
while True:
    with open("new.md", "wb") as file:
        file.write(b"inside")
    os.replace("new.md", "a.md")
    os.symlink({str(tmp_path / "secret.md")!r}, "link.md")
    os.replace("link.md", "a.md")
"""
    read = set[bytes]()
    with subprocess.Popen([sys.executable, "-c", swapping], cwd=root) as process:
        try:
            ends = time.monotonic() + 2
            while time.monotonic() < ends:
                with contextlib.suppress(ArticleError):
                    read.add(read_article(root / "a.md", root=root))
        finally:
            process.kill()
    assert read - {b""} == {b"inside"}


def test_a_link_that_takes_the_place_of_a_folder_after_it_was_checked_is_not_followed_either(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.md").write_bytes(b"secret")
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "sub").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(NotADirectoryError):
        _opened_inside(tmp_path / "articles", Path("sub/a.md"))


def test_a_link_to_a_file_inside_the_folder_is_read(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    folder(tmp_path / "sub", a=ONE)
    (tmp_path / "b.md").symlink_to("sub/a.md")
    assert [article.article_id for article in load_corpus(tmp_path).articles] == ["b", "sub/a"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    assert rejections(tmp_path) == ["a.md: is not a regular file; remove it from the articles' folder"]


def test_a_chain_of_folders_longer_than_the_system_can_open_is_named(tmp_path: Path) -> None:
    folder(tmp_path, a=ONE)
    levels = 25  # of 200 letters: more than the 4,096 bytes of a path
    script = (
        f"import os\nfor _ in range({levels}):\n    os.mkdir('d' * 200); os.chdir('d' * 200)\nopen('a.md', 'w').close()"
    )
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True)
    try:
        corpus = load_corpus(tmp_path)
    finally:
        subprocess.run(["rm", "-r", "d" * 200], cwd=tmp_path, check=True)
    assert [article.article_id for article in corpus.articles] == ["a"]
    (error,) = corpus.rejected
    problem = "is a folder that cannot be read (File name too long); move it up, or give its folders shorter names"
    assert str(error) == f"{'d' * 200}...: {problem}"


def test_swap_and_backup_files_of_editors_are_ignored(tmp_path: Path) -> None:
    for name in (".a.md", "#a.md", "~a.md", "a.md~", "a.txt~"):
        (tmp_path / name).write_bytes(ONE)
    assert load_corpus(tmp_path).articles == ()


def test_a_link_to_a_file_outside_the_folder_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.md"
    outside.write_bytes(ONE)
    root = tmp_path / "articles"
    root.mkdir()
    (root / "a.md").symlink_to(outside)
    assert rejections(root) == ["a.md: is a link to a file outside the articles' folder; copy the file in"]


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(
        NoArticlesError, match=r'nowhere does not exist; name the folder of the articles with "--corpus'
    ):
        load_corpus(tmp_path / "nowhere")


PIECES = st.sampled_from(
    [
        *("## ", "# ", "### ", "- ", "1. ", "    ", "```", "> ", "---\n", "[", "&", "*a", "!!", "<div>", "![a](b)"),
        *("**Message:** ", "**Solution:**", "**Cause:** ", "**Note:** ", "**Caution:**", "**Symptoms:**", "{#a}"),
        *("title: ", "aliases:", "tags: ", "updated: 2026-13-45\n", "\n", "\n\n", "\r\n", "\x0c", "\u2028", "\0"),
    ]
)
ANY_TEXT = st.tuples(
    st.sampled_from(["", "---\n", "## A\n"]), st.lists(PIECES | st.just("|a|b|\n|-|-|\n") | st.text(max_size=8))
).map(lambda parts: parts[0] + "".join(parts[1]))


@settings(max_examples=300, deadline=None)
@given(ANY_TEXT)
def test_any_text_becomes_entries_with_lines_of_the_file_or_an_article_error(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1
    try:
        _, entries = parse_article(text, "a.md")
    except ArticleError as error:
        assert error.line in {None, *range(1, lines + 1)}  # noqa: PT017 - either outcome is right
        return
    for entry in entries:
        assert entry.span.first_line is not None
        assert entry.span.last_line is not None
        assert 1 <= entry.span.first_line <= entry.span.last_line <= lines
        assert entry.solutions
        assert entry.entry_id not in {"a#", ""}


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_become_an_article_or_an_error(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    corpus = load_corpus(folder(tmp_path_factory.mktemp("articles"), a=content))
    assert len(corpus.articles) + len(corpus.rejected) == 1


def test_files_removed_while_the_folder_is_read_are_skipped(tmp_path: Path) -> None:
    for name in ("a", "b", "deep/c", "gone/d"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.md").write_text("## one\n\nRestart it.\n", encoding="utf-8")
    results = read_folder(tmp_path)
    first = next(results)
    (tmp_path / "b.md").unlink()
    shutil.rmtree(tmp_path / "gone")
    assert [each.article.source if isinstance(each, ParsedArticle) else str(each) for each in (first, *results)] == [
        "a.md",
        "deep/c.md",
    ]
