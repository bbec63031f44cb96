"""Imports go one way, and what touches the outside is in few, known places."""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tools import rooms

ROOT = Path(__file__).resolve().parents[2]

# Ways to the outside, and the modules that may take them.
DOORS = {
    "subprocess": {"release_actions.system.process", "scripts.run"},
    "docker": {"release_actions.oci.credentials"},
    "requests": {"release_actions.system.http", "release_actions.system.bounded_connection"},
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
HOUSES = (rooms.LIBRARY, rooms.REHEARSAL)


def modules(house: rooms.House) -> dict[str, Path]:
    """The modules in a house's rooms, as `room.module`, and `room` for its `__init__`."""
    folder = ROOT / house.package
    found = {".".join(path.relative_to(folder).with_suffix("").parts): path for path in sorted(folder.glob("*/*.py"))}
    return {name.removesuffix(".__init__"): path for name, path in found.items()}


LIBRARY = modules(rooms.LIBRARY)
PURE = {
    f"{room.name}.{module}"
    for floor in rooms.LIBRARY.floors
    for room in floor
    for module in {name.partition(".")[2] for name in LIBRARY if name.startswith(f"{room.name}.")} - room.boundaries
}
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


def siblings(path: Path, package: str = "release_actions") -> set[str]:
    """The modules of the same package that a file imports, as `room.module`."""
    known = modules(rooms.LIBRARY if package == "release_actions" else rooms.REHEARSAL)
    parts = (name.split(".") for name in imported(path))
    inside = {tuple(part[1:]) for part in parts if part[0] == package}
    found = {".".join(part[:length]) for part in inside for length in (1, 2)}
    return {name for name in found if name in known and "." in name}


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


LONGEST_SCRIPT = 120


def top(path: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(path)}


def floors_of(house: rooms.House) -> dict[str, int]:
    return {room.name: number for number, floor in enumerate(house.floors) for room in floor}


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.package)
def test_a_room_imports_rooms_of_lower_floors_alone(house: rooms.House) -> None:
    floor = floors_of(house)
    upwards = {
        f"{name} imports {other}"
        for name, path in modules(house).items()
        for other in siblings(path, house.package)
        if (room := name.partition(".")[0]) != other.partition(".")[0] and floor[other.partition(".")[0]] >= floor[room]
    }
    assert upwards == set()


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.package)
def test_every_module_lies_in_a_room_of_the_table(house: rooms.House) -> None:
    folders = {path.parent.name for path in (ROOT / house.package).glob("*/*.py")}
    assert folders == set(floors_of(house))
    assert {path.name for path in (ROOT / house.package).glob("*.py")} <= {"__init__.py", "__main__.py"}


@pytest.mark.parametrize("name", sorted(PURE))
def test_a_pure_module_touches_nothing_outside(name: str) -> None:
    assert outside(LIBRARY[name]) == set()
    assert siblings(LIBRARY[name]) <= PURE
    assert top(LIBRARY[name]) - sys.stdlib_module_names - {"release_actions"} <= INSTALLED


def test_each_boundary_of_the_table_touches_the_outside() -> None:
    listed = {f"{room.name}.{one}" for floor in rooms.LIBRARY.floors for room in floor for one in room.boundaries}
    assert listed <= set(LIBRARY)
    pure = {
        name
        for name in listed
        if not outside(LIBRARY[name])
        and siblings(LIBRARY[name]) <= PURE
        and top(LIBRARY[name]) - sys.stdlib_module_names - {"release_actions"} <= INSTALLED
    }
    assert pure == set()


def test_the_library_has_no_cycles() -> None:
    order: list[str] = []
    left = {name: siblings(path) - {name} for name, path in LIBRARY.items() if "." in name}
    while ready := [name for name, needs in left.items() if needs <= set(order)]:
        order += ready
        left = {name: needs for name, needs in left.items() if name not in ready}
    assert sorted(left) == []


@pytest.mark.parametrize("door", sorted(DOORS))
def test_each_way_to_the_outside_has_its_module(door: str) -> None:
    users = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in files("release_actions", "scripts")
        if door in top(path)
    }
    assert users <= DOORS[door]


def test_the_runner_is_for_entry_scripts_and_their_phases() -> None:
    users = {name.split(".")[0] for name, path in LIBRARY.items() if "runner.run" in siblings(path)}
    assert users == {"steps"}


def test_entry_scripts_are_short_and_share_phases_alone() -> None:
    scripts = [path for path in files("scripts") if path.stem != "run"]
    lines = {path.name: path.read_text(encoding="utf-8").count("\n") for path in scripts}
    assert {name: count for name, count in lines.items() if count > LONGEST_SCRIPT} == {}
    assert {path.name for path in scripts if "scripts" in top(path)} == set()


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


def test_lines_are_split_by_one_function() -> None:
    """`str.splitlines` also ends lines at signs that git, GitHub and anyone who writes to them may put into a name."""
    splitting = {
        str(path.relative_to(ROOT)) for path in files("release_actions", "scripts") if "splitlines" in called(path)
    }
    assert splitting == set()


def test_only_the_runner_prints() -> None:
    printing = {
        str(path.relative_to(ROOT)) for path in files("release_actions", "scripts") if "print()" in called(path)
    }
    assert printing == {"release_actions/runner/run.py", "scripts/run.py"}
