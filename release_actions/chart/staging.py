"""A private copy of a chart, with the right version and all dependencies: what is linted, rendered and packed.

Whatever happens to the workspace meanwhile, the chart that was checked is the chart that is published; and nothing is
ever written into the workspace.
"""

import os
import tempfile
from pathlib import Path

import msgspec

from release_actions.chart import helmignore, package, siblings, values_schema
from release_actions.chart.helm import Folder, Helm
from release_actions.chart.metadata import (
    Chart,
    Dependency,
    Lock,
    local_path,
    lock_again,
    locked_dependencies,
    read_chart,
    read_lock,
)
from release_actions.chart.places import version_files
from release_actions.core.commands import Command
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import without_login
from release_actions.core.urls import host_of, is_loopback
from release_actions.core.version import Spelling, Version
from release_actions.git import worktree
from release_actions.git.checkout import read_checkout
from release_actions.system import workspace
from release_actions.system.workspace import WorkspaceFiles
from release_actions.version_places.place import FoundPlace, Place

_CHART = siblings.CHART
_DEEPEST = 5


class ReleasePlaces(msgspec.Struct, frozen=True):
    """What the project releases together: the folders of its charts, its version places, the image tag's spelling."""

    charts: tuple[str, ...]
    places: tuple[Place, ...]
    image_tag: Spelling


def folders(root: Path, chart: str) -> list[str]:
    """The folders that a chart's package is made from: those of its siblings, and its own."""
    return [*siblings.siblings(WorkspaceFiles(root), chart), chart]


def require_committed(root: Path, chart: str) -> None:
    """Make sure that a chart is packed as the commit has it; raises E_CHECKOUT."""
    read_checkout(root)
    made_from = folders(root, chart)
    worktree.require_unchanged(root, made_from, helmignore.read_ignored(WorkspaceFiles(root), made_from))
    require_files(root, chart)


def require_files(root: Path, chart: str) -> None:
    """Make sure that a chart's package gets what the commit has: no pointer of Git LFS, and no other file.

    Packages of dependencies are left out: Helm makes them again. Raises E_CHECKOUT.
    """
    files, made_from = WorkspaceFiles(root), folders(root, chart)
    left_out = helmignore.read_ignored(files, made_from)
    worktree.require_fetched(root, made_from, left_out)
    made = {f"{one}/charts" for one in made_from if read_chart(files.read(f"{one}/{_CHART}"), one).dependencies}
    worktree.require_tracked(
        root, made_from, lambda path: left_out(path) or (path.endswith(".tgz") and str(Path(path).parent) in made)
    )


def copy(root: Path, chart: str, target: Path) -> Path:
    """Copy a chart's folder, and those of its siblings, to the same places below `target` as below the workspace."""
    for folder in folders(root, chart):
        copied = _copy(root, folder, target)
    return copied


def build_dependencies(helm: Helm, root: Path, shown: str, target: Path, depth: int = 0) -> None:
    """Put the dependencies that Chart.lock pins into the chart's copy, which `copy` made.

    A `file://` dependency is copied to its own place beside it, with its own dependencies. Raises E_CHART_DEPENDENCY,
    E_PATH for one that isn't there, and E_CHART for a schema of values that needs something from elsewhere.
    """
    path = target / shown
    chart_file = str(Path(shown, "Chart.yaml"))
    chart = read_chart(workspace.read_text(path / "Chart.yaml", shown=chart_file), chart_file)
    if depth > _DEEPEST:
        raise _refused(chart.file, 1, f"local charts depend on one another more than {_DEEPEST} levels deep")
    if (path / "requirements.yaml").exists():
        raise _refused(chart.file, 1, "requirements.yaml was replaced by `dependencies` in Chart.yaml")
    lock = _lock(path, shown)
    needed = locked_dependencies(chart, lock)
    _require_no_more(chart, lock)
    for one in needed:
        beside = local_path(chart, one)
        if beside is not None:
            if not (target / beside).exists():
                _copy(root, beside, target)
            build_dependencies(helm, root, beside, target, depth + 1)
    if needed:
        repositories = [one.repository for one in needed if one.repository.startswith("http")]
        plain_http = any(_is_local_registry(one) for one in needed)
        helm.build_dependencies(Folder(path, chart.name, shown), repositories, plain_http=plain_http)
    values_schema.require_own_references(path, shown)


