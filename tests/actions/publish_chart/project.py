"""A repository with one chart, whose image and package are in a registry as far as a test puts them there."""

import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.base.programs import run
from rehearsal.oci.crane import crane
from rehearsal.oci.registry import Registry

CHART = """\
apiVersion: v2
# Keep in step with the images.
name: operator
version: 1.5.0
appVersion: "v1.5.0"
"""
TEMPLATE = """\
apiVersion: v1
kind: Pod
metadata: {name: operator}
spec:
  containers:
  - name: operator
    image: {{ .Values.image }}:{{ .Chart.AppVersion }}
  {{- with .Values.sidecar }}
  - {name: sidecar, image: {{ . | quote }}}
  {{- end }}
"""
OLD_DATE = "2024-02-29T12:00:00 +0900"

Publish = Callable[..., Result]
BOTH_HELMS = pytest.mark.parametrize("helm", ["helm", "helm4"], indirect=True)


class Project:
    """A repository with a chart, `charts/operator`, whose image is in the registry for two platforms.

    What is committed is tagged, on a remote.
    """

    def __init__(self, folder: Path, registry: Registry) -> None:
        self.folder = folder
        self.registry = registry
        self.namespace = f"{registry.host}/{folder.parent.name.lower().strip('_')}"
        self.chart = folder / "charts" / "operator"
        self.reference = f"{self.namespace}/operator:1.5.0"
        self.write("charts/operator/Chart.yaml", CHART)
        self.write("charts/operator/values.yaml", f"image: {self.namespace}/images/operator\nsidecar: ''\n")
        self.write("charts/operator/templates/pod.yaml", TEMPLATE)
        self.git("init", "--quiet")
        self.origin = folder.parent / "origin.git"
        run(["git", "init", "--quiet", "--bare", str(self.origin)])
        self.git("remote", "add", "origin", str(self.origin))
        self.commit()

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.folder / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def commit(self) -> None:
        self.git("add", "--all")
        identity = ["-c", "user.name=Demo", "-c", "user.email=demo@example.com", "-c", "commit.gpgsign=false"]
        dates = {**os.environ, "GIT_AUTHOR_DATE": OLD_DATE, "GIT_COMMITTER_DATE": OLD_DATE}
        run(["git", "-C", str(self.folder), *identity, "commit", "--quiet", "--message=x"], env=dates)
        self.git("push", "--quiet", "--force", "origin", *(f"HEAD:refs/tags/{tag}" for tag in ("v1.5.0", "v1.5.1")))

    def git(self, *arguments: str) -> str:
        return run(["git", "-C", str(self.folder), *arguments])

    def push_image(self, name: str = "operator:v1.5.0", platforms: tuple[str, ...] = ("amd64", "arm64")) -> str:
        """Push an image for these architectures of Linux, and return its reference."""
        reference = f"{self.namespace}/images/{name}"
        layer = self.folder.parent / "layer.tar"
        with tarfile.open(layer, "w"):
            pass
        each = []
        for architecture in platforms:
            one = f"{reference}-{architecture}"
            crane("append", "--oci-empty-base", f"--new_layer={layer}", f"--new_tag={one}")
            crane("mutate", one, f"--set-platform=linux/{architecture}", f"--tag={one}")
            each.append(f"--manifest={one}")
        crane("index", "append", *each, f"--tag={reference}")
        return reference
