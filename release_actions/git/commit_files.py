"""Files of a commit on the remote, read without a checkout: only what is asked for is fetched."""

from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from release_actions.core.errors import Code, ReleaseError
from release_actions.git.remote import Remote

_LIMIT = 1024 * 1024


class TaggedFiles:
    """The files of a commit that was fetched into the private repository of a remote, where git gets the rest from."""

    def __init__(self, remote: Remote, commit: str) -> None:
        self._remote = remote
        self._commit = commit

    def read(self, path: str) -> str | None:
        """The text of a file, or None where there is none; raises E_PATH for what is no plain file of UTF-8 text."""
        listed = self._remote.ask("ls-tree", "-z", "--full-tree", self._commit, "--", f"{PurePosixPath(path)}")
        if not listed:
            return None
        mode, kind, blob = listed.partition("\t")[0].split(" ")
        if kind != "blob" or not mode.startswith("100"):
            raise self._unlike(path, "is no plain file")
        if int(self._remote.ask("cat-file", "-s", blob)) > _LIMIT:
            raise self._unlike(path, f"has more than {_LIMIT} bytes")
        text = self._remote.ask("cat-file", "blob", blob)
        if "\ufffd" in text:
            raise self._unlike(path, "is not UTF-8")
        return text

    def folders(self, pattern: str, file: str) -> list[str]:
        """The folders with a file of that name: the one given, or those that fit a pattern of one level a part."""
        if not any(sign in pattern for sign in "*?["):
            return [pattern]
        listed = self._remote.ask("ls-tree", "-r", "-z", "--full-tree", "--name-only", self._commit)
        paths = (PurePosixPath(path) for path in listed.split("\0") if path)
        wanted = PurePosixPath(pattern).parts
        return sorted(str(path.parent) for path in paths if path.name == file and _fits(path.parent.parts, wanted))

    def _unlike(self, path: str, what: str) -> ReleaseError:
        return ReleaseError(
            Code.E_PATH,
            f"{path[:200]!a} of the commit {self._commit} {what}.",
            next_step="Give the input `config` a file that is there, or name images and charts in the inputs.",
        )


def _fits(parts: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))
