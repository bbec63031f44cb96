"""One commit picked onto ten branches: without a working tree, and as backport actions do it.

`python -m bench.cherry_picks PATH` takes a clone of a repository that has ten release branches, serves it on loopback,
and picks a commit of its default branch onto all of them. The others clone it, all of it, and check out and pick branch
after branch. Both end with the picks, and before anything is pushed. `make bench` does the same with a made-up project.
"""

import argparse
import os
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from bench import large_project
from bench.measure import Row
from rehearsal.base.programs import run
from rehearsal.git.server import GitServer
from release_actions.backport.branch import Proposer
from release_actions.backport.cherry_pick import CherryPicker
from release_actions.backport.requested_changes import RequestedChanges
from release_actions.git.checkout import Checkout
from release_actions.git.partial_clone import PartialClone
from release_actions.git.person import Person
from release_actions.git.remote import Remote
from release_actions.history.content import Content
from release_actions.history.picks import Change, PickEnd

_NAME = "bench/project"
_BRANCHES = 10
_SERVED = ("refs/heads/", "refs/tags/")


class Figure(NamedTuple):
    """Seconds, the megabytes of what was fetched, and the picks that were made.

    Git makes one where the change is there already, if it can be applied twice; ours then makes none.
    """

    seconds: float
    megabytes: float
    picked: int


def rows(folder: Path) -> list[Row]:
    """The time and the bytes for a made-up project."""
    with GitServer(folder / "served") as server:
        commit = large_project.make(server.repository(_NAME))
        branches = [f"release-1.{minor}" for minor in range(large_project.BRANCHES)]
        a, b = both(f"{server.url}/{_NAME}", folder, commit, branches)
    assert a.picked == b.picked == len(branches)
    what = f"cherry-pick to {len(branches)} branches of {large_project.FILES:,} files"
    peer = "clone, checkout, `git cherry-pick`"
    return [
        Row(what, a.seconds, "s", peer, b.seconds, "< 0.1"),
        Row(f"{what}, fetched", a.megabytes, "MB", peer, b.megabytes, "< 0.05"),
    ]


def both(url: str, folder: Path, commit: str, branches: list[str]) -> tuple[Figure, Figure]:
    """Ours, then theirs, each in a new folder."""
    folders = [folder / part for part in ("ours", "theirs")]
    for one in folders:
        one.mkdir()
    return ours(url, folders[0], commit, branches), theirs(url, folders[1], commit, branches)


def serve(clone: Path, folder: Path) -> GitServer:
    """A server whose one repository borrows the clone's objects and has its branches and tags."""
    server = GitServer(folder)
    repository = server.repository(_NAME)
    objects = run(["git", "-C", str(clone), "rev-parse", "--path-format=absolute", "--git-path", "objects"]).strip()
    (repository / "objects" / "info" / "alternates").write_text(f"{objects}\n")
    refs = run(["git", "-C", str(clone), "for-each-ref", "--format=create %(refname) %(objectname)", *_SERVED])
    run(["git", "-C", str(repository), "update-ref", "--stdin"], stdin=refs)
    return server


def ours(url: str, folder: Path, commit: str, branches: list[str], default: str = "main") -> Figure:
    """As actions/cherry-pick does it, up to the push."""
    start = time.perf_counter()
    remote = Remote(Checkout(folder, "", 0, url, ""), folder / "picks.git", token="", server_url="")
    refs = remote.refs(print)
    clone = PartialClone(remote, folder / "picks")
    content = Content(clone)
    picker = CherryPicker(content, Person("Bench", "bench@example.org"))
    proposer = Proposer(picker, remote, refs, drafts=False)
    change = Change(number=1, title="Bench", commits=(commit,))
    clone.fetch_commits([commit], depth=2)
    proposer.prepare([(change, branch) for branch in branches], RequestedChanges(content, refs, default))
    with ThreadPoolExecutor(8) as workers:
        made = list(workers.map(lambda branch: proposer.propose(change, branch), branches))
    return Figure(
        time.perf_counter() - start,
        _fetched(folder / "picks.git"),
        sum(one.row.outcome is PickEnd.CREATED for one in made),
    )


def theirs(url: str, folder: Path, commit: str, branches: list[str]) -> Figure:
    """A clone, and a checkout and `git cherry-pick` for each branch."""
    start, tree, picked = time.perf_counter(), folder / "clone", 0
    run(["git", "clone", "--quiet", "--", url, str(tree)])
    for branch in branches:
        run(["git", "-C", str(tree), "checkout", "--quiet", "--force", "--detach", f"origin/{branch}"])
        who = {
            f"GIT_{role}_{key}": "bench@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")
        }
        env = {**os.environ, **who}
        done = subprocess.run(["git", "cherry-pick", "-x", commit], cwd=tree, env=env, capture_output=True, check=False)
        picked += done.returncode == 0
        if done.returncode:
            subprocess.run(["git", "cherry-pick", "--abort"], cwd=tree, env=env, capture_output=True, check=False)
    return Figure(time.perf_counter() - start, _fetched(tree / ".git"), picked)


def _fetched(repository: Path) -> float:
    return sum(pack.stat().st_size for pack in (repository / "objects" / "pack").glob("*.pack")) / 1e6


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("clone", type=Path)
    arguments.add_argument("--commit", default="HEAD", help="what is picked")
    given = arguments.parse_args()
    clone = ["git", "-C", str(given.clone)]
    commit = run([*clone, "rev-parse", f"{given.commit}^{{commit}}"]).strip()
    pattern = ("--sort=-version:refname", "--format=%(refname:short)", "refs/heads/release-*")
    branches = run([*clone, "for-each-ref", *pattern]).split()[:_BRANCHES]
    with tempfile.TemporaryDirectory() as name:
        (served := Path(name) / "served").mkdir()
        with serve(given.clone, served) as server:
            a, b = both(f"{server.url}/{_NAME}", Path(name), commit, branches)
    for who, figure in (("ours", a), ("theirs", b)):
        print(f"{who:6} {figure.seconds:7.2f} s {figure.megabytes:8.2f} MB, {figure.picked} of {len(branches)} picked")
    print(f"{b.seconds / a.seconds:.1f} times faster, {100 * a.megabytes / b.megabytes:.1f} % of the bytes")


if __name__ == "__main__":
    main()
