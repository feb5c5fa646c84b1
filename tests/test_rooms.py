"""Imports run one way through rooms and folders, each heavy library has a home, and `assistant --help` loads none."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("corpus", "index", "assistant")  # each may import those before it
MOST_FILES = 16  # of a folder; what holds more is two folders
# A folder and the others that its files may import. A room's name stands for the files beside its folders: the words
# that its folders share (article, settings, errors) and the stories that bring them together (loader, builder, cli).
ARROWS = {
    "corpus": "corpus/formats corpus/parsing",
    "corpus/authoring": "corpus corpus/formats corpus/parsing corpus/parsing/sections",
    "corpus/formats": "corpus corpus/formats/docs_markup corpus/formats/html corpus/formats/records",
    "corpus/formats/converted": "corpus corpus/formats corpus/formats/html",
    "corpus/formats/docs_markup": "corpus/formats",
    "corpus/formats/records": "corpus corpus/formats",
    "corpus/formats/html": "corpus corpus/formats",
    "corpus/parsing": "corpus corpus/formats corpus/parsing/sections",
    "corpus/parsing/sections": "corpus corpus/formats",
    "index": (
        "corpus corpus/authoring corpus/parsing index/analysis index/codes index/encoding index/engines index/messages"
        " index/models index/ranking index/storage index/storage/segments index/texts"
    ),
    "index/adaptation": "corpus index index/evaluation index/models index/storage",
    "index/analysis": "index index/storage",
    "index/codes": "corpus index/analysis index/storage",
    "index/encoding": "corpus index index/analysis index/models index/ranking index/storage index/storage/segments",
    "index/engines": "corpus index index/analysis index/models index/ranking index/storage",
    "index/evaluation": "corpus index index/models index/ranking index/storage",
    "index/messages": "corpus index index/analysis index/codes index/storage",
    "index/messages/documented": "corpus index/analysis index/messages index/storage",
    "index/models": "index",
    "index/ranking": "corpus index index/analysis index/models index/storage index/storage/segments",
    "index/storage": "corpus index index/storage/segments",
    "index/storage/segments": "index index/storage",
    "index/texts": ("corpus index index/analysis index/codes index/messages/documented index/ranking index/storage"),
    "assistant": "assistant/answering assistant/pictures assistant/commands corpus index index/engines index/models",
    "assistant/answering": "assistant corpus index index/engines index/models index/storage",
    "assistant/commands": (
        "assistant assistant/answering assistant/editing assistant/pictures assistant/publishing assistant/rendering"
        " assistant/web corpus corpus/authoring corpus/formats index index/adaptation index/encoding index/evaluation"
        " index/models index/storage"
    ),
    "assistant/editing": (
        "assistant assistant/answering assistant/publishing assistant/rendering corpus corpus/authoring corpus/formats"
        " corpus/parsing index index/analysis index/models"
    ),
    "assistant/pictures": "assistant index/models",
    "assistant/publishing": (
        "assistant assistant/answering assistant/rendering corpus corpus/authoring corpus/parsing index"
        " index/encoding index/evaluation index/models index/storage"
    ),
    "assistant/rendering/plain": "assistant/answering assistant/rendering corpus",
    "assistant/rendering": "assistant assistant/answering corpus index index/analysis",
    "assistant/web": (
        "assistant assistant/answering assistant/editing assistant/pictures assistant/publishing assistant/rendering"
        " assistant/rendering/plain assistant/web/api assistant/web/middleware assistant/web/pages"
        " assistant/web/widget corpus index"
    ),
    "assistant/web/api": "assistant assistant/answering assistant/pictures assistant/web assistant/web/middleware",
    "assistant/web/pages": "assistant assistant/answering assistant/rendering assistant/rendering/plain assistant/web",
    "assistant/web/middleware": "assistant",
    "assistant/web/widget": "assistant assistant/answering assistant/rendering assistant/web corpus index",
}
HOMES = {  # a library and where alone it may be imported: files, or a folder with all that is in it
    "Stemmer": "index/analysis/terms.py",
    "distributed": "index/encoding/cluster.py",
    "faiss": "index/ranking/vector_index.py",
    "gradio": "assistant/web/gradio_page.py",
    "grpc": "index/engines/milvus.py",
    "jinja2": "assistant/rendering/html_templates.py",
    "lxml": "corpus/formats/html/",
    "PIL": "assistant/pictures/recognition.py",
    "rapidocr": "assistant/pictures/recognition.py",
    "docutils": "corpus/formats/converted/rst.py",
    "mammoth": "corpus/formats/docx.py",
    "pdfminer": "corpus/formats/converted/pdf.py",
    "pdfplumber": "corpus/formats/converted/pdf.py",
    "openpyxl": "corpus/formats/converted/workbook.py",
    "markupsafe": "assistant/rendering/safe_markdown.py",
    "mcp": "assistant/mcp_server.py",
    "nh3": "assistant/rendering/safe_markdown.py",
    "openvino": "index/models/openvino_runtime.py",
    "pycld2": "index/analysis/language.py",
    "pymilvus": "index/engines/milvus.py",
    "pydantic": "assistant/web/ assistant/mcp_server.py",
    "rapidfuzz": "index/analysis/",
    "sentence_transformers": "index/models/",
    "torch": "index/models/ index/adaptation/training.py",
    "transformers": "index/models/",
    "uvicorn": "assistant/web/connections.py assistant/web/server.py",
    "watchfiles": "assistant/publishing/watcher.py",
}
NUMERICAL = {"faiss", "huggingface_hub", "numpy", "scipy", "sentence_transformers", "torch", "transformers"}
WEB = {"fastapi", "gradio", "starlette", "uvicorn"}
FORBIDDEN = {"corpus": NUMERICAL | WEB, "index": WEB, "assistant": set[str]()}
HEAVY = [
    "distributed",
    "faiss",
    "fastapi",
    "gradio",
    "jinja2",
    "numpy",
    "openvino",
    "pandas",
    "pymilvus",
    "sentence_transformers",
    "torch",
    "transformers",
]


@dataclass(frozen=True, slots=True)
class Import:
    """A line of a file that imports a module or, under a name made at run time, some module of a package."""

    file: PurePosixPath
    line: int
    module: str

    @property
    def library(self) -> str:
        return self.module.partition(".")[0]

    @property
    def target(self) -> PurePosixPath | None:
        """The project's file that is imported, or its folder for a name made at run time; None for a library."""
        if self.library not in {*ROOMS, "tests", "conftest"}:
            return None
        path = self.module.replace(".", "/")
        holder = path.rpartition("/")[0]  # where a class or a function is imported from
        files = (f"{path}.py", f"{path}/__init__.py", f"{holder}.py", f"{holder}/__init__.py")
        return next((PurePosixPath(file) for file in files if (ROOT / file).is_file()), PurePosixPath(path))

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def imports_of(path: Path) -> Iterator[Import]:
    """Yield what a file imports, at its top, inside a function, or by `importlib`."""
    file = PurePosixPath(path.relative_to(ROOT).as_posix())
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from (Import(file, node.lineno, f"{module}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield Import(file, node.lineno, name_at_run_time(node.args[0]))


def name_at_run_time(argument: ast.expr) -> str:
    """Return the module that `import_module` is given, of f"package.{name}" the package; "" if it could be any."""
    first = argument.values[0] if isinstance(argument, ast.JoinedStr) else argument
    return str(first.value).rstrip(".") if isinstance(first, ast.Constant) else ""


MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))
IMPORTS = [each for path in MODULES for each in imports_of(path)]
OURS = [(each, each.target) for each in IMPORTS if each.target is not None]
FOLDERS = sorted({folder for path in MODULES for folder in path.relative_to(ROOT).parents})


