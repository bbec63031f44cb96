"""The list of feature gates and the table of them in the docs, as files of a checkout: compared, and written."""

import itertools
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

import msgspec

from release_actions.compatibility.gate import Declared, Minor
from release_actions.compatibility.gate_pages import listed, table, with_table
from release_actions.compatibility.gate_rules import Finding
from release_actions.compatibility.rule import Level
from release_actions.core.text import lines, shown
from release_actions.project.config import FeatureGates
from release_actions.system.workspace import WorkspaceFiles, inside, require_writable, write_text


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A file that shows the gates, as it is and as it has to be; `what` is `list` or `table`."""

    what: str
    file: str
    before: str
    after: str

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
        return f"The {self.what} of feature gates is not what the code declares: {what}."

    def _differing(self) -> "itertools.chain[tuple[int, str | None]]":
        pairs = itertools.zip_longest(lines(self.before), lines(self.after))
        found = ((number, after) for number, (before, after) in enumerate(pairs, 1) if before != after)
        # Texts that differ in their last line end alone have the same lines.
        return itertools.chain(found, [(max(1, len(lines(self.after))), lines(self.after)[-1])])


def pages(workspace: Path, settings: FeatureGates, declared: Declared, version: Minor) -> list[Page]:
    """The files that the configuration names; raises E_PATH, and E_FEATURE_GATE for a page without its two markers."""
    files, found = WorkspaceFiles(workspace), []
    if settings.list_file:
        name = files.name(settings.list_file)
        before = files.read(name) if files.has(name) else ""
        found.append(Page(what="list", file=name, before=before, after=listed(declared)))
    if settings.docs:
        name = files.name(settings.docs)
        before = files.read(name)
        after = with_table(before, table(declared, version), name)
        found.append(Page(what="table", file=name, before=before, after=after))
    return found


def findings_of(pages: Iterable[Page]) -> list[Finding]:
    """The findings of pages that are not what the code declares."""
    return [
        Finding(rule="gate-page-stale", level=Level.ERROR, gate="", file=one.file, line=one.line, what=one.instruction)
        for one in pages
        if one.is_stale
    ]


def require_all_writable(workspace: Path, stale: list[Page]) -> None:
    """Raises E_PATH when one of them could not be written, so that nothing has been written then."""
    for one in stale:
        if WorkspaceFiles(workspace).has(one.file):
            require_writable(inside(workspace, one.file), shown=one.file)
        else:
            inside(workspace, str(PurePosixPath(one.file).parent), kind="folder")


def write_page(workspace: Path, page: Page) -> None:
    """Write a file as a whole; raises E_PATH."""
    write_text(workspace.resolve() / page.file, page.after, shown=page.file)
