"""Set the version of charts and of every other version place, or check that all of them have it."""

import contextlib
from typing import Literal

from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling, Version
from release_actions.git.workspace_commit import require_committable
from release_actions.project.config import Config, with_inputs
from release_actions.project.fix_commands import Places
from release_actions.project.next_tag import NextTag
from release_actions.project.read import read_workspace_config
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines
from release_actions.runner.run import Run
from release_actions.steps.version_sync import apply, commit, plan, requested_version
from release_actions.version_places.difference import unified


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


def main(inputs: Inputs, run: Run) -> Outputs:
    """Look at all places, then change every stale one; or, in a check, name them all."""
    config = _configuration(inputs, run)
    image_tag = Spelling(config.image_tag)
    version = requested_version(inputs.tag, inputs.version_from, image_tag, run)
    with _next_tag(inputs, config, version, run) if run.context.in_actions else contextlib.nullcontext():
        edits = plan(config, version, run, check=inputs.check)
    diff = unified((one.name, one.before, one.after) for one in edits)
    if edits:
        run.summarize(markdown.details("Changes", markdown.block(diff, "diff")))
    if not run.dry_run and edits:
        apply(edits, run)
        if inputs.commit_message:
            commit(edits, version, run, message=inputs.commit_message, author=inputs.commit_author)
    return Outputs(
        changed=bool(edits),
        files="\n".join(one.name for one in edits),
        chart_version=version.bare,
        app_version=version.spelled(image_tag),
        diff=diff,
    )


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
