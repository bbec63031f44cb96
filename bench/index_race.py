"""Many publishers, one chart repository: which entries are there afterwards.

`python -m bench.index_race` lets 16 publishers add 50 entries each to one branch behind git's own HTTP server, without
any pause between them, and counts what was lost, written twice or forced. For comparison it lets 16 others go through
the steps of chart-releaser with git alone: edit the index, pull, commit, push once. With `--write` the table goes into
docs/index-race.md too.
"""

import argparse
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from rehearsal.base.programs import PROJECT
from rehearsal.git.server import GitServer
from release_actions.chart.package import write
from release_actions.chart_repository import index
from release_actions.chart_repository.branch import IndexBranch
from release_actions.chart_repository.entry import IndexEntry, entry_of
from release_actions.core.errors import ReleaseError
from release_actions.core.markdown import table
from release_actions.git.checkout import Checkout
from release_actions.git.person import Person
from release_actions.git.remote import Remote

AUTHOR = Person("Bench", "bench@example.org")
TIME = 1_700_000_000
BRANCH = "gh-pages"
PAGE = PROJECT / "docs" / "index-race.md"
TEXT = """\
# Many publishers, one chart repository

Publishers add entries to the `index.yaml` of one git branch, all at once and without any pause, behind git's own HTTP
server: as `publish-chart` does it, by compare-and-swap, and in the order of steps that most workflows have. What
becomes of a release that is disturbed at any call is on [another page](faults.md).

{table}

Made by `.venv/bin/python -m bench.index_race --write`.
"""
IDENTITY = ("-c", f"user.name={AUTHOR.name}", "-c", f"user.email={AUTHOR.email}")


class Outcome(NamedTuple):
    """What became of the entries; `forced` are moves of the branch that were no fast-forwards."""

    wanted: int
    lost: int
    duplicated: int
    forced: int
    failed: int
    tries: int
    seconds: float


def entry(name: str, number: int) -> IndexEntry:
    chart = f"apiVersion: v2\nname: {name}\nversion: 1.{number}.0\n"
    package = write({f"{name}/Chart.yaml": chart.encode()}, TIME)
    return entry_of(package, urls=[f"https://example.org/{name}-1.{number}.0.tgz"], created=TIME)


def race(origin: Path, publishers: int, rounds: int, publish: Callable[[IndexEntry, int], int]) -> Outcome:
    """Let all publish at once; `publish` returns its tries, or 0 when it gave up."""
    git(origin, "config", "core.logAllRefUpdates", "always")
    names = [f"chart-{number:02}" for number in range(publishers)]
    together = threading.Barrier(publishers)

    def run(number: int) -> list[int]:
        made = []
        for turn in range(rounds):
            together.wait()
            made.append(publish(entry(names[number], turn), number))
        return made

    start = time.monotonic()
    with ThreadPoolExecutor(publishers) as pool:
        tries = [count for made in pool.map(run, range(publishers)) for count in made]
    seconds = time.monotonic() - start
    wanted = {(name, f"1.{turn}.0") for name in names for turn in range(rounds)}
    data = git(origin, "show", f"{BRANCH}:index.yaml").encode()
    found = Counter(line for line in data.splitlines() if b"/chart-" in line)
    return Outcome(
        wanted=len(wanted),
        lost=len(wanted - index.versions(data)),
        duplicated=sum(found.values()) - len(found),
        forced=forced_moves(origin),
        failed=tries.count(0),
        tries=sum(tries),
        seconds=seconds,
    )


def forced_moves(origin: Path) -> int:
    moves = git(origin, "reflog", "show", "--format=%H", f"refs/heads/{BRANCH}").split()
    first_parents = git(origin, "rev-list", "--first-parent", BRANCH).split()
    return len(set(moves) - set(first_parents))


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout


def ours(server: GitServer, folder: Path, publishers: int, rounds: int) -> Outcome:
    origin = server.repository("bench/ours")

    def publisher(number: int) -> IndexBranch:
        (place := folder / f"ours-{number}").mkdir()
        checkout = Checkout(place, "0" * 40, 0, f"{server.url}/bench/ours", authorization="")
        return IndexBranch(Remote(checkout, place / "private", token="", server_url=""), BRANCH)

    branches = [publisher(number) for number in range(publishers)]

    def publish(one: IndexEntry, number: int) -> int:
        try:
            return max(1, branches[number].publish(one, AUTHOR).tries)
        except ReleaseError as error:
            print(f"  {one.name} {one.version}: {error}")
            return 0

    return race(origin, publishers, rounds, publish)


def others(server: GitServer, folder: Path, publishers: int, rounds: int) -> Outcome:
    """Edit, pull, commit, push once: the order of chart-releaser's `index --push`."""
    origin, url = server.repository("bench/others"), f"{server.url}/bench/others"
    git(folder, "clone", "--quiet", url, "start")
    (folder / "start" / "index.yaml").write_bytes(index.EMPTY)
    for step in (("add", "."), (*IDENTITY, "commit", "-qm", "start"), ("push", "-q", "origin", f"HEAD:{BRANCH}")):
        git(folder / "start", *step)

    def publish(one: IndexEntry, number: int) -> int:
        work = Path(tempfile.mkdtemp(prefix=f"others-{number}-", dir=folder)) / "work"
        git(folder, "clone", "--quiet", f"--branch={BRANCH}", url, str(work))
        file = work / "index.yaml"
        file.write_bytes(index.add(file.read_bytes(), one, generated=TIME))
        # It goes on after a failed pull, and a failed push is the end.
        subprocess.run(["git", "pull", "--quiet"], cwd=work, capture_output=True, check=False)
        try:
            git(work, *IDENTITY, "commit", "--quiet", "--all", "--message=Update index.yaml")
            git(work, "push", "--quiet", "origin", f"HEAD:{BRANCH}")
        except subprocess.CalledProcessError:
            return 0
        return 1

    return race(origin, publishers, rounds, publish)


def main() -> None:
    """Run both races, and print them as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publishers", type=int, default=16)
    parser.add_argument("--rounds", type=int, default=50)
    parser.add_argument("--rounds-of-others", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="write the table to docs/index-race.md too")
    options = parser.parse_args()
    header = (
        f"{options.publishers} publishers, by",
        "entries",
        "lost",
        "twice",
        "forced",
        "gave up",
        "pushes",
        "seconds",
    )
    rows = []
    with tempfile.TemporaryDirectory() as name, GitServer(Path(name) / "git") as server:
        for label, run, rounds in (
            ("compare-and-swap (ours)", ours, options.rounds),
            ("edit, pull, commit, push once", others, options.rounds_of_others),
        ):
            done = run(server, Path(name), options.publishers, rounds)
            rows.append((label, *(str(figure) for figure in done[:-1]), f"{done.seconds:.0f}"))
            print(" ".join(rows[-1]), flush=True)
    text = TEXT.format(table=table(header, rows).rstrip())
    print(f"\n{text}")
    if options.write:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
