"""Which Kubernetes versions their own project supports, by a file that says of which day it is."""

from datetime import date
from typing import Final

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import MinorVersion, parse_minor_version
from release_actions.core.yaml_nodes import Node, parse

DAYS: Final = 120
"""How old the file may be; Kubernetes releases a minor version about as often."""


class KubernetesSupport(msgspec.Struct, frozen=True):
    """The first days without support by version, of a day."""

    as_of: date
    ends: dict[MinorVersion, date]

    def is_supported(self, minor: MinorVersion, today: date) -> bool:
        """Whether a version is supported; one that is newer than all of the file is, an unknown older one is not."""
        end = self.ends.get(minor)
        return minor > max(self.ends) if end is None else today < end

    def is_old(self, today: date) -> bool:
        """Whether the file may lack a version, or a change of an end."""
        return (today - self.as_of).days > DAYS


def read_support(text: str, file: str) -> KubernetesSupport:
    """The support by the text of such a file: `as-of: 2026-08-22`, and `ends` with lines such as `"1.36": 2027-06-28`.

    Raises E_YAML and E_YAML_LIMIT; E_INPUT for what is not a version or a day.
    """
    root = parse(text, file)
    ends = {_minor(name, node): _day(node) for name, node in root.child("ends").mapping().items()}
    if not ends:
        raise _wrong(root.child("ends"), "there is no version under `ends`")
    return KubernetesSupport(_day(root.child("as-of")), ends)


def _minor(name: str, node: Node) -> MinorVersion:
    found = parse_minor_version(name)
    if found is None:
        raise _wrong(node, f"{name[:40]!a} is not a version such as `1.36`")
    return found


def _day(node: Node) -> date:
    text = node.text()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise _wrong(node, f"{text[:40]!a} is not a day such as `2027-06-28`") from error


def _wrong(node: Node, what: str) -> ReleaseError:
    return ReleaseError(
        Code.E_INPUT,
        f"{node.file}, line {node.line}: {what}.",
        next_step="Correct the file that the input `kubernetes-support` names.",
        file=node.file,
        line=node.line,
    )
