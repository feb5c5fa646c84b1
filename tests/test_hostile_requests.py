"""Random and hostile requests never cause an internal error.

With ASSISTANT_TORTURE set, ten times as many are sent.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as any_of
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import response_schema_conformance

from assistant.publishing.editor_session import EditorSession
from assistant.settings import Settings
from assistant.web.app import create_app
from corpus.loader import load_corpus
from index.builder import build
from index.storage.store import Store
from tests.conftest import ARTICLES, Serve, WordEncoder
from tests.programs.stub_assistant import StubAssistant

CASES = 2_000 if os.environ.get("ASSISTANT_TORTURE") else 200
PATHS = (
    "/api/search",
    "/api/feedback",
    "/gradio_api/run/predict",
    "/api/rebuild",
    "/api/editor/compare",
    "/api/editor/preview?name=a.docx",
    "/api/editor/preview?name=a.csv",
    "/api/editor/rollback",
)
CALM = settings(max_examples=CASES // 10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
TOKEN = {"Authorization": "Bearer open sesame"}


@pytest.fixture(scope="module")
def address(serve: Serve, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("hostile")
    shutil.copytree(ARTICLES, folder / "articles")
    places = Settings(corpus=folder / "articles", index=folder / "built", cache=folder, journal=folder / "journal")
    asked = replace(places, rate_limit=0, token="open sesame")
    words = WordEncoder()
    build(load_corpus(asked.corpus), words, Store(asked.index))
    with serve(create_app(StubAssistant(), asked, editor=EditorSession(asked, lambda: words))) as address:
        yield address


def test_requests_generated_from_the_openapi_schema_never_cause_an_internal_error(address: str) -> None:
    schema = schemathesis.openapi.from_dict(httpx.get(f"{address}/openapi.json", timeout=60).json())
    described = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    operations = [each for each in described if "picture" not in each.path]  # test_pictures: no text makes a picture
    assert (len(described), len(operations)) == (24, 22)
    calm = settings(CALM, max_examples=CASES // 7 + 1)  # seven of them can be asked in ever other ways
    sent = Counter[str]()
    for operation in operations:

        @calm
        @given(case=operation.as_strategy(), knows=any_of.sampled_from(["the token", "the token", "none"]))
        def send(case: schemathesis.Case[Any], knows: str) -> None:
            sent[case.path] += 1
            response = case.call(base_url=address, timeout=60, headers=TOKEN if knows == "the token" else {})
            assert response.status_code < 500, response.text
            assert str(response.status_code) in case.operation.responses.status_codes, response.text
            response_schema_conformance(None, response, case)  # type: ignore[arg-type]

        send()
    assert sum(sent.values()) >= CASES


def test_random_bodies_never_cause_an_internal_error(address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:

        @CALM
        @given(path=any_of.sampled_from(PATHS), body=any_of.binary(max_size=2_000), kind=any_of.text(max_size=20))
        def send(path: str, body: bytes, kind: str) -> None:
            clean = "".join(letter for letter in kind if letter.isascii() and letter.isprintable()).strip()
            headers = {"Content-Type": clean or "application/json"}  # what else is in a header, the client refuses
            answer = client.post(path, content=body, headers=headers | TOKEN)
            assert answer.status_code < 500, answer.text

        send()


def test_random_texts_never_cause_an_internal_error(address: str) -> None:
    with httpx.Client(base_url=address, timeout=60) as client:

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
        with httpx.Client(base_url=address, timeout=60) as client:
            data = [{"data": [f"{user} {n}", "", None], "fn_index": 0, "session_hash": user} for n in range(50)]
            return [client.post("/gradio_api/run/predict", json=each).json()["data"][0] for each in data]

    with ThreadPoolExecutor(2) as pool:
        zoe, ben = pool.map(ask, ("zoe", "ben"))
    assert [f"zoe {n}" in html and "ben" not in html for n, html in enumerate(zoe)] == [True] * 50
    assert [f"ben {n}" in html and "zoe" not in html for n, html in enumerate(ben)] == [True] * 50
