"""What a release says of itself in its own files: what it was tested with, what it is built with, where it runs.

All of it is read at the release's tag, so that it never changes.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from release_actions.core.errors import ReleaseError
from release_actions.core.version import MinorVersion
from release_actions.core.yaml_nodes import parse
from release_actions.project.support_settings import Column, Support
from release_actions.support.values import fits, read_values

_GO_MOD = "go.mod"
_CHART = "Chart.yaml"
# `1.33` in `kindest/node:v1.33.4`, and not in `0.1.33` or `31.33`.
_KUBERNETES = re.compile(r"(?<![0-9.])v?1\.([0-9]{1,3})(?![0-9])")
_WITHOUT_DOT = re.compile(r"1([0-9]{2})")
_CLIENT_GO = re.compile(
    r"(?:require |replace )?k8s\.io/client-go(?: v\S+)?(?P<replaced> => \S+)? v0\.(?P<minor>[1-9][0-9]{0,2})\.\S+"
)
_GO = re.compile(r"go ([0-9]+\.[0-9]+(?:\.[0-9]+)?)", re.ASCII)


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """What is read at a tag; empty where nothing says it.

    `tested` are Kubernetes versions, the oldest first; `unknown` says why they can't be known. `client_go` is the
    Kubernetes version of the client library. `columns` are values by the name of a configured column.
    """

    tested: tuple[MinorVersion, ...] = ()
    unknown: str = ""
    kube_version: tuple[str, ...] = ()
    client_go: MinorVersion | None = None
    go: str = ""
    columns: Mapping[str, str] = msgspec.field(default_factory=dict)


def patterns(policy: Support, charts: Iterable[str]) -> list[str]:
    """The files that facts are read from, as patterns; `charts` are folders of charts."""
    sources = [*policy.kubernetes, *(one for column in policy.columns for one in column.sources)]
    return [_GO_MOD, *map(_chart_file, charts), *(one.file for one in sources)]


def read_facts(policy: Support, charts: Iterable[str], files: Mapping[str, str | None]) -> Facts:
    """The facts of a tag, given those of its files that fit `patterns`."""
    values = read_values(policy.kubernetes, files)
    tested = kubernetes_versions(values.texts)
    unknown = values.unknown
    if values.texts and not tested:
        unknown = f"`{values.texts[0][:80]}` has no version of Kubernetes."
    client_go, go = _go_mod(files.get(_GO_MOD) or "")
    return Facts(
        tested=tuple(tested),
        unknown=unknown,
        kube_version=tuple(dict.fromkeys(_kube_versions([_chart_file(one) for one in charts], files))),
        client_go=client_go,
        go=go,
        columns={one.name: _column(one, files) for one in policy.columns},
    )


def kubernetes_versions(texts: Iterable[str]) -> list[MinorVersion]:
    """The Kubernetes versions in texts such as `v1.33.4`, `1.32 1.33` and `133`, the oldest first."""
    found = set()
    for text in texts:
        short = _WITHOUT_DOT.fullmatch(text)
        found |= {int(short[1])} if short else {int(one) for one in _KUBERNETES.findall(text)}
    return [MinorVersion(1, minor) for minor in sorted(found)]


def _column(column: Column, files: Mapping[str, str | None]) -> str:
    values = read_values(column.sources, files)
    return ", ".join(values.texts) or values.unknown


def _kube_versions(charts: Sequence[str], files: Mapping[str, str | None]) -> Iterator[str]:
    """`kubeVersion` of each chart; a Chart.yaml that can't be read says nothing."""
    for path, text in files.items():
        if text is None or not any(fits(path, one) for one in charts):
            continue
        try:
            child = parse(text, path).mapping().get("kubeVersion")
        except ReleaseError:
            continue
        if child is not None and isinstance(child.value, str) and child.value:
            yield child.value


def _chart_file(folder: str) -> str:
    return posixpath.normpath(posixpath.join(folder, _CHART))


def _go_mod(text: str) -> tuple[MinorVersion | None, str]:
    """client-go as the Kubernetes version that it is of, what replaces it first; and the Go version."""
    plain = [" ".join(line.partition("//")[0].split()) for line in text.split("\n")]
    found = [match for line in plain if (match := _CLIENT_GO.fullmatch(line))]
    found.sort(key=lambda match: not match["replaced"])
    go = next((match[1] for line in plain if (match := _GO.fullmatch(line))), "")
    return (MinorVersion(1, int(found[0]["minor"])) if found else None), go
