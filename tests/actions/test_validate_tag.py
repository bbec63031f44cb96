"""validate-tag as a process, on depth-1 checkouts of tags from a real git server."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.git_project import GitProject
from rehearsal.gitserver import GitServer
from rehearsal.step import Result

Validate = Callable[..., Result]

CONFIG = """\
platforms: [linux/amd64, linux/arm64, linux/s390x]
image-tag: bare
images:
  - name: ghcr.io/kubeflow/demo
    build-args: [A=1, B=2]
  - name: ghcr.io/kubeflow/demo-migrate
    context: migrate
    file: migrate/Dockerfile
    target: final
    platforms: [linux/aarch64]
charts:
  - path: charts/demo
    registry: oci://ghcr.io/kubeflow/charts
    values: [ci/a.yaml, ci/b.yaml]
  - path: charts/crds
    image-paths: ["ConfigMap/a:data.A", "ConfigMap/b:data.B"]
    kube-version: "1.34.0"
"""


@pytest.fixture
def project(tmp_path: Path, git_server: GitServer) -> GitProject:
    """A project whose release branch 1.5 has one candidate, and whose repository has tags of older schemes."""
    name = f"kubeflow/{tmp_path.name.replace('_', '-')}"
    made = GitProject(tmp_path, git_server.repository(name), f"{git_server.url}/{name}")
    for tag in ("chart-1.2.3", "v1beta2-1.6.2-3.5.0", "v1.5", "v1.5.0-beta.1", "v1.4.0-rc.0", "v1.4.0", "v1.4.1"):
        made.tag(tag)
    made.switch("release-1.5")
    made.commit("v1.5.0-rc.0")
    made.tag("v1.5.0-rc.0")
    return made


@pytest.fixture
def validate(project: GitProject, run_action: Callable[..., Result]) -> Validate:
    """`validate("v1.5.0", …)` pushes everything, checks the tag out and runs the action on it."""

    def run(tag: str, at: str = "", env: dict[str, str] | None = None, **inputs: str) -> Result:
        project.push()
        workspace = project.checkout(at or f"refs/tags/{tag}")
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        before = tree(workspace), tree(project.origin)
        done = run_action("validate_tag", {"tag": tag, **given}, workspace=workspace, env=env)
        assert (tree(workspace), tree(project.origin)) == before, "something was written"
        return done

    return run


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its content."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and not path.is_symlink()}


def refused(done: Result, code: str, *said: str) -> None:
    """The run failed with that one error, which says so much, and gave no output but its result."""
    assert done.code == 1, done.log
    assert [(note.level, note.title) for note in done.annotations if note.level == "error"] == [("error", code)]
    [error] = [note.message for note in done.annotations if note.level == "error"]
    assert "Nothing was published or written." in error
    for part in said:
        assert part in error
    assert set(done.outputs) == {"result"}
    assert done.error == code
    assert f"**{code}**" in done.summary


@pytest.mark.parametrize("annotated", [False, True], ids=["lightweight", "annotated"])
def test_a_candidate_in_every_spelling(project: GitProject, validate: Validate, *, annotated: bool) -> None:
    commit = project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1", annotated=annotated)
    project.commit("a fix after the tag")
    done = validate("v1.5.0-rc.1")
    assert done.code == 0, done.log
    del done.outputs["result"]
    assert done.outputs == {
        "tag": "v1.5.0-rc.1",
        "version": "1.5.0-rc.1",
        "major": "1",
        "minor": "5",
        "patch": "0",
        "prerelease": "rc.1",
        "is-prerelease": "true",
        "is-latest": "false",
        "previous-tag": "v1.5.0-rc.0",
        "release-branch": "release-1.5",
        "commit": commit,
        "image-tag": "v1.5.0-rc.1",
        "chart-version": "1.5.0-rc.1",
        "app-version": "v1.5.0-rc.1",
        "pep440-version": "1.5.0rc1",
        "matrix": '{"include":[]}',
        "images": '{"include":[]}',
        "charts": '{"include":[]}',
        "pending-images": "",
        "chart-references": "",
    }
    assert done.annotations == []
    assert commit in done.summary


def test_a_release_is_latest_and_follows_the_release_before(project: GitProject, validate: Validate) -> None:
    project.commit("v1.5.0")
    project.tag("v1.5.0", annotated=True)
    done = validate("v1.5.0", require_candidate="true")
    assert done.code == 0, done.log
    assert [done.outputs[name] for name in ("is-latest", "is-prerelease", "prerelease", "previous-tag")] == [
        *("true", "false", "", "v1.4.1")
    ]


def test_the_tag_that_started_the_run_is_the_default(validate: Validate) -> None:
    done = validate("", at="refs/tags/v1.5.0-rc.0", env={"GITHUB_REF": "refs/tags/v1.5.0-rc.0"})
    assert done.outputs["tag"] == "v1.5.0-rc.0"


def test_a_run_by_hand_has_to_name_a_tag(validate: Validate) -> None:
    env = {"GITHUB_REF": "refs/heads/main", "GITHUB_EVENT_NAME": "workflow_dispatch"}
    refused(validate("", at="refs/tags/v1.5.0-rc.0", env=env), "E_EVENT", "inputs.tag")


def test_a_patch_of_an_older_line_is_not_latest(project: GitProject, validate: Validate) -> None:
    project.tag("v1.5.0")
    project.switch("release-1.4", "main")
    project.commit("v1.4.2")
    project.tag("v1.4.2")
    done = validate("v1.4.2")
    assert done.code == 0, done.log
    assert [done.outputs[name] for name in ("is-latest", "previous-tag", "release-branch")] == [
        *("false", "v1.4.1", "release-1.4")
    ]


def test_a_branch_pattern_of_the_project(project: GitProject, validate: Validate) -> None:
    project.switch("v1.5-branch")
    assert validate("v1.5.0-rc.0", branch="v{major}.{minor}-branch").outputs["release-branch"] == "v1.5-branch"


def test_a_branch_pattern_that_makes_no_name(validate: Validate) -> None:
    refused(validate("v1.5.0-rc.0", branch="--upload-pack={major}"), "E_CONFIG", "branch pattern")


def test_a_missing_branch(project: GitProject, validate: Validate) -> None:
    project.tag("v1.6.0-rc.0")
    refused(validate("v1.6.0-rc.0"), "E_BRANCH_MISSING", "`release-1.6`", "git push origin")


def test_a_missing_branch_is_fine_when_it_is_not_asked_for(project: GitProject, validate: Validate) -> None:
    project.tag("v1.6.0-rc.0")
    done = validate("v1.6.0-rc.0", check_branch="false")
    assert done.code == 0, done.log
    assert "| Release branch | `release-1.6` | off |" in done.summary


def test_a_commit_that_is_not_on_the_branch(project: GitProject, validate: Validate) -> None:
    project.switch("feature")
    commit = project.commit("not reviewed")
    project.tag("v1.5.0-rc.1")
    project.switch("release-1.5")
    project.commit("elsewhere")
    refused(validate("v1.5.0-rc.1"), "E_NOT_ON_BRANCH", commit, "`release-1.5`")


@pytest.mark.parametrize("filters", ["true", "false"], ids=["server leaves files out", "server sends everything"])
def test_a_tag_far_behind_the_tip_of_its_branch(project: GitProject, validate: Validate, filters: str) -> None:
    project.git("config", "uploadpack.allowFilter", filters, cwd=project.origin)
    for number in range(60):
        project.commit(f"fix {number}")
    assert validate("v1.5.0-rc.0").code == 0


def test_a_tag_that_is_not_on_the_remote(project: GitProject, validate: Validate) -> None:
    done = validate("v1.5.0", at="refs/tags/v1.5.0-rc.0")
    refused(done, "E_TAG_MISSING", project.url, "git push origin refs/tags/v1.5.0")


def test_a_tag_of_another_commit_than_the_checked_out_one(project: GitProject, validate: Validate) -> None:
    tagged = project.git("rev-parse", "v1.5.0-rc.0^{commit}")
    later = project.commit("later")
    refused(validate("v1.5.0-rc.0", at=later), "E_TAG_MOVED", tagged, later)


@pytest.mark.parametrize("annotated", [False, True], ids=["lightweight", "annotated"])
def test_a_tag_that_was_moved_after_the_checkout(
    project: GitProject, run_action: Callable[..., Result], *, annotated: bool
) -> None:
    project.push()
    workspace = project.checkout("refs/tags/v1.5.0-rc.0")
    project.commit("a better candidate")
    project.git("tag", "--delete", "v1.5.0-rc.0")
    project.tag("v1.5.0-rc.0", annotated=annotated)
    project.push()
    refused(run_action("validate_tag", {"tag": "v1.5.0-rc.0"}, workspace=workspace), "E_TAG_MOVED", "next version")


def test_a_tag_object_that_was_made_for_another_name(project: GitProject, validate: Validate) -> None:
    project.tag("v1.5.0-rc.1", annotated=True)
    project.git("update-ref", "refs/tags/v1.5.0", "refs/tags/v1.5.0-rc.1")
    refused(validate("v1.5.0"), "E_TAG_OBJECT", "made as 'v1.5.0-rc.1'")


@pytest.mark.parametrize("marked", ["HEAD^{tree}", "HEAD:file"], ids=["tree", "blob"])
def test_a_tag_that_leads_to_no_commit(project: GitProject, validate: Validate, marked: str) -> None:
    project.write("file", "content")
    project.commit("a file")
    project.tag("v1.5.0-rc.1", marked, annotated=True)
    refused(validate("v1.5.0-rc.1", at="refs/tags/v1.5.0-rc.0"), "E_TAG_OBJECT", "does not lead to a commit")


def test_a_tag_of_tags(project: GitProject, validate: Validate) -> None:
    project.tag("inner", annotated=True)
    project.tag("v1.5.0-rc.1", "inner", annotated=True)
    assert validate("v1.5.0-rc.1").code == 0


@pytest.mark.parametrize("annotated", [False, True], ids=["lightweight", "annotated"])
@pytest.mark.parametrize("commit", ["later", "same"])
def test_a_candidate_after_its_release(
    project: GitProject, validate: Validate, commit: str, *, annotated: bool
) -> None:
    project.commit("v1.5.0")
    project.tag("v1.5.0", annotated=annotated)
    if commit == "later":
        project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1", annotated=annotated)
    refused(validate("v1.5.0-rc.1"), "E_SEQUENCE", "`v1.5.0`, which is released already", "v1.5.1-rc.0")


@pytest.mark.parametrize("annotated", [False, True], ids=["lightweight", "annotated"])
def test_a_candidate_before_its_release_can_be_validated_again(
    project: GitProject, validate: Validate, *, annotated: bool
) -> None:
    project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1", annotated=annotated)
    project.commit("v1.5.0")
    project.tag("v1.5.0", annotated=annotated)
    assert validate("v1.5.0-rc.1").code == 0


def test_a_candidate_that_became_the_release_unchanged_can_be_validated_again(
    project: GitProject, validate: Validate
) -> None:
    project.tag("v1.5.0-rc.1", annotated=True)
    project.tag("v1.5.0", annotated=True)
    assert validate("v1.5.0-rc.1").code == 0


def test_a_release_without_candidate(project: GitProject, validate: Validate) -> None:
    project.tag("v1.5.1")
    assert validate("v1.5.1").code == 0


def test_a_release_without_candidate_where_one_is_required(project: GitProject, validate: Validate) -> None:
    project.tag("v1.5.1")
    refused(validate("v1.5.1", require_candidate="true"), "E_NO_CANDIDATE", "v1.5.1-rc.0")


def test_gaps_are_warnings_that_name_the_missing_tag(project: GitProject, validate: Validate) -> None:
    project.tag("v1.5.0-rc.3")
    done = validate("v1.5.0-rc.3")
    assert done.code == 0, done.log
    [warning] = done.annotations
    assert warning.level == "warning"
    assert warning.message == "Before v1.5.0-rc.3 these tags are missing: v1.5.0-rc.1, v1.5.0-rc.2."


@pytest.mark.parametrize(
    "tag",
    [
        *("v1.5.0\n::error::x", "v1.\u0665.0", "v1.5.0$(touch canary)", "--upload-pack=touch canary", "v" + "1" * 299),
        *("refs/heads/main", "HEAD", "v1beta2-1.6.2-3.5.0", "v1.5.0;touch canary", "`touch canary`", "../v1.5.0"),
    ],
)
def test_hostile_tags(validate: Validate, tag: str) -> None:
    refused(validate(tag, at="refs/tags/v1.5.0-rc.0"), "E_TAG_GRAMMAR")


def write_configured_charts(project: GitProject) -> None:
    for name in ("demo", "crds"):
        project.write(f"charts/{name}/Chart.yaml", f"apiVersion: v2\nname: {name}\nversion: 0.1.0\n")
    project.write(".github/release-actions.yml", CONFIG)


def test_the_matrices(project: GitProject, validate: Validate) -> None:
    write_configured_charts(project)
    project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1")
    done = validate("v1.5.0-rc.1", registry="oci://quay.io/charts", check_places="false")
    assert done.code == 0, done.log
    demo = {"image": "ghcr.io/kubeflow/demo", "image-tag": "bare", "platforms": "linux/amd64,linux/arm64,linux/s390x"}
    migrate = {"image": "ghcr.io/kubeflow/demo-migrate", "image-tag": "bare", "platforms": "linux/arm64"}
    build = {**demo, "context": ".", "file": "", "target": "", "build-args": "A=1\nB=2"}
    slug = "0-ghcr.io-kubeflow-demo"
    other = "1-ghcr.io-kubeflow-demo-migrate"
    assert json.loads(done.outputs["matrix"])["include"] == [
        {**build, "platform": "linux/amd64", "runner": "ubuntu-24.04", "slug": f"{slug}-linux-amd64"},
        {**build, "platform": "linux/arm64", "runner": "ubuntu-24.04-arm", "slug": f"{slug}-linux-arm64"},
        {**build, "platform": "linux/s390x", "runner": "ubuntu-24.04", "slug": f"{slug}-linux-s390x"},
        {
            **migrate,
            "context": "migrate",
            "file": "migrate/Dockerfile",
            "target": "final",
            "build-args": "",
            "platform": "linux/arm64",
            "runner": "ubuntu-24.04-arm",
            "slug": f"{other}-linux-arm64",
        },
    ]
    assert json.loads(done.outputs["images"])["include"] == [{**demo, "slug": slug}, {**migrate, "slug": other}]
    assert done.outputs["chart-references"].splitlines() == [
        "ghcr.io/kubeflow/charts/demo:1.5.0-rc.1",
        "quay.io/charts/crds:1.5.0-rc.1",
    ]
    chart = {"image-tag": "bare", "platforms": demo["platforms"], "exclude-images": ""}
    assert json.loads(done.outputs["charts"])["include"] == [
        {
            **chart,
            "path": "charts/demo",
            "registry": "oci://ghcr.io/kubeflow/charts",
            "values": "ci/a.yaml\nci/b.yaml",
            "image-paths": "",
            "kube-version": "",
        },
        {
            **chart,
            "path": "charts/crds",
            "registry": "oci://quay.io/charts",
            "values": "",
            "image-paths": "ConfigMap/a:data.A\nConfigMap/b:data.B",
            "kube-version": "1.34.0",
        },
    ]
    assert done.outputs["pending-images"].splitlines() == [
        "ghcr.io/kubeflow/demo:1.5.0-rc.1",
        "ghcr.io/kubeflow/demo-migrate:1.5.0-rc.1",
    ]
    assert done.outputs["app-version"] == done.outputs["image-tag"] == "1.5.0-rc.1"


def test_a_configuration_with_an_unknown_key_is_refused_at_its_line(project: GitProject, validate: Validate) -> None:
    project.write(
        ".github/release-actions.yml", "images:\n  - name: ghcr.io/kubeflow/demo\n    dockerfile: Dockerfile\n"
    )
    project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1")
    done = validate("v1.5.0-rc.1")
    refused(done, "E_CONFIG", "no key 'dockerfile'")
    assert [(note.file, note.line) for note in done.annotations] == [(".github/release-actions.yml", 3)]


def test_inputs_win_over_the_configuration(project: GitProject, validate: Validate) -> None:
    write_configured_charts(project)
    project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1")
    done = validate(
        "v1.5.0-rc.1",
        images="ghcr.io/kubeflow/demo\nquay.io/kubeflow/other",
        platforms="linux/arm64",
        image_tag="tag",
        check_places="false",
    )
    builds = json.loads(done.outputs["matrix"])["include"]
    assert [(one["image"], one["build-args"], one["platform"]) for one in builds] == [
        ("ghcr.io/kubeflow/demo", "A=1\nB=2", "linux/arm64"),
        ("quay.io/kubeflow/other", "", "linux/arm64"),
    ]
    assert done.outputs["image-tag"] == "v1.5.0-rc.1"


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"images": "ghcr.io/Kubeflow/Demo"}, "E_IMAGE_REFERENCE"),
        ({"images": "ghcr.io/kubeflow/demo:v1"}, "E_IMAGE_REFERENCE"),
        ({"images": "ghcr.io/a/b\nghcr.io/a/b"}, "E_CONFIG"),
        ({"charts": "a\na", "check_places": "false"}, "E_CONFIG"),
        ({"images": "\n".join(f"a/b{number}" for number in range(129))}, "E_CONFIG"),
        ({"images": "a/b", "platforms": "amd64"}, "E_IMAGE_REFERENCE"),
        ({"image_tag": "bear"}, "E_INPUT"),
        ({"check_branch": "perhaps"}, "E_INPUT"),
        ({"config": "missing.yml"}, "E_PATH"),
        ({"config": "../outside.yml"}, "E_PATH"),
    ],
    ids=[
        *("capitals", "image with tag", "image twice", "chart twice", "too many jobs", "half a platform"),
        *("no spelling", "no boolean", "no such file", "file outside"),
    ],
)
def test_inputs_that_make_no_sense(validate: Validate, inputs: dict[str, str], code: str) -> None:
    refused(validate("v1.5.0-rc.0", **inputs), code)


def chart(project: GitProject, name: str, version: str) -> None:
    text = f"apiVersion: v2\nname: {name}\nversion: {version}\nappVersion: v{version}\n"
    project.write(f"charts/{name}/Chart.yaml", text)


@pytest.fixture
def charts(project: GitProject) -> GitProject:
    """The project with two charts, one of which was left behind at the tag v1.5.0-rc.1."""
    chart(project, "demo", "1.5.0-rc.1")
    chart(project, "crds", "1.5.0-rc.0")
    project.write("VERSION", "v1.5.0-rc.1\n")
    project.commit("v1.5.0-rc.1")
    project.tag("v1.5.0-rc.1")
    return project


@pytest.mark.usefixtures("charts")
def test_a_stale_version_place_is_named_with_its_line(validate: Validate) -> None:
    done = validate("v1.5.0-rc.1", charts="charts/*", places="VERSION")
    assert done.code == 1
    assert done.error == "E_STALE_VERSION"
    places = [(note.file, note.line) for note in done.annotations if note.level == "error" and note.file]
    assert places == [("charts/crds/Chart.yaml", 3), ("charts/crds/Chart.yaml", 4)]
    assert set(done.outputs) == {"result"}


@pytest.mark.usefixtures("charts")
def test_version_places_can_be_left_to_others(validate: Validate) -> None:
    done = validate("v1.5.0-rc.1", charts="charts/*", check_places="false")
    assert done.code == 0, done.log
    assert [one["path"] for one in json.loads(done.outputs["charts"])["include"]] == ["charts/crds", "charts/demo"]


def test_every_version_place_is_in_the_summary(charts: GitProject, validate: Validate) -> None:
    chart(charts, "crds", "1.5.0-rc.2")
    chart(charts, "demo", "1.5.0-rc.2")
    charts.write("VERSION", "v1.5.0-rc.2\n")
    charts.commit("v1.5.0-rc.2")
    charts.tag("v1.5.0-rc.2")
    done = validate("v1.5.0-rc.2", charts="charts/*", places="VERSION")
    assert done.code == 0, done.log
    assert "| Version places | `5` |" in done.summary
    assert "`VERSION:1`" in done.summary


def test_a_workspace_without_checkout(run_action: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = run_action("validate_tag", {"tag": "v1.5.0"}, workspace=tmp_path / "empty")
    refused(done, "E_CHECKOUT", "actions/checkout")


def test_a_folder_inside_a_checkout_is_not_one(project: GitProject, run_action: Callable[..., Result]) -> None:
    below = project.tree / "below"
    below.mkdir()
    refused(run_action("validate_tag", {"tag": "v1.5.0-rc.0"}, workspace=below), "E_CHECKOUT")


def test_a_checkout_without_remote(project: GitProject, run_action: Callable[..., Result]) -> None:
    project.git("remote", "remove", "origin")
    done = run_action("validate_tag", {"tag": "v1.5.0-rc.0"}, workspace=project.tree)
    refused(done, "E_CHECKOUT", "no remote named `origin`")


def test_a_remote_that_is_gone(project: GitProject, run_action: Callable[..., Result]) -> None:
    project.push()
    workspace = project.checkout("refs/tags/v1.5.0-rc.0")
    project.origin.rename(project.origin.with_name("elsewhere"))
    refused(run_action("validate_tag", {"tag": "v1.5.0-rc.0"}, workspace=workspace), "E_REMOTE_UNAVAILABLE", "token")


def test_no_git(project: GitProject, run_action: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    env = {"PATH": str(tmp_path / "bin")}
    done = run_action("validate_tag", {"tag": "v1.5.0-rc.0"}, workspace=project.tree, env=env)
    refused(done, "E_PROGRAM", "`git` is not on PATH")


def test_it_runs_on_a_laptop(project: GitProject, run_action: Callable[..., Result]) -> None:
    project.push()
    args = ["--tag", "v1.5.0-rc.0", "--images", "ghcr.io/kubeflow/demo"]
    done = run_action("validate_tag", workspace=project.tree, args=args)
    assert done.code == 0, done.errors
    assert "release-branch=release-1.5" in done.log.splitlines()
