"""Random and hostile requests are answered, never with a fault of ours.

With ASSISTANT_TORTURE set, ten times as many are sent.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_of
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance

from assistant.api import create_app
from assistant.settings import Settings
from tests.asking import OneEntry
from tests.conftest import Serve

CASES = 2_000 if os.environ.get("ASSISTANT_TORTURE") else 200
PATHS = ("/api/search", "/api/feedback", "/gradio_api/run/predict", "/api/rebuild")
CALM = settings(max_examples=CASES // 10, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.fixture(scope="module")
def address(serve: Serve) -> Iterator[str]:
    with serve(create_app(OneEntry(), Settings(journal_days=0, rate_limit=0))) as address:
        yield address


def test_requests_made_from_the_description_never_find_a_fault(address: str) -> None:
    schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations() if isinstance(found, Ok)]
    assert len(operations) == 7
    for operation in operations:

        @CALM
        @given(case=operation.as_strategy())
        def send(case: schemathesis.Case[Any]) -> None:
            response = case.call(base_url=address, timeout=20)
            assert response.status_code < 500
            if response.status_code == 200:
                response_schema_conformance(None, response, case)  # type: ignore[arg-type]

        send()


def test_bodies_of_any_bytes_never_find_a_fault(address: str) -> None:
    with httpx.Client(base_url=address, timeout=20) as client:

        @CALM
        @given(path=any_of.sampled_from(PATHS), body=any_of.binary(max_size=2_000), kind=any_of.text(max_size=20))
        def send(path: str, body: bytes, kind: str) -> None:
            headers = {"Content-Type": kind.encode("ascii", "ignore").decode().strip() or "application/json"}
            clean = {name: "".join(filter(str.isprintable, value)) for name, value in headers.items()}
            assert client.post(path, content=body, headers=clean).status_code < 500

        send()


def test_texts_of_any_kind_never_find_a_fault(address: str) -> None:
    with httpx.Client(base_url=address, timeout=20) as client:

        @CALM
        @given(query=any_of.text(max_size=300), request=any_of.text(max_size=50))
        def send(query: str, request: str) -> None:
            data = {"data": [query, request, None], "fn_index": 0, "session_hash": "s"}
            page = client.post("/gradio_api/run/predict", json=data)
            assert (page.status_code, "our side" in page.text) == (200, False)
            assert client.post("/api/search", json={"query": query}).status_code == 200

        send()


def test_two_users_at_once_never_see_each_others_query(address: str) -> None:
    def ask(user: str) -> list[str]:
        with httpx.Client(base_url=address, timeout=20) as client:
            data = [{"data": [f"{user} {n}", "", None], "fn_index": 0, "session_hash": user} for n in range(50)]
            return [client.post("/gradio_api/run/predict", json=each).json()["data"][0] for each in data]

    with ThreadPoolExecutor(2) as pool:
        ann, ben = pool.map(ask, ("ann", "ben"))
    assert [f"ann {n}" in html and "ben" not in html for n, html in enumerate(ann)] == [True] * 50
    assert [f"ben {n}" in html and "ann" not in html for n, html in enumerate(ben)] == [True] * 50
