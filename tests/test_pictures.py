"""A screenshot's text is read in order, by a process that leaves nothing behind; what cannot be read is said why."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
import watchfiles
from mcp.server.mcpserver.exceptions import ToolError
from PIL import Image, ImageDraw, ImageFont
from starlette.types import Message, Receive, Scope, Send

from assistant.cli import main
from assistant.errors import NoPictureReaderError, PictureError
from assistant.journal import Journal
from assistant.mcp_server import build_server
from assistant.notes import Count
from assistant.pictures.layout import Line, picture_text
from assistant.pictures.limits import MAX_BYTES, check_file, check_lines, check_size, from_base64
from assistant.pictures.picture_reader import PictureReader, open_reader, required_reader
from assistant.pictures.recognition import Recogniser
from assistant.settings import Pictures, Settings
from assistant.web.app import create_app
from assistant.web.middleware.picture_uploads import PictureUploads
from corpus.loader import load_corpus
from index.builder import build
from index.models.encoder import Encoder
from index.storage.store import Store
from tests.conftest import ARTICLES, Serve
from tests.programs.stub_assistant import ENTRY, StubAssistant

GIF = "The file is a GIF; PNG, JPEG and WebP are read. Take a screenshot of it and send that."
TWICE = 'the query is missing or is there twice: give a text, "-", or --image FILE'
SAYS = "The port is closed because nobody opened it."


def drawn(text: str = SAYS, *, size: tuple[int, int] = (640, 120), kind: str = "PNG", columns: int = 1) -> bytes:
    picture = Image.new("RGB", size, "white")
    font = ImageFont.load_default(22)
    for column in range(columns):
        ImageDraw.Draw(picture).text((20 + 480 * column, 40), text, fill="black", font=font)
    file = io.BytesIO()
    picture.save(file, kind)
    return file.getvalue()


@pytest.fixture(scope="module")
def reader() -> Iterator[PictureReader]:
    with closing(PictureReader()) as reader:
        yield reader


def lines(*pieces: tuple[float, float, str], height: float = 20) -> list[Line]:
    """Lines from where they begin and what they say; a letter is 10 wide."""
    return [Line(left, top, left + 10 * len(text), top + height, text) for left, top, text in pieces]


def test_a_wrapped_message_is_one_paragraph() -> None:
    assert picture_text(lines((50, 100, "The invoice could not be"), (50, 122, "posted."))) == (
        "The invoice could not be posted."
    )


def test_what_was_broken_at_a_hyphen_is_whole_again() -> None:
    assert picture_text(lines((50, 100, "It is checked out since 2026-"), (50, 122, "04-30."))) == (
        "It is checked out since 2026-04-30."
    )


def test_pieces_of_one_line_are_joined() -> None:
    assert picture_text(lines((50, 100, "The payment is"), (198, 101, "more than what is owed"))) == (
        "The payment is more than what is owed"
    )


def test_a_column_is_read_before_the_one_to_its_right() -> None:
    pieces = lines(
        (600, 100, "Nobody answers at this port."),
        (50, 110, "The left column has a text"),
        (600, 150, "Ask whoever opened it."),
        (50, 160, "and another one below it."),
    )
    assert picture_text(pieces) == (
        "The left column has a text\n\nand another one below it.\n\n"
        "Nobody answers at this port.\n\nAsk whoever opened it."
    )


def test_menus_buttons_tables_and_the_taskbar_are_left_out() -> None:
    pieces = lines(
        (10, 5, "File"), (70, 5, "Edit"), (130, 5, "View"),
        (10, 60, "INV-2041"), (200, 60, "Hill Farm"), (400, 60, "12 May"),
        (100, 200, "Paperwell"),
        (100, 240, "The file could not be opened."),
        (100, 300, "Cancel"), (300, 300, "OK"),
        (10, 700, "Start"), (90, 700, "Mail"), (170, 700, "14:05"),
    )  # fmt: skip
    assert picture_text(pieces) == "Paperwell\n\nThe file could not be opened."


def test_a_list_beside_the_message_is_left_out_and_a_short_message_is_not() -> None:
    side = lines((10, 100, "Overview"), (10, 122, "Contacts"), (10, 144, "Invoices"), (10, 166, "Calendar"))
    assert picture_text([*side, *lines((300, 100, "Your changes were not kept."))]) == "Your changes were not kept."
    assert picture_text(lines((300, 100, "Access denied"), (300, 160, "OK"))) == "Access denied"
    assert picture_text(lines((300, 100, "OK"))) == "OK"
    assert picture_text([]) == ""


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "The picture is empty"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * MAX_BYTES, "The picture has 8.0 MB; at most 8 MB are read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", r"The file is a drawing \(SVG\); PNG, JPEG and WebP are read"),
        (b"GIF89a", "The file is a GIF"),
        (b"%PDF-1.7", "The file is a PDF"),
        (b"hello", "The file is no picture that is known"),
    ],
)
def test_a_file_that_is_no_picture_is_refused_before_it_is_decoded(content: bytes, problem: str) -> None:
    with pytest.raises(PictureError, match=problem):
        check_file(content)


def test_a_picture_that_is_too_large_is_refused_by_its_head() -> None:
    with pytest.raises(PictureError, match="40,000 x 900 pixels; at most 12,000 on a side"):
        check_size(40_000, 900, frames=1)
    with pytest.raises(PictureError, match="9,000 x 9,000 pixels; at most 40 million"):
        check_size(9_000, 9_000, frames=1)
    with pytest.raises(PictureError, match=r"The picture moves \(3 frames\)"):
        check_size(100, 100, frames=3)
    with pytest.raises(PictureError, match="800 lines of text; at most 200"):
        check_lines(800)
    with pytest.raises(PictureError, match="not in base64"):
        from_base64("data:image/png;base64,AAAA")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_the_text_of_each_format_is_read(reader: PictureReader, kind: str) -> None:
    assert reader.read(drawn(kind=kind)) == SAYS


def test_a_transparent_picture_and_one_that_lies_on_its_side_are_read(reader: PictureReader) -> None:
    layer = Image.open(io.BytesIO(drawn())).convert("LA")
    layer.putalpha(Image.eval(layer.getchannel(0), lambda value: 255 - value))
    file = io.BytesIO()
    layer.save(file, "PNG")
    assert reader.read(file.getvalue()) == SAYS
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif.get_ifd(0x8825)[2] = (47.0, 22.0, 11.0)  # the place where it was taken
    turned = Image.open(io.BytesIO(drawn())).rotate(90, expand=True)
    file = io.BytesIO()
    turned.save(file, "JPEG", exif=exif)
    assert reader.read(file.getvalue()) == SAYS


def _animated() -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (50, 50), colour) for colour in ("red", "blue")]
    frames[0].save(file, "WEBP", save_all=True, append_images=frames[1:])
    return file.getvalue()


def _photo() -> bytes:
    rows = np.add.outer(np.arange(300), np.arange(400)) / 700
    noise = np.random.default_rng(7).normal(0, 8, (300, 400, 3))
    file = io.BytesIO()
    Image.fromarray(np.clip(rows[..., None] * (200, 140, 90) + noise, 0, 255).astype(np.uint8)).save(file, "JPEG")
    return file.getvalue()


def _scribble() -> bytes:
    """Lines that a reader of texts takes for "5>4D1V", and is not sure."""
    draw = np.random.default_rng(3)
    picture = Image.new("RGB", (400, 120), "white")
    for left in range(20, 290, 30):
        points = [(left + int(draw.integers(0, 22)), 40 + int(draw.integers(0, 40))) for _ in range(5)]
        ImageDraw.Draw(picture).line(points, fill="black", width=3)
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (drawn(size=(40_000, 20)), "40,000 x 20 pixels; at most 12,000 on a side. Cut out the part"),
        (drawn(size=(10_000, 9_000)), "10,000 x 9,000 pixels; at most 40 million are read"),  # 270 MB from 300 kB
        (_animated(), r"The picture moves \(2 frames\); send a screenshot"),
        (drawn()[:300], "The picture is damaged or was cut off; take the screenshot again"),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 500, "The picture is damaged"),
        (_photo(), "No text was found in the picture; type the message"),
        (drawn("\n".join(["one two three"] * 70), size=(1960, 1980), columns=4), "lines of text; at most 200"),
    ],
    ids=["wide", "bomb", "animated", "truncated", "damaged", "photo", "ten thousand words"],
)  # fmt: skip
def test_what_cannot_be_read_is_said_why(reader: PictureReader, content: bytes, problem: str) -> None:
    with pytest.raises(PictureError, match=problem):
        reader.read(content)
    assert reader.read(drawn()) == SAYS


def test_what_is_read_without_being_sure_is_no_text() -> None:
    assert Recogniser(1).lines(_scribble()) == []


def test_a_damaged_picture_is_given_to_no_other_decoder_than_that_of_its_format() -> None:
    """Pillow asks all of its forty where none is named, among them one that starts a program (Ghostscript)."""
    program = """
