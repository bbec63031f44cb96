"""What a checkout has of feature gates: the Go files that declare and use them, and the manifests that name them.

Files are found below the workspace alone, and symbolic links are not followed.
"""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from release_actions.compatibility.feature_gates import read_gates
from release_actions.compatibility.gate import Declared, Unread
from release_actions.compatibility.gate_names import named_gates
from release_actions.compatibility.gate_rules import NamedGate
from release_actions.compatibility.gate_use import has_gates_of_libraries, used_names
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.files import has_control_characters
from release_actions.core.patterns import fits
from release_actions.core.text import shown
from release_actions.project.config import FeatureGates
from release_actions.system.workspace import list_files, read_text

_ASIDE: Final = frozenset({".git", "vendor", "third_party", "testdata"})
_YAML: Final = (".yaml", ".yml", ".tpl")
_CHART: Final = "Chart.yaml"


class GateSources(msgspec.Struct, frozen=True, kw_only=True):
    """The gates of a checkout: declared, used by other code, and named by manifests.

    `used` is None where a Go file could not be read. `libraries` says whether the program has gates of Kubernetes' own
    libraries too.
    """

    declared: Declared
    used: frozenset[str] | None
    libraries: bool
    named: tuple[NamedGate, ...]


def read_sources(workspace: Path, settings: FeatureGates) -> GateSources:
    """Read a checkout; raises E_CONFIG for a pattern that no file fits, and E_PATH."""
    paths = list_files(workspace, _ASIDE)
    go = [one for one in paths if is_source(one)]
    texts, unread = _read(workspace, go)
    declaring = _chosen(go, settings.sources, "sources") if settings.sources else go
    declared = read_gates({path: texts[path] for path in declaring if path in texts})
    manifests = _chosen(paths, settings.manifests, "manifests") if settings.manifests else _manifests(paths)
    yaml, unread_yaml = _read(workspace, manifests)
    missed = [one for one in unread if one.file in set(declaring)] + unread_yaml
    return GateSources(
        declared=Declared(declared.gates, (*declared.unread, *missed)),
        used=None if unread else used_names(texts, declared.gates),
        libraries=has_gates_of_libraries(texts),
        named=tuple(one for path, text in yaml.items() for one in named_gates(text, path)),
    )


def is_source(path: str) -> bool:
    """Whether a path is a Go file of the program itself: no test, nothing vendored."""
    return path.endswith(".go") and not path.endswith("_test.go") and not _ASIDE & set(path.split("/")[:-1])


def _manifests(paths: Sequence[str]) -> list[str]:
    """The values and templates of all charts, but for charts in charts, and YAML below `config`."""
    folders = [path.removesuffix(_CHART) for path in paths if f"/{path}".endswith(f"/{_CHART}")]
    charts = [one for one in folders if not any(one != other and one.startswith(other) for other in folders)]
    inside = (("config/",), *((f"{one}values.yaml", f"{one}templates/") for one in charts))
    starts = tuple(start for some in inside for start in some)
    return [path for path in paths if path.startswith(starts) and path.endswith(_YAML)]


def _chosen(paths: Iterable[str], patterns: Sequence[str], key: str) -> list[str]:
    paths = list(paths)
    for one in patterns:
        if not any(fits(path, one) for path in paths):
            raise ReleaseError(
                Code.E_CONFIG,
                f"No file fits {shown(one, 80)!r}, which `feature-gates` has under `{key}`.",
                next_step="Correct the pattern, from the repository's root; tests and vendored files never count.",
            )
    return [path for path in paths if any(fits(path, one) for one in patterns)]


def _read(workspace: Path, paths: Iterable[str]) -> tuple[dict[str, str], list[Unread]]:
    """The texts of files, and those that are none, too large, or have a name that can't be shown."""
    texts: dict[str, str] = {}
    unread = []
    for path in paths:
        if has_control_characters(path):
            unread.append(Unread(shown(path, 200), 1, "the file has control characters in its name, and is not read"))
            continue
        try:
            texts[path] = read_text(workspace / path, shown=path)
        except ReleaseError as error:
            unread.append(Unread(path, 1, error.what.removesuffix(".")))
    return texts, unread
