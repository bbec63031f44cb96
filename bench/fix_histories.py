"""Made-up histories of fixes and release branches, the same ones for the same number, whose maker knows what is where.

Files consist of blocks with a name. A fix changes the lines of some blocks; whether a branch has it is a question to
the blocks of its last files, which needs no git. Each history is of one kind: how fixes get to branches, what becomes
of them there, and what else happens around them.
"""

import random
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rehearsal.base.programs import program, run

_START = 1_750_000_000
_DAY = 86_400
_FILLERS = ("\treturn nil", "}", "", "\tif err != nil {", "  - name: demo", "x: 1")
_NAME = "== "
Files = dict[str, list[str]]


@dataclass(slots=True)
class Fix:
    """A fix: its commits on the default branch, and its blocks before and after it, by name."""

    title: str
    number: int
    blocks: list[tuple[str, list[str], list[str]]]
    commits: list[str] = field(default_factory=list)
    mainline: bool = False
    empty: bool = False

    def at(self, files: Files) -> list[bool]:
        """For each block whether it is as the fix wants it; a block that is not there is left out."""
        there = blocks(files)
        return [_has(there[name], before, after) for name, before, after in self.blocks if name in there]


@dataclass(slots=True)
class Branch:
    """A branch with its last commit and files; `adapted` are fixes made otherwise there, `overlaps` blocks edited."""

    name: str
    tip: str
    files: Files
    adapted: set[str] = field(default_factory=set)
    overlaps: set[str] = field(default_factory=set)


@dataclass(slots=True)
class History:
    """A bare repository; what is there of its fixes can be asked of the files of its branches."""

    kind: str
    repository: Path
    main: Branch
    branches: list[Branch] = field(default_factory=list)
    fixes: list[Fix] = field(default_factory=list)


def blocks(files: Files) -> dict[str, list[str]]:
    """The lines of each block, without the ends of lines."""
    found: dict[str, list[str]] = {}
    for lines in files.values():
        current: list[str] = []
        for line in lines:
            text = line.removesuffix("\r")
            if text.startswith(_NAME):
                current = found.setdefault(text, [])
            else:
                current.append(text)
    return found


def _has(there: list[str], before: list[str], after: list[str]) -> bool:
    """Whether what a fix adds to a block is in it, and what it removes is not."""
    old, new, now = Counter(before), Counter(after), Counter(there)
    adds, removes = new - old, old - new
    return all(now[line] >= new[line] for line in adds) and all(now[line] <= new[line] for line in removes)


