"""Made-up histories to pick from: the same ones for the same number, and full of what makes picks differ.

Texts with repeated lines, CRLF, binary files, modes, symbolic links, submodules, renames of files and folders, merge
attributes, empty commits, reverts, merges, and release branches that have gone their own way.
"""

import random
import subprocess
from dataclasses import dataclass
from pathlib import Path

from rehearsal.base.programs import program, run
from release_actions.history.picks import Change

_START = 1_750_000_000
_WORDS = ("alpha", "beta", "gamma", "delta", "return nil", "}", "", "\tif err != nil {", "wörd", "x: 1")
_FOLDERS = ("", "pkg/", "pkg/util/", "charts/demo/", "docs/")
_BODIES = ("", "\nWhy.\n", "\nWhy.\n\nSigned-off-by: J <j@example.org>\n")
_KINDS = {"squash": 8, "rebase": 5, "merge": 4, "empty": 1, "revert": 2, "copy": 2, "first": 1}
_FILE, _PROGRAM, _LINK, _MODULE = "100644", "100755", "120000", "160000"
_ATTRIBUTES = (b"*.md merge=union\n", b"*.go -merge\n", b"* text=auto\n*.bin binary\n", b"*.md merge=custom\n")


@dataclass(frozen=True, slots=True)
class History:
    """A bare repository with a change on its branch main, and the tips of the branches to pick it onto."""

    repository: Path
    change: Change
    tips: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Point:
    """A commit by its mark: what it has (mode and content by path), and what its parent had."""

    mark: int
    files: dict[str, tuple[str, bytes]]
    before: dict[str, tuple[str, bytes]]


def make_history(number: int, folder: Path, branches: int = 5) -> History:
    """History `number` as a new bare repository in this folder."""
    writer = _Writer(random.Random(number))
    main = writer.begin()
    tips = []
    for _ in range(branches):
        main = writer.walk(main, 2)
        tips.append(writer.walk(main, 3))
    parent = writer.walk(main, 3)
    points, mainline = writer.change(parent, [main, *tips])
    repository, marks = folder / "origin.git", folder / "marks"
    run(["git", "init", "--quiet", "--bare", "--initial-branch=main", "--", str(repository)])
    for key in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        run(["git", "-C", str(repository), "config", key, "true"])
    ends = [("main", points[-1]), *((f"release-1.{minor}", tip) for minor, tip in enumerate(tips))]
    resets = "".join(f"reset refs/heads/{name}\nfrom :{point.mark}\n\n" for name, point in ends).encode()
    command = [program("git"), "-C", str(repository), "fast-import", "--quiet", f"--export-marks={marks}"]
    subprocess.run(command, input=bytes(writer.stream) + resets, check=True)
    ids = dict(line.split() for line in marks.read_text().splitlines())
    commits = tuple(ids[f":{point.mark}"] for point in points)
    change = Change(number=number, title=f"Change {number}", commits=commits, mainline=mainline)
    return History(repository, change, tuple(ids[f":{tip.mark}"] for tip in tips))


