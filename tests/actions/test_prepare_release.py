"""prepare-release as a process: from the first candidate to a patch, with pull requests and without."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from rehearsal.act.step import Result
from rehearsal.base.programs import run
from rehearsal.github.tokens import Kind
from rehearsal.projects.github_project import CHART, GitHubProject
from release_actions.github.client import GitHub as Client


@pytest.fixture
def project(github_project: GitHubProject) -> GitHubProject:
    """A project with a release branch 1.5, and an older one with a release."""
    github_project.go_on_from_1_4()
    github_project.switch("release-1.5")
    return github_project


def made(project: GitHubProject, tag: str, **inputs: str) -> Result:
    """Make a version by a direct push; it has to work."""
    done = project.act("prepare_release", None, mode="push", **inputs)
    assert done.code == 0, done.log
    assert done.outputs["tag"] == tag, done.log
    assert project.served("rev-parse", f"{tag}^{{commit}}") == done.outputs["commit"]
    assert project.served("cat-file", "-t", tag) == "tag"
    return done


def refused(project: GitHubProject, code: str, *said: str, **inputs: str) -> Result:
    return project.refused("prepare_release", code, *said, **inputs)


def test_a_minor_version_from_its_first_candidate_to_a_patch(project: GitHubProject) -> None:
    first = made(project, "v1.5.0-rc.0", make="candidate")
    assert (first.outputs["release-branch"], first.outputs["previous-tag"]) == ("release-1.5", "")
    project.fix("fix: a lease")
    second = made(project, "v1.5.0-rc.1", make="candidate")
    assert "`v1.5.0-rc.0`" in second.outputs["why"]
    assert second.outputs["is-prerelease"] == "true"
    release = made(project, "v1.5.0", make="release")
    assert release.outputs["is-prerelease"] == "false"
    project.fix("fix: another")
    patch = made(project, "v1.5.1", make="patch", override_reason="to be sure")
    assert patch.annotations == []
    assert "Override-Reason" not in project.served("cat-file", "tag", "v1.5.1")
    for tag in ("v1.5.0-rc.0", "v1.5.0-rc.1", "v1.5.0", "v1.5.1"):
        assert project.served("show", f"{tag}:VERSION") == tag
        assert project.served("show", f"{tag}:charts/demo/Chart.yaml") + "\n" == CHART.format(version=tag[1:])
        assert f"newTag: {tag}" in project.served("show", f"{tag}:kustomization.yaml")
    assert project.served("rev-parse", "v1.5.1^{commit}") == project.refs()["refs/heads/release-1.5"]
    assert "starts no workflow" in release.summary
    assert "Last-Candidate: v1.5.0-rc.1" in project.served("cat-file", "tag", "v1.5.0")


def test_a_branch_that_is_named_like_the_release_branch_and_more_gets_no_tag(project: GitHubProject) -> None:
    old = project.git("rev-parse", "release-1.5")
    fix = project.fix("fix: a lease")
    project.push()
    project.served("update-ref", "refs/heads/release-1.5\u2028x", old)
    done = made(project, "v1.5.0-rc.0", make="candidate")
    assert done.outputs["commit"] == fix
    assert ["release-1.5\\u2028x" in note.message for note in done.annotations] == [True]


def test_a_commit_changes_its_own_branchs_version_places_and_nothing_else(project: GitHubProject) -> None:
    made(project, "v1.5.0-rc.0", make="candidate")
    project.switch("main")
    project.write(".github/release-actions.yml", "places: [{file: not-on-the-release-branch}]\n")
    project.commit("chore: places of the next version")
    project.switch("release-1.5")
    project.fix("fix: a lease")
    done = made(project, "v1.5.0-rc.1", make="candidate")
    changed = project.served("diff-tree", "-r", "--name-only", "--no-commit-id", done.outputs["commit"]).split()
    assert changed == ["VERSION", "charts/demo/Chart.yaml", "kustomization.yaml"]
    assert project.served("log", "-1", "--format=%an <%ae> %s", done.outputs["commit"]) == (
        "github-actions[bot] <41898282+github-actions[bot]@users.noreply.github.com> Prepare v1.5.0-rc.1"
    )


@pytest.mark.parametrize("make", ["candidate", "release", "patch"])
def test_a_second_run_writes_nothing(project: GitHubProject, make: str) -> None:
    made(project, "v1.5.0-rc.0", make="candidate")
    if make != "candidate":
        made(project, "v1.5.0", make="release")
    if make == "patch":
        project.fix("fix: one more")
        made(project, "v1.5.1", make="patch")
    before = project.refs()
    again = project.act("prepare_release", make=make, mode="push")
    assert again.code == 0, again.log
    assert project.refs() == before
    [artefact] = again.result["artefacts"]
    assert (artefact["kind"], artefact["outcome"]) == ("tag", "skipped")
    assert again.outputs["tag"] == artefact["name"]


def test_a_pull_request_first_and_the_tag_once_it_is_merged(project: GitHubProject) -> None:
    project.fix("fix: a lease")
    project.version("1.5.0-rc.7")
    done = project.act("prepare_release", make="candidate")
    assert done.code == 0, done.log
    assert (done.outputs["tag"], done.outputs["next-tag"]) == ("", "v1.5.0-rc.0")
    [pull] = [one for one in project.repository.issues.values() if one.pull]
    assert done.outputs["pull-request"].endswith(f"/pull/{pull.number}")
    assert pull.pull is not None
    assert (pull.title, pull.pull.base_branch) == ("Prepare v1.5.0-rc.0", "release-1.5")
    assert "refs/tags/v1.5.0-rc.0" not in project.refs()

    written = len(project.github.writes), project.refs()
    again = project.act("prepare_release", make="candidate")
    assert again.code == 0, again.log
    assert (len(project.github.writes), project.refs()) == written
    assert again.outputs["pull-request"] == done.outputs["pull-request"]

    project.git("merge", "--quiet", "--squash", "refs/remotes/origin/prepare-v1.5.0-rc.0")
    merged = project.commit("Prepare v1.5.0-rc.0 (#1)")
    last = project.act("prepare_release", make="candidate")
    assert last.code == 0, last.log
    assert (last.outputs["tag"], last.outputs["commit"]) == ("v1.5.0-rc.0", merged)
    assert project.served("rev-parse", "v1.5.0-rc.0^{commit}") == merged


def test_a_dry_run_shows_everything_and_writes_nothing(project: GitHubProject) -> None:
    project.version("1.5.0-rc.7")
    project.push()
    before = project.refs()
    for mode in ("push", "pull-request"):
        done = project.act("prepare_release", make="candidate", mode=mode, dry_run="true", token="")
        assert done.code == 0, done.log
        assert (done.outputs["tag"], done.outputs["next-tag"]) == ("", "v1.5.0-rc.0")
        assert "charts/demo/Chart.yaml:3 (version)" in done.summary
    assert (project.refs(), project.github.writes) == (before, ())


def test_a_release_that_nobody_tried_lists_what_is_new_and_proposes_a_candidate(project: GitHubProject) -> None:
    made(project, "v1.5.0-rc.0", make="candidate")
    commit = project.fix("fix: late")
    project.write("docs/a.md", "new\n")
    project.commit("docs: late")
    said = ("`v1.5.0-rc.1`", f"commit {commit[:12]} fix: late", "file main.go", "file docs/a.md")
    done = refused(project, "E_CANDIDATE_DIFFERS", *said, make="release", mode="push")
    assert "file VERSION" not in done.log
    refused(project, "E_CANDIDATE_DIFFERS", make="v1.5.0", mode="push")


def test_titles_are_anybodys(project: GitHubProject) -> None:
    made(project, "v1.5.0-rc.0", make="candidate")
    project.fix("fix: <img src=x> @kubeflow/all\x1b[2J ::error title=E_INPUT::fine")
    done = refused(project, "E_CANDIDATE_DIFFERS", make="release", mode="push")
    assert [note.code for note in done.annotations if note.level == "error"] == ["E_CANDIDATE_DIFFERS"]
    assert "\x1b" not in done.log
    for sign in (" <img", "@kubeflow"):
        assert sign not in done.summary.partition("```")[0]


def test_a_reason_overrides_and_stands_in_the_tag(project: GitHubProject) -> None:
    made(project, "v1.5.0-rc.0", make="candidate")
    project.fix("fix: late")
    reason = "a leaked secret is out\nSigned-off-by: nobody"
    done = made(project, "v1.5.0", make="release", override_reason=reason)
    said = project.served("cat-file", "tag", "v1.5.0").splitlines()
    assert "Override-Reason: a leaked secret is out Signed-off-by: nobody" in said
    assert [note.title for note in done.annotations if note.level == "warning"] == ["v1.5.0 in spite of a rule"]
    assert "fix: late" in done.summary


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("charts/demo/Chart.yaml", CHART.format(version="1.5.0-rc.0") + "description: new\n"),
        ("VERSION", "v1.5.0-rc.0 \n"),
        (".github/release-actions.yml", "charts: [{path: charts/demo}]\n"),
    ],
    ids=["a line beside a place", "white space", "the places themselves"],
)
def test_a_change_beside_a_version_is_not_a_change_of_the_version(project: GitHubProject, path: str, text: str) -> None:
    made(project, "v1.5.0-rc.0", make="candidate")
    project.write(path, text)
    project.commit("chore: nothing to see")
    refused(project, "E_CANDIDATE_DIFFERS", f"file {path}", make="release", mode="push")


def test_a_changed_mode_is_a_change(project: GitHubProject) -> None:
    made(project, "v1.5.0-rc.0", make="candidate")
    project.git("update-index", "--chmod=+x", "VERSION")
    project.git("commit", "--quiet", "--message", "chore: mode")
    project.git("checkout", "--quiet", "--", ".")
    refused(project, "E_CANDIDATE_DIFFERS", "file VERSION", make="release", mode="push")


@pytest.mark.parametrize(
    ("make", "code", "said"),
    [
        ("release", "E_NO_CANDIDATE", "v1.5.0-rc.0"),
        ("patch", "E_VERSION_ORDER", "no release of 1.5"),
        ("v1.5.0", "E_NO_CANDIDATE", "v1.5.0-rc.0"),
        ("v1.4.0-rc.0", "E_VERSION_ORDER", "released already"),
        ("v1.9.0", "E_BRANCH_MISSING", "release-1.9"),
        ("v1.5", "E_INPUT", "candidate, release, patch"),
        ("", "E_INPUT", "`make` is missing"),
        ("v1.5.0-rc.0\n::error::x", "E_INPUT", "\\n::error"),
        ("--mirror", "E_INPUT", "nor a tag"),
    ],
)
def test_what_can_not_be_made(project: GitHubProject, make: str, code: str, said: str) -> None:
    refused(project, code, said, make=make, mode="push")


def test_nothing_new_since_the_release_is_no_candidate(project: GitHubProject) -> None:
    made(project, "v1.5.0-rc.0", make="candidate")
    made(project, "v1.5.0", make="release")
    refused(
        project, "E_VERSION_ORDER", "Nothing was merged since `v1.5.0`", "v1.5.1-rc.0", make="candidate", mode="push"
    )
    done = made(project, "v1.5.1-rc.2", make="v1.5.1-rc.2")
    assert [note.message for note in done.annotations] == [
        "Before v1.5.1-rc.2 these tags are missing: v1.5.1-rc.0, v1.5.1-rc.1."
    ]


@pytest.mark.parametrize(
    ("inputs", "ref", "branch"),
    [
        ({"make": "patch", "release_branch": "release-1.4"}, "", "release-1.4"),
        ({"make": "patch"}, "refs/heads/release-1.4", "release-1.4"),
        ({"make": "v1.4.1"}, "refs/heads/release-1.5", "release-1.4"),
        ({"make": "candidate"}, "refs/heads/main", "release-1.5"),
    ],
    ids=["given", "started on", "of the tag", "newest"],
)
def test_which_branch(project: GitHubProject, inputs: dict[str, str], ref: str, branch: str) -> None:
    project.switch("release-1.4")
    project.fix("fix: for 1.4")
    project.switch("release-1.5")
    done = project.act("prepare_release", env={"GITHUB_REF": ref}, dry_run="true", **inputs)
    assert done.code == 0, done.log
    assert done.outputs["release-branch"] == branch


@pytest.mark.parametrize(
    ("branch", "code"),
    [
        ("main", "E_INPUT"),
        ("release-01.5", "E_INPUT"),
        ("release-1.5.0", "E_INPUT"),
        ("--upload-pack=x", "E_INPUT"),
        ("release-1.5\n::warning::x", "E_INPUT"),
        ("release-7.7", "E_BRANCH_MISSING"),
    ],
)
def test_a_branch_that_is_none(project: GitHubProject, branch: str, code: str) -> None:
    refused(project, code, make="candidate", release_branch=branch)


def test_a_tag_that_exists_elsewhere_is_never_moved(project: GitHubProject) -> None:
    project.switch("feature", "main")
    commit = project.fix("feat: elsewhere")
    project.tag("v1.5.0-rc.0")
    project.switch("release-1.5")
    refused(project, "E_VERSION_EXISTS", commit, "`release-1.5`", make="v1.5.0-rc.0", mode="push")


def test_the_version_before_is_not_on_the_branch(project: GitHubProject) -> None:
    project.switch("hurry", "release-1.4")
    commit = project.fix("fix: in a hurry")
    project.tag("v1.4.1")
    project.switch("release-1.4")
    project.write(".github/release-actions.yml", "images: [{name: ghcr.io/kubeflow/demo}]\n")
    project.fix("fix: the usual way")
    refused(project, "E_NOT_ON_BRANCH", commit, "`v1.4.1`", make="patch", release_branch="release-1.4", mode="push")
    given = {"release_branch": "release-1.4", "override_reason": "v1.4.1 was withdrawn"}
    done = made(project, "v1.4.2", make="patch", **given)
    assert [note.title for note in done.annotations] == ["No version places", "v1.4.2 in spite of a rule"]
    assert "Override-Reason: v1.4.1 was withdrawn" in project.served("cat-file", "tag", "v1.4.2")


def test_a_branch_of_somebody_else_is_never_forced(project: GitHubProject) -> None:
    project.version("1.5.0-rc.7")
    project.switch("prepare-v1.5.0-rc.0")
    project.fix("chore: mine")
    project.switch("release-1.5")
    refused(project, "E_BRANCH_EXISTS", "`prepare-v1.5.0-rc.0`", make="candidate")


def test_a_token_that_may_only_read(project: GitHubProject) -> None:
    project.version("1.5.0-rc.7")
    token = project.github.token(contents="read")
    done = refused(
        project, "E_REMOTE_UNAVAILABLE", "push to this repository", make="candidate", mode="push", token=token
    )
    assert "Unknown, because the attempt itself failed: charts/demo/Chart.yaml:3 (version), " in done.log
    assert {one["outcome"] for one in done.result["artefacts"]} == {"failed"}


def test_a_token_that_may_not_open_pull_requests(project: GitHubProject) -> None:
    project.version("1.5.0-rc.7")
    project.repository.actions_may_open_pulls = False
    done = project.act("prepare_release", make="candidate")
    assert (done.code, done.error) == (1, "E_GITHUB_PERMISSION"), done.log
    assert "compare/release-1.5...prepare-v1.5.0-rc.0" in done.log
    assert "Unknown, because the attempt itself failed: prepare-v1.5.0-rc.0." in done.log
    project.repository.actions_may_open_pulls = True
    again = project.act("prepare_release", make="candidate")
    assert again.code == 0, again.log


def test_a_protected_branch_takes_no_commit_and_then_there_is_no_tag_either(project: GitHubProject) -> None:
    project.version("1.5.0-rc.7")
    protect(project, "refs/heads/release-1.5", "pull_request")
    refused(project, "E_BRANCH_PROTECTED", "Use a pull request", make="candidate", mode="push")


def test_signed_by_ssh(project: GitHubProject, tmp_path: Path) -> None:
    key = tmp_path / "id"
    run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)])
    done = made(project, "v1.5.0-rc.0", make="candidate", signing_key=key.read_text())
    (tmp_path / "allowed").write_text(f"* {Path(f'{key}.pub').read_text()}")
    project.served("-c", f"gpg.ssh.allowedSignersFile={tmp_path}/allowed", "verify-tag", "v1.5.0-rc.0")
    assert [line for line in done.log.splitlines() if key.read_text()[40:60] in line and "add-mask" not in line] == []
    assert list((tmp_path / "job" / "runner-temp").iterdir()) == []


def test_gpg(project: GitHubProject, tmp_path: Path) -> None:
    home = tmp_path / "g"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet", "--passphrase", ""]
    try:
        run([*gpg, "--quick-generate-key", "manager@example.org", "ed25519", "sign", "never"])
        key = run([*gpg, "--armor", "--export-secret-keys"])
        temp = {"RUNNER_TEMP": str(tmp_path / "t")}  # gpg has a socket there, whose path must be short
        done = project.act("prepare_release", env=temp, mode="push", make="candidate", signing_key=key)
        assert done.code == 0, done.log
        (tmp_path / "tag").write_text(project.served("cat-file", "tag", "v1.5.0-rc.0") + "\n")
        text, _, signature = (tmp_path / "tag").read_text().partition("-----BEGIN PGP")
        (tmp_path / "text").write_text(text)
        (tmp_path / "signature").write_text(f"-----BEGIN PGP{signature}")
        run([*gpg, "--verify", str(tmp_path / "signature"), str(tmp_path / "text")])
    finally:
        run(["gpgconf", "--homedir", str(home), "--kill", "all"])


@pytest.mark.parametrize(
    "key",
    ["hunter2", "-----BEGIN OPENSSH PRIVATE KEY-----\nno\n", "-----BEGIN PGP PRIVATE KEY BLOCK-----\nno\n"],
    ids=["no key", "broken ssh key", "broken pgp key"],
)
def test_a_key_that_can_not_sign_makes_nothing(project: GitHubProject, key: str) -> None:
    refused(project, "E_INPUT", "`signing-key`", make="candidate", mode="push", signing_key=key)


def protect(project: GitHubProject, ref: str, kind: str) -> None:
    """A ruleset that restricts a ref."""
    project.push()
    token = project.github.token(kind=Kind.APP, login="admin[bot]", administration="write")
    with Client(project.github.url, project.name, token) as client:
        ruleset = {"name": "r", "target": "branch", "enforcement": "active", "rules": [{"type": kind}]}
        conditions = {"ref_name": {"include": [ref], "exclude": []}}
        client.write("POST", "rulesets", {**ruleset, "conditions": conditions}, dict[str, Any], lambda: None)


def test_runs_at_the_same_time_make_one_version(project: GitHubProject) -> None:
    project.version("1.5.0-rc.7")
    project.push()
    with ThreadPoolExecutor(2) as pool:
        started = [pool.submit(project.run, "prepare_release", make="candidate", mode="push") for _ in range(2)]
    done = [one.result() for one in started]
    assert [name for name in project.refs() if name.startswith("refs/tags/v1.5")] == ["refs/tags/v1.5.0-rc.0"]
    assert {one.error for one in done} <= {"", "E_BRANCH_MOVED"}
    assert any(one.code == 0 for one in done)
