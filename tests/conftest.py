"""Encoders, articles, servers and a browser that several tests use."""

from __future__ import annotations

import contextlib
import hashlib
import os
import queue
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import numpy as np
import numpy.typing as npt
import pytest
import uvicorn
from playwright.sync_api import Browser, expect, sync_playwright
from starlette.types import ASGIApp

from corpus.article import Article, Entry
from corpus.formats import markdown
from corpus.parsing.article_parser import parse_document
from index.models.encoder import Advance, Encoded, Encoder, EncoderIdentity, TokenVectors, Vectors
from index.models.model_files import DEFAULT_MODEL, model_files
from index.models.sentence_transformer import SentenceTransformerEncoder
from index.storage.generation import Generation

_BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
hypothesis.settings.register_profile("here", deadline=None)  # a busy machine must not fail a test
hypothesis.settings.load_profile("here")

ARTICLES = Path(__file__).parent.parent / "corpus" / "articles"


def columns_of(generation: Generation) -> dict[str, npt.NDArray[Any]]:
    """Return all rows of a generation's entries, in their order, whatever segments they are in."""
    names = generation.segments[0].names if generation.segments else ()
    return generation.entry_rows().arrays(names)


class WordEncoder:
    """An encoder whose vectors can be worked out by hand: each word has a dimension of its own.

    A text is the unit vector of its word counts: the cosine of two texts without repeated words is the number of words
    they share over the root of the product of their lengths. `texts` lists every passage that it was asked to encode.
    While `may_go_on` is cleared it waits after reporting progress, so that a build can be seen under way.
    """

    def __init__(self, name: str = "words") -> None:
        self.identity = EncoderIdentity(name, hashlib.sha256(name.encode()).hexdigest(), 4096, 64)
        self.texts: list[str] = []
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self._words: dict[str, int] = {}

    def count_tokens(self, text: str) -> int:
        return len(self._tokens(text))

    def encode(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Vectors:
        """Return the vectors alone, without making those of the tokens first: every build encodes the background so."""
        if not as_query:
            return self.encode_tokens(texts, advance=advance).vectors
        vectors = np.zeros((len(texts), 4096), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in self._tokens(text):
                row[self._words.setdefault(word, len(self._words))] += 1
        unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1)
        return unit

    def encode_tokens(self, texts: Sequence[str], *, as_query: bool = False, advance: Advance | None = None) -> Encoded:
        self.texts += [] if as_query else list(texts)
        tokens = [TokenVectors(self._spans(text), self._directions(text)) for text in texts]
        sums = np.stack([each.vectors.sum(axis=0) for each in tokens]) if tokens else np.empty((0, 4096), np.float32)
        vectors = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1)
        if advance is not None:
            advance(len(texts))
            assert self.may_go_on.wait(60)
        return Encoded(vectors, tuple(tokens))

    def _tokens(self, text: str) -> list[str]:
        return re.findall(r"\w+", text.casefold())

    def _spans(self, text: str) -> npt.NDArray[np.int32]:
        return np.array([found.span() for found in re.finditer(r"\w+", text)], dtype=np.int32).reshape(-1, 2)

    def _directions(self, text: str) -> Vectors:
        rows = [self._words.setdefault(word, len(self._words)) for word in self._tokens(text)]
        directions = np.zeros((len(rows), 4096), dtype=np.float32)
        directions[np.arange(len(rows)), rows] = 1
        return directions


def parse_article(text: str, source: str) -> tuple[Article, tuple[Entry, ...]]:
    """Return the article and the entries of a Markdown text; its id comes from `source`, its path in the corpus."""
    parsed = parse_document(markdown.read(text, source), source)
    return parsed.article, tuple(parsed.entries)


@pytest.fixture
def words() -> WordEncoder:
    return WordEncoder()


