"""The trials' server in a process of its own, which prints its port.

python -m tests.programs.trial_server_process INDEX
"""

from __future__ import annotations

import socket
import sys
import threading
from pathlib import Path

import uvicorn

from assistant.answering.assistant import Assistant
from assistant.settings import Settings
from assistant.web.app import create_app
from index.storage.store import Store
from tests.programs.trials import StableEncoder


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(self.servers[0].sockets[0].getsockname()[1], flush=True)


def _end_with_parent() -> None:
    sys.stdin.read()
    server.should_exit = True


if __name__ == "__main__":
    index = Path(sys.argv[1])
    settings = Settings(index=index, journal=index.parent / "journal.sqlite", rate_limit=0)
    application = create_app(Assistant(Store(index), StableEncoder()), settings)
    config = uvicorn.Config(application, port=0, log_level="warning", timeout_keep_alive=600)  # a busy machine pauses
    server = _Server(config)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    server.run()
