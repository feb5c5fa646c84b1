"""A judged set is read in the layout of BEIR, and refused with file and line where it is malformed."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from corpus.article import Block, BlockKind, Entry, Solution, Span
from corpus.labels import Labels
from corpus.loader import load_corpus
from index.errors import JudgedSetError
from index.evaluation.judged_set import JudgedQuery, JudgedSet, Part, read_judged_set
from index.evaluation.systems import read_set

SHIPPED = Path(__file__).parent.parent / "corpus"
QUERIES = (
    '{"_id": "q1", "text": "paper jam", "style": "plain"}\n{"_id": "q2", "text": "soup"}\n{"_id": "q3", "text": "?"}\n'
)
QRELS = "query-id\tcorpus-id\tscore\nq1\te2\t2\nq1\te1\t1\nq3\te1\t0\n"
CORPUS = '{"_id": "e1", "title": "Jam", "text": "Pull it out."}\n{"_id": "e2", "text": "Turn it off."}\n'
FILES = {"queries.jsonl": QUERIES, "qrels.tsv": QRELS, "oos_ids.txt": "q2\n", "corpus.jsonl": CORPUS}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "printers"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def beir_entry(line: int, entry_id: str, title: str, text: str) -> Entry:
    solutions = (Solution(None, (Block(BlockKind.TEXT, text),)),)
    messages = (title,) if title else ()
    return Entry(entry_id, title, messages, (), None, solutions, None, (), Span(line, line))


def test_a_set_with_its_own_corpus_is_read_completely(folder: Path) -> None:
    judged = read_judged_set(folder)
    assert (judged.name, judged.left_out) == ("printers", 1)
    assert judged.answerable == (JudgedQuery("q1", "paper jam", "plain", (("e1", 1), ("e2", 2))),)
    assert judged.unanswerable == (JudgedQuery("q2", "soup", None, ()),)
    assert judged.corpus is not None
    assert judged.corpus.entries == (
        beir_entry(1, "e1", "Jam", "Pull it out."),
        beir_entry(2, "e2", "", "Turn it off."),
    )


def test_qrels_test_tsv_is_read_where_there_is_no_qrels_tsv(folder: Path) -> None:
    whole = read_judged_set(folder)
    (folder / "qrels").mkdir()
    (folder / "qrels.tsv").rename(folder / "qrels" / "test.tsv")
    assert read_judged_set(folder) == whole


def test_the_qrels_of_a_set_without_a_corpus_may_name_only_existing_entries(folder: Path) -> None:
    (folder / "corpus.jsonl").unlink()
    assert read_judged_set(folder, entry_ids=frozenset({"e1", "e2"})).corpus is None
    with pytest.raises(JudgedSetError, match=r'qrels.tsv:2: there is no entry "e2"'):
        read_judged_set(folder, entry_ids=frozenset({"e1"}))


def test_without_oos_ids_txt_no_query_is_unanswerable(folder: Path) -> None:
    (folder / "oos_ids.txt").unlink()
    judged = read_judged_set(folder)
    assert (judged.unanswerable, judged.left_out) == ((), 2)


def test_windows_line_ends_and_empty_lines_change_nothing(folder: Path) -> None:
    whole = read_judged_set(folder)
    for name, text in FILES.items():
        (folder / name).write_bytes(text.replace("\n", "\r\n\r\n").encode())
    assert read_judged_set(folder) == whole


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("queries.jsonl", '{"_id": "q1"}', 'queries.jsonl:1: expected an object with "_id" and "text", found'),
        ("queries.jsonl", QUERIES + "{", "queries.jsonl:4: expected an object"),
        ("queries.jsonl", QUERIES + "[1]", "queries.jsonl:4: expected an object"),
        ("queries.jsonl", QUERIES + '"text"', "queries.jsonl:4: expected an object"),
        ("queries.jsonl", QUERIES + "[" * 100_000, "queries.jsonl:4: expected an object"),
        ("queries.jsonl", '\n{"_id": 1, "text": "a"}', 'queries.jsonl:2: expected strings as "_id" and "text", found'),
        ("queries.jsonl", '{"_id": "q", "text": null}', 'queries.jsonl:1: expected strings as "_id" and "text", found'),
        (
            "queries.jsonl",
            '{"_id": "q", "text": "a", "style": 1}',
            'queries.jsonl:1: expected a string as "style", found 1',
        ),
        ("queries.jsonl", QUERIES + QUERIES, 'queries.jsonl:4: the id "q1" is used in line 1 already'),
        ("queries.jsonl", '{"_id": "q 1", "text": "a"}', "queries.jsonl:1: an id must not be empty or have spaces"),
        ("queries.jsonl", '{"_id": "", "text": "a"}', "queries.jsonl:1: an id must not be empty or have spaces"),
        ("queries.jsonl", '{"_id": "q", "text": "\\ud800"}', "queries.jsonl:1: found half of a surrogate pair"),
        (
            "corpus.jsonl",
            '{"_id": "e", "title": "\\udfff", "text": ""}',
            "corpus.jsonl:1: found half of a surrogate pair",
        ),
        ("corpus.jsonl", "", 'corpus.jsonl: expected an object with "_id" and "text" in each line'),
        ("corpus.jsonl", CORPUS + CORPUS, 'corpus.jsonl:3: the id "e1" is used in line 1 already'),
        ("corpus.jsonl", '{"_id": "e1", "text": 5}', 'corpus.jsonl:1: expected strings as "_id" and "text"'),
        (
            "corpus.jsonl",
            '{"_id": "e1", "text": "a", "title": []}',
            'corpus.jsonl:1: expected a string as "title", found []',
        ),
        (
            "qrels.tsv",
            QRELS + "q1\te1\n",
            "qrels.tsv:5: expected query-id, corpus-id and score, a whole number below 100, found",
        ),
        (
            "qrels.tsv",
            QRELS + "q1 e1 1\n",
            "qrels.tsv:5: expected query-id, corpus-id and score, a whole number below 100, found",
        ),
        (
            "qrels.tsv",
            "q1\te1\tgood\n",
            "qrels.tsv:1: expected query-id, corpus-id and score, a whole number below 100, found",
        ),
        (
            "qrels.tsv",
            "q1\te1\t²\n",
            "qrels.tsv:1: expected query-id, corpus-id and score, a whole number below 100, found",
        ),
        (
            "qrels.tsv",
            "q1\te1\t-1\n",
            "qrels.tsv:1: expected query-id, corpus-id and score, a whole number below 100, found",
        ),
        ("qrels.tsv", "q1\te1\t100\n", "qrels.tsv:1: expected query-id, corpus-id and score, a whole number below 100"),
        ("qrels.tsv", "q1\te1\t" + "9" * 5000, "qrels.tsv:1: expected query-id, corpus-id and score"),
        (
            "qrels.tsv",
            "q1\te1\t1\t0\n",
            "qrels.tsv:1: expected query-id, corpus-id and score, a whole number below 100, found",
        ),
        ("qrels.tsv", QRELS + "q9\te1\t1\n", 'qrels.tsv:5: there is no query "q9" in queries.jsonl'),
        ("qrels.tsv", QRELS + "q1\te9\t1\n", 'qrels.tsv:5: there is no entry "e9"'),
        ("qrels.tsv", QRELS + "q1\te1\t2\n", 'qrels.tsv:5: "q1" and "e1" are judged twice'),
        ("qrels.tsv", QRELS + "q3\te1\t1\n", 'qrels.tsv:5: "q3" and "e1" are judged twice'),
        ("oos_ids.txt", "q2\nq8\n", 'oos_ids.txt:2: there is no query "q8" in queries.jsonl'),
        ("oos_ids.txt", "q2\nq1\n", 'oos_ids.txt:2: "q1" has right entries in the qrels'),
    ],
)
def test_a_malformed_line_is_refused_with_file_and_line(folder: Path, name: str, text: str, message: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(JudgedSetError, match=re.escape(message)):
        read_judged_set(folder)


@pytest.mark.parametrize("name", ["queries.jsonl", "qrels.tsv", "oos_ids.txt", "corpus.jsonl"])
def test_a_file_that_is_not_utf8_is_refused_with_the_line(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"\n\n \xff\n")
    with pytest.raises(JudgedSetError, match=rf"{name}:3: found a byte that is not UTF-8; save it as UTF-8"):
        read_judged_set(folder)


def test_a_byte_order_mark_is_ignored(folder: Path) -> None:
    whole = read_judged_set(folder)
    for name, text in FILES.items():
        (folder / name).write_bytes(text.encode("utf-8-sig"))
    assert read_judged_set(folder) == whole


@pytest.mark.parametrize("qrels", ["", "query-id\tcorpus-id\tscore\n", "q1\te1\t0\n"])
def test_a_set_without_any_right_entry_is_refused(folder: Path, qrels: str) -> None:
    (folder / "qrels.tsv").write_text(qrels, encoding="utf-8")
    with pytest.raises(JudgedSetError, match=r"qrels.tsv: no query has a right entry, so there is nothing to measure"):
        read_judged_set(folder)


def test_a_part_without_any_right_entry_is_refused(folder: Path) -> None:
    """The digest of "q1" is not divisible by three."""
    with pytest.raises(JudgedSetError, match=r'printers: no query of the part "tune" has a right entry'):
        read_set(folder, folder, labels=Labels(), without_symptoms=False, part=Part.TUNE)


@pytest.mark.parametrize("name", ["queries.jsonl", "qrels.tsv"])
def test_a_file_that_is_missing_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(JudgedSetError, match=rf"{name} is missing; a judged set has queries.jsonl and qrels.tsv"):
        read_judged_set(folder)


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JudgedSetError, match=r"none/queries.jsonl is missing"):
        read_judged_set(tmp_path / "none")
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(JudgedSetError, match=r"file/queries.jsonl cannot be read \(Not a directory\)"):
        read_judged_set(tmp_path / "file")


ENTRIES = load_corpus(SHIPPED / "articles").entries


def shipped() -> JudgedSet:
    return read_judged_set(SHIPPED / "judgments", entry_ids=frozenset(each.entry_id for each in ENTRIES))


def test_the_shipped_set_judges_entries_of_the_shipped_article() -> None:
    judged = shipped()
    assert (len(judged.answerable), len(judged.unanswerable), judged.left_out) == (225, 160, 20)
    right = {entry_id for query in judged.answerable for entry_id, _ in query.grades}
    article = {
        each.entry_id for each in load_corpus(SHIPPED / "articles").entries if each.article_id.startswith("xero")
    }
    assert right == article


def test_no_query_of_the_shipped_set_is_a_symptom_of_the_shipped_article_or_stands_twice() -> None:
    judged = shipped()
    texts = [query.text.casefold() for query in (*judged.answerable, *judged.unanswerable)]
    assert len(set(texts)) == len(texts)
    symptoms = {each.casefold() for entry in ENTRIES for each in entry.symptoms}
    assert symptoms & set(texts) == set()


JUDGMENTS = [SHIPPED / "judgments", Path(__file__).parent / "data" / "judgments"]


@pytest.mark.parametrize("folder", JUDGMENTS)
def test_every_line_of_our_queries_has_a_style(folder: Path) -> None:
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    assert all(json.loads(line)["style"] for line in lines)


@pytest.mark.parametrize("folder", JUDGMENTS)
def test_a_query_of_ours_without_judgement_is_one_that_says_too_little_to_be_judged(folder: Path) -> None:
    judged = read_judged_set(folder)
    queries = {json.loads(line)["_id"] for line in (folder / "queries.jsonl").read_text("utf-8").splitlines()}
    vague = (folder / "vague_ids.txt").read_text("utf-8").split()
    assert queries - {each.query_id for each in (*judged.answerable, *judged.unanswerable)} == set(vague)
    assert len(vague) == len(set(vague))


def test_the_set_for_the_invented_products_has_a_best_answer_in_each_of_their_entries() -> None:
    entries = {each.entry_id for each in load_corpus(JUDGMENTS[1].parent / "messages").entries}
    judged = read_judged_set(JUDGMENTS[1], entry_ids=frozenset(entries))
    assert (len(judged.answerable), len(judged.unanswerable), judged.left_out) == (150, 100, 15)
    assert {entry_id for query in judged.answerable for entry_id, grade in query.grades if grade == 2} == entries


def test_a_third_of_the_queries_by_their_ids_is_the_tune_part() -> None:
    """The digests of "q8" and "q10" are divisible by three."""
    tune = [number for number in range(12) if JudgedQuery(f"q{number}", "", None, ()).is_tune]
    assert tune == [8, 10]
