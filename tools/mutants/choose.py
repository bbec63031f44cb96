"""Which tests are asked about an edit of a module: those that name it, the nearest first.

A test file names the module or the entry script that its path names (`test_push.py`, `publish_chart/test_*.py`), and
what it, its helpers and its `conftest.py` import. How near it is counts the imports between the two. Tests of the
rehearsal and of whole workflows are never asked: they are slow, and look at other things.
"""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePath

PRODUCT = ("release_actions", "scripts")
_KINDS = ("unit", "contract", "boundary", "actions")
_MOST_FILES = 8
_BY_ANOTHER_NAME = {PurePath("tests/actions/test_bootstrap.py"): "scripts.run"}


class TestFiles:
    """The test files of a repository, and how many imports each one is away from the modules of the product."""

    def __init__(self, root: Path) -> None:
        files = [path.relative_to(root) for one in (*PRODUCT, "tests") for path in sorted((root / one).rglob("*.py"))]
        self._modules = {_dotted(path): path for path in files}
        self._imports = {name: sorted(self._imported(root / path)) for name, path in self._modules.items()}
        tests = [path for path in files if path.match("test_*.py") and path.parts[1] in _KINDS]
        self._distances = {
            path: self._from(path) for path in sorted(tests, key=lambda one: (_KINDS.index(one.parts[1]), one))
        }

    def naming(self, module: str) -> list[str]:
        """The test files to ask about a module (all are paths in the repository), the nearest first.

        At most eight, unless more are about just this module.
        """
        name = _dotted(PurePath(module))
        far = {path: distances[name] for path, distances in self._distances.items() if name in distances}
        nearest = max(1, min(far.values(), default=1))
        most = max(_MOST_FILES, sum(distance == 0 for distance in far.values()))
        return [str(path) for path in sorted(far, key=far.__getitem__) if far[path] <= nearest][:most]

    def _from(self, path: PurePath) -> Mapping[str, int]:
        helpers, direct = self._helpers(path), set[str]()
        for helper in helpers:
            direct |= {name for name in self._imports[helper] if not name.startswith("tests.")}
        named = [name for name, one in self._modules.items() if one.parts[0] in PRODUCT and _names(path, name)]
        found = {**dict.fromkeys(direct, 1), **dict.fromkeys(named, 0)}
        for distance in range(len(self._modules)):
            for name in [name for name, one in found.items() if one == distance]:
                for further in self._imports[name]:
                    found.setdefault(further, distance + 1)
        return found

    def _helpers(self, path: PurePath) -> list[str]:
        """A test file, the `conftest.py` files beside and above it but the uppermost, and what they import of tests."""
        beside = [_dotted(folder / "conftest.py") for folder in path.parents if len(folder.parts) > 1]
        found = [_dotted(path), *(name for name in beside if name in self._modules)]
        for name in found:
            found += [one for one in self._imports[name] if one.startswith("tests.") and one not in found]
        return found

    def _imported(self, path: Path) -> Iterator[str]:
        names = set[str]()
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Import):
                names |= {one.name for one in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
        return (name for name in names if name in self._modules)


def _names(path: PurePath, module: str) -> bool:
    """Whether a test file is about a module by its path."""
    folder, _, stem = module.rpartition(".")
    if _BY_ANOTHER_NAME.get(path) == module or (folder == "scripts" and stem in path.parts):
        return True
    room = folder.partition(".")[2]
    is_of_room = room in path.parts if room else path.parts[1] == "actions"
    return is_of_room and (path.stem == f"test_{stem}" or path.stem.startswith(f"test_{stem}_"))


def _dotted(path: PurePath) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")
