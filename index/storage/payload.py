"""What a generation's files are made of: bytes, arrays, streams."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Payload = bytes | npt.NDArray[Any] | Iterable[bytes]

_CHUNK = 1 << 20


def chunks_of(payload: Payload) -> Iterator[bytes | memoryview]:
    """Yield a payload's bytes; an array's are those of the .npy format."""
    if isinstance(payload, bytes):
        yield payload
    elif isinstance(payload, np.ndarray):
        yield from _array_chunks(np.asarray(payload, order="C"))
    else:
        yield from payload


def _array_chunks(array: npt.NDArray[Any]) -> Iterator[bytes | memoryview]:
    if array.dtype.hasobject:
        raise ValueError("an array of objects is a pickle, it is not written")
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(array))
    yield header.getvalue()
    content = array.reshape(-1).view(np.uint8).data if array.size else memoryview(b"")
    for start in range(0, len(content), _CHUNK):
        yield content[start : start + _CHUNK]
