"""The search as a tool of the Model Context Protocol, with the whole answer and its decision."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any, BinaryIO

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp_types import ToolAnnotations
from pydantic import Field, RootModel, TypeAdapter

from assistant.answering.answer import Answer
from assistant.answering.interface import AssistantInterface
from assistant.answering.query import Query
from assistant.errors import AssistantError
from assistant.pictures.limits import from_base64
from assistant.pictures.picture_reader import PictureReader
from assistant.search_notes import SearchNotes
from index.errors import SearchIndexError

_INSTRUCTIONS = (
    "Search the help articles for the error entry that fixes a problem. Show only what an entry says. Where the "
    "decision is `none`, say that nothing in the articles is near it: near misses are topics, not answers. Where it is "
    "`ambiguous`, ask the question and search again with the id of the choice; its kind is `perhaps` where no "
    "entry is sure, so say that; it has no choices where the query says too little."
)

_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"  # a pair of surrogates, which is one character
    rb"|(?P<half>u[dD][89a-fA-F][0-9a-fA-F]{2})|.)"
)


def serve(assistant: AssistantInterface, notes: SearchNotes | None = None, reader: PictureReader | None = None) -> None:
    """Serve over standard input and output until the client closes them.

    Args:
        assistant: Answers the queries.
        notes: Keeps them; None where nothing is kept.
        reader: Reads screenshots.
    """
    sys.stdin = io.TextIOWrapper(io.BufferedReader(WholeCharacters(sys.stdin.buffer)), encoding="utf-8")
    build_server(assistant, notes, reader).run("stdio")


class WholeCharacters(io.RawIOBase):
    """JSON from a file, line by line, with U+FFFD for each half of a surrogate pair.

    The SDK cannot read a message with half a pair, and sends no answer to it: the client would wait for good.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._unread = b""

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer with what is left of the line; at the end of the file with nothing."""
        if not self._unread:
            line = self._file.readline()
            self._unread = _ESCAPE.sub(lambda found: rb"\ufffd" if found["half"] else found[0], line)
        size = min(len(buffer), len(self._unread))
        buffer[:size] = self._unread[:size]
        self._unread = self._unread[size:]
        return size


def build_server(
    assistant: AssistantInterface, notes: SearchNotes | None = None, reader: PictureReader | None = None
) -> MCPServer[Any]:
    """Return a server with read-only tools: the search, and the search by a screenshot where these are read.

    Args:
        assistant: Answers the queries.
        notes: Keeps them; None where nothing is kept.
        reader: Reads screenshots.
    """

    def answered(query: Query) -> RootModel[Answer]:
        with _told():
            answer = assistant.ask(query)
        if notes is not None:
            notes.keep(answer, "mcp")
        return RootModel[Answer](answer)

    def search(
        query: Annotated[str, Field(description="What was done and what went wrong, or the pasted message.")],
        k: Annotated[int, Field(ge=1, le=50, description="How many entries at most.")] = 5,
        product: Annotated[str | None, Field(description="Only articles of this product.")] = None,
        tags: Annotated[list[str] | None, Field(description="Only articles with all of these tags.")] = None,
        choice: Annotated[
            str | None, Field(description="A choice's id from the question of an earlier answer.")
        ] = None,
    ) -> RootModel[Answer]:
        """Find the entries of the help articles that fix a problem, with the decision whether they are an answer."""
        return answered(Query(query, k, product, tuple(tags or ()), choice))

    def search_picture(
        image: Annotated[str, Field(description="A PNG, JPEG or WebP file of up to 8 MB, in base64.")],
        k: Annotated[int, Field(ge=1, le=50, description="How many entries at most.")] = 5,
        product: Annotated[str | None, Field(description="Only articles of this product.")] = None,
        tags: Annotated[list[str] | None, Field(description="Only articles with all of these tags.")] = None,
    ) -> RootModel[Answer]:
        """Read the text of a screenshot and find the entries that fix what it shows; the answer's query is the text."""
        assert reader is not None
        with _told():
            text = reader.read(from_base64(image))
        return answered(Query(text, k, product, tuple(tags or ())))

    tools = [_tool(search, "Search the help articles")]
    if reader is not None:
        tools.append(_tool(search_picture, "Search the help articles for what a screenshot shows"))
    return MCPServer("troubleshooting-assistant", instructions=_INSTRUCTIONS, tools=tools)


@contextmanager
def _told() -> Iterator[None]:
    """Tell the client what is wrong and what to do; of an error of another kind it learns nothing."""
    try:
        yield
    except (AssistantError, SearchIndexError) as error:
        raise ToolError(str(error)) from error


def _tool(function: Callable[..., RootModel[Answer]], title: str) -> Tool:
    hints = ToolAnnotations(read_only_hint=True, open_world_hint=False, idempotent_hint=True)
    tool = Tool.from_function(function, title=title, annotations=hints)
    # the SDK would describe the fields that an Answer is made from, most of which are optional
    tool.fn_metadata.output_schema = TypeAdapter(Answer).json_schema(mode="serialization")
    return tool
