"""Imports run one way through the rooms, each heavy library has one home, and `assistant --help` loads none of them."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {  # a room and the rooms it may import; nothing imports the tests
    "corpus": {"corpus"},
    "index": {"index", "corpus"},
    "assistant": {"assistant", "index", "corpus"},
}
HOMES = {  # a library and where alone it may be imported: a file, or a folder with all that is in it
    "faiss": ("index/ranking/vector_index.py",),
    "gradio": ("assistant/web/gradio_page.py", "assistant/web/editor_routes.py"),
    "openvino": ("index/models/",),
    "sentence_transformers": ("index/models/",),
    "torch": ("index/models/",),
    "transformers": ("index/models/",),
}
NOT_IN_CORPUS = {"faiss", "fastapi", "gradio", "huggingface_hub", "numpy", "scipy", "torch", "transformers"}
WEB = {"fastapi", "gradio", "starlette", "uvicorn"}
HEAVY = ["faiss", "fastapi", "gradio", "numpy", "openvino", "pandas", "sentence_transformers", "torch", "transformers"]


def modules() -> list[Path]:
    return sorted(path for room in MAY_IMPORT for path in (ROOT / room).rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    """Yield the modules a file imports, at its top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno} imports relative to itself"
            assert node.module is not None
            yield node.module


def top_level(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_room_imports_only_the_rooms_before_it(path: Path) -> None:
    rooms = top_level(path) & {*MAY_IMPORT, "tests", "conftest"}
    assert rooms <= MAY_IMPORT[path.relative_to(ROOT).parts[0]]


@pytest.mark.parametrize(("library", "homes"), list(HOMES.items()))
def test_a_heavy_library_is_imported_in_its_home_only(library: str, homes: tuple[str, ...]) -> None:
    importers = {path.relative_to(ROOT).as_posix() for path in modules() if library in top_level(path)}
    assert {each for each in importers if not each.startswith(homes)} == set()


def test_openvino_is_imported_by_one_module() -> None:
    assert len([path for path in modules() if "openvino" in top_level(path)]) <= 1


def test_the_corpus_knows_no_numerical_library_and_the_index_no_web() -> None:
    for path in modules():
        room = path.relative_to(ROOT).parts[0]
        forbidden = {"corpus": NOT_IN_CORPUS | WEB, "index": WEB, "assistant": set()}[room]
        assert top_level(path) & forbidden == set(), path


def test_only_the_loader_and_the_formats_of_the_corpus_open_files() -> None:
    opening = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
    allowed = ("corpus/loader.py", "corpus/formats/")
    for path in modules():
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith("corpus/") or name.startswith(allowed):
            continue
        calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
        called = {call.id if isinstance(call, ast.Name) else getattr(call, "attr", "") for call in calls}
        assert called & opening == set(), name


@pytest.mark.parametrize("arguments", [["--help"], ["build", "--help"], ["search", "--help"], ["serve", "--help"]])
def test_help_is_shown_without_any_heavy_library(arguments: list[str]) -> None:
    program = (
        "import sys\nfrom assistant.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        f"except SystemExit as end:\n    assert end.code == 0\nprint(sorted(set({HEAVY}) & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program, *arguments]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "Example:" in shown or "COMMAND" in shown
    assert shown.splitlines()[-1] == "[]"
