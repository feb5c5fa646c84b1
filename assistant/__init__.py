"""Answers people and programs: the web page, the HTTP interface, the command line and MCP.

All of them pass the text they are given to an `answering.assistant.Assistant` and show the `Answer` that it returns.

Reading order: `settings`, `errors`; `answering` (a query becomes an answer), `rendering` (an answer becomes HTML or
text), `web` (the server), `publishing` (an edited article becomes part of the index), `commands` and `cli`. `journal`
and `masking` record what was asked; `mcp_server` serves other programs' assistants.
"""
