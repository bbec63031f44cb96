"""Files of a commit on the remote, read without a checkout: only what is asked for is fetched."""

import posixpath
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import NamedTuple

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.files import TEXT_LIMIT, plain_path, refused
from release_actions.core.text import line_at
from release_actions.git.remote import Remote

_LINK = "120000"


class _TreeEntry(NamedTuple):
    """A line of `git ls-tree`: mode (`100644`), kind (`blob`, `tree`, `commit`), and the object's id."""

    mode: str
    kind: str
    id: str

    @property
    def is_file(self) -> bool:
        return self.mode.startswith("100")


class CommitFiles:
    """The files of a commit, see `core.files.Files`.

    The commit was fetched into the private repository of a remote, where git gets the rest from. All methods raise
    E_REMOTE_UNAVAILABLE too.
    """

    def __init__(self, remote: Remote, commit: str) -> None:
        self._remote = remote
        self._commit = commit

    def name(self, given: str) -> str:
        return str(plain_path(given))

    def has(self, path: str) -> bool:
        return self._find(path) is not None

    def read(self, path: str) -> str:
        found = self._find(path)
        if found is None:
            raise self._absent(path)
        if not found.is_file:
            raise refused(path, "is not a file", "Name a file.")
        if int(self._remote.ask("cat-file", "-s", found.id)) > TEXT_LIMIT:
            raise refused(path, f"has more than {TEXT_LIMIT} bytes", "Name a smaller file.")
        text = self._remote.ask("cat-file", "blob", found.id)
        if "\ufffd" in text:
            line = line_at(text, text.index("\ufffd"))
            raise refused(path, f"is not UTF-8 at line {line}", "Save it as UTF-8.")
        return text

    def folders(self, start: str, pattern: str, file: str) -> list[str]:
        found = self._find(start)
        if found is None:
            raise self._absent(start)
        if found.kind != "tree":
            raise refused(start, "is not a folder", "Name a folder.")
        return sorted(self._below(self.name(start), pattern, file))

    def _below(self, folder: str, pattern: str, file: str) -> list[str]:
        """As `folders`; a symbolic link that leads to such a folder is refused and not passed over."""
        if not pattern:
            return [folder] if self.has(f"{folder}/{file}") else []
        first, _, rest = pattern.partition("/")
        found = []
        for name, entry in self._list(f"{folder}/").items():
            if not fnmatchcase(name.rpartition("/")[2], first):
                continue
            if entry.kind == "tree":
                found += self._below(name, rest, file)
            elif entry.mode == _LINK:
                for one in self._behind(name, entry, rest, file):
                    raise _through_a_link(one, name)
        return found

    def _behind(self, link: str, entry: _TreeEntry, pattern: str, file: str) -> list[str]:
        """As `folders`, of what a symbolic link leads to in the commit, by the names that they have through it."""
        target = self._remote.ask("cat-file", "blob", entry.id)
        start = posixpath.normpath(posixpath.join(posixpath.dirname(link), target))
        try:
            return [str(link / PurePosixPath(one).relative_to(start)) for one in self.folders(start, pattern, file)]
        except ReleaseError as error:
            if error.code is not Code.E_PATH:
                raise
            return []

    def _find(self, path: str) -> _TreeEntry | None:
        """What is at a path; raises E_PATH where a symbolic link, or a file, is on the way to it."""
        wanted = plain_path(path)
        if not wanted.parts:
            return _TreeEntry("040000", "tree", "")
        way = [*list(wanted.parents)[-2::-1], wanted]
        listed = self._list(*map(str, way))
        for one in way:
            entry = listed.get(str(one))
            if entry is not None and entry.mode == _LINK:
                raise _through_a_link(path, one.name)
            if entry is not None and entry.kind != "tree" and one != wanted:
                raise refused(path, "can't be used: Not a directory", "Check the path.")
        return listed.get(str(wanted))

    def _list(self, *paths: str) -> dict[str, _TreeEntry]:
        """The entries at paths of the commit, or in a folder whose path ends with a slash, by their names."""
        how = ("--literal-pathspecs", "ls-tree", "-z", "--full-tree", self._commit)
        listed = self._remote.ask(*how, "--", *paths)
        lines = (line.partition("\t") for line in listed.split("\0") if line)
        return {name: _TreeEntry(*entry.split(" ")) for entry, _, name in lines}

    def _absent(self, path: str) -> ReleaseError:
        return refused(path, "does not exist", f"Correct the path; it is looked for in the commit {self._commit}.")


def _through_a_link(path: str, link: str) -> ReleaseError:
    return refused(
        path, f"goes through the symbolic link `{PurePosixPath(link).name}`", "Name the real file or folder."
    )
