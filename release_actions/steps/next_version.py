"""Bring a planned version one step further: a pull request with its version places, or its tag."""

from release_actions.core import markdown
from release_actions.core.report import Artefact, State
from release_actions.core.text import short_id
from release_actions.git.annotated_tag import make_tag
from release_actions.git.person import Person
from release_actions.git.push import Move, push
from release_actions.git.remote import Remote
from release_actions.git.tag_message import OVERRIDE_REASON, message_of
from release_actions.github.pull_requests import PullRequests
from release_actions.prepare.pull_request import VersionProposal, conflict, find, propose
from release_actions.prepare.version_commit import commit_edits
from release_actions.runner.run import Run
from release_actions.steps.version_plan import VersionPlan

_SHOWN = 50


def propose_version(plan: VersionPlan, author: Person, pulls: PullRequests, remote: Remote, run: Run) -> str:
    """Propose the version places to the release branch, and return the pull request's address; empty in a dry run."""
    version, base = plan.chosen.version, plan.base
    proposal = VersionProposal(
        commit=commit_edits(remote, base.tip, plan.stale, f"Prepare {version.tag}", author),
        base=base.branch,
        branch=f"prepare-{version.tag}",
        title=f"Prepare {version.tag}",
        body=f"Every version place of `{base.branch}` at `{version.tag}`. {plan.chosen.why}\n\n"
        "Once this is merged, run the same workflow again: it finds nothing more to change and sets the tag.\n",
    )
    refs = remote.refs(run.warn)
    found = find(pulls, refs, proposal)
    pull = run.report.plan("pull request", proposal.branch, version.tag, found.state, note=found.link)
    if found.state is State.CONFLICT:
        raise conflict(refs, proposal)
    link = found.link
    if not run.dry_run and found.state is State.ABSENT:
        with run.report.attempt(pull):
            link = propose(pulls, remote, refs, proposal)
            run.report.done(pull, link=link)
    return link


def set_tag(plan: VersionPlan, author: Person, remote: Remote, run: Run, *, signing_key: str) -> str:
    """Set the tag, together with the commit of the version places where there is one to make; return what it points to.

    Empty in a dry run.
    """
    version, base = plan.chosen.version, plan.base
    commit = base.tip
    moves: list[Move] = []
    planned: list[Artefact] = [one for one in run.report.artefacts if one.kind == "version place"]
    if plan.stale:
        commit = commit_edits(remote, base.tip, plan.stale, f"Prepare {version.tag}", author)
        moves.append(Move(f"refs/heads/{base.branch}", commit, base.tip))
        planned.append(run.report.plan("commit", commit, version.tag, State.ABSENT, note=f"on {base.branch}"))
    planned.append(run.report.plan("tag", version.tag, version.tag, State.ABSENT, note=commit))
    folder = run.temp / "key"
    message = _tag_message(plan)
    tag = make_tag(remote, version.tag, commit, message, author, key=signing_key, folder=folder)
    if run.dry_run:
        return ""
    with run.report.attempt(*planned):
        push(remote, *moves, Move(f"refs/tags/{version.tag}", tag))
        for artefact in planned:
            run.report.done(artefact)
    run.summarize(
        f"The tag {markdown.code(version.tag)} is set. A tag that a job's own token has set starts no workflow: "
        "hand the output `tag` to the release workflow in this same run.\n"
    )
    return commit


def _tag_message(plan: VersionPlan) -> str:
    """What the tag says: the version, the candidate that was tried, and why a rule was passed over, if one was."""
    tried = plan.difference.candidate.tag if plan.difference else ""
    trailers = {"Last-Candidate": tried, OVERRIDE_REASON: plan.reason}
    return message_of(f"Release {plan.chosen.version.tag}", trailers=trailers)


def version_page(plan: VersionPlan) -> str:
    """What the run's summary says beside the artefacts."""
    version, after = plan.chosen.version, plan.chosen.after
    rows = [
        ("Next version", markdown.code(version.tag)),
        ("Why", markdown.text(plan.chosen.why)),
        ("Release branch", markdown.code(plan.base.branch)),
        ("At commit", markdown.code(plan.made or plan.base.tip)),
        ("After", markdown.code(after.tag) if after else "nothing: it is the first"),
    ]
    parts = [markdown.table(("", ""), rows)]
    if plan.difference and plan.difference.files:
        lines = [f"{short_id(one.id)} {one.title}" for one in plan.difference.commits[:_SHOWN]]
        lines += plan.difference.files[:_SHOWN]
        parts.append(markdown.details(f"Not in {plan.difference.candidate.tag}", markdown.block("\n".join(lines))))
    return "\n".join(parts)