class _Writer:
    """Writes commits as git-fast-import(1) reads them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.stream = bytearray()
        self._marks = 0

    def begin(self) -> _Point:
        files = {f"{folder}file{number}.go": (_FILE, self._text()) for folder in _FOLDERS for number in range(3)}
        files |= {f"docs/page{number}.md": (_FILE, self._text()) for number in range(2)}
        files |= {"image.bin": (_FILE, self._binary()), "run.sh": (_PROGRAM, self._text()), "link": (_LINK, b"run.sh")}
        files["windows.txt"] = (_FILE, self._text().replace(b"\n", b"\r\n"))
        if self.chance.random() < 0.4:
            files[self.chance.choice((".gitattributes", "docs/.gitattributes"))] = (
                _FILE,
                self.chance.choice(_ATTRIBUTES),
            )
        return self.commit(files, {})

    def walk(self, start: _Point, most: int) -> _Point:
        """Some more commits on top."""
        point = start
        for _ in range(self.chance.randint(0, most)):
            point = self.commit(self._changed(point), point.files, point)
        return point

    def change(self, parent: _Point, others: list[_Point]) -> tuple[list[_Point], bool]:
        """What will be picked: the commits, and whether it is a merge."""
        kind = self.chance.choices(list(_KINDS), list(_KINDS.values()))[0]
        if kind == "rebase":
            points = [parent]
            for _ in range(self.chance.randint(2, 4)):
                points.append(self.commit(self._changed(points[-1]), points[-1].files, points[-1]))
            return points[1:], False
        if kind == "merge":
            side = self.commit(self._changed(parent), parent.files, parent)
            merged = self.commit(self.walk(side, 2).files, parent.files, parent, side)
            return [merged], True
        if kind == "first":
            return [self.commit(self._changed(parent), {})], False
        files = {
            "squash": lambda: self._changed(parent),
            "empty": lambda: dict(parent.files),
            "revert": lambda: dict(parent.before),
            "copy": lambda: dict(self.chance.choice(others).files),
        }[kind]()
        return [self.commit(files, parent.files, parent)], False

    def commit(
        self, files: dict[str, tuple[str, bytes]], before: dict[str, tuple[str, bytes]], *parents: _Point
    ) -> _Point:
        self._marks += 1
        who = f"Jürgen {self._marks} <j{self._marks}@example.org> {_START + 60 * self._marks} +0530"
        message = f"Commit {self._marks}\n{self.chance.choice(_BODIES)}"
        lines = [f"commit refs/heads/work{self._marks}", f"mark :{self._marks}", f"author {who}", f"committer {who}"]
        self._write(*lines)
        self._data(message.encode())
        if parents:
            self._write(f"from :{parents[0].mark}", *(f"merge :{other.mark}" for other in parents[1:]))
        self._write("deleteall")
        for path, (mode, content) in files.items():
            if mode == _MODULE:
                self._write(f"M {mode} {content.decode()} {path}")
            else:
                self._write(f"M {mode} inline {path}")
                self._data(content)
        self._write("")
        return _Point(self._marks, dict(files), dict(before))

    def _write(self, *lines: str) -> None:
        self.stream += "".join(f"{line}\n" for line in lines).encode()

    def _data(self, content: bytes) -> None:
        self.stream += b"data %d\n" % len(content) + content + b"\n"

    def _text(self) -> bytes:
        return "".join(f"{self.chance.choice(_WORDS)}\n" for _ in range(self.chance.randint(8, 40))).encode()

    def _binary(self) -> bytes:
        return b"\0" + self.chance.randbytes(200)

    def _changed(self, point: _Point) -> dict[str, tuple[str, bytes]]:
        files = dict(point.files)
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            kinds = (self._edit, self._rename, self._add, self._delete, self._mode, self._newlines, self._other)
            self.chance.choices(kinds, (12, 3, 2, 2, 1, 1, 2))[0](files)
        return files

    def _one(self, files: dict[str, tuple[str, bytes]], *modes: str) -> str:
        known = [path for path, (mode, _) in files.items() if not modes or mode in modes]
        return self.chance.choice(known) if known else "new.go"

    def _edit(self, files: dict[str, tuple[str, bytes]]) -> None:
        path = self._one(files, _FILE, _PROGRAM)
        mode, content = files.get(path, (_FILE, b""))
        if b"\0" in content:
            files[path] = (mode, self._binary())
            return
        lines = content.splitlines(keepends=True)
        for _ in range(self.chance.choice((1, 1, 2, 5))):
            at, end = self.chance.randint(0, len(lines)), b"\r\n" if b"\r\n" in content else b"\n"
            removed = self.chance.choice((0, 0, 1, 2))
            lines[at : at + removed] = [self.chance.choice(_WORDS).encode() + end] * self.chance.choice((0, 1, 2))
        files[path] = (mode, b"".join(lines))

    def _rename(self, files: dict[str, tuple[str, bytes]]) -> None:
        path = self._one(files)
        if self.chance.random() < 0.3:
            folder, new = f"{path.rpartition('/')[0]}/", f"moved{self.chance.randint(0, 3)}/"
            for name in [name for name in files if folder != "/" and name.startswith(folder)]:
                files[new + name.removeprefix(folder)] = files.pop(name)
        elif path in files:
            files[f"{self.chance.choice(_FOLDERS)}renamed{self.chance.randint(0, 5)}.go"] = files.pop(path)

    def _add(self, files: dict[str, tuple[str, bytes]]) -> None:
        files[f"{self.chance.choice(_FOLDERS)}added{self.chance.randint(0, 4)}.go"] = (_FILE, self._text())

    def _delete(self, files: dict[str, tuple[str, bytes]]) -> None:
        files.pop(self._one(files), None)

    def _mode(self, files: dict[str, tuple[str, bytes]]) -> None:
        path = self._one(files, _FILE, _PROGRAM)
        if path in files:
            mode, content = files[path]
            files[path] = (_PROGRAM if mode == _FILE else _FILE, content)

    def _newlines(self, files: dict[str, tuple[str, bytes]]) -> None:
        path = self._one(files, _FILE)
        if path in files and b"\0" not in files[path][1]:
            content = files[path][1]
            files[path] = (
                _FILE,
                content.replace(b"\r\n", b"\n") if b"\r" in content else content.replace(b"\n", b"\r\n"),
            )

    def _other(self, files: dict[str, tuple[str, bytes]]) -> None:
        """A link moved, a file turned into a link, a submodule set, or how files are merged."""
        change = self.chance.randint(0, 3)
        if change == 0:
            files["link"] = (_LINK, self.chance.choice((b"a", b"b", b"run.sh")))
        elif change == 1:
            files[self._one(files, _FILE)] = (_LINK, b"elsewhere")
        elif change == 2:
            files["module"] = (_MODULE, f"{self.chance.randint(1, 3):040x}".encode())
        else:
            files[".gitattributes"] = (_FILE, self.chance.choice(_ATTRIBUTES))
