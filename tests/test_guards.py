"""Small guards, each of which no other test would miss."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import stat
from pathlib import Path

import pytest
from starlette.types import Message, Receive, Scope, Send

from assistant.settings import parse
from assistant.web.middleware.body_limit import BodyLimit
from assistant.web.middleware.fault_ids import FaultIds
from assistant.web.middleware.gradio_document import GradioDocument, content_security_policy
from assistant.web.middleware.security import AllowedRoutes
from assistant.web.server import server_config
from corpus.errors import ArticleError
from corpus.formats import csv_rows
from corpus.images import image_path
from corpus.labels import DEFAULT_LABELS
from corpus.loader import load_corpus
from index.storage.file_system import DISK, Disk, write_file
from index.storage.generation import ReadLock
from index.storage.manifest import is_file_name

ARTICLE = "# Mail\n\n## Mail is late {#late}\n\n**Message:** Mail is late\n\n**Solution:** Wait.\n"


async def page(_: Scope, __: Receive, send: Send) -> None:
    """Answer with an HTML document."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/html")]})
    await send({"type": "http.response.body", "body": b"<head></head><body></body>"})


async def fail(_: Scope, __: Receive, ___: Send) -> None:
    raise MemoryError


def start_of(application: object, scope: Scope) -> Message:
    """Return the first message that is sent."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(application(scope, receive, send))  # type: ignore[operator]
    return sent[0]


def test_hidden_files_and_files_in_hidden_folders_are_no_articles(tmp_path: Path) -> None:
    for name in ("mail.md", ".mail.md", ".git/mail.md", "a/.b/mail.md", "a/mail.md"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(ARTICLE, "utf-8")
    assert [article.source for article in load_corpus(tmp_path).articles] == ["a/mail.md", "mail.md"]


@pytest.mark.parametrize("address", ["a\\b.png", "\\a.png", "menus\\..\\..\\a.png", "%5Ca.png"])
def test_an_image_with_a_backslash_in_its_path_is_not_shown(address: str) -> None:
    """Windows would take it for the separator of folders."""
    assert image_path(address, "help/mail.md") is None


def test_a_cell_of_a_table_has_a_million_characters_at_most(tmp_path: Path) -> None:
    head, longest = b"message,solution\n", b"x" * 1_000_000
    assert len(csv_rows.documents(head + longest + b",wait\n", "a.csv", DEFAULT_LABELS)) == 1
    with pytest.raises(ArticleError, match=r"a\.csv:2: .*field larger than field limit \(1000000\)"):
        csv_rows.documents(head + longest + b"x,wait\n", "a.csv", DEFAULT_LABELS)


def test_a_generation_that_is_replaced_while_it_is_opened_is_not_there(tmp_path: Path) -> None:
    """The lock is on a file that was removed; whoever removes what stands there now does not see it."""

    class Swapping(Disk):
        def lock(self, descriptor: int, *, shared: bool) -> bool:
            path = tmp_path / "manifest.json"
            path.unlink()
            path.write_bytes(b"another")
            return super().lock(descriptor, shared=shared)

    (tmp_path / "manifest.json").write_bytes(b"one")
    with pytest.raises(FileNotFoundError):
        ReadLock(tmp_path, Swapping())
    ReadLock(tmp_path, DISK).close()


def test_a_file_that_cannot_be_synced_is_an_error() -> None:
    """A pipe cannot be."""
    reading, writing = os.pipe()
    with os.fdopen(reading), os.fdopen(writing, "w"), pytest.raises(OSError, match=r"Invalid argument|not supported"):
        DISK.sync(writing)


def test_a_file_of_the_index_is_new_and_only_its_owner_may_write_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    before = os.umask(0)
    try:
        write_file(DISK, path, [b"one"])
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    with pytest.raises(FileExistsError):
        write_file(DISK, path, [b"another"])
    assert path.read_bytes() == b"one"


def test_no_process_that_is_started_gets_the_files_of_the_index(tmp_path: Path) -> None:
    descriptor = DISK.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    try:
        assert not os.get_inheritable(descriptor)
    finally:
        os.close(descriptor)


def test_the_server_writes_no_access_log_names_no_software_and_speaks_no_websocket() -> None:
    config = server_config(page)
    config.load()
    assert (config.access_log, config.log_level, config.ws_protocol_class) == (False, "warning", None)
    assert config.ws == "none"  # "auto" is the same only as long as no library for it is installed
    assert not [name for name, _ in config.encoded_headers if name.lower() == b"server"]


def test_the_page_is_kept_in_no_cache_with_its_nonce() -> None:
    application = GradioDocument(page, head="", waiting="", paths=frozenset({"/"}))
    start = start_of(application, {"type": "http", "method": "GET", "path": "/", "headers": []})
    assert dict(start["headers"])[b"cache-control"] == b"no-store"


def test_no_markup_in_the_page_moves_its_addresses_to_another_site() -> None:
    assert "; base-uri 'self'; " in content_security_policy("nonce")


def test_a_body_has_thirty_seconds_to_arrive() -> None:
    assert inspect.signature(BodyLimit).parameters["timeout_s"].default == 30


def test_a_path_in_the_log_of_faults_is_ascii(caplog: pytest.LogCaptureFixture) -> None:
    scope = {"type": "http", "method": "GET", "path": "/a\nb\x1b[2J\u00e9", "headers": []}
    with caplog.at_level(logging.ERROR):
        assert start_of(FaultIds(fail), scope)["status"] == 500
    assert caplog.messages[0].startswith("GET '/a\\nb\\x1b[2J\\xe9' failed, id ")


def test_a_websocket_is_closed_before_it_reaches_an_application() -> None:
    assert start_of(AllowedRoutes(fail), {"type": "websocket", "path": "/"})["type"] == "websocket.close"


@pytest.mark.parametrize(("text", "value"), [("0", 0), ("64", 64), ("-1", None), ("65", None)])
def test_there_may_be_64_worker_processes_at_most(text: str, value: int | None) -> None:
    if value is None:
        with pytest.raises(ValueError, match=f"'{text}' is not a whole number from 0 to 64"):
            parse("processes", text)
    else:
        assert parse("processes", text) == value


@pytest.mark.parametrize("name", ["manifest.json", "../pointer", "a/b", ".hidden", "", "a b"])
def test_a_generation_holds_no_file_outside_its_folder_and_none_in_place_of_its_manifest(name: str) -> None:
    assert not is_file_name(name)
    assert is_file_name("entries.jsonl")