class Writer:
    """Writes a history through git-fast-import(1), which says the id of each commit at once."""

    def __init__(self, number: int, kind: str, folder: Path) -> None:
        self.chance = random.Random(number)
        repository = folder / "origin.git"
        run(["git", "init", "--quiet", "--bare", "--initial-branch=main", "--", str(repository)])
        command = [program("git"), "-C", str(repository), "fast-import", "--quiet", "--force"]
        self._import = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._made = 0
        self._marks: dict[str, int] = {}
        self._numbers = 0
        files: Files = {f"{place}file{at}.go": [] for at, place in enumerate(("", "pkg/", "pkg/util/", "charts/"))}
        names = [f"{_NAME}{path} {at}" for path in files for at in range(6)]
        for name in names:
            files[name[len(_NAME) :].partition(" ")[0]] += [name, *self.chance.choices(_FILLERS, k=7)]
        files["go.mod"] = [f"{_NAME}go.mod 0", "module demo", "require (", "\texample.org/a v1.0.0", ")"]
        self.history = History(kind, repository, Branch("main", "", files))
        self.commit(self.history.main, "Begin")
        self.free = list(names)
        self.chance.shuffle(self.free)

    def commit(self, branch: Branch, message: str, *others: str, onto: str = "") -> str:
        """Commit a branch's files, also as a merge of others; `onto` is another parent than the branch's tip."""
        self._made += 1
        who = f"Dev <dev@example.org> {_START + _DAY * self._made} +0000"
        parents = [one for one in (onto or branch.tip, *others) if one]
        data = message.encode()
        head = [f"commit refs/heads/{branch.name}", f"mark :{self._made}", f"author {who}", f"committer {who}"]
        out = bytearray("".join(f"{line}\n" for line in head).encode())
        out += b"data %d\n" % len(data) + data + b"\n"
        out += "".join(f"{'merge' if at else 'from'} :{self._marks[one]}\n" for at, one in enumerate(parents)).encode()
        out += b"deleteall\n"
        for path, lines in branch.files.items():
            content = "".join(f"{line}\n" for line in lines).encode()
            out += f"M 100644 inline {path}\ndata {len(content)}\n".encode() + content + b"\n"
        out += f"\nget-mark :{self._made}\n".encode()
        assert self._import.stdin
        assert self._import.stdout
        self._import.stdin.write(out)
        self._import.stdin.flush()
        branch.tip = self._import.stdout.readline().decode().strip()
        self._marks[branch.tip] = self._made
        return branch.tip

    def done(self) -> History:
        """End the import."""
        assert self._import.stdin
        assert self._import.stdout
        self._import.stdin.close()
        assert self._import.wait() == 0
        self._import.stdout.close()
        return self.history

    def block(self) -> str:
        """A block that nothing has changed so far."""
        return self.free.pop()

    def cut(self) -> Branch:
        """A new release branch."""
        made = len(self.history.branches)
        main = self.history.main
        branch = Branch(f"release-1.{made}", main.tip, {path: list(lines) for path, lines in main.files.items()})
        branch.overlaps = set(main.overlaps)
        self.history.branches.append(branch)
        self.noise(branch)
        return branch

    def noise(self, branch: Branch) -> None:
        """A commit about something else."""
        name = self.block() if len(self.free) > 8 else ""
        if name and name in blocks(branch.files):
            body = blocks(branch.files)[name]
            replace(branch.files, name, [*body[:3], f"own {self._made} of {branch.name}", *body[4:]])
        else:
            branch.files[f"notes/{self._made}.txt"] = [f"note {self._made}"]
        self.commit(branch, f"Work {self._made} of {branch.name}")

    def fix(self, title: str, *names: str, lines: int = 0, kind: str = "") -> Fix:
        """A fix that is not made yet, of one block where no names are given."""
        self._numbers += 1
        changed = []
        for name in names or (self.block(),):
            body = blocks(self.history.main.files)[name]
            changed.append((name, body, self._edited(body, lines, kind)))
        fix = Fix(title, self._numbers, changed)
        self.history.fixes.append(fix)
        return fix

    def land(self, fix: Fix) -> Fix:
        """Make a fix on the default branch, as one commit."""
        main = self.history.main
        apply(main.files, fix)
        fix.commits.append(self.commit(main, f"{fix.title} (#{fix.number})"))
        return fix

    def pick(self, branch: Branch, *fixes: Fix, named: bool = True, title: str = "") -> str:
        """Take fixes to a branch in one commit."""
        for fix in fixes:
            apply(branch.files, fix)
        trailers = "".join(f"(cherry picked from commit {one})\n" for fix in fixes for one in fix.commits)
        text = title or f"[{branch.name}] {fixes[0].title}"
        return self.commit(branch, f"{text}\n\n{trailers}" if named else text)

    def _edited(self, body: list[str], lines: int, kind: str) -> list[str]:
        made = self._made
        if kind == "indent":
            return [*body[:2], *(f"    {line}" for line in body[2:5]), *body[5:]]
        count = lines or self.chance.choice((1, 2, 3))
        new = [f"\tfixed {made} {at} by #{self._numbers}" for at in range(count)]
        kept = self.chance.choice((2, 3, 3, 4))
        return [*body[:2], *new, *body[kept:]]


def apply(files: Files, fix: Fix) -> None:
    """Make a fix: put its lines to where they belong, as a person would who resolves whatever is in the way."""
    for name, before, after in fix.blocks:
        there = blocks(files).get(name)
        if there is None:
            continue
        if there == before:
            replace(files, name, after)
            continue
        old, new = Counter(before) - Counter(after), Counter(after) - Counter(before)
        kept = list(there)
        for line, count in old.items():
            for _ in range(min(count, kept.count(line))):
                kept.remove(line)
        missing = [line for line in after if line in new and line not in kept]
        replace(files, name, [*kept[:2], *missing, *kept[2:]])


def undo(files: Files, fix: Fix) -> None:
    """Take a fix back."""
    apply(files, Fix(fix.title, fix.number, [(name, after, before) for name, before, after in fix.blocks]))


def replace(files: Files, name: str, body: Sequence[str]) -> None:
    """Give a block other lines, with the file's ends of lines."""
    for path, lines in files.items():
        plain = [line.removesuffix("\r") for line in lines]
        if name not in plain:
            continue
        end = "\r" if lines[0].endswith("\r") else ""
        start = plain.index(name)
        stop = next((at for at in range(start + 1, len(plain)) if plain[at].startswith(_NAME)), len(plain))
        files[path] = [*lines[: start + 1], *(f"{line}{end}" for line in body), *lines[stop:]]


def make_history(number: int, folder: Path, kinds: "dict[str, Callable[[Writer], None]]") -> History:
    """History `number` in a folder; the kinds take turns."""
    kind = list(kinds)[number % len(kinds)]
    writer = Writer(number, kind, folder)
    kinds[kind](writer)
    return writer.done()
