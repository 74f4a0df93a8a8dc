"""The rules of the house, read off the repository itself. CONTRIBUTING.md states them."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import generate_openapi
from cortex.services.events import EventType

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "python-backend" / "src" / "cortex"
LONGEST = 400

# Names that say nothing about what is inside, so that everything ends up there.
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}

# Where the environment is touched outside config.py, and why.
ENVIRONMENT_EXEMPTIONS = {
    "python-backend/src/cortex/services/extraction/language.py": "tells a numerical library, before it loads, to "
    "start no threads of its own; reads nothing",
    "python-backend/src/cortex/services/extraction/worker.py": "hands the parser's process the few variables that the "
    "system needs to start it, so that it gets none of the others",
}

# Texts that look like SQL outside db and queue, and why.
SQL_EXEMPTIONS = {
    "python-backend/src/cortex/services/embedding_vectors.py": "a sample of the kinds of text a model is tried on",
}

SQL = re.compile(
    r"\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\S+\s+SET\s|DELETE\s+FROM\s|REPLACE\s+INTO\s"
    r"|WITH\s+(RECURSIVE\s+)?\w+\s*(\([^)]*\)\s*)?AS\s|(CREATE|DROP|ALTER)\s+(VIRTUAL\s+|UNIQUE\s+)?(TABLE|INDEX|TRIGGER)\s"
    r"|PRAGMA\s|ATTACH\s|BEGIN IMMEDIATE|VACUUM)"
)


def source_files() -> list[Path]:
    """Everything written by hand: Python of the package, the scripts and the tests, and what the package serves."""
    files = [file for folder in (PACKAGE, ROOT / "scripts", ROOT / "tests") for file in folder.rglob("*.py")]
    files += [file for suffix in ("js", "css", "html", "sql") for file in PACKAGE.rglob(f"*.{suffix}")]
    return sorted(file for file in files if "samples" not in file.parts and "node_modules" not in file.parts)


def python_files(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.py"))


def name_of(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@cache
def tree_of(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"), filename=str(file))


def decisions() -> str:
    return "\n".join(file.read_text(encoding="utf-8") for file in sorted((ROOT / "docs" / "adr").glob("*.md")))


def test_no_file_is_long_without_a_decision_that_names_it() -> None:
    written = decisions()
    too_long = {
        name_of(file): lines
        for file in source_files()
        if (lines := len(file.read_text(encoding="utf-8").splitlines())) > LONGEST and name_of(file) not in written
    }
    assert not too_long, f"split these or justify them in docs/adr: {too_long}"


def test_names_say_what_is_inside() -> None:
    files = [
        name_of(file)
        for file in source_files()
        if EMPTY_NAMES & {word for part in (*file.relative_to(ROOT).parts[:-1], file.stem) for word in part.split("_")}
    ]
    classes = [
        f"{name_of(file)}:{node.lineno} {node.name}"
        for file in python_files(PACKAGE)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.ClassDef) and re.search(r"(Manager|Helper|Utils?)$", node.name)
    ]
    assert not files + classes


def texts(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """String literals with their lines, but for docstrings: those may talk about anything."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_sql_stands_in_db_and_queue_alone() -> None:
    found = [
        f"{name_of(file)}:{line} {text.strip()[:60]}"
        for file in python_files(PACKAGE)
        if file.relative_to(PACKAGE).parts[0] not in {"db", "queue"} and name_of(file) not in SQL_EXEMPTIONS
        for line, text in texts(tree_of(file))
        if SQL.match(text)
    ]
    assert not found


def reads_environment(node: ast.AST) -> bool:
    names = {"environ", "environb", "getenv", "getenvb"}
    if isinstance(node, ast.Attribute):
        return node.attr in names and isinstance(node.value, ast.Name) and node.value.id == "os"
    return isinstance(node, ast.ImportFrom) and node.module == "os" and any(a.name in names for a in node.names)


def test_config_alone_reads_the_environment() -> None:
    readers = {
        name_of(file)
        for file in python_files(PACKAGE)
        if file != PACKAGE / "config.py" and any(reads_environment(node) for node in ast.walk(tree_of(file)))
    }
    assert readers == set(ENVIRONMENT_EXEMPTIONS), "an exemption needs its reason here, and goes when it is not used"


def comments(file: Path) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(file.read_text(encoding="utf-8")).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def commented(file: Path, line: int) -> bool:
    return file.read_text(encoding="utf-8").splitlines()[line - 1].lstrip().startswith("# ")


def test_every_silenced_check_carries_its_reason() -> None:
    silencer = re.compile(r"#\s*(?:noqa|type:\s*ignore)\b")
    explained = re.compile(
        r"#\s*(?:noqa:\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|type:\s*ignore\[[\w\-, ]+\])\s*(?:#|-|—|–|:)\s*\S.{2,}"
    )
    bare = [
        f"{name_of(file)}:{line} {text}"
        for file in source_files()
        if file.suffix == ".py"
        for line, text in comments(file)
        if silencer.search(text) and not explained.search(text) and not commented(file, line - 1)
    ]
    assert not bare, "say which check is silenced and why: # noqa: S314 - written by the pytest just run"


def test_nothing_is_left_to_be_written_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
    found = [
        f"{name_of(file)}:{line} {text}"
        for file in source_files()
        if file.suffix == ".py"
        for line, text in comments(file)
        if later.search(text)
    ]
    assert not found
    unwritten = [
        f"{name_of(file)}:{node.lineno}"
        for file in python_files(PACKAGE)
        for node in ast.walk(tree_of(file))
        if isinstance(node, ast.Raise) and node.exc is not None and "NotImplementedError" in ast.unparse(node.exc)
    ]
    assert not unwritten


def test_decisions_are_numbered_once_and_start_with_their_title() -> None:
    files = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [file.name[:4] for file in files]
    assert len(numbers) == len(set(numbers))
    for file in files:
        assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", file.name), file.name
        assert file.read_text(encoding="utf-8").startswith("# "), file.name


def test_the_committed_api_document_is_what_the_routes_say() -> None:
    assert generate_openapi.DOCUMENT.exists(), "run scripts/generate_openapi.py"
    assert generate_openapi.DOCUMENT.read_text(encoding="utf-8") == generate_openapi.render(), (
        "run scripts/generate_openapi.py and commit the result"
    )


def test_every_event_is_published_somewhere_and_heard_by_the_interface() -> None:
    named = get_args(EventType)
    elsewhere = [file for file in python_files(PACKAGE) if file != PACKAGE / "services" / "events.py"]
    written = {node.value for file in elsewhere for node in ast.walk(tree_of(file)) if isinstance(node, ast.Constant)}
    heard = (ROOT / "ui" / "app" / "src" / "lib" / "events.ts").read_text(encoding="utf-8")
    wrong = [event for event in named if event not in written or f'"{event}"' not in heard]
    assert not wrong, f"named, but never published or never listened to: {', '.join(wrong)}"
