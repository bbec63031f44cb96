"""A minor version from the Actions tab: the example workflows cut its branch, and make candidate and release of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.github_project import CHART
from rehearsal.programs import PROJECT, run
from rehearsal.rehearse import Rehearsal, Run
from rehearsal.worktree import WorkTree

_NAME = "acme/lifecycle"
_EXAMPLES = ("create-release-branch.yml", "prepare-release.yml", "unreleased.yml")
_CHART = "ghcr.io/acme/lifecycle-charts/demo"


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory, package_cache: Path) -> Iterator[Rehearsal]:
    """An internet whose jobs have the permissions that the examples ask for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RELEASE_ACTIONS_CACHE", str(package_cache))
        with Rehearsal(tmp_path_factory.mktemp("lifecycle"), show=lambda _: None) as started:
            started.token = started.github.token(
                contents="write",
                pull_requests="write",
                issues="write",
                packages="write",
                checks="read",
                statuses="read",
            )
            yield started


def example(name: str) -> str:
    """An example workflow, for a project that has a chart and no image."""
    text = (PROJECT / "examples" / name).read_text()
    head, own, _ = text.partition("      images: ")
    inputs = "      charts: charts/demo\n      registry: oci://ghcr.io/acme/lifecycle-charts\n"
    return head + inputs if own else text


def errors(one: Run) -> str:
    return "\n".join(note.message for note in one.outcome.annotations if note.level == "error")


def test_a_minor_version_without_a_git_command(rehearsal: Rehearsal, tmp_path_factory: pytest.TempPathFactory) -> None:
    files = {f".github/workflows/{name}": example(name) for name in _EXAMPLES}
    files["charts/demo/Chart.yaml"] = CHART.format(version="1.5.0-rc.0")
    files[".github/release-actions.yml"] = "charts:\n  - path: charts/demo\n"
    tree = WorkTree.create(tmp_path_factory.mktemp("project"), files)
    tree.tag("v1.4.0")
    origin = rehearsal.stage(tree.folder, _NAME)
    repository = rehearsal.github.repository(_NAME)

    def start(workflow: str, **inputs: str) -> Run:
        done = rehearsal.dispatch(origin, "refs/heads/main", inputs, workflow)
        assert done.outcome.exit_code == 0, errors(done)
        return done

    start("create-release-branch.yml", next="minor")
    assert origin.commit("refs/heads/release-1.5") == origin.commit("refs/heads/main")
    assert list(repository.labels) == ["cherry-pick/release-1.5"]
    assert [issue.title for issue in repository.issues.values()] == ["Set the version to v1.6.0-rc.0"]

    start("prepare-release.yml", make="candidate", push="true")
    start("prepare-release.yml", make="release", push="true")
    assert origin.git("show", "v1.5.0:charts/demo/Chart.yaml") + "\n" == CHART.format(version="1.5.0")
    for version in ("1.5.0-rc.0", "1.5.0"):
        shown = run(["helm", "show", "chart", f"oci://{_CHART}", f"--version={version}"], env=rehearsal.internet.env())
        assert f"version: {version}\n" in shown
    assert [(one.tag, one.prerelease) for one in repository.releases.values()] == [
        ("v1.5.0-rc.0", True),
        ("v1.5.0", False),
    ]

    since = len(rehearsal.internet.proxy.calls)
    start("prepare-release.yml", make="release", push="true")
    assert rehearsal.internet.writes(since) == ()
    assert "Nothing is new since the release" in start("unreleased.yml").outcome.summary
