"""A Milvus server over gRPC: each call has a limit, and each failure is an `EngineError`. Alone imports pymilvus.

A collection holds rows of named columns; Milvus requires one whole number as the primary key, here always `id`.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from index.engines.breaker import Breaker
from index.engines.options import EngineOptions
from index.engines.query_limit import QueryLimit
from index.engines.refusals import SILENT, meaning_of
from index.errors import EngineError, EngineUnreachableError, first_line

_LOG = logging.getLogger(__name__)
MOST_HITS = 16_384  # that Milvus returns of one query
_THREADS = 16  # calls at once
# An idle connection is pinged: less often than every 5 minutes, else a server with gRPC's defaults (Lite) ends it, amid
# a call even; more often than every 350 s, after which load balancers forget it.
_KEEP_ALIVE_MS = 320_000
_NOT_LOADED = ("not loaded", "released")  # what a server says of a collection that it has on the disk alone


class Kind(StrEnum):
    """What a column holds, by the name of Milvus's type."""

    NUMBER = "INT64"
    REAL = "FLOAT"
    TEXT = "VARCHAR"
    TEXTS = "ARRAY"
    DENSE = "FLOAT_VECTOR"
    SPARSE = "SPARSE_FLOAT_VECTOR"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a collection.

    Attributes:
        name: Its name.
        kind: What it holds.
        dimension: Of dense vectors.
        index: Its index as Milvus describes it, {"index_type", "metric_type", "params"}; None without.
    """

    name: str
    kind: Kind
    dimension: int = 0
    index: Mapping[str, Any] | None = None


Row = dict[str, Any]


class Milvus:
    """One server; safe to use from several threads. Nothing is sent before the first call.

    Args:
        options: Which server.
        clock: Seconds, for tests.
    """

    def __init__(self, options: EngineOptions, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.options = options
        self._breaker = Breaker(clock)
        self._limit = QueryLimit(self._breaker)
        self._lock = threading.Lock()
        self._client: Any = None
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="milvus")

    @property
    def is_reachable(self) -> bool:
        """Whether the last calls were answered."""
        return not self._breaker.is_open

    @property
    def silence(self) -> str:
        """What is said of a server that does not answer."""
        return f"the engine at {self.options.address} (ASSISTANT_ENGINE) does not answer"

    def query(self) -> AbstractContextManager[None]:
        """Let all calls of a block, those of one query, wait together as long as one call may otherwise."""
        return self._limit.query(self.options.timeout_s)

    def version(self) -> str:
        """Return the server's version; that of Milvus Lite begins with "milvus_lite".

        Raises:
            EngineUnreachableError: It does not answer.
        """
        return str(self._build_call("get_server_version"))

    def names(self) -> set[str]:
        """Return the names of its collections."""
        return set(self._build_call("list_collections"))

    def columns(self, collection: str) -> dict[str, str]:
        """Return the kind of each column of a collection, dense vectors with their dimension: "FLOAT_VECTOR(384)"."""
        described = self._build_call("describe_collection", collection)
        fields = ((each["name"], each["type"].name, each["params"].get("dim")) for each in described["fields"])
        return {name: kind if dim is None else f"{kind}({dim})" for name, kind, dim in fields}

    def create(self, collection: str, columns: Sequence[Column]) -> None:
        """Make an empty collection with the primary key `id` and some columns."""
        import pymilvus

        schema = pymilvus.MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("id", pymilvus.DataType.INT64, is_primary=True)
        indexes = pymilvus.MilvusClient.prepare_index_params()
        text = {"max_length": 65_535}
        more: dict[Kind, dict[str, Any]] = {
            Kind.TEXT: text,
            Kind.TEXTS: {"element_type": pymilvus.DataType.VARCHAR, "max_capacity": 4096, **text},
        }
        for column in columns:
            dimension = {"dim": column.dimension} if column.kind is Kind.DENSE else {}
            schema.add_field(column.name, pymilvus.DataType[column.kind], **more.get(column.kind, {}), **dimension)
            if column.index is not None:
                indexes.add_index(column.name, **column.index)
        self._build_call("create_collection", collection, schema=schema, index_params=indexes)

    def drop(self, collection: str) -> None:
        """Remove a collection with all rows."""
        self._build_call("drop_collection", collection)

    def upsert(self, collection: str, rows: Sequence[Row]) -> None:
        """Write rows; one with the same `id` is replaced."""
        self._build_call("upsert", collection, list(rows))

    def delete(self, collection: str, condition: str) -> None:
        """Remove the rows that a condition is true of."""
        self._build_call("delete", collection, filter=condition)

    def count(self, collection: str, condition: str = "") -> int:
        """Return how many rows a condition is true of, with everything that was written before."""
        more = {"output_fields": ["count(*)"], "consistency_level": "Strong"}
        return int(self._build_call("query", collection, filter=condition, **more)[0]["count(*)"])

    def every(self, collection: str, columns: Sequence[str]) -> Iterator[Row]:
        """Yield some columns of all rows."""
        more = {"batch_size": MOST_HITS // 2, "output_fields": list(columns), "consistency_level": "Strong"}
        iterator = self._build_call("query_iterator", collection, **more)
        while page := self._run(lambda _: iterator.next(), self.options.build_timeout_s):
            yield from page

    def rows(self, collection: str, condition: str, columns: Sequence[str]) -> list[Row]:
        """Return some columns of the rows that a condition is true of, in any order."""
        more = {"output_fields": list(columns), "consistency_level": "Bounded"}
        return list(self._call("query", collection, filter=condition, **more))

    def strictly(self, collection: str, condition: str, columns: Sequence[str]) -> list[Row]:
        """Return what `rows` returns, with everything that was written before."""
        more = {"output_fields": list(columns), "consistency_level": "Strong"}
        return list(self._build_call("query", collection, filter=condition, **more))

    def nearest(
        self, collection: str, column: str, queries: Sequence[Any], *, limit: int, **more: Any
    ) -> list[list[Row]]:
        """Return for each query at most `limit` rows with the highest inner product, best first, each with its `score`.

        Args:
            collection: Where.
            column: The vectors' column.
            queries: Dense vectors, or dimensions of sparse ones with their values.
            limit: At most `MOST_HITS`.
            more: `columns` to return, a `condition`, and `params` of the search.
        """
        found = self._call(
            "search",
            collection,
            list(queries),
            anns_field=column,
            limit=limit,
            filter=more.get("condition", ""),
            output_fields=list(more.get("columns", ())),
            search_params={"metric_type": "IP", "params": more.get("params", {})},
            consistency_level="Bounded",
        )
        return [[{**hit["entity"], "id": hit["id"], "score": hit["distance"]} for hit in hits] for hits in found]

    def close(self) -> None:
        """End the connection."""
        self._discard()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _call(self, name: str, *arguments: Any, **named: Any) -> Any:
        return self._limited(self.options.timeout_s, name, *arguments, **named)

    def _build_call(self, name: str, *arguments: Any, **named: Any) -> Any:
        return self._limited(self.options.build_timeout_s, name, *arguments, **named)

    def _limited(self, timeout_s: float, name: str, *arguments: Any, **named: Any) -> Any:
        if self._client is None:
            self._run(lambda _: self._connected(), self.options.timeout_s)

        def call(limit_s: float) -> Any:
            return getattr(self._connected(), name)(*arguments, timeout=limit_s, **named)

        try:
            return self._run(call, timeout_s)
        except EngineError as error:
            if not any(words in str(error) for words in _NOT_LOADED):
                raise

        def load(limit_s: float) -> None:  # the collection's name comes first
            self._connected().load_collection(arguments[0], timeout=limit_s)

        self._run(load, timeout_s)  # a server that was started again has it on the disk alone
        return self._run(call, timeout_s)

    def _run(self, call: Callable[[float], Any], timeout_s: float) -> Any:
        """Return what a call returns, which is told how long it may take.

        pymilvus tries again and connects anew, so that its own limit is not one.
        """
        try:
            import grpc
            import pymilvus
        except ImportError as error:
            problem = f"ASSISTANT_ENGINE is {self.options.address}, and pymilvus is not installed"
            raise EngineError(problem, 'run "pip install troubleshooting-assistant[milvus]"') from error
        if not self._limit.may_ask():
            raise self._unreachable("it has not answered several times; it is asked again in a second")
        try:
            with self._limit.waiting(timeout_s) as limit_s:
                future: Future[Any] = self._pool.submit(call, limit_s)
                result = future.result(limit_s)
        except TimeoutError as error:
            raise self._failed(f"no answer within {timeout_s:g} s") from error
        except (grpc.RpcError, pymilvus.MilvusException) as error:
            raise self._told(error) from error
        except OSError as error:  # a file of certificates
            raise EngineError(f"{error.filename}: {error.strerror}", meaning_of(None, "tls").remedy) from error
        except (ValueError, RuntimeError) as error:  # its connection was closed by another thread, which saw it fail
            raise self._failed(first_line(error)) from error
        self._limit.succeeded()
        return result

    def _told(self, error: Any) -> EngineError:
        """Return the error for what gRPC or pymilvus raised: the server has refused the call, or has not answered."""
        import grpc

        # pymilvus does not say all that it knows
        ended = error if isinstance(error, grpc.RpcError) else error.__cause__
        if isinstance(ended, grpc.RpcError):
            code, text = ended.code().name, str(ended.details())
        else:
            code, text = None, str(error.message)
        text = (text.strip() or type(error).__name__).splitlines()[0]
        meaning = meaning_of(code, text)
        if meaning.is_silence:
            return self._failed(text, meaning.remedy)
        self._limit.succeeded()
        problem = f"the engine at {self.options.address} (ASSISTANT_ENGINE) refused a call: {text}"
        return EngineError(problem, meaning.remedy)

    def _failed(self, why: str, remedy: str = SILENT) -> EngineUnreachableError:
        if self._limit.failed():
            _LOG.warning("%s: %s", self.silence, why)
            self._discard()
        return self._unreachable(why, remedy)

    def _unreachable(self, why: str, remedy: str = SILENT) -> EngineUnreachableError:
        return EngineUnreachableError(f"{self.silence}: {why}", remedy)

    def _connected(self) -> Any:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> Any:
        import pymilvus

        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs each failure, with a traceback
        options = self.options
        return pymilvus.MilvusClient(
            uri=options.address,
            user=options.user,
            password=options.password,
            token=options.token,
            timeout=options.timeout_s,
            dedicated=True,  # our own: what another closes stays open
            grpc_options={"grpc.keepalive_time_ms": _KEEP_ALIVE_MS},
            **_certificates(options),
        )

    def _discard(self) -> None:
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            with contextlib.suppress(Exception):
                client.close()


def _certificates(options: EngineOptions) -> dict[str, str]:
    """Return pymilvus's names of the files: it looks at one of these alone, or at three others together."""
    authority, certificate, key = options.authority, options.certificate, options.key
    if certificate is None and key is None:
        return {} if authority is None else {"server_pem_path": str(authority)}
    if authority is None or certificate is None or key is None:
        raise EngineError(
            "a certificate of our own needs ASSISTANT_ENGINE_CERTIFICATE, ASSISTANT_ENGINE_KEY and ASSISTANT_ENGINE_CA",
            "give all three",
        )
    return {"ca_pem_path": str(authority), "client_pem_path": str(certificate), "client_key_path": str(key)}
