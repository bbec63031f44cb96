"""The files of a repository that say which minor versions are supported: as they are, and as they have to be."""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.files import Files
from release_actions.core.marked_table import with_table
from release_actions.project.generated_page import GeneratedPage
from release_actions.project.support_settings import Support
from release_actions.support.calendar import calendar
from release_actions.support.endoflife import front_matter
from release_actions.support.html import page
from release_actions.support.page import GENERATED, NAME, table
from release_actions.support.policy import SupportRow


class About(msgspec.Struct, frozen=True):
    """The repository: `OWNER/NAME`, and its address without `.git`."""

    name: str
    url: str


def pages(files: Files, *, policy: Support, rows: Sequence[SupportRow], about: About) -> list[GeneratedPage]:
    """The configured pages; raises E_PATH, and E_SUPPORT_MATRIX for a page of the docs without its two markers."""
    return list(_pages(files, policy, rows, about))


def failure(stale: Sequence[GeneratedPage]) -> ReleaseError | None:
    """The E_SUPPORT_MATRIX error of stale pages, at the first line of the first one; None without any."""
    if not stale:
        return None
    return ReleaseError(
        Code.E_SUPPORT_MATRIX,
        stale[0].instruction,
        next_step="Run support-matrix with `check: false`, and commit what it writes.",
        file=stale[0].file,
        line=stale[0].line,
        details=tuple(f"{one.file}, line {one.line}: {one.instruction}" for one in stale[1:]),
    )


def _pages(files: Files, policy: Support, rows: Sequence[SupportRow], about: About) -> Iterator[GeneratedPage]:
    if policy.docs:
        file = files.name(policy.docs)
        before = files.read(file)
        after = with_table(before, table(rows), file, name=NAME, code=Code.E_SUPPORT_MATRIX)
        yield GeneratedPage(file=file, before=before, after=after, stale="The support matrix is not what the tags say")
    whole: tuple[tuple[str, Callable[[], str], str], ...] = (
        (policy.page, lambda: page(rows, about.name, about.url), "The page of support"),
        (policy.calendar, lambda: calendar(rows, about.name), "The calendar of support"),
        (policy.endoflife, lambda: front_matter(rows, about.name, about.url), "The front matter for endoflife.date"),
    )
    for given, made, what in whole:
        if given:
            file = files.name(given)
            before = files.read(file) if files.has(file) else ""
            _require_ours(file, before)
            yield GeneratedPage(file=file, before=before, after=made(), stale=f"{what} is not what the tags say")


def _require_ours(file: str, before: str) -> None:
    if before.strip() and GENERATED not in before:
        raise ReleaseError(
            Code.E_SUPPORT_MATRIX,
            f"{file} is there, and support-matrix has not generated it, so it is not replaced.",
            next_step="Name another file under `support` in the configuration, or delete this one.",
            file=file,
        )
