"""One client pastes very much at once: how long does another one's search wait meanwhile?

    python -m tests.programs.burst --pastes 600

Serves the shipped articles, and prints how long a paste takes alone, then what another client's searches waited for,
one after the other without a pause, from the moment in which the pastes were sent until the last one was answered.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import statistics
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlsplit

from tests.programs.trial_page import serving

LENGTH = 20_000
_QUERY = "client paid but xero says its more than whats outstanding"
_BURSTING, _OTHER, _IDLE = "127.0.0.2", "127.0.0.3", "127.0.0.4"
_LINE = "2026-01-{day:02} 10:{number:02}:07 worker {number} could not save: The payment amount exceeds what is due\n"


def paste(number: int) -> str:
    """Return a log of 20,000 letters, another one for each number."""
    lines = "".join(_LINE.format(day=1 + line % 28, number=(number + line) % 60) for line in range(LENGTH // 80))
    return f"{number} {lines}"[:LENGTH]


def request(query: str) -> bytes:
    body = json.dumps({"query": query}).encode()
    head = "POST /api/search HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


_HEALTH = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


async def ask(address: str, content: bytes, source: str) -> tuple[float, str]:
    """Send a request from an address of this machine; return the seconds until its answer, and the status."""
    began = time.perf_counter()
    place = urlsplit(address)
    try:
        reader, writer = await asyncio.open_connection(place.hostname, place.port, local_addr=(source, 0))
        writer.write(content)
        answer = await reader.read()
        writer.close()
    except OSError as error:
        return time.perf_counter() - began, type(error).__name__
    return time.perf_counter() - began, answer[9:12].decode()


def burst(address: str, pastes: int, begun: Event, ended: Event) -> None:
    """Send all pastes at once, and say when the last of them is answered; runs in a process of its own."""
    contents = [request(paste(number)) for number in range(pastes)]

    async def send() -> Counter[str]:
        asked = [asyncio.create_task(ask(address, each, _BURSTING)) for each in contents]
        begun.set()
        return Counter(status for _, status in await asyncio.gather(*asked))

    print(f"the {pastes} pastes: {dict(asyncio.run(send()))}", flush=True)
    ended.set()


def health(address: str, until: Event) -> list[float]:
    """Ask without a pause how the server is: what this takes, any request takes before it has its turn."""

    async def look() -> list[float]:
        done: list[float] = []
        while not until.is_set():
            done.append((await ask(address, _HEALTH, _IDLE))[0])
            await asyncio.sleep(0.02)
        return done

    return asyncio.run(look())


def searches(address: str, until: Event, after_s: float) -> list[tuple[float, str]]:
    """Search from another address until the pastes are answered."""
    time.sleep(after_s)

    async def search() -> list[tuple[float, str]]:
        content = request(_QUERY)
        done: list[tuple[float, str]] = []
        while not until.is_set() or not done:
            done.append(await ask(address, content, _OTHER))
        return done

    return asyncio.run(search())


def measure(address: str, pastes: int, after_s: float) -> None:
    alone = [asyncio.run(ask(address, request(paste(number)), _IDLE))[0] for number in range(-6, 0)]
    idle = [asyncio.run(ask(address, request(_QUERY), _IDLE))[0] for _ in range(20)]
    one = statistics.median(alone)
    print(f"alone: a paste {1000 * one:.0f} ms, a search {1000 * statistics.median(idle):.0f} ms")
    context = multiprocessing.get_context("spawn")
    begun, ended = context.Event(), context.Event()
    sender = context.Process(target=burst, args=(address, pastes, begun, ended))
    sender.start()
    begun.wait()
    with ThreadPoolExecutor(1) as thread:
        looks = thread.submit(health, address, ended)
        done = searches(address, ended, after_s)
    sender.join()
    waits = [seconds for seconds, _ in done]
    shown = (waits[0], statistics.median(waits), max(waits))
    statuses = dict(Counter(status for _, status in done))
    print(f"another client's {len(done)} searches (the first, the median, the worst): {statuses}")
    print(f"  {', '.join(f'{1000 * each:.0f}' for each in shown)} ms", end="; ")
    print(
        f"{', '.join(f'{each / one:.1f}' for each in shown)} pastes; "
        f"/healthz at worst {1000 * max(looks.result()):.0f} ms"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pastes", type=int, default=600)
    parser.add_argument("--after", type=float, default=0, help="seconds from the pastes to the first search (0)")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder) / "built") as place:
        measure(place, given.pastes, given.after)
