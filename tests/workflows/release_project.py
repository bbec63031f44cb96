"""A project on github.com in the hands of its release manager, and what its runs say."""

import re
from collections.abc import Mapping
from pathlib import Path

import yaml

from rehearsal.base.programs import run
from rehearsal.git.worktree import WorkTree
from rehearsal.oci.crane import crane, manifest, tags
from rehearsal.run.rehearse import Rehearsal, Run


class Project:
    """A project on github.com in the hands of its release manager, and what the registries have of it."""

    def __init__(self, rehearsal: Rehearsal, folder: Path, name: str) -> None:
        self.rehearsal = rehearsal
        self.origin = rehearsal.stage(folder, name)
        self.clone: WorkTree = rehearsal.clone(self.origin)
        self.image = f"ghcr.io/{name}"
        self.chart = f"ghcr.io/{name}-charts/operator"

    def tag(self, tag: str, files: Mapping[str, str] | None = None) -> str:
        """Commits these files to the tag's release branch, tags and pushes that, and returns the commit."""
        self.clone.branch(f"release-{'.'.join(tag.removeprefix('v').split('.')[:2])}")
        if files:
            self.clone.write(files)
            self.clone.commit(f"Prepare {tag}")
        self.clone.tag(tag)
        self.clone.push(tag)
        return self.clone.git("rev-parse", "HEAD")

    def release(self, tag: str) -> Run:
        """The one run that the pushed tag starts."""
        (only,) = self.rehearsal.push_tag(self.origin, tag)
        return only

    def start(self, tag: str) -> Run:
        """The run that is started by hand on the default branch."""
        return self.rehearsal.dispatch(self.origin, "refs/heads/main", {"tag": tag}, "release.yml")

    def tags(self, name: str) -> list[str]:
        return tags(name, self.env)

    def platforms(self, reference: str) -> list[str]:
        index = manifest(reference, self.env)
        platforms = [one["platform"] for one in index["manifests"]]
        # The attestations of a build stand in the index under a platform of their own.
        return [f"{one['os']}/{one['architecture']}" for one in platforms if one["os"] != "unknown"]

    def digest(self, reference: str) -> str:
        return crane("digest", reference, env=self.env)

    def label(self, reference: str, name: str) -> str:
        config = yaml.safe_load(crane("config", "--platform=linux/amd64", reference, env=self.env))
        return str(config["config"]["Labels"][f"org.opencontainers.image.{name}"])

    @property
    def env(self) -> dict[str, str]:
        return self.rehearsal.internet.env()

    def versions(self, chart: str, version: str) -> tuple[str, str]:
        """Version and appVersion of a published chart, as helm shows them."""
        shown = run(["helm", "show", "chart", f"oci://{chart}", f"--version={version}"], env=self.env)
        described = yaml.safe_load(shown)
        return described["version"], described["appVersion"]

    def writes(self, since: int) -> list[str]:
        return [f"{call.method} {call.host}{call.path}" for call in self.rehearsal.internet.writes(since)]

    def calls(self) -> int:
        return len(self.rehearsal.internet.proxy.calls)


def chart(version: str) -> str:
    return f"apiVersion: v2\nname: operator\nversion: {version}\nappVersion: v{version}\n"


def jobs(one: Run) -> dict[str, str]:
    """The result of every job by its name; act counts the jobs of a matrix in theirs."""
    return {re.sub(r"-[0-9]+$", "", job.name.rpartition("/Release/")[2]): job.result for job in one.outcome.jobs}


def errors(one: Run) -> str:
    return "\n".join(note.message for note in one.outcome.annotations if note.level == "error")
