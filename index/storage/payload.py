"""What a file of a generation holds: bytes as they are, or named arrays.

Arrays that are read together stand in one file, in the safetensors format: the length of a header as 8 bytes, the
header (JSON: each array's name, kind of number, shape, and where its bytes begin and end), then the bytes of all arrays
one after another. Nothing in it is code, and an array is used where it lies in the file's bytes, without a copy.

The format is described at https://huggingface.co/docs/safetensors/index. Its library is not used: it copies every array
as it reads, and reads from a path and not from bytes whose digest was verified.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]
Payload = bytes | Arrays

_CHUNK = 1 << 20  # bytes
_TYPES = {  # the format's names of the numbers that it stores, all little-endian
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4", "U64": "<u8",
    "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8",
}  # fmt: skip
_NAMES = {np.dtype(each): name for name, each in _TYPES.items()}


def chunks_of(payload: Payload) -> Iterator[bytes | memoryview]:
    """Yield the bytes of a file, a megabyte at a time.

    Raises:
        ValueError: An array holds something other than numbers or truth values.
    """
    if isinstance(payload, bytes):
        yield payload
        return
    # Arrays of wide numbers come first: each then begins at a multiple of its numbers' width, as processors want it.
    ordered = sorted(payload.items(), key=lambda item: (-item[1].dtype.itemsize, item[0]))
    yield _header(ordered)
    for _, array in ordered:
        content = np.asarray(array, order="C").reshape(-1).view(np.uint8).data
        for start in range(0, len(content), _CHUNK):
            yield content[start : start + _CHUNK]


def header_end(content: npt.NDArray[np.uint8]) -> int:
    """Return how many bytes the header of a file of arrays takes; the first 8 say so."""
    return 8 + int.from_bytes(content[:8].tobytes(), "little")


def parse_arrays(content: npt.NDArray[np.uint8]) -> dict[str, Array]:
    """Return the arrays in a file's bytes: views of them, read-only where they are.

    Raises:
        ValueError: The bytes are not those of a file of arrays.
    """
    begin = header_end(content)
    try:
        header = json.loads(content[8:begin].tobytes())
        return {name: _array(content[begin:], record) for name, record in header.items()}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"its header is not that of a file of arrays: {error!r}") from error


def _header(ordered: list[tuple[str, Array]]) -> bytes:
    records, begin = {}, 0
    for name, array in ordered:
        if array.dtype not in _NAMES:
            raise ValueError(f'the array "{name}" holds {array.dtype}, which is not stored; numbers are')
        end = begin + array.nbytes
        records[name] = {"dtype": _NAMES[array.dtype], "shape": array.shape, "data_offsets": (begin, end)}
        begin = end
    header = json.dumps(records, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header


def _array(content: npt.NDArray[np.uint8], record: Mapping[str, Any]) -> Array:
    begin, end = record["data_offsets"]
    return np.frombuffer(content[begin:end], _TYPES[record["dtype"]]).reshape(record["shape"])
