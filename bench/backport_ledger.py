"""The matrix of 1,000 fixes and 20 release branches, with nothing known and with what the last run kept.

A fix is taken to the four newest branches of its time. Of those picks 60 % say where they are from; the others are
found by what they change, and 5 % are missing.
"""

import random
import time
from pathlib import Path

from bench.measure import Row
from rehearsal.base.programs import run
from rehearsal.git.server import GitServer
from release_actions.backport.kept import Kept
from release_actions.backport.ledger import FixReader
from release_actions.backport.matrix import Fix, matrix
from release_actions.git.partial_clone import PartialClone
from release_actions.git.remote import Remote
from release_actions.history.content import Content
from release_actions.steps.backport_matrix import look

FIXES, BRANCHES = 1_000, 20
_NAME = "bench/ledger"
_AT_ONCE = 4
_FILES, _LINES = 200, 40
_START = 1_750_000_000


def rows(folder: Path) -> list[Row]:
    """The time of the first run, beside that of the next one."""
    with GitServer(folder / "served") as server:
        make_history(server.repository(_NAME))
        first, fixes = _measured(server.url, folder / "first", folder / "cache")
        second, _ = _measured(server.url, folder / "second", folder / "cache")
    what = f"backport-report, {len(fixes):,} fixes on {BRANCHES} branches, what is kept"
    return [Row(what, second, "s", "nothing kept", first, "seconds")]


def _measured(url: str, folder: Path, cache: Path) -> tuple[float, list[Fix]]:
    """As actions/backport-report does it, but for what GitHub is asked."""
    start = time.perf_counter()
    folder.mkdir()
    history, contents = (Remote.of_repository(url, _NAME, folder / name, token="") for name in ("history", "contents"))
    refs, kept = history.refs(print), Kept(cache)
    names = [f"release-1.{minor}" for minor in reversed(range(BRANCHES))]
    seen, branches = look(names, "main", history, refs)
    key = [refs.branches[name] for name in ("main", *names)]
    known = kept.read(key)
    if known is None:
        content = Content(PartialClone(contents, folder / "files"), kept.effects([seen, *branches]))
        known = FixReader(content, history.git).read(seen, branches, ())
        kept.save(key, known, content.kept())
    fixes = matrix(known, names, (), ())
    return time.perf_counter() - start, fixes


def make_history(repository: Path) -> None:
    """Write the history into a bare repository: the default branch first, as the picks' messages name its commits."""
    chance, files = random.Random(1), {path: [f"line {at}" for at in range(_LINES)] for path in range(_FILES)}
    marks = repository / "marks"
    start = "".join(_modify(path, lines) for path, lines in files.items())
    stream, edits = [_commit("main", 1, "Start", start)], []
    cuts = [number * FIXES // BRANCHES for number in range(BRANCHES)]
    trees = []
    for number in range(FIXES):
        if number in cuts:
            trees.append({path: list(lines) for path, lines in files.items()})
        path, at = number % _FILES, 3 + 7 * (number // _FILES)
        files[path][at] = f"fixed by {number}"
        edits.append((path, at))
        stream.append(_commit("main", number + 2, f"fix: defect {number} (#{number + 1})", _modify(path, files[path])))
    _import(repository, stream, f"--export-marks={marks}")
    ids = dict(line.split() for line in marks.read_text().splitlines())
    stream = [f"reset refs/heads/release-1.{minor}\nfrom :{cut + 1}\n\n" for minor, cut in enumerate(cuts)]
    for number, (path, at) in enumerate(edits):
        newest = sum(cut <= number for cut in cuts)
        for minor in range(max(0, newest - _AT_ONCE), newest):
            if chance.random() < 0.05:
                continue
            tree = trees[minor]
            tree[path][at] = f"fixed by {number}"
            trailer = f"\n\n(cherry picked from commit {ids[f':{number + 2}']})" if chance.random() < 0.6 else ""
            title = f"[release-1.{minor}] fix: defect {number}" if trailer else f"fix: as {number}"
            mark = len(ids) + 1 + len(stream)
            stream.append(_commit(f"release-1.{minor}", mark, title + trailer, _modify(path, tree[path])))
    _import(repository, stream, f"--import-marks={marks}")


def _import(repository: Path, stream: list[str], marks: str) -> None:
    run(["git", "-C", str(repository), "fast-import", "--quiet", marks], stdin="".join(stream))


def _commit(branch: str, mark: int, message: str, changes: str) -> str:
    """A commit as git-fast-import(1) reads it, on top of its branch."""
    who = f"committer Bench <bench@example.org> {_START + 60 * mark} +0000"
    return f"commit refs/heads/{branch}\nmark :{mark}\n{who}\ndata {len(message)}\n{message}\n{changes}\n"


def _modify(path: int, lines: list[str]) -> str:
    content = "\n".join(lines) + "\n"
    return f"M 100644 inline pkg/file{path}.go\ndata {len(content)}\n{content}"
