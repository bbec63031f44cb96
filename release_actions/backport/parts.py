"""The parts of a cherry-pick on GitHub: branch, pull request, labels, assignees, milestone, and one comment.

Each part is absent, the same, or in conflict, and is recorded when it is written. So a run that was cut off anywhere
is completed by the next one, which writes what is missing and nothing else.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

import msgspec

from release_actions.backport.branch import Proposal
from release_actions.backport.comment import ANSWER, MARKER, CommentRow, commands, comment, merged_rows, read_comment
from release_actions.backport.pull_request import pull_body
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, Report, State
from release_actions.git.push import Move, push
from release_actions.git.remote import AccessError, PushDeniedError, Remote
from release_actions.github.marked_comment import MarkedComment
from release_actions.github.pull_requests import Comment, IssueEvent, Milestone, Pull, PullRequests
from release_actions.github.response import RefusedError
from release_actions.history.picks import Change, PickEnd, pull_title

# Of the push of a single branch; nothing was moved then.
_REFUSALS = (Code.E_BRANCH_MOVED, Code.E_BRANCH_PROTECTED, Code.E_NEEDS_WORKFLOWS_PERMISSION)


class Extras(msgspec.Struct, frozen=True, kw_only=True):
    """What a pick has of its original beside the change: people to assign, labels, and a milestone if one fits."""

    people: Sequence[str] = ()
    labels: Sequence[str] = ()
    milestone: Milestone | None = None


class Parts:
    """Writes the parts, and records each in the report; with `writes` off it only says what would be written."""

    def __init__(
        self, pulls: PullRequests, report: Report, *, labels: tuple[str, ...] = (), writes: bool = True
    ) -> None:
        self.pulls: Final = pulls
        self._report = report
        self._labels = labels
        self._writes = writes

    def plan_branch(self, proposal: Proposal) -> None:
        """Record whether the branch of a proposal is to be pushed; nothing where no branch belongs to it."""
        if proposal.tip and proposal.row.outcome is not PickEnd.BLOCKED:
            self._plan(f"branch {proposal.branch}", State.SAME if proposal.existed else State.ABSENT)

    def push(self, remote: Remote, change: Change, proposal: Proposal) -> Proposal:
        """Push the planned branch of a proposal; the row says why where that failed.

        It may be called for several proposals side by side.
        """
        if not proposal.tip or proposal.existed or not self._writes:
            return proposal
        planned = self._plan(f"branch {proposal.branch}", State.ABSENT)
        try:
            with self._report.attempt(planned):
                push(remote, Move(f"refs/heads/{proposal.branch}", proposal.tip))
                self._report.done(planned)
        except ReleaseError as error:
            denied, refused = isinstance(error, AccessError), error.code in _REFUSALS
            if refused or isinstance(error, PushDeniedError):
                self._plan(f"branch {proposal.branch}", State.CONFLICT, error.what)
            outcome = PickEnd.NO_PERMISSION if denied else PickEnd.BLOCKED if refused else PickEnd.FAILED
            todo = commands(change, proposal.row.branch)
            row = msgspec.structs.replace(proposal.row, outcome=outcome, note=error.what, commands=todo)
            return Proposal(row, proposal.branch, moved=error.code is Code.E_BRANCH_MOVED)
        return proposal

    def complete(self, change: Change, proposal: Proposal, extras: Extras) -> CommentRow:
        """Write what a pushed branch lacks of its pull request; the row says why where that failed.

        It gets the labels that all have too, and is assigned to those of the people who can be.
        """
        labels = [*self._labels, *_absent(extras.labels, self._labels)]
        row = proposal.row
        if not proposal.tip:
            return row
        try:
            row, pull = self._pull(change, proposal)
        except ReleaseError as error:
            return _failed(
                row, error, f"The branch {proposal.branch} is there, but its pull request is not known to be."
            )
        try:
            if pull:
                events = [] if row.outcome is PickEnd.CREATED else self._events(pull, labels, extras)
                self._add_labels(pull, events, labels)
                self._assign(pull, events, extras.people)
                self._set_milestone(pull, events, extras.milestone)
        except ReleaseError as error:
            return _failed(row, error, f"#{row.pull} may lack labels, assignees or a milestone.")
        return row

    def comment(self, number: int, rows: Sequence[CommentRow], problem: str) -> None:
        """Have one comment on a pull request that says what became of it; raises what GitHub answers."""
        there = MarkedComment(self.pulls, number, MARKER)

        def body(bodies: Sequence[str], *, is_first: bool) -> str:
            kept: list[CommentRow] = []
            for one in bodies:
                kept = merged_rows(kept, read_comment(one))
            known = set() if is_first else {row.branch for row in kept}
            merged = merged_rows(kept, [row for row in rows if row.branch not in known])
            # What another run has written in the meantime is as good, when it has all rows.
            return bodies[0] if known and merged == read_comment(bodies[0]) else comment(merged, problem)

        name = f"comment on #{number}"
        if there.is_settled(body):
            self._plan(name, State.SAME)
        else:
            with self._writing(name) as planned:
                there.settle(body)
                self._report.done(planned)

    def answer(self, command: Comment) -> None:
        """Answer a command that left the comment on its pull request as it was; raises what GitHub answers.

        A comment that was written after the command is its answer already.
        """
        found = MarkedComment(self.pulls, command.number, MARKER).find()
        if found is None or found.updated_at >= command.created_at:
            return
        text = f"{ANSWER.format(command.id)}\nThis changes nothing: {found.html_url} says what there is, as before."
        there, name = MarkedComment(self.pulls, command.number, ANSWER.format(command.id)), f"answer to {command.id}"

        def body(bodies: Sequence[str], *, is_first: bool) -> str:
            del bodies, is_first
            return text

        if there.find():
            self._plan(name, State.SAME)
        else:
            with self._writing(name) as planned:
                there.settle(body)
                self._report.done(planned)

    def _pull(self, change: Change, proposal: Proposal) -> tuple[CommentRow, Pull | None]:
        """The row of a branch with its pull request, and that when it may be completed; raises what GitHub answers."""
        row, name = proposal.row, f"pull request of {change.name} to {proposal.row.branch}"
        there = self.pulls.from_branch(proposal.branch, row.branch)
        for one in there:
            if one.state == "open":
                self._plan(name, State.SAME, f"#{one.number}")
                outcome = row.outcome if row.outcome is PickEnd.CONFLICT else PickEnd.EXISTS
                found = msgspec.structs.replace(row, outcome=outcome, pull=one.number)
                return found, None if row.outcome is PickEnd.BLOCKED else one
        if row.outcome is PickEnd.BLOCKED:
            self._plan(name, State.CONFLICT, row.note)
            return row, None
        if there and proposal.existed:
            ended = _ended(row, there[0], proposal.branch)
            self._plan(name, State.SAME if ended.outcome is PickEnd.EXISTS else State.CONFLICT, ended.note)
            return ended, None
        body = pull_body(change, proposal.commits, row.branch, row.note, proposal.left_out)
        title = pull_title(change.title, row.branch)
        with self._writing(name) as planned:
            if not self._writes:
                return row, None
            made = self.pulls.open(proposal.branch, row.branch, title, body, draft=proposal.draft)
            self._report.done(planned, note=f"#{made.number}")
        made_as = row.outcome if row.outcome is PickEnd.CONFLICT else PickEnd.CREATED
        return msgspec.structs.replace(row, outcome=made_as, pull=made.number), made

    def _events(self, pull: Pull, labels: Sequence[str], extras: Extras) -> list[IssueEvent]:
        """What happened to a pull request that was there, asked for only when it may lack something."""
        lacks = _absent(labels, (one.name for one in pull.labels))
        lacks += _absent(extras.people, (one.login for one in pull.assignees))
        asks = lacks or (extras.milestone and not pull.milestone)
        return self.pulls.events(pull.number) if asks else []

    def _add_labels(self, pull: Pull, events: Sequence[IssueEvent], labels: Sequence[str]) -> None:
        """Add the labels that a pull request never had; one that was removed again is not set again."""
        had = [one.name for one in pull.labels] + [one.label.name for one in events if one.label]
        self._add("labels", pull, labels, _absent(labels, had))

    def _assign(self, pull: Pull, events: Sequence[IssueEvent], people: Sequence[str]) -> None:
        """Assign a pull request to people to whom it never was; those who can't be assigned are passed over."""
        had = [one.login for one in pull.assignees] + [one.assignee.login for one in events if one.assignee]
        wanted = _absent(people, had)
        self._add("assignees", pull, people, [one for one in wanted if self.pulls.can_be_assigned(one)])

    def _set_milestone(self, pull: Pull, events: Sequence[IssueEvent], milestone: Milestone | None) -> None:
        """Put a pull request into a milestone, unless it is or was in any."""
        name = f"milestone of #{pull.number}"
        if milestone is None:
            return
        if pull.milestone or any(one.milestone for one in events) or not self._writes:
            self._plan(name, State.SAME if self._writes or pull.milestone else State.ABSENT)
            return
        with self._writing(name) as planned:
            self.pulls.set_milestone(pull.number, milestone)
            self._report.done(planned, note=milestone.title)

    def _add(self, what: Literal["labels", "assignees"], pull: Pull, wanted: Sequence[str], missing: list[str]) -> None:
        name = f"{what} of #{pull.number}"
        if missing and self._writes:
            with self._writing(name) as planned:
                if what == "labels":
                    self.pulls.add_labels(pull.number, missing)
                else:
                    self.pulls.assign(pull.number, missing)
                self._report.done(planned, note=", ".join(missing))
        elif wanted:
            self._plan(name, State.ABSENT if missing else State.SAME)

    @contextlib.contextmanager
    def _writing(self, name: str) -> Iterator[Artefact]:
        """Record a part as unknown while it is written, and as in conflict when GitHub says that it was not."""
        planned = self._plan(name, State.ABSENT)
        try:
            with self._report.attempt(planned):
                yield planned
        except RefusedError as error:
            if error.changed_nothing:
                self._plan(name, State.CONFLICT, error.what)
            raise

    def _plan(self, name: str, state: State, note: str = "") -> Artefact:
        return self._report.plan("cherry-pick", name, "", state, note=note)


def _absent(wanted: Iterable[str], there: Iterable[str]) -> list[str]:
    """What is not there; letters' case makes no difference."""
    known = {one.lower() for one in there}
    return [one for one in wanted if one.lower() not in known]


def _ended(row: CommentRow, last: Pull, branch: str) -> CommentRow:
    """The row of a branch whose pull request was merged or closed, while the branch it is from is still there."""
    if last.merged_at:
        note = f"It was merged, and the branch lacks it again. Delete {branch} and run again to have a new one."
        return msgspec.structs.replace(row, outcome=PickEnd.BLOCKED, pull=last.number, note=note)
    note = f"It was closed; open it again, or delete the branch {branch} to have a new one."
    return msgspec.structs.replace(row, outcome=PickEnd.EXISTS, pull=last.number, note=note)


def _failed(row: CommentRow, error: ReleaseError, what: str) -> CommentRow:
    denied = error.code is Code.E_GITHUB_PERMISSION
    outcome = PickEnd.NO_PERMISSION if denied else PickEnd.FAILED
    return msgspec.structs.replace(row, outcome=outcome, note=f"{what} {error.what}")
