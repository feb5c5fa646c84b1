"""What a training had when it was stopped, so that the next one goes on from there."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path

from index.adaptation.training import Trainer
from index.errors import ModelError

_FILE = "training.pt"


class Checkpoint:
    """The state of a training in a folder; one of another model, other articles or another version is not used.

    Args:
        folder: Where it is; it is made if need be.
        key: What the training depends on, in any words.
    """

    def __init__(self, folder: Path, key: str) -> None:
        self._path = folder / _FILE
        self._key = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()

    def restore(self, trainer: Trainer) -> bool:
        """Give a trainer the state that is kept; return whether there was one that fits."""
        try:
            with self._path.open("rb") as file:
                return trainer.load(file, self._key)
        except FileNotFoundError:
            return False

    def keep(self, trainer: Trainer) -> None:
        """Keep the state of a trainer in place of the one before.

        Raises:
            ModelError: It cannot be written.
        """
        temporary = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with temporary.open("wb") as file:
                trainer.dump(self._key, file)
            temporary.replace(self._path)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            problem = f"the training's state cannot be written to {self._path} ({error.strerror})"
            raise ModelError(problem, "make room there; what was trained so far is lost") from error

    def remove(self) -> None:
        """Remove the state: the training is done."""
        with contextlib.suppress(OSError):
            self._path.unlink()
            self._path.parent.rmdir()
