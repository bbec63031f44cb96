"""Set the version of charts and of every other version place, or check that all of them have it."""

import contextlib
from pathlib import Path
from typing import Literal

import msgspec

from release_actions.chart.places import version_files
from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, State
from release_actions.core.version import Spelling, Version, parse_tag
from release_actions.git.workspace_commit import commit_files, require_committable
from release_actions.project.config import Config, with_inputs
from release_actions.project.fix_commands import Places
from release_actions.project.next_tag import NextTag
from release_actions.project.read import read_workspace_config
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines
from release_actions.runner.run import Run
from release_actions.system.workspace import WorkspaceFiles, inside, require_writable, write_text
from release_actions.version_places.difference import unified
from release_actions.version_places.place import File, FoundPlace, find, parse_place


class Inputs(inputs.Inputs, frozen=True):
    """The version, where it is written, and what to do about a place that has another one."""

    tag: str
    version_from: str
    charts: Lines
    image_tag: Literal["", "tag", "bare"]
    places: Lines
    check: bool
    dry_run: bool
    commit_message: str
    commit_author: str
    config: str


class Outputs(outputs.Outputs, frozen=True):
    """What changed, and the version in the spellings that charts need."""

    changed: bool
    files: str
    chart_version: str
    app_version: str
    diff: str


class Edit(msgspec.Struct, frozen=True):
    """A file that has to change, and the artefacts that stand for its stale places."""

    path: Path
    name: str
    before: str
    after: str
    artefacts: tuple[Artefact, ...]


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at all places, then change every stale one; or, in a check, name them all."""
    config = _configuration(inputs, run)
    image_tag = Spelling(config.image_tag)
    version = _version(inputs, image_tag, run)
    with _next_tag(inputs, config, version, run) if run.context.in_actions else contextlib.nullcontext():
        edits = plan(config, version, run, check=inputs.check)
    diff = unified((one.name, one.before, one.after) for one in edits)
    if edits:
        run.summarize(markdown.details("Changes", markdown.block(diff, "diff")))
    if not run.dry_run and edits:
        apply(edits, run)
        if inputs.commit_message:
            _commit(edits, version, inputs, run)
    return Outputs(
        changed=bool(edits),
        files="\n".join(one.name for one in edits),
        chart_version=version.bare,
        app_version=version.spelled(image_tag),
        diff=diff,
    )


def plan(config: Config, version: Version, run: Run, *, check: bool) -> list[Edit]:
    """The edits that give every place the version, each proven to change nothing else; nothing has been written then.

    In a check every stale place is an error on the run's page instead, and E_STALE_VERSION is raised at the end.
    """
    edits: list[Edit] = []
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
            edits.append(Edit(path, one.file.name, one.file.text, one.at(version), artefacts))
    if check and stale:
        raise _stale(stale, version, run)
    return edits


def apply(edits: list[Edit], run: Run) -> None:
    """Write the edits, each file as a whole."""
    for one in edits:
        write_text(one.path, one.after, shown=one.name)
        for artefact in one.artefacts:
            run.report.done(artefact)
        run.info(f"{one.name}: changed")


def _next_tag(inputs: Inputs, config: Config, version: Version, run: Run) -> contextlib.AbstractContextManager[None]:
    """What to do about stale places: another tag in the run of a tag, else a commit on the branch."""
    return NextTag(
        version=version,
        pattern=config.branch,
        places=Places(charts=inputs.charts, places=inputs.places, image_tag=inputs.image_tag, config=inputs.config),
        context=run.context,
        folder=run.temp / "next.git",
        token="",
        is_tagged=run.context.ref.startswith("refs/tags/"),
    ).advise()


def _configuration(inputs: Inputs, run: Run) -> Config:
    config = with_inputs(
        read_workspace_config(run.context.workspace, inputs.config),
        charts=inputs.charts,
        places=inputs.places,
        image_tag=inputs.image_tag,
    )
    if not config.charts and not config.places:
        raise ReleaseError(
            Code.E_INPUT,
            "There is no chart and no version place to look at.",
            next_step="Give the input `charts`, such as `charts: charts/*`, or `places`.",
        )
    if inputs.commit_message and not inputs.check and not run.dry_run:
        require_committable(run.context.workspace, inputs.commit_author)
    return config


def _version(inputs: Inputs, image_tag: Spelling, run: Run) -> Version:
    if inputs.tag or not inputs.version_from:
        return parse_tag(inputs.tag or run.context.tag)
    place = parse_place(inputs.version_from)
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
        run.error(what, title=Code.E_STALE_VERSION.name, file=found.file, line=found.match.line)
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


def _commit(edits: list[Edit], version: Version, inputs: Inputs, run: Run) -> None:
    subject = inputs.commit_message.split("\n")[0]
    planned = run.report.plan("commit", subject, version.tag, State.ABSENT)
    try:
        commit = commit_files(
            run.context.workspace, [one.name for one in edits], inputs.commit_message, inputs.commit_author
        )
    except BaseException:
        run.report.failed(planned)
        raise
    run.report.done(planned, note=f"{commit}, not pushed")