import sys
from assistant.errors import PictureError
from assistant.pictures.recognition import _decoded
try:
    _decoded(b"\\x89PNG\\r\\n\\x1a\\n" + b"\\xff" * 500)
except PictureError:
    print(sorted(each for each in sys.modules if each in {"PIL.PngImagePlugin", "PIL.EpsImagePlugin"}))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "['PIL.PngImagePlugin']\n"


def test_nothing_is_written_while_pictures_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder for temporary files is watched; and the process may not write a byte to any file."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    seen: list[str] = []
    stop = threading.Event()

    def watch() -> None:
        for changes in watchfiles.watch(tmp_path, stop_event=stop, debounce=50, step=20, force_polling=False):
            seen.extend(path for _, path in changes)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        with closing(PictureReader()) as reader:
            assert reader.read(drawn()) == SAYS
            assert reader.process_id is not None
            for limit in (resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):
                assert resource.prlimit(reader.process_id, limit) == (0, 0)
            assert resource.prlimit(reader.process_id, resource.RLIMIT_AS)[0] == 5_000_000_000
            open_files = [str(each.readlink()) for each in Path(f"/proc/{reader.process_id}/fd").iterdir()]
            assert [each for each in open_files if each.startswith(str(tmp_path))] == []
    finally:
        stop.set()
        watcher.join()
    assert seen == []
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_has_died_is_replaced(reader: PictureReader) -> None:
    assert reader.read(drawn()) == SAYS
    first = reader.process_id
    assert first is not None
    os.kill(first, 9)
    assert reader.read(drawn()) == SAYS
    assert reader.process_id not in {first, None}


