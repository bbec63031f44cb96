"""Edit the product in one place at a time, and see whether a test notices: `make mutants ARGS="--modules GLOB"`."""

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from itertools import groupby
from pathlib import Path

from tools.mutants.choose import PRODUCT, TestFiles
from tools.mutants.draw import drawn_edits
from tools.mutants.edits import Edit, EditError, Key
from tools.mutants.lists import judged_keys, kept_edits, record_tests
from tools.mutants.result import Fate, Result, fate_of, problems, survivors, table
from tools.mutants.worker import Setting, try_all

_EDITS_AT_ONCE = 8
_HELP = """\
Applies single edits to a copy of the repository, runs the tests that name the edited module, and lists the
edits that no test notices. The working tree is only read; `make test` has to pass there.

What is run: every edit of tools/mutants/kept.txt, then SAMPLE edits a module that are drawn by the seed. Without
--modules and --changed the modules come in an order that the seed draws, and those that are not reached in
MINUTES are left out, so such a run looks at a sample; the table shows how many edits of which module were not tried.

An edit is shown to the test that noticed it when it was recorded (--record), then to the test files that are about
its module, or nearest to it by imports until there are eight, and never to tests of the rehearsal or of whole
workflows. A test that does not end in LIMIT seconds counts as one that fails. What survived is printed at once, and
as a block for judged.txt at the end.

Exit code 1: a kept edit survived, or was not reached, or more than 10 % of all edits survived; what
tools/mutants/judged.txt names as harmless is not counted. Exit code 2: a list does not fit the modules any more.
"""


def main(arguments: list[str]) -> int:
    """Run it for the repository in the current folder, and return the exit code."""
    given = _parser().parse_args(arguments)
    root, seed = Path.cwd(), random.SystemRandom().randrange(10**6) if given.seed is None else given.seed
    deadline = time.monotonic() + 60 * given.minutes
    try:
        kept, judged = kept_edits(root), judged_keys(root)
        modules = _modules(root, given.modules, changed=given.changed)
        kept = [edit for edit in kept if edit.module in modules]
        random.Random(seed).shuffle(modules)
        drawn = [edit for one in modules for edit in drawn_edits(one, (root / one).read_bytes(), given.sample, seed)]
        print(f"seed {seed}: {len(kept)} kept edits, {len(drawn)} drawn ones of {len(modules)} modules", flush=True)
        with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
            setting = Setting(root, folder, given.limit, deadline)
            results = []
            for result in _results(setting, [*kept, *drawn], judged):
                results.append(result)
                if result.fate is Fate.SURVIVED:
                    print(f"survived: {result.edit.name or result.key[0]}", flush=True)
                elif given.record and result.noticed_by:  # at once: a run may be ended at any time
                    record_tests(root, {result.edit.name: result.noticed_by})
        tried = {result.edit for result in results}
        results += [Result(edit, (edit.name, "", ""), Fate.NOT_TRIED) for edit in [*kept, *drawn] if edit not in tried]
    except EditError as error:
        print(error, file=sys.stderr)
        return 2
    return _report(results)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="make mutants", description=_HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sample", type=int, default=25, help="edits to draw a module (25); 0: the kept ones alone")
    parser.add_argument("--seed", type=int, help="what they are drawn by; without it another one each time")
    parser.add_argument("--modules", action="append", default=[], metavar="GLOB", help="only modules whose path fits")
    parser.add_argument("--record", action="store_true", help="write into kept.txt which test noticed each edit")
    parser.add_argument("--changed", action="store_true", help="only modules that differ from origin/main")
    parser.add_argument("--limit", type=float, default=60, help="seconds that a test may take (60)")
    parser.add_argument("--minutes", type=float, default=28, help="begin no edit after so many minutes (28)")
    return parser


def _modules(root: Path, globs: Sequence[str], *, changed: bool) -> list[str]:
    """The modules to edit, as paths in the repository."""
    found = sorted(str(path.relative_to(root)) for one in PRODUCT for path in (root / one).rglob("*.py"))
    if globs:
        found = [path for path in found if any(fnmatch(path, one) for one in globs)]
    if changed:
        base = _git(root, "merge-base", "origin/main", "HEAD").strip()
        different = _git(root, "diff", "--name-only", base) + _git(root, "ls-files", "--others", "--exclude-standard")
        found = [path for path in found if path in different.splitlines()]
    return found


def _git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", "-C", str(root), *arguments], check=True, capture_output=True, text=True).stdout


def _results(setting: Setting, edits: Sequence[Edit], judged: set[Key]) -> Iterator[Result]:
    """What became of the edits, in the order in which that is known; the last ones are left out when time is over."""
    tests = TestFiles(setting.root)
    tasks = [(part, tests.naming(part[0].module)) for part in _parts(edits)]
    for edit, noticed_by in try_all(setting, tasks):
        key = edit.key((setting.root / edit.module).read_bytes())
        yield Result(edit, key, fate_of(key, noticed_by, judged), noticed_by)


def _parts(edits: Sequence[Edit]) -> Iterator[list[Edit]]:
    """The edits in parts that one worker takes: a few of one module."""
    for _, group in groupby(edits, key=lambda edit: edit.module):
        same = list(group)
        yield from (same[start : start + _EDITS_AT_ONCE] for start in range(0, len(same), _EDITS_AT_ONCE))


def _report(results: Sequence[Result]) -> int:
    print(table(results))
    if left := survivors(results):
        print(f"\nNo test notices:\n\n{left}")
    wrong = problems(results)
    for one in wrong:
        print(one, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
