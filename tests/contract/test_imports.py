"""Imports go one way, and what touches the outside is in few, known places."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# The modules that take text and values and give text and values. Whatever is not named here may touch the outside.
PURE = {
    *("errors", "version", "images", "documents", "locate", "places", "chart", "config", "matrix", "plan", "summary"),
    *("markdown", "inputs", "oci", "addresses", "build", "packages", "rendered", "gate"),
    *("index", "index_entry", "index_outline", "index_source"),
    *("picks", "comment_commands", "conflicts", "tag_message"),
    *("floating", "verdict"),
    *("next_version", "release_branches", "commit_class", "commit_title", "unreleased"),
    *("findings", "features", "go_features", "yaml_features", "guard"),
    *("fix_origins", "backport_matrix", "backport_page", "backport_summary"),
}
# Ways to the outside, and the modules that may take them.
DOORS = {
    "subprocess": {"release_actions.process", "scripts.run"},
    "actions_toolkit": {"release_actions.runner"},
    "github": {"release_actions.github"},
    "docker": {"release_actions.credentials"},
    "requests": {"release_actions.transport", "release_actions.github"},
}
OUTSIDE = {
    *("argparse", "asyncio", "concurrent", "fcntl", "glob", "http", "multiprocessing", "os", "random", "resource"),
    *("secrets", "shutil", "signal", "socket", "sqlite3", "ssl", "sys", "tempfile", "threading", "time", "uuid"),
    *("urllib.request", "urllib.error", *DOORS),
}
INSTALLED = {"semver", "yaml", "msgspec"}
FILE_METHODS = {
    *(
        "open",
        "read_text",
        "read_bytes",
        "write_text",
        "write_bytes",
        "iterdir",
        "glob",
        "rglob",
        "walk",
        "stat",
        "lstat",
    ),
    *("mkdir", "touch", "unlink", "rename", "rmdir", "symlink_to", "chmod", "exists", "is_file", "is_dir", "resolve"),
    *("cwd", "home", "expanduser", "now", "today", "utcnow"),
}
# They are given bytes and no file.
IN_MEMORY = {"tarfile.open", "gzip.open"}
LIBRARY = {path.stem: path for path in sorted((ROOT / "release_actions").glob("*.py")) if path.stem != "__init__"}
SCRIPTS = {path.stem: path for path in sorted((ROOT / "scripts").glob("*.py"))}


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


@cache
def imported(path: Path) -> frozenset[str]:
    """The full names of the modules that a file imports, and of the names it takes from them."""
    names: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return frozenset(names)


def siblings(path: Path) -> set[str]:
    """The modules of the library that a file imports."""
    parts = (name.split(".") for name in imported(path))
    return {part[1] for part in parts if part[0] == "release_actions" and len(part) > 1 and part[1] in LIBRARY}


def outside(path: Path) -> set[str]:
    """What in a file touches the outside."""
    taken = {name for name in imported(path) if name in OUTSIDE or name.partition(".")[0] in OUTSIDE}
    return (
        taken | {f".{name}" for name in called(path) & FILE_METHODS} | (called(path) & {"open()", "input()", "print()"})
    )


@cache
def called(path: Path) -> frozenset[str]:
    """What a file calls: methods by their name, functions by their name and `()`."""
    calls = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    methods = {call.attr for call in calls if isinstance(call, ast.Attribute) and ast.unparse(call) not in IN_MEMORY}
    return frozenset(methods | {f"{call.id}()" for call in calls if isinstance(call, ast.Name)})


def files(*folders: str) -> Iterator[Path]:
    for folder in folders:
        yield from sorted((ROOT / folder).rglob("*.py"))


def top(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


@pytest.mark.parametrize("name", sorted(PURE))
def test_a_pure_module_touches_nothing_outside(name: str) -> None:
    assert outside(LIBRARY[name]) == set()
    assert siblings(LIBRARY[name]) <= PURE
    assert top(LIBRARY[name]) - sys.stdlib_module_names - {"release_actions"} <= INSTALLED


def test_the_library_has_no_cycles() -> None:
    order: list[str] = []
    left = {name: siblings(path) - {name} for name, path in LIBRARY.items()}
    while ready := [name for name, needs in left.items() if needs <= set(order)]:
        order += ready
        left = {name: needs for name, needs in left.items() if name not in ready}
    assert sorted(left) == []


@pytest.mark.parametrize("door", sorted(DOORS))
def test_each_way_to_the_outside_has_its_module(door: str) -> None:
    users = {f"{path.parent.name}.{path.stem}" for path in files("release_actions", "scripts") if door in top(path)}
    assert users <= DOORS[door]


def test_the_runner_is_for_entry_scripts() -> None:
    assert {name for name, path in LIBRARY.items() if name != "runner" and "runner" in siblings(path)} == set()


@pytest.mark.parametrize(
    ("folder", "never"),
    [
        ("release_actions", {"scripts", "rehearsal", "tools", "bench", "tests"}),
        ("scripts", {"rehearsal", "tools", "bench", "tests"}),
        ("rehearsal", {"tools", "bench", "tests"}),
        ("tools", {"rehearsal", "bench", "tests"}),
    ],
)
def test_folders_depend_one_way(folder: str, never: set[str]) -> None:
    wrong = {path.name: top(path) & never for path in files(folder) if top(path) & never}
    assert wrong == {}


@pytest.mark.parametrize("folder", ["release_actions", "scripts", "rehearsal", "tools", "bench", "tests"])
def test_no_shell_is_ever_started(folder: str) -> None:
    shells = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files(folder)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call)
        and (
            any(keyword.arg == "shell" for keyword in node.keywords)
            or ast.unparse(node.func) in {"os.system", "os.popen", "eval", "exec", "subprocess.getoutput"}
        )
    ]
    assert shells == []


def test_only_the_runner_prints() -> None:
    printing = {path.name for path in files("release_actions", "scripts") if "print()" in called(path)}
    assert printing == {"runner.py", "run.py"}
