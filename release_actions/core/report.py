"""Absent, same, conflict: what is there, what should be there, and what was done about it.

Each artefact of a release is observed before anything is written. An absent one is created, the same one is
skipped, and one with other content stops the run. Floating tags alone may be at another release: one behind is moved
forwards, one ahead is left where it is. The report keeps all of it, and becomes the `result` output and the job
summary's table, also when the run fails in the middle.
"""

import contextlib
from collections.abc import Iterator
from enum import Enum

import msgspec


class State(str, Enum):
    """What an observer found at the place where an artefact belongs."""

    ABSENT = "absent"
    SAME = "same"
    CONFLICT = "conflict"
    BEHIND = "behind"
    AHEAD = "ahead"


class Outcome(str, Enum):
    """What became of an artefact in this run."""

    PLANNED = "planned"
    DONE = "done"
    SKIPPED = "skipped"
    REFUSED = "refused"
    FAILED = "failed"
    VERIFIED = "verified"
    WRONG = "wrong"


_PLANNED = {
    State.ABSENT: Outcome.PLANNED,
    State.BEHIND: Outcome.PLANNED,
    State.SAME: Outcome.SKIPPED,
    State.AHEAD: Outcome.SKIPPED,
    State.CONFLICT: Outcome.REFUSED,
}


class Artefact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One artefact of a release and what became of it.

    `kind` is a word such as `image`, `chart` or `version place`; `name` is its reference
    (`ghcr.io/kubeflow/op:v1.5.0`) or its place (`charts/op/Chart.yaml:5`); `digest` is an OCI digest (`sha256:` and
    64 hex digits) where there is one; `link` is a web address; `note` is for a person.
    """

    kind: str
    name: str
    version: str
    state: State
    outcome: Outcome
    digest: str = ""
    link: str = ""
    note: str = ""


class Report:
    """The artefacts of one run in the order in which they were planned."""

    def __init__(self) -> None:
        self._artefacts: dict[tuple[str, str], Artefact] = {}

    @property
    def artefacts(self) -> tuple[Artefact, ...]:
        """All artefacts so far, in the order of planning."""
        return tuple(self._artefacts.values())

    def plan(self, kind: str, name: str, version: str, state: State, *, digest: str = "", note: str = "") -> Artefact:
        """Record what was observed: absent or behind is planned, same or ahead is skipped, a conflict is refused."""
        outcome = _PLANNED[state]
        return self._keep(
            Artefact(kind=kind, name=name, version=version, state=state, outcome=outcome, digest=digest, note=note)
        )

    def verify(
        self, kind: str, name: str, version: str, state: State, *, digest: str = "", link: str = "", note: str = ""
    ) -> Artefact:
        """Record what was looked at and not to be written: verified when it is the same, wrong otherwise."""
        outcome = Outcome.VERIFIED if state is State.SAME else Outcome.WRONG
        made = Artefact(kind=kind, name=name, version=version, state=state, outcome=outcome, digest=digest, link=link)
        return self._keep(msgspec.structs.replace(made, note=note))

    def done(self, planned: Artefact, *, digest: str = "", link: str = "", note: str = "") -> Artefact:
        """Record that a planned artefact now exists."""
        return self._change(planned, Outcome.DONE, digest=digest, link=link, note=note)

    def failed(self, planned: Artefact, *, note: str = "") -> Artefact:
        """Record that creating a planned artefact failed, so that it may or may not exist."""
        return self._change(planned, Outcome.FAILED, note=note)

    @contextlib.contextmanager
    def attempt(self, *planned: Artefact) -> Iterator[None]:
        """Record planned artefacts as failed until they are done, so that the report is true however the attempt ends.

        Those that are not done when it ends well are planned again.
        """
        for artefact in planned:
            self.failed(artefact)
        yield
        for artefact in planned:
            if self._artefacts[artefact.kind, artefact.name].outcome is Outcome.FAILED:
                self._keep(artefact)

    def published(self) -> str:
        """One sentence on what this run did and did not write, for an error message."""
        done = [a.name for a in self.artefacts if a.outcome is Outcome.DONE]
        unsure = [a.name for a in self.artefacts if a.outcome is Outcome.FAILED]
        left = [a.name for a in self.artefacts if a.outcome is Outcome.PLANNED]
        parts = [f"Written before the failure: {', '.join(done)}."] if done else []
        if not done and not unsure:
            parts.append("Nothing was published or written by this run.")
        if unsure:
            parts.append(f"Unknown, because the attempt itself failed: {', '.join(unsure)}.")
        if left and (done or unsure):
            parts.append(f"Not written: {', '.join(left)}.")
        return " ".join(parts)

    def _change(self, planned: Artefact, outcome: Outcome, **changes: str) -> Artefact:
        given = {field: value for field, value in changes.items() if value}
        return self._keep(msgspec.structs.replace(planned, outcome=outcome, **given))

    def _keep(self, artefact: Artefact) -> Artefact:
        self._artefacts[artefact.kind, artefact.name] = artefact
        return artefact
