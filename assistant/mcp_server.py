"""The search as a tool of the Model Context Protocol, with the whole answer and its decision."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.tools import Tool
from mcp_types import ToolAnnotations
from pydantic import Field, RootModel, TypeAdapter

from assistant.answering.answer import Answer
from assistant.answering.interface import AssistantInterface
from assistant.answering.query import Query

_INSTRUCTIONS = (
    "Search the help articles for the error entry that fixes a problem. Show only what an entry says. Where the "
    "decision is `none`, say that nothing in the articles is near it: near misses are topics, not answers. Where it is "
    "`ambiguous`, ask the question and search again with the id of the choice; its kind is `perhaps` where no "
    "entry is sure, so say that; it has no choices where the query says too little."
)


def build_server(assistant: AssistantInterface) -> MCPServer[Any]:
    """Return a server with one read-only tool.

    Args:
        assistant: Answers the queries.
    """

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
        return RootModel[Answer](assistant.ask(Query(query, k, product, tuple(tags or ()), choice)))

    tool = Tool.from_function(
        search,
        title="Search the help articles",
        annotations=ToolAnnotations(read_only_hint=True, open_world_hint=False, idempotent_hint=True),
    )
    # the SDK would describe the fields that an Answer is made from, most of which are optional
    tool.fn_metadata.output_schema = TypeAdapter(Answer).json_schema(mode="serialization")
    return MCPServer("troubleshooting-assistant", instructions=_INSTRUCTIONS, tools=[tool])
