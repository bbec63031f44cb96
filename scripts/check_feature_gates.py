"""Check the feature gates of a Go program against the rules for their life, and write or check the pages of them."""

from collections.abc import Sequence

from release_actions.compatibility import gate_summary
from release_actions.compatibility.gate import Minor, shown_minor
from release_actions.compatibility.gate_before import read_before
from release_actions.compatibility.gate_files import findings_of, pages
from release_actions.compatibility.gate_rules import GateFinding, Program, check
from release_actions.compatibility.gate_sources import GateSources, read_sources
from release_actions.compatibility.gate_version import release_before, under_development
from release_actions.compatibility.rule import Level
from release_actions.core import markdown
from release_actions.core.report import State
from release_actions.core.version import versions_of
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.github.event import read_event
from release_actions.project.config import Config
from release_actions.project.generated_page import GeneratedPage, require_all_writable, write_page
from release_actions.project.read import read_workspace_config
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Secret
from release_actions.runner.run import Run

_MOST_ANNOTATIONS = 10


class Inputs(inputs.Inputs, frozen=True):
    """For which version the gates are checked, against which release, and what becomes of stale pages."""

    version: str
    since: str
    check: bool
    dry_run: bool
    config: str
    token: Secret


class Outputs(outputs.Outputs, frozen=True):
    """What was found, and whether a page was changed."""

    findings: tuple[GateFinding, ...]
    changed: bool


def main(inputs: Inputs, run: Run) -> Outputs:
    """Read the checkout and the release before, check the gates, then check or write the pages."""
    workspace = run.context.workspace
    config = read_workspace_config(workspace, inputs.config)
    sources = read_sources(workspace, config.feature_gates)
    program = compare(inputs, run, config, sources)
    shown = pages(workspace, config.feature_gates, sources.declared, program.version)
    stale = [one for one in shown if one.is_stale]
    findings = [*(findings_of(shown) if inputs.check else ()), *check(program)]
    sentence = gate_summary.sentence(program)
    run.info(sentence)
    run.summarize(f"{sentence}\n\n{gate_summary.page(program, findings)}")
    if stale:
        diff = "".join(one.difference for one in stale)
        run.summarize(markdown.details("Changes of the pages", markdown.block(diff, "diff")))
    settle(shown, run, program.version, check=inputs.check)
    annotate(findings, run)
    run.failure = gate_summary.failure(findings)
    return Outputs(findings=tuple(findings), changed=bool(stale) and not inputs.check)


def compare(inputs: Inputs, run: Run, config: Config, sources: GateSources) -> Program:
    """What there is to know of the program, now and in the release before."""
    context, settings = run.context, config.feature_gates
    checkout = read_checkout(context.workspace)
    remote = Remote(checkout, run.temp / "remote.git", token=inputs.token, server_url=context.server_url)
    refs = remote.refs(run.warn)
    releases = [one for one in versions_of(refs.tags) if not one.is_candidate]
    request = read_event().pull_request if context.in_actions else None
    version = under_development(
        inputs.version,
        f"refs/heads/{request.base.ref}" if request else context.ref,
        pattern=config.branch,
        branches=refs.branches,
        releases=releases,
        gates=sources.declared.gates,
    )
    since = release_before(inputs.since, version, releases, refs.tags)
    declaring = {one.file for one in sources.declared.gates}
    folder = run.temp / "before"
    before = read_before(remote, folder, refs.commits[since], declaring, settings.sources) if since else None
    return Program(
        version=version,
        declared=sources.declared,
        minors=tuple(sorted({(one.major, one.minor) for one in releases})),
        before=before,
        since=since,
        used=sources.used,
        named=sources.named,
        libraries=sources.libraries,
        limits=settings.limits,
    )


def settle(shown: Sequence[GeneratedPage], run: Run, version: Minor, *, check: bool) -> None:
    """Record what is right and what is stale, and write the latter, all of it or, in a check, nothing."""
    if not check:
        require_all_writable(run.context.workspace, [one for one in shown if one.is_stale])
    for one in shown:
        state = State.SAME if not one.is_stale else State.CONFLICT if check else State.ABSENT
        planned = run.report.plan("feature gates", one.file, shown_minor(version), state)
        if one.is_stale and not check and not run.dry_run:
            with run.report.attempt(planned):
                write_page(run.context.workspace, one)
                run.report.done(planned)
            run.info(f"{one.file}: changed")


def annotate(findings: Sequence[GateFinding], run: Run) -> None:
    """Show findings at their lines, at most ten a level, the error that ends the run among them."""
    for level, tell in ((Level.ERROR, run.error), (Level.WARNING, run.warn), (Level.NOTE, run.note)):
        most = _MOST_ANNOTATIONS - (level is Level.ERROR)
        for one in [one for one in findings if one.level is level][:most]:
            tell(f"{one.what} {gate_summary.instead(one)}", title=one.rule, file=one.file, line=one.line)
