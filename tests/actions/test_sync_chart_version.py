"""sync-chart-version as a process: what it changes, what it reports, and what it refuses without changing anything."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from rehearsal.act.step import ROOT, Job, Result

Action = Callable[..., Result]

CHART = """\
# The chart of the operator.
apiVersion: v2
name: {name}
version: {version}   # as the tag, without the v
appVersion: "{app}"
dependencies:
- name: redis
  version: 1.4.0
"""
BOT = "github-actions[bot]"


def write_chart(workspace: Path, name: str, version: str = "1.4.0", app: str = "v1.4.0") -> Path:
    file = workspace / "charts" / name / "Chart.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(CHART.format(name=name, version=version, app=app))
    return file


@pytest.fixture
def workspace(job: Job) -> Path:
    """A workspace with two charts and places of every kind, all at v1.4.0 but for the second chart."""
    write_chart(job.workspace, "demo")
    write_chart(job.workspace, "extra", "1.5.0-rc.0", "v1.5.0-rc.0")
    (job.workspace / "VERSION").write_text("v1.4.0")
    (job.workspace / "values.yaml").write_text('image:\r\n  tag: ""\r\n')
    (job.workspace / "kustomization.yaml").write_text("images:\n- name: op\n  newTag: v1.4.0\n")
    (job.workspace / "op.py").write_text('__version__ = "1.4.0"\n')
    return job.workspace


PLACES = "VERSION\nvalues.yaml yaml image.tag\nkustomization.yaml kustomize op\nop.py python __version__"
CANDIDATE = {"tag": "v1.5.0-rc.0", "charts": "charts/demo\ncharts/extra", "places": PLACES}


def texts(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def test_every_place_gets_the_version_and_a_second_run_changes_nothing(run_action: Action, workspace: Path) -> None:
    before = texts(workspace)
    done = run_action("sync_chart_version", CANDIDATE)
    assert done.code == 0, done.log
    after = texts(workspace)
    assert after == {
        **before,
        "charts/demo/Chart.yaml": CHART.format(name="demo", version="1.5.0-rc.0", app="v1.5.0-rc.0").encode(),
        "VERSION": b"v1.5.0-rc.0",
        "values.yaml": b'image:\r\n  tag: "v1.5.0-rc.0"\r\n',
        "kustomization.yaml": b"images:\n- name: op\n  newTag: v1.5.0-rc.0\n",
        "op.py": b'__version__ = "1.5.0rc0"\n',
    }
    assert done.outputs["changed"] == "true"
    assert done.outputs["files"].split("\n") == [
        "charts/demo/Chart.yaml",
        "VERSION",
        "values.yaml",
        "kustomization.yaml",
        "op.py",
    ]
    assert done.outputs["chart-version"] == "1.5.0-rc.0"
    assert done.outputs["app-version"] == "v1.5.0-rc.0"
    assert "charts/demo/Chart.yaml:4" in done.summary

    again = run_action("sync_chart_version", CANDIDATE)
    assert (again.code, again.outputs["changed"], again.outputs["files"], again.outputs["diff"]) == (0, "false", "", "")
    assert {artefact["outcome"] for artefact in again.result["artefacts"]} == {"skipped"}
    assert texts(workspace) == after


def test_the_diff_is_one_that_git_applies(run_action: Action, workspace: Path, tmp_path: Path) -> None:
    shutil.copytree(workspace, tmp_path / "copy")
    done = run_action("sync_chart_version", CANDIDATE)
    subprocess.run(["git", "apply", "-"], cwd=tmp_path / "copy", input=done.outputs["diff"].encode(), check=True)
    assert texts(tmp_path / "copy") == texts(workspace)


def test_a_check_names_each_stale_place_and_what_to_write(run_action: Action, workspace: Path) -> None:
    (workspace / "op.py").write_text('\n__version__ = "1.5.0-rc.0"\n')
    before = texts(workspace)
    done = run_action("sync_chart_version", {**CANDIDATE, "check": "true"})
    assert (done.code, done.error) == (1, "E_STALE_VERSION")
    assert texts(workspace) == before
    *stale, last = done.annotations
    assert [(one.level, one.file, one.line) for one in stale] == [
        ("error", "charts/demo/Chart.yaml", 4),
        ("error", "charts/demo/Chart.yaml", 5),
        ("error", "VERSION", 1),
        ("error", "values.yaml", 2),
        ("error", "kustomization.yaml", 3),
        ("error", "op.py", 2),
    ]
    assert stale[0].message == "`version` is '1.4.0'; write `1.5.0-rc.0`."
    assert "in another spelling; write `1.5.0rc0`" in stale[-1].message
    assert "6 version places" in last.message
    assert "Nothing was published or written" in last.message


@pytest.mark.usefixtures("workspace")
def test_a_check_of_a_repository_that_agrees_passes(run_action: Action) -> None:
    assert run_action("sync_chart_version", CANDIDATE).code == 0
    done = run_action("sync_chart_version", {**CANDIDATE, "tag": "", "version-from": "VERSION", "check": "true"})
    assert (done.code, done.annotations) == (0, [])


def test_a_dry_run_shows_everything_and_changes_nothing(run_action: Action, workspace: Path) -> None:
    before = texts(workspace)
    done = run_action("sync_chart_version", {**CANDIDATE, "dry-run": "true", "commit-message": "Bump"})
    assert done.code == 0
    assert texts(workspace) == before
    assert done.outputs["changed"] == "true"
    assert "+version: 1.5.0-rc.0" in done.outputs["diff"]
    assert {artefact["outcome"] for artefact in done.result["artefacts"]} == {"planned", "skipped"}


def test_a_pattern_means_every_chart_there(run_action: Action, workspace: Path) -> None:
    (workspace / "charts" / "README.md").write_text("not a chart\n")
    (workspace / "charts" / "empty").mkdir()
    done = run_action("sync_chart_version", {"tag": "v2.0.0", "charts": "charts/*", "image-tag": "bare"})
    assert done.outputs["files"].split("\n") == ["charts/demo/Chart.yaml", "charts/extra/Chart.yaml"]
    assert (
        CHART.format(name="extra", version="2.0.0", app="2.0.0")
        == (workspace / "charts" / "extra" / "Chart.yaml").read_text()
    )
    assert done.outputs["app-version"] == "2.0.0"


def test_the_tag_that_started_the_run_and_the_configuration_are_enough(run_action: Action, workspace: Path) -> None:
    (workspace / ".github").mkdir()
    (workspace / ".github" / "release-actions.yml").write_text(
        "image-tag: bare\ncharts:\n- path: charts/demo\nplaces:\n- file: VERSION\n  spelling: bare\n"
    )
    done = run_action("sync_chart_version", env={"GITHUB_REF": "refs/tags/v1.6.0"})
    assert done.outputs["files"] == "charts/demo/Chart.yaml\nVERSION"
    assert (workspace / "VERSION").read_text() == "1.6.0"
    assert 'appVersion: "1.6.0"' in (workspace / "charts" / "demo" / "Chart.yaml").read_text()


def test_a_chart_without_app_version_gets_none(run_action: Action, workspace: Path) -> None:
    file = workspace / "charts" / "demo" / "Chart.yaml"
    file.write_text("apiVersion: v2\nname: demo\nversion: 0.0.0-dev\n")
    assert run_action("sync_chart_version", {"tag": "v1.5.0", "charts": "charts/demo"}).code == 0
    assert file.read_text() == "apiVersion: v2\nname: demo\nversion: 1.5.0\n"


def git(folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    identity = ["-c", "user.name=someone", "-c", "user.email=someone@example.com"]
    done = subprocess.run(
        ["git", *identity, *arguments], cwd=folder, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.fixture
def checkout(workspace: Path) -> Path:
    """The workspace as a git checkout with one commit, a staged file, a changed one and a hook that refuses."""
    git(workspace, "init", "--quiet")
    git(workspace, "add", ".")
    git(workspace, "commit", "--quiet", "--message=first")
    (workspace / "staged").write_text("staged\n")
    git(workspace, "add", "staged")
    (workspace / "op.py").write_text('__version__ = "1.4.0"  # mine\n')
    hook = workspace / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\ntouch hook-ran\nexit 1\n")
    hook.chmod(0o755)
    return workspace


def test_a_commit_has_the_changed_files_and_nothing_else(run_action: Action, checkout: Path) -> None:
    inputs = {**CANDIDATE, "places": "VERSION", "commit-message": "Release v1.5.0-rc.0\n\n#1 first candidate"}
    done = run_action("sync_chart_version", inputs)
    assert done.code == 0, done.log
    assert git(checkout, "log", "-1", "--format=%an <%ae> %cn|%B").strip() == (
        f"{BOT} <41898282+{BOT}@users.noreply.github.com> {BOT}|{inputs['commit-message']}"
    )
    assert git(checkout, "show", "--name-only", "--format=").split() == ["VERSION", "charts/demo/Chart.yaml"]
    assert git(checkout, "status", "--porcelain").split("\n") == [" M op.py", "A  staged", ""]
    assert not (checkout / "hook-ran").exists()
    assert done.result["artefacts"][-1]["note"] == f"{git(checkout, 'rev-parse', 'HEAD').strip()}, not pushed"

    again = run_action("sync_chart_version", inputs)
    assert (again.code, git(checkout, "rev-list", "--count", "HEAD").strip()) == (0, "2")


def test_a_commit_that_fails_says_what_was_written(run_action: Action, checkout: Path) -> None:
    (checkout / "new").write_text("v1.4.0\n")
    done = run_action("sync_chart_version", {"tag": "v1.5.0", "places": "new", "commit-message": "Bump"})
    assert (done.code, done.error) == (1, "E_GIT")
    assert "Written before the failure: new:1" in done.annotations[-1].message
    assert git(checkout, "rev-list", "--count", "HEAD").strip() == "1"


def test_no_filter_of_the_checkout_is_run(run_action: Action, checkout: Path) -> None:
    for name in ("clean", "smudge", "process"):
        git(checkout, "config", f"filter.odd.{name}", f"touch {checkout}/filter-ran; cat")
    git(checkout, "config", "filter.odd.required", "true")
    (checkout / ".gitattributes").write_text("VERSION filter=odd\n")
    inputs = {**CANDIDATE, "commit-message": "Bump"}
    done = run_action("sync_chart_version", {**inputs, "places": "VERSION"})
    assert (done.code, done.error) == (1, "E_CHECKOUT")
    assert "VERSION is stored through the filter 'odd', which is not run here" in done.result["error"]["what"]
    assert git(checkout, "rev-list", "--count", "HEAD").strip() == "1"

    git(checkout, "checkout", "--quiet", "HEAD", "--", "charts")
    assert run_action("sync_chart_version", inputs).code == 0
    assert "charts/demo/Chart.yaml" in git(checkout, "show", "--name-only", "--format=")
    assert not (checkout / "filter-ran").exists()


UNCOMMITTABLE = {
    "no checkout": ({}, "E_CHECKOUT"),
    "no mail address": ({"commit-author": "Jane"}, "E_INPUT"),
    "two lines": ({"commit-author": "Jane <j@example.com>\nx"}, "E_INPUT"),
}


@pytest.mark.parametrize(("inputs", "code"), UNCOMMITTABLE.values(), ids=UNCOMMITTABLE.keys())
def test_nothing_is_written_when_it_could_not_be_committed(
    run_action: Action, workspace: Path, inputs: dict[str, str], code: str
) -> None:
    before = texts(workspace)
    done = run_action("sync_chart_version", {**CANDIDATE, "commit-message": "Bump", **inputs})
    assert (done.code, done.error) == (1, code)
    assert texts(workspace) == before


def _link(file: Path) -> None:
    _away(file).symlink_to("real.yaml")


def _away(file: Path) -> Path:
    file.rename(file.with_name("real.yaml"))
    return file


def bomb(levels: int = 9) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    return "\n".join([*lines, *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels))])


SPOILED: dict[str, tuple[Callable[[Path], object], str]] = {
    "missing": (lambda file: file.unlink(), "E_CHART"),
    "a link": (_link, "E_PATH"),
    "a folder": (lambda file: _away(file).mkdir(), "E_PATH"),
    "a pipe": (lambda file: os.mkfifo(_away(file)), "E_PATH"),
    "read-only": (lambda file: file.chmod(0o444), "E_PATH"),
    "not UTF-8": (lambda file: file.write_bytes(b"name: \xff\n"), "E_PATH"),
    "empty": (lambda file: file.write_text(""), "E_YAML"),
    "duplicate keys": (lambda file: file.write_text(file.read_text() + "version: 1.4.0\n"), "E_YAML"),
    "two documents": (lambda file: file.write_text(file.read_text() + "---\nversion: 1.4.0\n"), "E_YAML"),
    "an alias bomb": (lambda file: file.write_text(bomb()), "E_YAML"),
    "deep nesting": (lambda file: file.write_text("a: " + "[" * 100_000), "E_YAML_LIMIT"),
    "huge": (lambda file: file.write_text("# " + "x" * 300_000), "E_YAML_LIMIT"),
    "a tag": (lambda file: file.write_text("name: !!python/object:os.system x\n"), "E_YAML"),
    "named ..": (lambda file: file.write_text(CHART.format(name='".."', version="1.4.0", app="")), "E_CHART"),
    "without a version": (lambda file: file.write_text("apiVersion: v2\nname: demo\n"), "E_CHART"),
    "version is a list": (lambda file: file.write_text("apiVersion: v2\nname: demo\nversion: [1]\n"), "E_YAML"),
}


@pytest.mark.parametrize(("spoil", "code"), SPOILED.values(), ids=SPOILED.keys())
def test_a_spoiled_chart_is_refused_before_any_file_is_written(
    run_action: Action, workspace: Path, spoil: Callable[[Path], object], code: str
) -> None:
    spoil(workspace / "charts" / "extra" / "Chart.yaml")
    before = (workspace / "charts" / "demo" / "Chart.yaml").read_bytes()
    done = run_action("sync_chart_version", {"tag": "v1.5.0", "charts": "charts/demo\ncharts/extra"})
    assert (done.code, done.error) == (1, code), done.log
    assert "Nothing was published or written by this run." in done.annotations[-1].message
    assert "charts/extra" in done.annotations[-1].message + done.annotations[-1].file
    assert "Traceback" not in done.log + done.errors
    assert (workspace / "charts" / "demo" / "Chart.yaml").read_bytes() == before


REFUSED = {
    "no tag at all": ({"tag": ""}, "E_EVENT"),
    "a hostile tag": ({"tag": "v1.5.0\n::add-mask::x"}, "E_TAG_GRAMMAR"),
    "a version that is none": ({"tag": "", "version-from": "op.py regex .*(a).*"}, "E_PLACE_MISSING"),
    "a version from nowhere": ({"tag": "", "version-from": "NOWHERE"}, "E_PATH"),
    "nothing to do": ({"charts": "", "places": ""}, "E_INPUT"),
    "out of the workspace": ({"charts": "../chart"}, "E_PATH"),
    "an absolute path": ({"charts": "/etc"}, "E_PATH"),
    "an option": ({"charts": "--output=x"}, "E_PATH"),
    "a file as chart": ({"charts": "VERSION"}, "E_PATH"),
    "a pattern that fits none": ({"charts": "no*"}, "E_INPUT"),
    "a pattern out of the workspace": ({"charts": "c*/../../*"}, "E_INPUT"),
    "a pattern without end": ({"charts": "**/x"}, "E_INPUT"),
    "a place out of the workspace": ({"places": "../VERSION"}, "E_PATH"),
    "a place that isn't there": ({"places": "values.yaml yaml image.digest"}, "E_PLACE_MISSING"),
    "a malformed place": ({"places": "values.yaml image.tag"}, "E_INPUT"),
    "a place in two spellings": ({"places": "VERSION as tag\nVERSION as bare"}, "E_UNSAFE_EDIT"),
    "a place spelled as nothing": ({"image-tag": "french"}, "E_INPUT"),
}


@pytest.mark.parametrize(("inputs", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_bad_input_is_one_clear_error_and_nothing_is_written(
    run_action: Action, workspace: Path, inputs: dict[str, str], code: str
) -> None:
    before = texts(workspace)
    done = run_action("sync_chart_version", {**CANDIDATE, **inputs})
    assert (done.code, done.error) == (1, code), done.log
    assert len(done.annotations) == 1
    assert "Traceback" not in done.log + done.errors
    assert texts(workspace) == before


def test_a_long_diff_is_cut(run_action: Action, job: Job) -> None:
    for number in range(400):
        write_chart(job.workspace, f"chart-{number}")
    done = run_action("sync_chart_version", {"tag": "v1.5.0", "charts": "charts/*"})
    assert done.code == 0
    assert len(done.outputs["files"].split("\n")) == 400
    assert 50_000 < len(done.outputs["diff"].encode()) <= 64 * 1024


@pytest.fixture
def hook(job: Job) -> Callable[[], "subprocess.CompletedProcess[str]"]:
    """Starts the pre-commit hook as pre-commit starts one of the language `script`: the file, then its arguments."""
    [described] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert described["language"] == "script"
    script, *words = described["entry"].split()
    environment = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(job.home),
        "RELEASE_ACTIONS_CACHE": str(job.cache),
    }
    return lambda: subprocess.run(
        [ROOT / script, *words, *described["args"]],
        cwd=job.workspace,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_pre_commit_hook_compares_all_places_with_version(
    hook: Callable[[], "subprocess.CompletedProcess[str]"], run_action: Action, workspace: Path
) -> None:
    (workspace / ".github").mkdir()
    (workspace / ".github" / "release-actions.yml").write_text("charts:\n- path: charts/demo\n")
    assert hook().returncode == 0
    (workspace / "VERSION").write_text("v1.5.0\n")
    refused = hook()
    assert refused.returncode == 1
    assert (
        "charts/demo/Chart.yaml:4: Stale version (E_STALE_VERSION): `version` is '1.4.0'; write `1.5.0`."
        in refused.stderr
    )
    assert run_action("sync_chart_version", {"version-from": "VERSION"}).code == 0
    assert hook().returncode == 0
