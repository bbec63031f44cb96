"""Actions on a command line: what they are called, help, and where they are run."""

from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.act.step import ROOT, Job, Result

Action = Callable[..., Result]
CHART = "apiVersion: v2\nname: demo\nversion: 1.4.0\nappVersion: v1.4.0\n"
CONFIG = "charts: [{path: charts/demo}]\nplaces: [{file: VERSION}]\n"


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_names_every_action(run_action: Action, flag: str) -> None:
    done = run_action(flag, args=[])
    assert (done.code, done.errors) == (0, "")
    assert {"release", *(path.name for path in (ROOT / "actions").iterdir())} <= set(done.log.replace(",", " ").split())


@pytest.mark.parametrize("name", ["validate_tag", "validate-tag"])
def test_an_action_goes_by_its_own_name_too(run_action: Action, name: str) -> None:
    done = run_action(name, args=["--help"])
    assert done.code == 0, done.errors
    assert "--require-candidate" in done.log


@pytest.mark.parametrize("name", ["validate tag", "validate--tag", "-", "--version", "run", "../scripts/run"])
def test_what_is_no_action_is_one_clear_error(run_action: Action, name: str) -> None:
    done = run_action(name, args=[])
    assert done.code == 1
    assert "E_INPUT: The first argument names no action." in done.errors
    assert "validate-tag" in done.errors


@pytest.fixture
def project(job: Job) -> Path:
    """A checkout whose configuration names a chart and one more version place."""
    folder = job.workspace
    (folder / ".git").mkdir()
    (folder / ".github").mkdir()
    (folder / ".github/release-actions.yml").write_text(CONFIG)
    (folder / "VERSION").write_text("v1.4.0\n")
    (folder / "charts/demo").mkdir(parents=True)
    (folder / "charts/demo/Chart.yaml").write_text(CHART)
    return folder


@pytest.mark.parametrize(("below", "back"), [("charts", "`cd ..`"), ("charts/demo", "`cd ../..`")])
@pytest.mark.parametrize("worktree", [False, True], ids=["clone", "worktree"])
def test_a_folder_of_a_project_is_not_taken_for_the_project(
    run_action: Action, project: Path, below: str, back: str, *, worktree: bool
) -> None:
    if worktree:
        (project / ".git").rmdir()
        (project / ".git").write_text("gitdir: elsewhere\n")
    chart = "." if below == "charts/demo" else "demo"
    done = run_action("sync_chart_version", workspace=project / below, args=["--tag", "v1.5.0", "--charts", chart])
    assert done.code == 1
    assert ".github/release-actions.yml" in done.errors
    assert back in done.errors
    assert (project / "charts/demo/Chart.yaml").read_text() == CHART


def test_a_folder_of_a_project_without_configuration_may_be_worked_in(run_action: Action, project: Path) -> None:
    (project / ".github/release-actions.yml").unlink()
    done = run_action("sync_chart_version", workspace=project / "charts", args=["--tag", "v1.5.0", "--charts", "demo"])
    assert done.code == 0, done.errors
    assert "version: 1.5.0" in (project / "charts/demo/Chart.yaml").read_text()


def test_another_project_around_a_checkout_does_not_count(run_action: Action, project: Path) -> None:
    (project / "charts/.git").mkdir()
    done = run_action("sync_chart_version", workspace=project / "charts", args=["--tag", "v1.5.0", "--charts", "demo"])
    assert done.code == 0, done.errors
