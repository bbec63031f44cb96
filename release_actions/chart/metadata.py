"""What Chart.yaml and Chart.lock say, read strictly.

The format is Helm's (helm.sh/docs/topics/charts, "The Chart.yaml file"); the name must also be a component of an OCI
repository, as the chart is pushed under it (OCI distribution specification 1.1, "Pulling manifests").
"""

import posixpath
import re
import shlex
from urllib.parse import urlsplit

import msgspec

from release_actions.core.commands import Command, ShellCommand, shell
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import without_login
from release_actions.core.yaml_nodes import Node, parse

_NAME = re.compile(r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*", re.ASCII)
_NAME_LIMIT = 250
_LINE_LIMIT = 1000
_EXACT = re.compile(r"v?[0-9]+\.[0-9]+\.[0-9]+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?", re.ASCII)
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class Dependency(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `dependencies`: `version` is a range in Chart.yaml and exact in Chart.lock.

    `repository` is an https or oci address, `file://` and a path from the chart's folder, or empty for one that is in
    the `charts/` folder already. `alias` is the name that it has in this chart, where that is another.
    """

    name: str
    version: str
    repository: str
    line: int
    alias: str = ""


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart's metadata as text; `app_version` is None where Chart.yaml has none. `file` is Chart.yaml's own name."""

    file: str
    api_version: str
    name: str
    version: str
    app_version: str | None
    type: str
    dependencies: tuple[Dependency, ...]

    @property
    def is_library(self) -> bool:
        """Whether it can't be installed, only used by other charts."""
        return self.type == "library"


class Lock(msgspec.Struct, frozen=True, kw_only=True):
    """Chart.lock: the exact version of each dependency, and Helm's digest over both lists."""

    file: str
    dependencies: tuple[Dependency, ...]
    digest: str


def read_chart(text: str, file: str) -> Chart:
    """The metadata in Chart.yaml; raises E_YAML, E_YAML_LIMIT, and E_CHART for what Helm or a registry would refuse.

    The version is taken as it is written: whether it is the right one is asked elsewhere.
    """
    return chart_of(parse(text, file))


def chart_of(root: Node) -> Chart:
    """The same from a Chart.yaml that has been parsed."""
    fields = root.mapping("Chart.yaml")
    api_version = _text(root, "apiVersion")
    if api_version not in {"v1", "v2"}:
        raise _refused(fields["apiVersion"], f"apiVersion is {api_version!a}", "Write `apiVersion: v2`.")
    name = _text(root, "name")
    if not _NAME.fullmatch(name) or len(name) > _NAME_LIMIT:
        raise _refused(
            fields["name"],
            f"the name {name[:100]!a} can't be a chart in a registry",
            "Use lower case letters and digits, with single dots, underscores or hyphens between them.",
        )
    kind = _text(root, "type", "application")
    if kind not in {"application", "library"}:
        raise _refused(fields["type"], f"the type is {kind!a}", "Write `type: application` or `type: library`.")
    return Chart(
        file=root.file,
        api_version=api_version,
        name=name,
        version=_text(root, "version"),
        app_version=_text(root, "appVersion") if "appVersion" in fields else None,
        type=kind,
        dependencies=_dependencies(root),
    )


def read_lock(text: str, file: str) -> Lock:
    """The content of Chart.lock; raises E_YAML, E_YAML_LIMIT and E_CHART."""
    root = parse(text, file)
    return Lock(file=file, dependencies=_dependencies(root), digest=_text(root, "digest"))


def is_exact(version: str) -> bool:
    """Whether a dependency's version is one version and not a range."""
    return _EXACT.fullmatch(version) is not None


def locked_dependencies(chart: Chart, lock: Lock | None) -> tuple[Dependency, ...]:
    """The dependencies to download, exactly as Chart.lock names them; one without a repository is in `charts/` already.

    Raises E_CHART_DEPENDENCY for a dependency that isn't locked to one version, comes from elsewhere than https, oci or
    the repository itself (plain http on this machine alone), or whose path leaves the repository.
    """
    known = {(one.name, one.repository): one for one in lock.dependencies} if lock else {}
    found = []
    for wanted in (one for one in chart.dependencies if one.repository):
        one = known.get((wanted.name, wanted.repository))
        if one is None or lock is None:
            raise _dependency(
                chart.file,
                wanted.line,
                f"the dependency {wanted.name!a} is not in Chart.lock",
                f"Run `helm dependency update {posixpath.dirname(chart.file) or '.'}` and commit Chart.lock.",
                lock_again(posixpath.dirname(chart.file)),
            )
        if not is_exact(one.version):
            raise _dependency(
                lock.file,
                one.line,
                f"the dependency {one.name!a} is locked to {one.version!a}, which is not one version",
                "Write the lock again with `helm dependency update`.",
                lock_again(posixpath.dirname(chart.file)),
            )
        _check_source(chart, wanted)
        found.append(one)
    return tuple(found)


def lock_again(folder: str) -> tuple[Command, ...]:
    """The commands that write Chart.lock of the chart in a folder, and commit it where it has changed."""
    lock = shlex.quote(posixpath.join(folder, "Chart.lock"))
    message = shlex.quote(f"Lock the dependencies of {folder or 'the chart'}")
    return (
        shell("helm", "dependency", "update", folder or "."),
        ShellCommand(f"git add --force {lock}"),
        ShellCommand(f"git diff --quiet HEAD -- {lock} || git commit --quiet --message {message} -- {lock}"),
    )


def local_path(chart: Chart, dependency: Dependency) -> str | None:
    """Where a `file://` dependency is, from the root that `chart.file` counts from; None for any other.

    Raises E_CHART_DEPENDENCY when the path is absolute or leads out of that root.
    """
    if not dependency.repository.startswith("file://"):
        return None
    given = dependency.repository.removeprefix("file://")
    path = posixpath.normpath(posixpath.join(posixpath.dirname(chart.file), given))
    if given.startswith("/") or path.split("/")[0] == "..":
        raise _dependency(
            chart.file,
            dependency.line,
            f"the dependency {dependency.name!a} is outside the repository ({without_login(dependency.repository)!a})",
            "Keep it in the repository, or take it from a registry.",
        )
    return path


def _check_source(chart: Chart, dependency: Dependency) -> None:
    if local_path(chart, dependency) is not None:
        return
    try:
        address = urlsplit(dependency.repository)
        allowed = address.scheme in {"https", "oci"} or (address.scheme == "http" and address.hostname in _LOOPBACK)
        usable = allowed and bool(address.hostname) and address.port != 0 and not (address.username or address.password)
    except ValueError:
        usable = False
    if not usable:
        raise _dependency(
            chart.file,
            dependency.line,
            f"the dependency {dependency.name!a} comes from {without_login(dependency.repository)!a}",
            "Take it from an https or oci address without a password in it.",
        )


def _dependencies(root: Node) -> tuple[Dependency, ...]:
    listed = root.mapping().get("dependencies")
    if listed is None or listed.is_null:
        return ()
    return tuple(
        Dependency(
            name=_text(one, "name"),
            version=_text(one, "version"),
            repository=_text(one, "repository", ""),
            line=one.line,
            alias=_text(one, "alias", ""),
        )
        for one in listed.sequence("`dependencies`")
    )


def _text(node: Node, key: str, default: str | None = None) -> str:
    """The text under a key; without a default, it has to be there and not be empty."""
    child = node.mapping().get(key)
    text = "" if child is None or child.is_null else child.text(f"`{key}`")
    if not text:
        if default is None:
            raise _refused(child or node, f"there is no `{key}`", f"Add `{key}: …`.")
        return default
    if len(text) > _LINE_LIMIT or not text.isprintable():
        raise _refused(child or node, f"`{key}` is not a short line of text", "Correct that line.")
    return text


def _refused(node: Node, what: str, next_step: str) -> ReleaseError:
    return ReleaseError(
        Code.E_CHART, f"{node.file}, line {node.line}: {what}.", next_step=next_step, file=node.file, line=node.line
    )


def _dependency(file: str, line: int, what: str, next_step: str, commands: tuple[Command, ...] = ()) -> ReleaseError:
    what = f"{file}, line {line}: {what}."
    return ReleaseError(Code.E_CHART_DEPENDENCY, what, next_step=next_step, file=file, line=line, commands=commands)
