"""A large project with release branches: 12,000 files, a few thousand of which differ from one branch to the next."""

import random
from collections.abc import Iterator
from pathlib import Path

from rehearsal.base.programs import run

FILES, BRANCHES = 12_000, 10

_CHANGED = 3_000
_LINES = 60
_WORDS = ("reconcile", "workload", "queue", "admit", "evict", "lease", "status", "condition", "webhook", "cohort")
_START = 1_750_000_000


def make(repository: Path) -> str:
    """Write it into a bare repository; returns the commit on main that every branch lacks, and can take."""
    run(["git", "-C", str(repository), "fast-import", "--quiet"], stdin="".join(_stream()))
    return run(["git", "-C", str(repository), "rev-parse", "refs/heads/main"]).strip()


def _stream() -> Iterator[str]:
    """As git-fast-import(1) reads it: each minor version changes some files, and a fix comes at last."""
    chance = random.Random(1)
    fixed = _content(chance)
    everything = "".join(_modify(number, _content(chance)) for number in range(1, FILES))
    yield _commit("Begin", everything + _modify(0, fixed))
    for minor in range(BRANCHES):
        yield f"reset refs/heads/release-1.{minor}\nfrom refs/heads/main\n\n"
        changed = chance.sample(range(1, FILES), _CHANGED)
        yield _commit(f"feat: everything of 1.{minor + 1}", "".join(_modify(at, _content(chance)) for at in changed))
    yield _commit("fix: a lease (#1)", _modify(0, fixed.replace(fixed.splitlines()[30], "the fix")))


def _content(chance: random.Random) -> str:
    return "".join(f"{' '.join(chance.choices(_WORDS, k=6))} {chance.random()}\n" for _ in range(_LINES))


def _commit(message: str, changes: str) -> str:
    who = f"committer Bench <bench@example.org> {_START} +0000"
    return f"commit refs/heads/main\n{who}\ndata {len(message)}\n{message}\n{changes}\n"


def _modify(number: int, content: str) -> str:
    return f"M 100644 inline pkg/part{number % 300}/file{number}.go\ndata {len(content)}\n{content}"