@pytest.fixture(scope="session")
def encoder() -> Encoder:
    """The default language model, run by sentence-transformers."""
    return SentenceTransformerEncoder(model_files(DEFAULT_MODEL), device="cpu")


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """A copy of the shipped articles, which a test may edit."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for path in ARTICLES.glob("*.md"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


@contextmanager
def running(application: ASGIApp) -> Iterator[str]:
    """Serve an application on a free port until the end of the block; gives its address."""
    server = uvicorn.Server(uvicorn.Config(application, port=0, log_level="warning", server_header=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


Serve = Callable[[ASGIApp], AbstractContextManager[str]]


@pytest.fixture(scope="session")
def serve() -> Serve:
    """Serve an application on a free port of this machine."""
    return running


def chromium() -> str:
    """Return the browser that ASSISTANT_CHROMIUM names, or the first on PATH."""
    found = filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome")))
    path = os.environ.get("ASSISTANT_CHROMIUM") or next(found, None)
    if path is None:
        pytest.fail("no Chromium on PATH: run `apt-get install chromium`, or name one in ASSISTANT_CHROMIUM")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)  # a busy machine must not fail a test
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=_BROWSER_ARGUMENTS)
        yield browser
        browser.close()


class MilvusLite:
    """A Milvus Lite server with its data in a folder; `kill` and `start` leave the data as they are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it listens."""
        program = str(Path(sys.executable).with_name("milvus-lite"))
        command = [program, "server", "--data-dir", str(self._folder), "--host", "127.0.0.1", "--port", str(self.port)]
        with self._folder.with_suffix(".log").open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        deadline = time.monotonic() + 60
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
                return
            assert self._process.poll() is None, "Milvus Lite has ended"
            assert time.monotonic() < deadline, "Milvus Lite has not started"
            time.sleep(0.05)

    def send(self, number: int) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """End it by SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()


def open_files() -> set[tuple[str, str]]:
    """Return the open descriptors of this process, each with what it is of."""
    found = set()
    for each in Path("/dev/fd").iterdir():
        with contextlib.suppress(OSError):  # that of the listing itself is closed again
            found.add((each.name, str(each.readlink())))
    return found


class SlowLine:
    """A line to a server on this machine, over which each answer arrives `delay_s` later; whatever is asked does not.

    `connections` is how many there are, `most_connections` how many there have been at once.

    Args:
        port: The server's.
    """

    def __init__(self, port: int) -> None:
        self.delay_s = 0.0
        self.connections = self.most_connections = 0
        self._port = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def close(self) -> None:
        """Accept nothing more."""
        self._listening.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                asking, _ = self._listening.accept()
                threading.Thread(target=self._connect, args=(asking,), daemon=True).start()

    def _connect(self, asking: socket.socket) -> None:
        """Pass everything on, until one side ends."""
        arrived: queue.SimpleQueue[tuple[float, bytes]] = queue.SimpleQueue()
        self.connections += 1
        self.most_connections = max(self.most_connections, self.connections)
        with asking, socket.create_connection(("127.0.0.1", self._port)) as answering:

            def ask() -> None:
                with contextlib.suppress(OSError):
                    for data in _received(asking):
                        answering.sendall(data)
                    answering.shutdown(socket.SHUT_RDWR)

            def answer() -> None:
                for data in _received(answering):
                    arrived.put((time.monotonic(), data))
                arrived.put((0.0, b""))

            threads = [threading.Thread(target=work, daemon=True) for work in (ask, answer)]
            for thread in threads:
                thread.start()
            at, data = arrived.get()
            while data:
                time.sleep(max(0.0, at + self.delay_s - time.monotonic()))
                with contextlib.suppress(OSError):
                    asking.sendall(data)
                at, data = arrived.get()
            with contextlib.suppress(OSError):
                asking.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()
        self.connections -= 1


def _received(line: socket.socket) -> Iterator[bytes]:
    """Yield what arrives, until the other side ends."""
    with contextlib.suppress(OSError):
        while data := line.recv(65_536):
            yield data


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


@pytest.fixture(scope="session")
def lite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Milvus Lite server, which the tests of a process share: each index has its own collections."""
    server = MilvusLite(tmp_path_factory.mktemp("milvus") / "data")
    server.start()
    yield server.address
    server.kill()
