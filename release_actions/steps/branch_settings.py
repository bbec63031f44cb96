"""The follow-ups of a new release branch: its label, its milestone and its protection."""

from collections.abc import Collection

from release_actions.backport.names import label_of
from release_actions.core.errors import ReleaseError
from release_actions.core.report import Artefact, State
from release_actions.github import branch_settings
from release_actions.github.branch_settings import Setting
from release_actions.runner.run import Run
from release_actions.steps.release_branch import BranchCut, Repository


def requested_settings(follow_ups: Collection[str], cut: BranchCut) -> list[Setting]:
    """The settings among these follow-ups."""
    known = {
        "label": branch_settings.label(label_of(cut.branch), cut.branch),
        "milestone": branch_settings.milestone(f"v{cut.minor}"),
        "protection": branch_settings.ruleset(cut.branch),
    }
    return [setting for name, setting in known.items() if name in follow_ups]


def observe_setting(setting: Setting, cut: BranchCut, repository: Repository, run: Run) -> Artefact:
    """What is there of a setting, for the report; a conflict fails the run after everything else is done."""
    seen = branch_settings.see(repository.github, setting)
    artefact = run.report.plan(setting.kind, setting.name, "", seen.state, note=seen.note)
    if seen.state is State.CONFLICT:
        repository.failures.add(branch_settings.conflict(setting, cut.branch, seen))
    return artefact


def create_setting(setting: Setting, artefact: Artefact, repository: Repository, run: Run) -> None:
    """Make a setting that isn't there; protection that the token may not set is proposed instead."""
    if run.dry_run or artefact.state is not State.ABSENT:
        return
    with repository.failures.keep(), run.report.attempt(artefact):
        try:
            run.report.done(artefact, link=branch_settings.create(repository.github, setting))
        except ReleaseError as error:
            if setting.kind != "ruleset" or not branch_settings.is_not_allowed(error):
                raise
            run.warn("The token may not protect the branch; the summary says how to.", title="Not protected")
            run.summarize(branch_settings.by_hand(setting, run.context.repository))
