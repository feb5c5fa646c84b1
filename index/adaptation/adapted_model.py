"""An adapted encoder on disk: a folder that sentence-transformers reads, with a record of how it was made."""

from __future__ import annotations

import json
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from index.errors import ModelError
from index.models.model_files import ADAPTATION, WEIGHTS, sha256_of
from index.storage.file_system import Disk
from index.storage.writer_lock import WriterLock

_REPLACED = "-old"


@dataclass(frozen=True, slots=True)
class Record:
    """How an encoder was adapted.

    Attributes:
        base: The name of the model that it was made from.
        base_fingerprint: That model's fingerprint.
        entries: From how many entries it learnt.
        steps: In how many batches.
        seed: Of what was random.
        gain: In nDCG@10 on the questions that were held back.
    """

    base: str
    base_fingerprint: str
    entries: int
    steps: int
    seed: int
    gain: float


@contextmanager
def unfinished(folder: Path) -> Iterator[Path]:
    """Make a folder beside `folder` for what is to become it, and remove it afterwards if it did not.

    Raises:
        BusyError: Another process does the same.
        ModelError: It cannot be written.
    """
    temporary = folder.with_name(f".{folder.name}-{secrets.token_hex(8)}")
    try:
        with WriterLock(folder.with_name(f".{folder.name}.lock"), Disk()).held(wait_s=0):
            _remove_leftovers(folder)
            temporary.mkdir(mode=0o755)
            try:
                yield temporary
            finally:
                shutil.rmtree(temporary, ignore_errors=True)
    except OSError as error:
        raise ModelError(
            f"the adapted encoder cannot be written to {folder} ({error.strerror or error})",
            "make room there, or name another folder with --output",
        ) from error


def _remove_leftovers(folder: Path) -> None:
    """Remove what processes that were killed have left beside a folder; one that they had replaced is put back."""
    for path in sorted(folder.parent.iterdir()):
        if not (match := re.fullmatch(rf"\.{re.escape(folder.name)}-[0-9a-f]{{16}}({_REPLACED})?", path.name)):
            continue
        if match[1] and not folder.exists():
            path.rename(folder)
        else:
            shutil.rmtree(path, ignore_errors=True)


def publish(temporary: Path, folder: Path, record: Record) -> None:
    """Give a finished encoder its record and its name, in place of one that has it.

    Raises:
        OSError: It cannot be written.
    """
    weights = sha256_of(temporary / WEIGHTS)  # says whether the record and the weights belong together
    (temporary / ADAPTATION).write_text(json.dumps({**asdict(record), "weights": weights}, indent=1), encoding="utf-8")
    replaced = temporary.with_name(f"{temporary.name}{_REPLACED}")
    if folder.exists():
        folder.rename(replaced)
    temporary.rename(folder)
    shutil.rmtree(replaced, ignore_errors=True)


def check_output(folder: Path) -> None:
    """Refuse to replace a folder that is no adapted encoder.

    Raises:
        ModelError: It is something else.
    """
    if folder.exists() and not (folder / ADAPTATION).is_file():
        raise ModelError(f"{folder} is there and is no adapted encoder", "name another folder with --output")
