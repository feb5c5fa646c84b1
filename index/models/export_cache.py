"""Where exported models are kept: a folder each, used only if every file is the one that was written.

<cache>/all-MiniLM-L6-v2-f64e2d9f0d70-auto-0c3a5b7d9e24/
  recipe.json       how to use the compiled model, its SHA-256, what it was made for, and a seal over all of that
  model.blob        the compiled model

The tokenizer is not kept here: it is read from the model's own files, whose SHA-256 are known. The seal ties the recipe
to the model: it is the SHA-256 of the model's fingerprint and of all that the recipe says. Anybody who knows that can
forge it, so a folder that another user made or may write to is not used.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import secrets
import shutil
import stat
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import ExportError
from index.models.model_files import ModelFiles, read_verified
from index.models.options import Precision

MODEL, TOKENIZER, _RECIPE = "model.blob", "tokenizer.json", "recipe.json"
_SEAL = "seal"


class Pooling(StrEnum):
    """How a text's token vectors become its vector."""

    MEAN = "mean"
    CLS = "cls"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to use an exported model, and what it was made for.

    Attributes:
        made_for: The exporter's version, the library's version and the processor's features; the files fit no other.
        computed: The precision it is computed in: a value of `Precision`.
        refused: Why the model cannot be exported, in which case there are no files; None where it was exported.
        dimension: How many numbers a vector has.
        max_tokens: How many tokens of a text are read, not counting special ones.
        pooling: How token vectors become the text's vector: a value of `Pooling`.
        query_prefix: Is put before queries.
        passage_prefix: Is put before passages.
        pad: The token id that fills up the shorter texts of a batch.
        digests: The files' SHA-256 in hex, by name.
    """

    made_for: str
    computed: str = Precision.AUTO
    refused: str | None = None
    dimension: int = 0
    max_tokens: int = 0
    pooling: str = Pooling.MEAN
    query_prefix: str = ""
    passage_prefix: str = ""
    pad: int = 0
    digests: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Exported:
    """An exported model whose files were verified.

    Attributes:
        recipe: How to use it.
        model: (bytes,) uint8, the compiled model, mapped from its file.
        tokenizer: JSON, as the `tokenizers` library reads it; from the model's own files.
    """

    recipe: Recipe
    model: npt.NDArray[np.uint8]
    tokenizer: str


class UnusableError(Exception):
    """There is no exported model, or it is damaged, or it was made for another library or processor."""

    def __init__(self, folder: Path, problem: str) -> None:
        super().__init__(f"the exported model in {folder} is not used: {problem}")


def folder_of(cache: Path, files: ModelFiles, precision: Precision, made_for: str) -> Path:
    """Return the folder of a model's export; each version and processor has a folder of its own."""
    readable = re.sub(r"[^\w.-]+", "-", Path(files.name).name)
    platform = hashlib.sha256(made_for.encode()).hexdigest()
    return cache / f"{readable}-{files.fingerprint[:12]}-{precision.value}-{platform[:12]}"


def read_exported(folder: Path, made_for: str, files: ModelFiles) -> Exported:
    """Read an exported model and verify every file.

    Args:
        folder: Its folder.
        made_for: What it has to be made for: see `Recipe`.
        files: The model that it has to be made from.

    Raises:
        UnusableError: It does not exist, is damaged, or was made from another model, or for another library or
            processor, or somebody else may have written it.
        ExportError: An earlier attempt showed that the model cannot be exported.
        ModelError: The model's tokenizer is not the expected file.
    """
    _check_private(folder)
    recipe = _read_recipe(folder, made_for, files)
    if recipe.refused is not None:
        raise ExportError(f"{recipe.refused}; to try again, remove {folder}")
    try:
        model = np.memmap(folder / MODEL, dtype=np.uint8, mode="c")  # OpenVINO takes writable memory only
    except (OSError, ValueError) as error:
        raise UnusableError(folder, f"a file cannot be read ({error})") from error
    if hashlib.sha256(model.data).hexdigest() != recipe.digests.get(MODEL):
        raise UnusableError(folder, f"{MODEL} is not the file that was written")
    return Exported(recipe, model, read_verified(files, TOKENIZER).decode())


def problem_of(folder: Path, made_for: str, files: ModelFiles) -> str | None:
    """Return why an exported model that is there cannot be used, or None."""
    try:
        read_exported(folder, made_for, files)
    except UnusableError as error:
        return str(error) if folder.exists() else None
    except ExportError:
        return None
    return None


def _check_private(folder: Path) -> None:
    """Refuse a folder that somebody else made or may write to, which the seal cannot show."""
    try:
        status = folder.lstat()
    except OSError as error:
        raise UnusableError(folder, "there is none yet") from error
    if status.st_uid not in {os.geteuid(), 0}:
        raise UnusableError(folder, "it belongs to another user")
    if not stat.S_ISDIR(status.st_mode) or status.st_mode & 0o022:
        raise UnusableError(folder, "other users may write to it")


def _read_recipe(folder: Path, made_for: str, files: ModelFiles) -> Recipe:
    try:
        record = json.loads((folder / _RECIPE).read_bytes())
    except FileNotFoundError as error:
        raise UnusableError(folder, "there is none yet") from error
    except (OSError, ValueError) as error:
        raise UnusableError(folder, f"{_RECIPE} cannot be read") from error
    if not isinstance(record, dict) or set(record) != {_SEAL, *(each.name for each in fields(Recipe))}:
        raise UnusableError(folder, f"{_RECIPE} has other fields than expected")
    if record["made_for"] != made_for:
        raise UnusableError(folder, "it was made by another version or for another processor")
    seal = record.pop(_SEAL)
    if seal != _seal(record, files):
        raise UnusableError(folder, f"{_RECIPE} is not the one that was written for this model")
    return Recipe(**record)


def _seal(record: Mapping[str, Any], files: ModelFiles) -> str:
    sealed = json.dumps([files.fingerprint, record], sort_keys=True)
    return hashlib.sha256(sealed.encode()).hexdigest()


def write_exported(folder: Path, recipe: Recipe, contents: Mapping[str, bytes], files: ModelFiles) -> None:
    """Write an exported model, replacing the one in that folder; a reader sees all of it or nothing.

    Args:
        folder: Its folder.
        recipe: How to use it; the digests are added here.
        contents: The content of the other files, by name.
        files: The model that it was made from.
    """
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = folder.parent / f".{folder.name}-{secrets.token_hex(8)}"
    temporary.mkdir(mode=0o700)
    try:
        for name, content in contents.items():
            (temporary / name).write_bytes(content)
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
        record = {**asdict(recipe), "digests": digests}
        (temporary / _RECIPE).write_text(json.dumps({**record, _SEAL: _seal(record, files)}, indent=1))
        _replace(folder, temporary)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _replace(folder: Path, temporary: Path) -> None:
    """Rename the temporary folder to its final name; if two processes do so at once, either one's export is used."""
    replaced = temporary.with_name(f"{temporary.name}-old")
    with contextlib.suppress(FileNotFoundError):
        folder.rename(replaced)
    try:
        temporary.rename(folder)
    except OSError:
        if not (folder / _RECIPE).is_file():
            raise
    shutil.rmtree(replaced, ignore_errors=True)
