"""A Milvus server that refuses a call says why, and what is said of it names the setting or the action that helps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import grpc
import httpx
import pytest

from assistant.answering.query import Query
from assistant.rendering.page_request import PageRequest
from assistant.rendering.page_view import PageRenderer
from assistant.settings import Settings
from assistant.web.app import create_app
from index.engines.hosted import Hosted
from index.engines.milvus import Milvus
from index.engines.options import EngineOptions
from index.engines.refusals import meaning_of
from index.errors import EngineError, EngineUnreachableError
from tests.conftest import Serve
from tests.programs.milvus_gate import Certificates, Refusals, gate, made_certificates
from tests.programs.trials import StableEncoder
from tests.test_milvus import ARTICLE, PATIENT, Index, answers

WHO = "give ASSISTANT_ENGINE_USER and ASSISTANT_ENGINE_PASSWORD, or ASSISTANT_ENGINE_TOKEN, of a user who may"
FULL = "make room on the server, or raise its limits; what was built before is searched"
OLD = "use Milvus 2.4 or later: this one does not know the call"
SILENT = "start Milvus there, or name another server"
TLS = (
    "begin ASSISTANT_ENGINE with https:// where the server encrypts, else http://, and look at ASSISTANT_ENGINE_CA, "
    "ASSISTANT_ENGINE_CERTIFICATE and ASSISTANT_ENGINE_KEY"
)


@pytest.fixture
def refused() -> Refusals:
    return {}


@pytest.fixture
def index(tmp_path: Path, lite: str, refused: Refusals) -> Iterator[Index]:
    """An index on a server behind a gate."""
    with gate(lite, refused) as address:
        hosted = Hosted(EngineOptions(address, timeout_s=PATIENT))
        index = Index(tmp_path, StableEncoder(), hosted)
        index.write(ARTICLE)
        yield index
        hosted.close()


@pytest.mark.parametrize(
    ("method", "refusal", "remedy"),
    [
        ("Upsert", (grpc.StatusCode.PERMISSION_DENIED, "PrivilegeUpsert: permission deny to reader"), WHO),
        ("CreateCollection", (grpc.StatusCode.PERMISSION_DENIED, "PrivilegeCreateCollection: permission deny"), WHO),
        ("Upsert", (grpc.StatusCode.RESOURCE_EXHAUSTED, "deny to write, reason: disk quota exceeded"), FULL),
        ("GetVersion", (grpc.StatusCode.UNIMPLEMENTED, "unknown method GetVersion for service MilvusService"), OLD),
    ],
)
def test_a_build_that_is_refused_names_what_helps_and_the_old_generation_answers_on(
    index: Index, refused: Refusals, method: str, refusal: tuple[grpc.StatusCode, str], remedy: str
) -> None:
    if method != "CreateCollection":
        index.build()
    before = None if method == "CreateCollection" else answers(index.assistant())
    index.write(ARTICLE.replace("an hour", "two hours"))
    refused[method] = refusal
    with pytest.raises(EngineError) as told:
        replace(index, hosted=Hosted(index.hosted.milvus.options)).build()
    address = index.hosted.milvus.options.address
    assert str(told.value) == f"the engine at {address} (ASSISTANT_ENGINE) refused a call: {refusal[1]}; {remedy}"
    assert not isinstance(told.value, EngineUnreachableError)
    if before is not None:
        assert answers(index.assistant()) == before
    refused.clear()
    index.build()
    assert answers(index.assistant()) == answers(index.fresh())


@pytest.mark.parametrize(
    "said", ["auth check failure, please check username and password are correct", "missing authorization in header"]
)
def test_a_user_who_is_not_known_is_told_which_settings_say_who_asks(
    index: Index, refused: Refusals, said: str
) -> None:
    refused["Connect"] = (grpc.StatusCode.UNAUTHENTICATED, said)
    milvus = Milvus(index.hosted.milvus.options)
    with pytest.raises(EngineError) as told:
        milvus.version()
    address = index.hosted.milvus.options.address
    assert str(told.value) == f"the engine at {address} (ASSISTANT_ENGINE) refused a call: {said}; {WHO}"
    milvus.close()


def test_a_query_that_is_refused_is_no_answer_and_nobody_outside_learns_why(
    index: Index, refused: Refusals, serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    index.build()
    assistant = index.assistant()
    before = answers(assistant)
    said = "PrivilegeSearch: permission deny to reader"
    refused["Search"] = (grpc.StatusCode.PERMISSION_DENIED, said)
    with pytest.raises(EngineError, match=f"refused a call: {said}; {WHO}"):
        assistant.ask(Query("letters bounce"))
    with serve(create_app(assistant, Settings(journal_days=0))) as address, httpx.Client(base_url=address) as http:
        response = http.get("/api/search", params={"q": "letters bounce"})
        assert (response.status_code, response.json()["error"]["code"]) == (503, "search_unreachable")
        assert "127.0.0.1" not in response.text
        assert http.get("/readyz").status_code == 503
    assert said in caplog.text
    page = PageRenderer(assistant, Settings()).respond("letters bounce", PageRequest())
    assert "The search cannot be reached at the moment." in page.answer
    refused.clear()
    assert answers(assistant) == before


def test_an_encrypted_server_is_asked_with_the_certificates_of_the_settings(tmp_path: Path, lite: str) -> None:
    certificates = made_certificates(tmp_path / "own")
    with gate(lite, {}, certificates) as address:
        milvus = Milvus(_encrypted(address, certificates))
        assert milvus.version().startswith("milvus_lite")
        milvus.close()
    with gate(lite, {}, certificates, asks_for_one=False) as address:
        milvus = Milvus(EngineOptions(address, authority=certificates.folder / "ca.pem", timeout_s=5))
        assert milvus.version().startswith("milvus_lite")
        milvus.close()


def test_a_certificate_of_our_own_needs_all_three_files(tmp_path: Path) -> None:
    nowhere = EngineOptions("https://127.0.0.1:1")
    for options in (replace(nowhere, key=tmp_path), replace(nowhere, certificate=tmp_path, key=tmp_path)):
        with pytest.raises(EngineError, match="ASSISTANT_ENGINE_KEY and ASSISTANT_ENGINE_CA; give all three"):
            Milvus(options).version()


@pytest.mark.parametrize("wrong", ["another authority", "no certificate of our own", "plain text"])
def test_what_is_wrong_with_encryption_names_its_settings(tmp_path: Path, lite: str, wrong: str) -> None:
    certificates = made_certificates(tmp_path / "own")
    with gate(lite, {}, certificates) as address:
        options = {
            "another authority": _encrypted(address, made_certificates(tmp_path / "other")),
            "no certificate of our own": EngineOptions(address, authority=certificates.folder / "ca.pem", timeout_s=5),
            "plain text": EngineOptions(address.replace("https", "http"), timeout_s=5),
        }[wrong]
        milvus = Milvus(options)
        with pytest.raises(EngineUnreachableError) as told:
            milvus.version()
        assert str(told.value).startswith(f"the engine at {options.address} (ASSISTANT_ENGINE) does not answer: ")
        assert str(told.value).endswith(TLS)
        milvus.close()


def test_a_server_that_does_not_encrypt_is_told_apart(lite: str, tmp_path: Path) -> None:
    milvus = Milvus(_encrypted(lite.replace("http", "https"), made_certificates(tmp_path / "own")))
    with pytest.raises(EngineUnreachableError) as told:
        milvus.version()
    assert str(told.value).endswith(TLS)
    milvus.close()


def test_a_file_of_certificates_that_is_missing_is_named(tmp_path: Path, lite: str) -> None:
    path = tmp_path / "none.pem"
    milvus = Milvus(EngineOptions(lite.replace("http", "https"), authority=path))
    with pytest.raises(EngineError) as told:
        milvus.version()
    assert str(told.value) == f"{path}: No such file or directory; {TLS}"
    milvus.close()


def _encrypted(address: str, certificates: Certificates) -> EngineOptions:
    folder = certificates.folder
    return EngineOptions(
        address, authority=folder / "ca.pem", certificate=folder / "client.pem", key=folder / "client.key", timeout_s=5
    )


@pytest.mark.parametrize(
    ("code", "text", "remedy"),
    [
        ("UNAVAILABLE", "failed to connect to all addresses; last error: Connection refused", SILENT),
        ("DEADLINE_EXCEEDED", "Deadline Exceeded", SILENT),
        (None, "Retry timeout: 5.0s, message=server unavailable", SILENT),
        (None, "quota exceeded[reason=memory quota exceeded, please allocate more resources]", FULL),
        ("INTERNAL", "write /var/lib/milvus: no space left on device", FULL),
        (None, "Method not implemented!", OLD),
        (None, "collection not found[collection=x]", "look at its log, and at ASSISTANT_ENGINE"),
    ],
)
def test_the_words_of_a_refusal_are_understood(code: str | None, text: str, remedy: str) -> None:
    meaning = meaning_of(code, text)
    assert (meaning.is_silence, meaning.remedy) == (remedy == SILENT, remedy)
