"""What else a person wants to know of a change that a branch lacks: newer versions, or the same lines elsewhere."""

from collections import Counter
from collections.abc import Sequence

from release_actions.history.branch_history import BranchHistory, Subject
from release_actions.history.content import Content
from release_actions.history.dependencies import compare
from release_actions.history.fix_on_branch import HALF

_MOST_FILES = 50
_SHORTEST = 4


class Hints:
    """Reads files of branches, as far as changes change them; raises as `Content`."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._texts: dict[str, str] = {}

    def read(self, wanted: Sequence[tuple[Subject, BranchHistory]]) -> None:
        """Read at once what the other methods look at."""
        blobs: list[str] = []
        for (subject, _), there in zip(wanted, self._there(wanted), strict=True):
            files = self._content.files([subject.edit])[subject.edit]
            blobs += filter(None, there.values())
            blobs += [one for path, file in files.items() if path.endswith("go.mod") for one in file.blobs]
        self._texts.update(self._content.texts(one for one in blobs if one not in self._texts))

    def versions(self, subject: Subject, branch: BranchHistory) -> tuple[str, str]:
        """Of a change of dependencies alone, why it is not needed or what the branch lacks, see `compare`."""
        files = self._content.files([subject.edit])[subject.edit]
        [there] = self._there([(subject, branch)])
        blobs = {path: (file.before, file.after, there.get(path, "")) for path, file in files.items()}
        texts = {path: tuple(self._texts.get(one, "") for one in some) for path, some in blobs.items()}
        return compare(texts, branch.name)

    def elsewhere(self, subject: Subject, branch: BranchHistory) -> str:
        """Where the lines of a change stand already in its files on the branch, as `file:line`."""
        added = self._content.lines([subject.edit])[subject.edit].added
        wanted = {line for line in added if len(line.strip()) >= _SHORTEST and "\0" not in line}
        [there] = self._there([(subject, branch)])
        for path, blob in there.items() if wanted else ():
            lines = [line.removesuffix("\r") for line in self._texts.get(blob, "").split("\n")]
            found = [number for number, line in enumerate(lines, start=1) if line in wanted]
            if len({lines[number - 1] for number in found}) >= max(1, HALF * len(wanted)):
                return f"{path}:{found[0]}"
        return ""

    def stands(self, subject: Subject, branch: BranchHistory) -> float:
        """How many of the lines that a change adds are in its files on the branch, from 0 to 1; 1 if it adds none."""
        added = self._content.lines([subject.edit])[subject.edit].added
        [there] = self._there([(subject, branch)])
        texts = (self._texts.get(blob, "") for blob in there.values())
        lines = Counter(line.removesuffix("\r") for text in texts for line in text.split("\n"))
        return (added & lines).total() / added.total() if added else 1

    def is_absent(self, branch: BranchHistory, files: Sequence[str]) -> bool:
        """Whether a branch has no file of these names in any folder, so that none of them was only moved."""
        listed = self._content.paths(branch.tip.tree)
        return not {path.rpartition("/")[2] for path in files} & {path.rpartition("/")[2] for path in listed}

    def _there(self, wanted: Sequence[tuple[Subject, BranchHistory]]) -> list[dict[str, str]]:
        """The first files of changes on their branches, by path."""
        files = self._content.files(subject.edit for subject, _ in wanted)
        paths = [list(files[subject.edit])[:_MOST_FILES] for subject, _ in wanted]
        trees = [branch.tip.tree for _, branch in wanted]
        blobs = self._content.blobs((tree, path) for tree, some in zip(trees, paths, strict=True) for path in some)
        return [{path: blobs[tree, path] for path in some} for tree, some in zip(trees, paths, strict=True)]
