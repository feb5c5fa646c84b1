"""The server: the page and the HTTP interface on one port."""

from __future__ import annotations

import contextlib
import socket
import sys

from assistant.answering.interface import Answering, Picturing
from assistant.errors import AddressError
from assistant.settings import Settings

_KEEP_ALIVE_S = 75  # longer than nginx keeps one: who asks again must not meet a connection that is being closed


def serve(assistant: Answering, settings: Settings, *, pictures: Picturing | None = None) -> None:
    """Serve until interrupted; the address is printed once the port answers.

    Args:
        assistant: Answers what is asked.
        settings: The address, and what the application needs of them.
        pictures: Has the articles' images.

    Raises:
        AddressError: Another program has the port, or there is no such address here.
    """
    with listening(settings.host, settings.port) as opened:
        _serve(assistant, settings, pictures, opened)


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that has the address; port 0 is any free one.

    Raises:
        AddressError: Another program has the port, or there is no such address here.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # subtle: only of a socket that names its protocol asyncio takes away the delay of small packets; an answer's body
    # would else wait 40 ms for the browser to acknowledge its head
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # what a server that just ended left behind
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        problem = f"cannot listen on {address_of(host, port)} ({error.strerror})"
        raise AddressError(
            f'{problem}; name another port with "--port N", or an address of this machine with "--host"'
        ) from error
    return opened


def address_of(host: str, port: int) -> str:
    """Return the address as a browser wants it."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _serve(assistant: Answering, settings: Settings, pictures: Picturing | None, opened: socket.socket) -> None:
    import uvicorn

    from assistant.answering.factory import open_encoder
    from assistant.publishing.editor_session import Editing
    from assistant.web.app import create_app

    class Server(uvicorn.Server):
        """Says so when it answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                print(f"{settings.name}: {address_of(settings.host, opened.getsockname()[1])}", file=sys.stderr)

    editing = Editing(settings, lambda: open_encoder(settings))
    config = uvicorn.Config(
        create_app(assistant, settings, editing=editing, pictures=pictures),
        log_level="warning",
        access_log=False,  # addresses may hold what was asked
        server_header=False,
        ws="none",  # nothing here speaks WebSocket, and what comes with an upgrade is not read
        timeout_graceful_shutdown=3,
        timeout_keep_alive=_KEEP_ALIVE_S,
    )
    with contextlib.suppress(KeyboardInterrupt):
        Server(config).run(sockets=[opened])
