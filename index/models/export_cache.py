"""Where exported models are kept: one folder each, whole and checked, or made anew.

<cache>/all-MiniLM-L6-v2-f64e2d9f0d70-auto-0c3a5b7d9e24/
  recipe.json       how to use the other files, their SHA-256, and for which library and processor they were made
  tokenizer.json    the tokenizer as the reference encoder has it, with neither truncation nor padding
  model.blob        the compiled model
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import Path

import numpy as np
import numpy.typing as npt

from index.errors import ExportError
from index.models.model_files import ModelFiles
from index.models.options import Precision

MODEL, TOKENIZER, _RECIPE = "model.blob", "tokenizer.json", "recipe.json"


class Pooling(StrEnum):
    """How a text's token vectors become its vector."""

    MEAN = "mean"
    CLS = "cls"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How an exported model is used, and what it was made for.

    Attributes:
        made_for: The exporter's and the library's version and the processor's abilities; the files fit no other.
        computed: The precision it is computed in.
        refused: Why the model cannot be exported, or None; where it is set there are no files.
        query_prefix: Put before queries; `passage_prefix` before passages.
        pad: The token id that fills up a batch.
        digests: SHA-256 of the files, by name.
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
    """An exported model that was read and checked.

    Attributes:
        model: The compiled model's bytes, mapped from the file.
        tokenizer: As the `tokenizers` library reads it.
    """

    recipe: Recipe
    model: npt.NDArray[np.uint8]
    tokenizer: str


class UnusableError(Exception):
    """There is no exported model, or one that is not whole or was made for another library or processor."""

    def __init__(self, folder: Path, problem: str) -> None:
        super().__init__(f"the exported model in {folder} is not used: {problem}")


def folder_of(cache: Path, files: ModelFiles, precision: Precision, made_for: str) -> Path:
    """Return the folder of a model's export; each version and processor has its own, so that none undoes another's."""
    readable = re.sub(r"[^\w.-]+", "-", Path(files.name).name)
    platform = hashlib.sha256(made_for.encode()).hexdigest()
    return cache / f"{readable}-{files.fingerprint[:12]}-{precision.value}-{platform[:12]}"


def read_exported(folder: Path, made_for: str) -> Exported:
    """Read an exported model, every file checked.

    Raises:
        UnusableError: It is not there, not whole, or was made for another library or processor.
        ExportError: The model was found impossible to export before.
    """
    recipe = _read_recipe(folder, made_for)
    if recipe.refused is not None:
        raise ExportError(recipe.refused)
    try:
        model = np.memmap(folder / MODEL, dtype=np.uint8, mode="c")  # OpenVINO takes writable memory only
        tokenizer = (folder / TOKENIZER).read_bytes()
    except (OSError, ValueError) as error:
        raise UnusableError(folder, f"a file cannot be read ({error})") from error
    for name, content in ((MODEL, model.data), (TOKENIZER, tokenizer)):
        if hashlib.sha256(content).hexdigest() != recipe.digests.get(name):
            raise UnusableError(folder, f"{name} is not the file that was written")
    return Exported(recipe, model, tokenizer.decode())


def _read_recipe(folder: Path, made_for: str) -> Recipe:
    try:
        found = json.loads((folder / _RECIPE).read_bytes())
    except FileNotFoundError as error:
        raise UnusableError(folder, "there is none yet") from error
    except (OSError, ValueError) as error:
        raise UnusableError(folder, f"{_RECIPE} cannot be read") from error
    if not isinstance(found, dict) or set(found) != {each.name for each in fields(Recipe)}:
        raise UnusableError(folder, f"{_RECIPE} is not whole")
    if found["made_for"] != made_for:
        raise UnusableError(folder, "it was made by another version or for another processor")
    return Recipe(**found)


def write_exported(folder: Path, recipe: Recipe, files: Mapping[str, bytes]) -> None:
    """Write an exported model in place of what is there; a reader sees all of it or nothing."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = folder.parent / f".{folder.name}-{secrets.token_hex(8)}"
    draft.mkdir()
    try:
        for name, content in files.items():
            (draft / name).write_bytes(content)
        digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        (draft / _RECIPE).write_text(json.dumps({**asdict(recipe), "digests": digests}, indent=1))
        _replace(folder, draft)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _replace(folder: Path, draft: Path) -> None:
    """Put the draft in the folder's place; of two processes that do so at once, either one's work is good."""
    grave = draft.with_name(f"{draft.name}-old")
    with contextlib.suppress(FileNotFoundError):
        folder.rename(grave)
    try:
        draft.rename(folder)
    except OSError:
        if not (folder / _RECIPE).is_file():
            raise
    shutil.rmtree(grave, ignore_errors=True)
