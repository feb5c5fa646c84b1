"""Serves the page and the HTTP interface on one port."""

from __future__ import annotations

import contextlib
import logging
import socket
import sys
from typing import TYPE_CHECKING

from assistant.answering.interface import AssistantInterface, ImageSource
from assistant.errors import AddressError
from assistant.settings import Settings

if TYPE_CHECKING:
    import uvicorn
    from starlette.types import ASGIApp

_KEEP_ALIVE_S = (
    75  # longer than nginx keeps one (60 s), so that nginx never sends on a connection that closes just then
)
_QUEUED = 1024  # connections that the system holds until they are accepted; one too many is tried again after a second


def serve(assistant: AssistantInterface, settings: Settings, *, pictures: ImageSource | None = None) -> None:
    """Serve until interrupted; the address is printed once the port answers.

    Args:
        assistant: Answers what is asked.
        settings: The address to listen on, and the settings of the application.
        pictures: Holds the articles' images; without it, their alternative texts are shown.

    Raises:
        AddressError: Another program uses the port, or this machine does not have the address.
    """
    with bound_socket(settings.host, settings.port) as bound:
        _serve(assistant, settings, pictures, bound)


def bound_socket(host: str, port: int) -> socket.socket:
    """Return a socket that is bound to an address; port 0 is any free one.

    Raises:
        AddressError: Another program uses the port, or this machine does not have the address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # subtle: asyncio switches Nagle's algorithm off only on a socket that names its protocol; left on, it holds a
    # response's body back for 40 ms, until the browser has acknowledged the headers
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # a server that has just ended keeps the port for a minute
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        problem = f"cannot listen on {address_of(host, port)} ({error.strerror})"
        raise AddressError(
            f'{problem}; name another port with "--port N", or an address of this machine with "--host"'
        ) from error
    return bound


def address_of(host: str, port: int) -> str:
    """Return the URL of the server."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _serve(
    assistant: AssistantInterface, settings: Settings, pictures: ImageSource | None, bound: socket.socket
) -> None:
    import uvicorn

    from assistant.answering.factory import open_encoder
    from assistant.pictures.picture_reader import open_reader
    from assistant.publishing.editor_session import EditorSession
    from assistant.web.app import create_app
    from assistant.web.connections import RarelyRepeated

    class Server(uvicorn.Server):
        """Prints its address once it answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                bound.listen(_QUEUED)
                print(f"{settings.name}: {address_of(settings.host, bound.getsockname()[1])}", file=sys.stderr)

    editor = EditorSession(settings, lambda: open_encoder(settings))
    reader = open_reader(settings)
    config = server_config(create_app(assistant, settings, editor=editor, pictures=pictures, reader=reader))
    for name in ("uvicorn.error", "asyncio"):
        logging.getLogger(name).addFilter(RarelyRepeated())
    with contextlib.closing(reader) if reader else contextlib.nullcontext(), contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[bound])


def server_config(application: ASGIApp) -> uvicorn.Config:
    """Return how uvicorn serves an application; raises this process's limit of open files where it may."""
    import uvicorn

    from assistant.web.connections import BACKLOG, Connections, allowed_connections

    return uvicorn.Config(
        application,
        log_level="warning",
        access_log=False,  # the address of a GET request holds the query
        server_header=False,
        http=Connections(allowed_connections()).protocol(),
        backlog=BACKLOG,
        ws="none",  # no route speaks WebSocket
        timeout_graceful_shutdown=3,
        timeout_keep_alive=_KEEP_ALIVE_S,
    )
