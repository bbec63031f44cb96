"""What is in the registries after a run, as programs that are not ours see it: crane and helm."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rehearsal.base.programs import run
from rehearsal.oci.crane import crane, manifest, tags

_CHART = "application/vnd.cncf.helm.config.v1+json"


@dataclass(frozen=True, slots=True)
class Published:
    """A tag in a registry; `content` names an image's platforms or a chart's versions."""

    reference: str
    tag: str
    digest: str
    content: str


def read(hosts: Sequence[str], env: Mapping[str, str]) -> tuple[Published, ...]:
    """Every tag of every repository of these hosts."""
    return tuple(
        _published(f"{host}/{repository}", tag, env)
        for host in sorted(hosts)
        for repository in crane("catalog", host, env=env).split()
        for tag in tags(f"{host}/{repository}", env)
    )


def table(found: Sequence[Published]) -> str:
    """The tags as a table for a terminal."""
    rows = [("REFERENCE", "TAG", "DIGEST", "CONTENT")]
    rows += [(one.reference, one.tag, one.digest[:19], one.content) for one in found]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join("  ".join([*map(str.ljust, row[:3], widths), row[3]]).rstrip() for row in rows)


def _published(reference: str, tag: str, env: Mapping[str, str]) -> Published:
    found = manifest(f"{reference}:{tag}", env)
    digest = crane("digest", f"{reference}:{tag}", env=env)
    if found.get("config", {}).get("mediaType") == _CHART:
        shown = run(["helm", "show", "chart", f"oci://{reference}", f"--version={tag}"], env=env)
        fields = dict(line.split(": ", 1) for line in shown.splitlines() if ": " in line)
        content = f"chart {fields.get('version')}, appVersion {fields.get('appVersion', '-')}"
    else:
        content = f"image {', '.join(_platforms(reference, tag, found, env))}"
    return Published(reference, tag, digest, content)


def _platforms(reference: str, tag: str, found: Mapping[str, object], env: Mapping[str, str]) -> list[str]:
    entries = found.get("manifests")
    if not isinstance(entries, list):
        entries = [{"platform": json.loads(crane("config", f"{reference}:{tag}", env=env))}]
    platforms = [entry.get("platform", {}) for entry in entries]
    # BuildKit's attestations stand in the index under a platform of their own.
    return [f"{one.get('os')}/{one.get('architecture')}" for one in platforms if one.get("os") != "unknown"]