def folder_of(target: PurePosixPath) -> str:
    return (target.parent if target.suffix else target).as_posix()


def test_every_import_names_its_module_or_package_in_full() -> None:
    assert [str(each) for each in IMPORTS if each.library == ""] == []


def test_a_room_imports_only_the_rooms_before_it() -> None:
    for each, _ in OURS:
        assert each.library in ROOMS[: ROOMS.index(each.file.parts[0]) + 1], each


def test_a_folder_imports_only_the_folders_that_the_table_of_arrows_gives_it() -> None:
    against = [
        str(each)
        for each, target in OURS
        if folder_of(target) not in {folder_of(each.file), *ARROWS[folder_of(each.file)].split()}
    ]
    assert against == []


def test_every_arrow_of_the_table_is_used() -> None:
    used = {(folder_of(each.file), folder_of(target)) for each, target in OURS}
    assert {(one, other) for one, others in ARROWS.items() for other in others.split()} - used == set()


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_the_files_and_folders_of_a_folder_import_one_another_without_a_circle(folder: Path) -> None:
    """A folder counts as one thing with all that is in it: what it imports comes before it as a whole."""
    before: dict[str, set[str]] = defaultdict(set)
    seen: dict[tuple[str, str], Import] = {}
    for each, target in OURS:
        if each.file.is_relative_to(folder) and target.is_relative_to(folder) and target != PurePosixPath(folder):
            one, other = (path.relative_to(folder).parts[0] for path in (each.file, target))
            if one != other:
                before[one].add(other)
                seen[other, one] = each
    try:
        TopologicalSorter(before).prepare()
    except CycleError as error:
        circle = error.args[1]
        pytest.fail("\n".join(str(seen[pair]) for pair in pairwise(circle)))


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_folder_has_no_more_files_than_one_looks_through(folder: Path) -> None:
    files = sorted(path.name for path in (ROOT / folder).iterdir() if path.is_file() and path.name[0] != ".")
    files = [name for name in files if not name.startswith("journal.sqlite")]  # what a server in this folder wrote
    assert len(files) <= MOST_FILES, files


@pytest.mark.parametrize(("library", "home"), HOMES.items())
def test_a_heavy_library_is_imported_in_its_home_only(library: str, home: str) -> None:
    importers = {each.file.as_posix() for each in IMPORTS if each.library == library}
    places = home.split()
    assert {file for file in importers if not file.startswith(tuple(places))} == set()
    assert [place for place in places if not any(file.startswith(place) for file in importers)] == []


def test_the_corpus_knows_no_numerical_library_and_the_index_no_web() -> None:
    assert [str(each) for each in IMPORTS if each.library in FORBIDDEN[each.file.parts[0]]] == []


def test_only_three_places_of_the_corpus_open_files() -> None:
    """They are the folder of articles, the formats that are archives, and the loader, which digests its own code."""
    opening = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}
    allowed = ("corpus/article_files.py", "corpus/formats/", "corpus/loader.py")
    for path in MODULES:
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