def test_only_so_many_pictures_wait_and_none_takes_forever() -> None:
    with closing(PictureReader(most_waiting=0, timeout_s=0.01)) as reader:

        def give_up() -> None:
            with pytest.raises(PictureError, match=r"took longer than 0.01 seconds. Cut out the part"):
                reader.read(drawn())

        one = threading.Thread(target=give_up)
        one.start()
        while not reader._lock.locked():
            time.sleep(0.001)
        with pytest.raises(NoPictureReaderError, match="Too many pictures are waiting"):
            reader.read(drawn())
        one.join()
        assert reader.process_id is None


def test_where_pictures_are_switched_off_there_is_no_reader_and_it_is_said_why() -> None:
    assert open_reader(Settings(pictures=Pictures.OFF)) is None
    assert open_reader(Settings()) is not None
    with pytest.raises(NoPictureReaderError, match="switched off; unset ASSISTANT_PICTURES"):
        required_reader(Settings(pictures=Pictures.OFF))


def test_a_picture_is_read_and_searched_over_http(reader: PictureReader, serve: Serve, tmp_path: Path) -> None:
    assistant = StubAssistant()
    settings = Settings(journal=tmp_path / "journal.sqlite")
    application = create_app(assistant, settings, reader=reader)
    with serve(application) as address, httpx.Client(base_url=address, timeout=120) as client:
        sent = client.post("/api/picture", content=drawn(), headers={"Content-Type": "image/png"})
        assert (sent.status_code, sent.json()) == (200, {"text": SAYS})
        body = {"image": base64.b64encode(drawn()).decode(), "k": 1}
        answer = client.post("/api/search/picture", json=body, headers={"X-Assistant-Client": "desk bot"}).json()
        assert (answer["query"], answer["hits"][0]["entry_id"]) == (SAYS, ENTRY.entry_id)
        refused = client.post("/api/picture", content=b"GIF89a")
        assert (refused.status_code, refused.json()["error"]["code"]) == (422, "unreadable_picture")
        large = client.post("/api/picture", content=b"\x89PNG" + bytes(8_100_000))
        assert large.status_code == 413
        large = client.post("/api/search/picture", json={"image": "A" * 10_700_000})
        assert large.status_code == 413
        statuses = [client.post("/api/picture", content=b"GIF89a").status_code for _ in range(60)]
        assert 429 in statuses
    assert assistant.asked[0].text == SAYS
    assert Journal(settings.journal, days=90).summary().clients == (Count("desk bot", 1),)