def set_version(
    target: Path, folder: str, released: ReleasePlaces, version: Version, *, sync: bool
) -> list[FoundPlace]:
    """Make sure that the copy of a chart says the version everywhere, with `sync` by writing it; the places changed.

    Everywhere: in its Chart.yaml, in siblings in lockstep and where their version is pinned, and at the project's
    places that are in the copied folders. Raises E_STALE_VERSION that says what to write where.
    """
    files = WorkspaceFiles(target)
    beside = siblings.siblings(files, folder)
    charts = [folder, *(one for one in released.charts if one in beside)]
    inside = [one for one in released.places if files.has(one.file)]
    sources = list(version_files(files, charts, inside, released.image_tag))
    stale = [found for source in sources for found in source.places if not found.is_right(version)]
    if stale and not sync:
        raise _stale(folder, version, stale)
    for source in sources if stale else ():
        workspace.write_text(target / source.file.name, source.at(version))
    return stale


def pack(helm: Helm, staged: Folder, version: Version, moment: int, temp: Path) -> bytes:
    """The package of the copy as it is on every machine, all files from `moment` (seconds since 1970, UTC).

    Raises E_CHART_PACKAGE, also when Helm made something else than this version of the chart.
    """
    files = package.read(helm.package(staged, temp).read_bytes())
    metadata = files.get(f"{staged.name}/Chart.yaml", b"")
    if read_chart(metadata.decode(), staged.file("Chart.yaml")).version != version.bare:
        raise ReleaseError(
            Code.E_CHART_PACKAGE,
            f"`helm package` made something else than {staged.name} {version.bare}.",
            next_step=f"Run `helm package {staged.shown}` and look at Chart.yaml in the package.",
            file=staged.file("Chart.yaml"),
        )
    return package.write(files, moment)


def package_file(helm: Helm, staged: Folder, version: Version, moment: int, folder: Path) -> Path:
    """The package, as `pack` makes it in the private `folder`, at a path beside it that a job's later steps can use.

    The file's time counts, as Helm tells it to the registry.
    """
    content = pack(helm, staged, version, moment, folder / "package")
    file = Path(tempfile.mkdtemp(prefix="chart-", dir=folder.parent)) / f"{staged.name}-{version.bare}.tgz"
    file.write_bytes(content)
    os.utime(file, (moment, moment))
    return file


def _copy(root: Path, chart: str, target: Path) -> Path:
    folder = workspace.inside(root, chart, kind="folder")
    copied = target / workspace.relative(root, folder)
    copied.parent.mkdir(parents=True, exist_ok=True)
    workspace.private_copy(folder, copied, shown=workspace.relative(root, folder))
    return copied


def _stale(folder: str, version: Version, stale: list[FoundPlace]) -> ReleaseError:
    lines = tuple(
        f"{one.file}:{one.match.line}: write `{one.place.label}: {one.wanted(version)}`, not {one.match.text!a}"
        for one in stale
    )
    return ReleaseError(
        Code.E_STALE_VERSION,
        f"The chart in {folder} is not {version.tag}'s. {'; '.join(lines)}.",
        next_step="Change it on the release branch and cut the next tag, or set `sync: true`.",
        file=stale[0].file,
        line=stale[0].match.line,
        details=lines,
    )


def _lock(path: Path, shown: str) -> Lock | None:
    file, name = path / "Chart.lock", str(Path(shown, "Chart.lock"))
    return read_lock(workspace.read_text(file, shown=name), name) if file.exists() else None


def _require_no_more(chart: Chart, lock: Lock | None) -> None:
    """Helm downloads all that the lock lists, whether Chart.yaml asks for it or not."""
    known = {(one.name, one.repository) for one in chart.dependencies}
    for one in lock.dependencies if lock else ():
        if (one.name, one.repository) not in known:
            assert lock
            what = f"{one.name!a} from {without_login(one.repository)!a} is not in Chart.yaml"
            raise _refused(lock.file, one.line, what, lock_again(str(Path(lock.file).parent)))


def _is_local_registry(one: Dependency) -> bool:
    return one.repository.startswith("oci://") and is_loopback(host_of(one.repository))


def _refused(file: str, line: int, what: str, commands: tuple[Command, ...] = ()) -> ReleaseError:
    return ReleaseError(
        Code.E_CHART_DEPENDENCY,
        f"{file}, line {line}: {what}.",
        next_step="Correct `dependencies` in Chart.yaml, then run `helm dependency update` and commit both files.",
        file=file,
        line=line,
        commands=commands,
    )
