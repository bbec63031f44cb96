"""The support matrix of 20 minor versions, beside a clone, which scripts that read tags begin with.

`python -m bench.support_matrix PATH CONFIG` does it for a clone of a real project, by a configuration file.
"""

import argparse
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import NamedTuple

from bench import large_project
from bench.cherry_picks import serve
from bench.measure import Row
from rehearsal.base.programs import run
from rehearsal.git.server import GitServer
from release_actions.git.remote import Remote
from release_actions.project.config import Config, parse_config
from release_actions.support.read import read_matrix, with_branches

_NAME = "bench/project"
_CONFIG = """\
support:
  newest: 3
  kubernetes: [{file: pkg/part1/*.go, regex: "(lease) .*"}]
  columns: [{name: Words, sources: [{file: pkg/part2/file2.go, regex: "(queue) .*"}]}]
"""


class Figure(NamedTuple):
    """Seconds, the megabytes of what was fetched, and how many minor versions there are."""

    seconds: float
    megabytes: float
    minors: int


def rows(folder: Path) -> list[Row]:
    """The time and the bytes for a made-up project, whose release branches are tagged twice."""
    with GitServer(folder / "served") as server:
        repository = server.repository(_NAME)
        large_project.make(repository)
        for number in range(2 * large_project.BRANCHES):
            major, minor = divmod(number, large_project.BRANCHES)
            run(["git", "-C", str(repository), "tag", f"v{major}.{minor}.0", f"release-1.{minor}"])
        a = ours(server.url, folder, parse_config(_CONFIG))
        b = theirs(server.url, folder)
    what = f"support-matrix, {a.minors} minor versions of {large_project.FILES:,} files"
    return [
        Row(what, a.seconds, "s", "`git clone`", b.seconds, "< 5 s"),
        Row(f"{what}, fetched", a.megabytes, "MB", "`git clone`", b.megabytes, "< 0.05"),
    ]


def ours(url: str, folder: Path, config: Config, *, open_work: bool = False) -> Figure:
    """As actions/support-matrix does it, up to the pages."""
    start = time.perf_counter()
    names = ("tags.git", "history.git")
    remote, history = (Remote.of_repository(url, _NAME, folder / one, token="") for one in names)
    refs = remote.refs(print)
    found = read_matrix(remote, refs, config, date(2026, 1, 1), _quiet)
    if open_work:
        with_branches(found, history, refs, config, _quiet)
    return Figure(time.perf_counter() - start, sum(_fetched(folder / one) for one in names), len(found))


def _quiet(_: str, **__: str) -> None:
    """Warnings are not what is measured."""


def theirs(url: str, folder: Path) -> Figure:
    """A clone, without a working tree."""
    start = time.perf_counter()
    run(["git", "clone", "--quiet", "--no-checkout", "--", f"{url}/{_NAME}", str(folder / "clone")])
    return Figure(time.perf_counter() - start, _fetched(folder / "clone" / ".git"), 0)


def _fetched(repository: Path) -> float:
    return sum(one.stat().st_size for one in (repository / "objects").rglob("*") if one.is_file()) / 1e6


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("clone", type=Path)
    arguments.add_argument("config", type=Path)
    arguments.add_argument("--open-work", action="store_true", help="count unreleased commits too")
    given = arguments.parse_args()
    config = parse_config(given.config.read_text(), str(given.config))
    with tempfile.TemporaryDirectory() as name:
        (served := Path(name) / "served").mkdir()
        with serve(given.clone, served) as server:
            a = ours(server.url, Path(name), config, open_work=given.open_work)
            b = theirs(server.url, Path(name))
    print(f"{a.minors} minor versions: {a.seconds:.2f} s, {a.megabytes:.2f} MB")
    print(f"a clone: {b.seconds:.2f} s, {b.megabytes:.2f} MB; ours has {100 * a.megabytes / b.megabytes:.1f} % of that")


if __name__ == "__main__":
    main()
