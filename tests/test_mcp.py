"""Other programs' assistants search over the Model Context Protocol."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import CallToolResult, TextContent
from pydantic import TypeAdapter

from assistant.answering.answer import Answer, EntryInfo, GenerationInfo, Status, json_value
from assistant.answering.query import Query
from assistant.journal import Journal
from assistant.mcp_server import WholeCharacters, build_server
from assistant.notes import Count
from assistant.search_notes import SearchNotes
from corpus.article import Article, Entry
from index.decision import Decision, Reason
from index.errors import NoIndexError


class Nothing:
    """Has no answer, and records the queries."""

    def __init__(self) -> None:
        self.asked: list[Query] = []

    def ask(self, query: Query) -> Answer:
        self.asked.append(query)
        return Answer(query.text, Decision.NONE, Reason.NO_MATCH, 0.5, GenerationInfo("g1", "2026-11-23"), 0.1)

    def entry(self, _entry_id: str) -> EntryInfo | None:
        return None

    def contents(self) -> tuple[tuple[Article, tuple[Entry, ...]], ...]:
        return ()

    def status(self) -> Status:
        raise NotImplementedError

    def check_ready(self) -> None:
        raise NotImplementedError


def test_the_one_tool_is_read_only_and_returns_the_whole_answer() -> None:
    assistant = Nothing()
    server = build_server(assistant)
    (tool,) = asyncio.run(server.list_tools())
    assert tool.name == "search"
    assert tool.annotations is not None
    assert tool.annotations.read_only_hint is True
    assert tool.input_schema["required"] == ["query"]
    assert tool.output_schema == TypeAdapter(Answer).json_schema(mode="serialization")
    result = asyncio.run(server.call_tool("search", {"query": "printer", "k": 2}))
    assert isinstance(result, CallToolResult)
    (text,) = result.content
    assert isinstance(text, TextContent)
    assert list(json.loads(text.text).items()) == list((result.structured_content or {}).items())
    assert result.structured_content == json_value(Nothing().ask(Query("printer")))
    assert assistant.asked == [Query("printer", k=2)]


def test_what_is_asked_is_kept_in_the_journal(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.sqlite", days=90)
    server = build_server(Nothing(), SearchNotes(journal))
    asyncio.run(server.call_tool("search", {"query": "printer of a@b.example"}))
    until = time.monotonic() + 20
    while not (kept := journal.summary()).clients and time.monotonic() < until:
        time.sleep(0.02)
    assert (kept.unanswered, kept.clients) == ((Count("printer of [e-mail]", 1),), (Count("mcp", 1),))


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (rb'"a \ud83d\ude00 b"', rb'"a \ud83d\ude00 b"'),
        (rb'"\ud83d \ude00 \uD83D\uD83D\uDE00"', rb'"\ufffd \ufffd \ufffd\uD83D\uDE00"'),
        (rb'"a file C:\\ud83d and \\\ud83d"', rb'"a file C:\\ud83d and \\\ufffd"'),
        (rb'"\ud83d\n\u0041"', rb'"\ufffd\n\u0041"'),
    ],
)
def test_half_of_a_surrogate_pair_is_replaced_and_nothing_else(sent: bytes, read: bytes) -> None:
    lines = WholeCharacters(io.BytesIO(sent + b"\n" + b"x" * 20_000 + b"\n"))
    assert io.BufferedReader(lines).read() == read + b"\n" + b"x" * 20_000 + b"\n"


def test_a_query_with_half_of_a_character_is_answered() -> None:
    program = "from assistant.mcp_server import serve\nfrom tests.test_mcp import Nothing\nserve(Nothing())"
    client = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    asked = {"name": "search", "arguments": {"query": "half \ud83d of it"}}
    messages = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": client},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": asked},
    ]
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for message in messages:
            server.stdin.write(json.dumps(message).encode() + b"\n")
        server.stdin.flush()
        answers = [json.loads(server.stdout.readline()) for _ in range(2)]
        server.stdin.close()
    assert answers[1]["id"] == 2
    assert answers[1]["result"]["structuredContent"]["query"] == "half \ufffd of it"


def test_an_error_that_we_know_is_told_with_its_remedy() -> None:
    class NoIndex(Nothing):
        def ask(self, query: Query) -> Answer:
            raise NoIndexError(f'no index to search for {query.text}; run "assistant build"')

    with pytest.raises(ToolError, match='no index to search for printer; run "assistant build"'):
        asyncio.run(build_server(NoIndex()).call_tool("search", {"query": "printer"}))
