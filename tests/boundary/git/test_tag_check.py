"""Whether a candidate was cut after its release, in a real repository, and tags that change meanwhile."""

from pathlib import Path

import pytest

from rehearsal.base.programs import run
from rehearsal.git.server import GitServer
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import parse_tag
from release_actions.git.checkout import Checkout
from release_actions.git.remote import Remote
from release_actions.git.tag_check import check_tag, cut_after

# Each commit has its letter as a lightweight tag, and is named with its parent and its date.
COMMITS = {"a": ("", 100), "b": ("a", 200), "c": ("a", 150), "d": ("a", 200), "e": ("a", 50)}
# Tag objects, with their commits and dates.
TAGS = {"a300": ("a", 300), "b300": ("b", 300), "b301": ("b", 301)}


@pytest.fixture(scope="module")
def origin(git_server: GitServer) -> Path:
    path = git_server.repository("kubeflow/tag-check")
    history = []
    for name, (parent, date) in COMMITS.items():
        history += [f"commit refs/tags/{name}", f"committer Ann <ann@example.org> {date} +0000", "data 1", name]
        history += [f"from refs/tags/{parent}"] if parent else []
        history += [f"M 100644 inline {name}", "data 1", name]
    for name, (commit, date) in TAGS.items():
        history += [
            f"tag {name}",
            f"from refs/tags/{commit}",
            f"tagger Ann <ann@example.org> {date} +0000",
            "data 1",
            "x",
        ]
    run(["git", "-C", str(path), "fast-import", "--quiet"], stdin="\n".join(history) + "\n")
    return path


@pytest.fixture
def remote(git_server: GitServer, origin: Path, tmp_path: Path) -> Remote:
    del origin
    return Remote.of_repository(git_server.url, "kubeflow/tag-check", tmp_path / "private.git", token="")


@pytest.mark.parametrize(
    ("candidate", "release", "after"),
    [
        ("a", "b", False),
        ("b", "a", True),
        ("a", "a", False),
        ("b", "b300", False),
        ("a300", "a", False),
        ("a", "e", False),
        ("c", "b", False),
        ("b", "c", True),
        ("d", "b", True),
        ("a300", "b300", False),
        ("b301", "a300", True),
        ("a300", "b301", False),
        ("b301", "c", True),
    ],
    ids=[
        *("in the release's history", "with the release in its history", "the same commit"),
        *("the same commit as a release that has a date", "with a date, the same commit as a release without"),
        *("in the release's history, dated later", "of another branch, earlier", "of another branch, later"),
        *("of another branch, at the same time", "tagged at the same time", "tagged later", "tagged earlier"),
        "a release without a date of its own",
    ],
)
def test_a_candidate_that_was_cut_after_its_release(
    remote: Remote, candidate: str, release: str, *, after: bool
) -> None:
    remote.fetch(*(f"refs/tags/{name}" for name in {candidate, release}))
    assert cut_after(remote.tag(candidate), remote.tag(release), remote) == after


def checked_out(remote: Remote, tag: str) -> Checkout:
    return Checkout(Path.cwd(), remote.refs(pytest.fail).commits[tag], 0, remote.url, "")


def test_a_candidate_is_found_in_its_releases_history_without_a_branch_too(remote: Remote, origin: Path) -> None:
    """Its commit's date alone would put it after the release."""
    for tag, commit in (("v1.5.0-rc.0", "a"), ("v1.5.0", "e")):
        run(["git", "-C", str(origin), "tag", "--force", tag, commit])
    check_tag(parse_tag("v1.5.0-rc.0"), "", checked_out(remote, "v1.5.0-rc.0"), remote, remote.refs(pytest.fail))


def test_a_tag_that_is_replaced_while_it_is_checked(remote: Remote, origin: Path) -> None:
    run(["git", "-C", str(origin), "tag", "--force", "v1.6.0", "a"])
    checkout, refs = checked_out(remote, "v1.6.0"), remote.refs(pytest.fail)
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
    run(["git", "-C", str(origin), *who, "tag", "--force", "--annotate", "--message=x", "v1.6.0", "a"])
    with pytest.raises(ReleaseError, match="was replaced on the remote") as caught:
        check_tag(parse_tag("v1.6.0"), "", checkout, remote, refs)
    assert caught.value.code is Code.E_TAG_MOVED
    assert "Run the job again" in caught.value.next_step
