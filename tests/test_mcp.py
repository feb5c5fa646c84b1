"""Other programs' assistants search over the Model Context Protocol."""

from __future__ import annotations

import asyncio
import json

from mcp_types import CallToolResult, TextContent
from pydantic import TypeAdapter

from assistant.answering.answer import Answer, EntryInfo, GenerationInfo, Status, json_value
from assistant.answering.query import Query
from assistant.mcp_server import build_server
from corpus.article import Article, Entry
from index.decision import Decision, Reason


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
