"""Set version places of the workspace, or check them: the requested version, the edits, the files, the commit."""

from pathlib import Path

import msgspec

from release_actions.chart.places import version_files
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, State
from release_actions.core.version import Spelling, Version, parse_tag
from release_actions.git.workspace_commit import commit_files
from release_actions.project.config import Config
from release_actions.runner.run import Run
from release_actions.system.workspace import WorkspaceFiles, inside, require_writable, write_text
from release_actions.version_places.place import File, FoundPlace, find, parse_place


class FileEdit(msgspec.Struct, frozen=True):
    """A file that has to change, and the artefacts that stand for its stale places."""

    path: Path
    name: str
    before: str
    after: str
    artefacts: tuple[Artefact, ...]


def requested_version(tag: str, version_from: str, image_tag: Spelling, run: Run) -> Version:
    """The version of a tag, else of a place, else of the run; raises E_TAG_GRAMMAR, E_PLACE_MISSING."""
    if tag or not version_from:
        return parse_tag(tag or run.context.tag)
    place = parse_place(version_from)
    text = WorkspaceFiles(run.context.workspace).read(place.file)
    [found, *_] = find(File(place.file, text), [place], image_tag)
    if found.version is None:
        raise ReleaseError(
            Code.E_PLACE_MISSING,
            f"{place.file}, line {found.match.line}: {found.match.text[:80]!a} is not a version.",
            next_step="Write one such as `v1.5.0-rc.0` there, or name another place in `version-from`.",
            file=place.file,
            line=found.match.line,
        )
    return found.version


def plan(config: Config, version: Version, run: Run, *, check: bool) -> list[FileEdit]:
    """The edits that give every place the version, each proven to change nothing else; nothing has been written then.

    In a check every stale place is an error on the run's page instead, and E_STALE_VERSION is raised at the end.
    """
    edits: list[FileEdit] = []
    stale: list[FoundPlace] = []
    image_tag, files = Spelling(config.image_tag), WorkspaceFiles(run.context.workspace)
    for one in version_files(files, [one.path for one in config.charts], config.places, image_tag):
        wrong = [found for found in one.places if not found.is_right(version)]
        planned = [_observed(found, version, run, check=check) for found in one.places]
        stale += wrong
        if wrong and not check:
            path = inside(run.context.workspace, one.file.name)
            require_writable(path, shown=one.file.name)
            artefacts = tuple(artefact for artefact in planned if artefact.state is State.ABSENT)
            edits.append(FileEdit(path, one.file.name, one.file.text, one.at(version), artefacts))
    if check and stale:
        raise _stale(stale, version, run)
    return edits


def apply(edits: list[FileEdit], run: Run) -> None:
    """Write the edits, each file as a whole."""
    for one in edits:
        write_text(one.path, one.after, shown=one.name)
        for artefact in one.artefacts:
            run.report.done(artefact)
        run.info(f"{one.name}: changed")


def commit(edits: list[FileEdit], version: Version, run: Run, *, message: str, author: str) -> None:
    """Commit the edited files in the workspace; nothing is pushed."""
    subject = message.split("\n", maxsplit=1)[0]
    planned = run.report.plan("commit", subject, version.tag, State.ABSENT)
    with run.report.attempt(planned):
        made = commit_files(run.context.workspace, [one.name for one in edits], message, author)
        run.report.done(planned, note=f"{made}, not pushed")


def _observed(found: FoundPlace, version: Version, run: Run, *, check: bool) -> Artefact:
    right = found.is_right(version)
    state = State.SAME if right else State.CONFLICT if check else State.ABSENT
    name = f"{found.file}:{found.match.line}{f' ({found.label})' if found.label else ''}"
    note = "" if right else f"found {found.match.text[:80]!a}"
    return run.report.plan("version place", name, found.wanted(version), state, note=note)


def _stale(stale: list[FoundPlace], version: Version, run: Run) -> ReleaseError:
    """Name each stale place where it is; what comes back ends the check."""
    for found in stale:
        what = found.instruction(version)
        run.error(what, title=Code.E_STALE_VERSION.heading, file=found.file, line=found.match.line)
    lines = [f"{found.file}:{found.match.line}: {found.instruction(version)}" for found in stale]
    first = stale[0]
    places = "1 version place is" if len(stale) == 1 else f"{len(stale)} version places are"
    return ReleaseError(
        Code.E_STALE_VERSION,
        f"{places} not {version.tag}'s, first {first.file}:{first.match.line}.",
        next_step="Write what each place asks for, or run sync-chart-version without `check` and commit the result.",
        # A terminal has just shown them; the log of a job shows annotations without their places.
        details=tuple(lines) if run.context.in_actions else (),
    )