def test_without_a_reader_the_page_offers_none_and_http_says_what_to_do(serve: Serve) -> None:
    with serve(create_app(StubAssistant(), Settings(journal_days=0, pictures=Pictures.OFF))) as address:
        refused = httpx.post(f"{address}/api/picture", content=drawn())
        assert refused.status_code == 503
        assert refused.json()["error"]["message"].startswith("Reading pictures is switched off")
        page = httpx.get(address).text
        assert "picture.js" not in page
        assert "picture-file" not in page


def test_a_picture_is_searched_from_the_command_line(
    encoder: Encoder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    build(load_corpus(ARTICLES), encoder, Store(tmp_path / "built"))
    monkeypatch.setenv("ASSISTANT_INDEX", str(tmp_path / "built"))
    picture = tmp_path / "shot.png"
    picture.write_bytes(drawn("Error: Xero V2: Failed to renew token."))
    assert main(["search", "--image", str(picture), "--json"]) == 0
    told = capsys.readouterr()
    answer = json.loads(told.out)
    assert (answer["decision"], answer["hits"][0]["entry_id"]) == (
        "answer",
        "xero-error-messages#failed-to-renew-token",
    )
    assert told.err == f"read in {picture}:\nError: Xero V2: Failed to renew token.\n\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--image", "gone.png"], "assistant search: --image gone.png: No such file or directory"),
        (["--image", "moves.gif"], f"assistant: {GIF}"),
        (["a text", "--image", "moves.gif"], f"assistant search: {TWICE}"),
    ],
    ids=["gone", "gif", "both"],
)  # fmt: skip
def test_what_the_command_line_cannot_read_is_said_in_one_line(
    arguments: list[str],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "moves.gif").write_bytes(b"GIF89a")
    assert main(["search", *arguments]) in {1, 2}
    assert capsys.readouterr().err == f"{message}\n"


def test_a_picture_is_searched_over_mcp(reader: PictureReader) -> None:
    assistant = StubAssistant()
    server = build_server(assistant, None, reader)
    assert [each.name for each in asyncio.run(server.list_tools())] == ["search", "search_picture"]

    def called(content: bytes) -> Any:
        image = base64.b64encode(content).decode()
        return asyncio.run(server.call_tool("search_picture", {"image": image, "k": 1}))

    found = called(drawn()).structured_content
    assert (found["query"], found["hits"][0]["entry_id"]) == (SAYS, ENTRY.entry_id)
    with pytest.raises(ToolError, match=GIF):
        called(b"GIF89a")


def test_only_so_many_pictures_are_on_their_way() -> None:
    """They are held in memory until they are read: two of a client, and three in all."""

    async def statuses() -> list[int]:
        go_on = asyncio.Event()

        async def app(_scope: Scope, _receive: Receive, send: Send) -> None:
            await go_on.wait()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b""})

        uploads = PictureUploads(app, most=3)

        async def sent(client: str) -> int:
            told: list[Message] = []

            async def send(message: Message) -> None:
                told.append(message)

            scope = {"type": "http", "method": "POST", "path": "/api/picture", "headers": [], "client": (client, 1)}
            await uploads(scope, asyncio.Future, send)
            return int(told[0]["status"])

        waiting = [asyncio.create_task(sent(client)) for client in ("192.0.2.1", "192.0.2.1", "192.0.2.2")]
        await asyncio.sleep(0)
        refused = [await sent("192.0.2.1"), await sent("192.0.2.3")]
        go_on.set()
        return [*refused, *[await each for each in waiting], await sent("192.0.2.1")]

    assert asyncio.run(asyncio.wait_for(statuses(), 20)) == [429, 503, 200, 200, 200, 200]


def test_the_process_that_reads_pictures_reaches_no_network_and_writes_no_file(tmp_path: Path) -> None:
    tried = (
        "import socket, subprocess\n"
        "from assistant.pictures.reading_process import _restrict\n"
        "_restrict()\n"
        "for act in (lambda: socket.create_connection(('127.0.0.1', 9)), lambda: subprocess.Popen(['true']),\n"
        "            lambda: open('x', 'w').write('a' * 9_000)):\n"
        "    try:\n"
        "        act()\n"
        "    except OSError as error:\n"
        "        print(type(error).__name__)\n"
    )
    root = Path(__file__).parent.parent
    run = subprocess.run(
        [sys.executable, "-B", "-c", tried], cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.stdout.split() == ["PermissionError", "PermissionError", "OSError"], run.stderr
