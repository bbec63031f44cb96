"""A page of a checkout whose text, or a part of it, is generated: compared, and written."""

import itertools
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import msgspec

from release_actions.core.text import lines, shown
from release_actions.system.workspace import WorkspaceFiles, inside, require_writable, write_text
from release_actions.version_places.difference import unified


class GeneratedPage(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it is and as it has to be; `stale` says what is wrong with one that differs, without a full stop."""

    file: str
    before: str
    after: str
    stale: str

    @property
    def is_stale(self) -> bool:
        """Whether it has to be written."""
        return self.before != self.after

    @property
    def line(self) -> int:
        """The first line that differs, from 1."""
        return next(self._differing())[0]

    @property
    def instruction(self) -> str:
        """What to write on that line."""
        _, after = next(self._differing())
        what = f"`{shown(after.strip(), 300)}` belongs on this line" if after is not None else "this line goes"
        return f"{self.stale}: {what}."

    @property
    def difference(self) -> str:
        """What is written, as a unified diff."""
        return unified([(self.file, self.before, self.after)])

    def _differing(self) -> Iterator[tuple[int, str | None]]:
        pairs = itertools.zip_longest(lines(self.before), lines(self.after))
        found = ((number, after) for number, (before, after) in enumerate(pairs, 1) if before != after)
        # Texts that differ in their last line end alone have the same lines.
        return itertools.chain(found, [(max(1, len(lines(self.after))), lines(self.after)[-1])])


def require_all_writable(workspace: Path, stale: Sequence[GeneratedPage]) -> None:
    """Raises E_PATH when one of them could not be written, so that nothing has been written then."""
    for one in stale:
        if WorkspaceFiles(workspace).has(one.file):
            require_writable(inside(workspace, one.file), shown=one.file)
        else:
            inside(workspace, str(PurePosixPath(one.file).parent), kind="folder")


def write_page(workspace: Path, page: GeneratedPage) -> None:
    """Write a file as a whole; raises E_PATH."""
    write_text(workspace.resolve() / page.file, page.after, shown=page.file)
