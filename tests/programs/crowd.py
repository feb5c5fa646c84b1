"""Many people at once: each asks on the page and over HTTP in turn, without a pause.

    python -m tests.programs.crowd http://127.0.0.1:7860 --users 50 --seconds 60

Prints times and errors. Start the server with ASSISTANT_RATE_LIMIT=0.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time

import httpx

QUERIES = (
    "client paid but xero says its more than whats outstanding",
    "failed to renew token",
    "access denied",
    "the printer is out of paper",
    "Payment amount exceeds the amount outstanding on this document",
    "receipt export needs a code",
)


async def user(client: httpx.AsyncClient, number: int, until: float, times: list[float], errors: list[str]) -> None:
    turn = number
    while time.perf_counter() < until:
        turn += 1
        query = f"{QUERIES[turn % len(QUERIES)]} {number}"
        call = {"data": [query, "", None], "fn_index": 0, "session_hash": f"user{number}"}
        path, body = ("/gradio_api/run/predict", call) if turn % 2 else ("/api/search", {"query": query})
        began = time.perf_counter()
        try:
            response = await client.post(path, json=body)
        except httpx.HTTPError as error:
            errors.append(repr(error))
            continue
        times.append(time.perf_counter() - began)
        if response.status_code != 200 or "went wrong" in response.text:
            errors.append(f"{response.status_code} {response.text[:200]}")


async def ask_together(address: str, users: int, seconds: float) -> tuple[list[float], list[str]]:
    """Let all users ask; return the sorted seconds of the answers, and the errors."""
    times: list[float] = []
    errors: list[str] = []
    limits = httpx.Limits(max_connections=users, max_keepalive_connections=users)
    async with httpx.AsyncClient(base_url=address, timeout=60, limits=limits) as client:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(user(client, number, until, times, errors) for number in range(users)))
    return sorted(times), errors


def summary(times: list[float]) -> str:
    p95 = times[len(times) * 95 // 100]
    return f"{len(times)} answers, median {1000 * statistics.median(times):.0f} ms, p95 {1000 * p95:.0f} ms"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("address")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=60)
    given = parser.parse_args()
    took, wrong = asyncio.run(ask_together(given.address, given.users, given.seconds))
    print(f"{given.users} users, {given.seconds:.0f} s: {summary(took)}, {len(wrong)} errors")
    print("\n".join(wrong[:5]))
    raise SystemExit(bool(wrong))
