"""publish-chart at a registry that does other things than it says, or that others push to at the same moment."""

import gzip
import hashlib
import shutil
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.base.programs import run
from rehearsal.hosts.internet import Internet
from rehearsal.net.proxy import Hook
from rehearsal.oci.crane import crane
from tests.actions.publish_chart.project import Project, Publish
from tests.boundary.oci.lying_registry.writes import after, hide, lose, meddling

TAGGED = "/v2/.*/manifests/1.5.0"
SET = f"PUT {TAGGED}"


class Published:
    """The project's chart in the ghcr.io of a loopback internet, and another one of the same version."""

    def __init__(self, project: Project, internet: Internet, publish: Publish, folder: Path) -> None:
        self._namespace = f"kubeflow/{folder.name.lower()}"
        self.reference = f"ghcr.io/{self._namespace}/operator:1.5.0"
        self._internet = internet
        self._publish = publish
        shutil.copytree(project.chart, folder / "other")
        (folder / "other/values.yaml").write_text("image: other\n")
        run(["helm", "package", str(folder / "other"), f"--destination={folder}"])
        self._other = folder / "operator-1.5.0.tgz"

    def push_other(self) -> None:
        """Push the other chart, past the proxy."""
        host = self._internet.registry("ghcr.io").host
        run(["helm", "push", "--plain-http", str(self._other), f"oci://{host}/{self._namespace}"])

    def push_compressed_otherwise(self, package: Path) -> str:
        """Push the files of a package as another machine compresses them; the digest of that package."""
        self._other.write_bytes(gzip.compress(gzip.decompress(package.read_bytes()), compresslevel=1))
        self.push_other()
        return hashlib.sha256(self._other.read_bytes()).hexdigest()

    def publish(self, *hooks: Hook, **inputs: str) -> Result:
        """Publish the project's chart while hooks decide about the registry's calls."""
        with meddling(self._internet, *hooks):
            registry = f"oci://ghcr.io/{self._namespace}"
            return self._publish(env=self._internet.env(), registry=registry, exclude_images="*", **inputs)

    def digest(self) -> str:
        return crane("digest", self.reference, env=self._internet.env())


@pytest.fixture
def published(project: Project, loopback: Internet, publish: Publish, tmp_path: Path) -> Published:
    """The chart of which nothing is published yet."""
    return Published(project, loopback, publish, tmp_path)


def test_another_chart_that_appears_meanwhile_is_not_overwritten(published: Published) -> None:
    seen: list[str] = []

    def push() -> None:
        published.push_other()
        seen.append(published.digest())

    done = published.publish(after(f"GET {TAGGED}", push))

    assert (done.code, done.error) == (1, "E_VERSION_EXISTS")
    assert "operator/values.yaml is another (line 1" in done.annotations[-1].message
    assert "Nothing was published or written by this run." in done.annotations[-1].message
    assert [published.digest()] == seen


def test_a_chart_is_read_back_after_the_push(published: Published) -> None:
    done = published.publish(after(SET, published.push_other))

    assert (done.code, done.error) == (1, "E_REGISTRY_RESPONSE")
    assert f"leads to {published.digest()} after a push that made sha256:" in done.annotations[-1].message
    assert f"Unknown, because the attempt itself failed: {published.reference}." in done.annotations[-1].message
    assert [one["outcome"] for one in done.result["artefacts"]] == ["failed"]


def test_a_chart_that_is_seen_a_moment_later_is_waited_for(published: Published) -> None:
    done = published.publish(hide(f"(GET|HEAD) {TAGGED}", since=SET, times=1))

    assert done.code == 0, done.log + done.errors
    assert done.outputs["digest"] == published.digest()


@pytest.mark.parametrize("moment", ["before the push", "as the answer is lost"])
def test_the_index_gets_the_digest_of_the_package_that_is_published(
    published: Published, project: Project, moment: str
) -> None:
    package = Path(published.publish(dry_run="true").outputs["package"])
    theirs: list[str] = []

    def push() -> None:
        if not theirs:
            theirs.append(published.push_compressed_otherwise(package))

    early = after(f"GET {TAGGED}", push)
    hook = early if moment == "before the push" else lose(SET, carried_out=False, act=push)
    done = published.publish(hook, index_branch="gh-pages", index_url="https://example.org")

    assert done.code == 0, done.log + done.errors
    index = project.git("--git-dir", str(project.origin), "show", "gh-pages:index.yaml")
    assert f"digest: {theirs[0]}" in index
    assert hashlib.sha256(Path(done.outputs["package"]).read_bytes()).hexdigest() == theirs[0]
    (entry,) = [one for one in done.result["artefacts"] if one["kind"] == "index entry"]
    assert entry["digest"] == f"sha256:{theirs[0]}"
