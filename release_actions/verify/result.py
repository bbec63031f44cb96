"""What was found of one artefact of a release: that it is right, or what is wrong and what to do about it."""

from collections.abc import Callable

import msgspec

from release_actions.core.commands import Command
from release_actions.core.errors import ReleaseError
from release_actions.core.report import State
from release_actions.oci.reference import Reference

RUN_AGAIN = "Run the release of this tag again; it publishes what is missing and leaves the rest."
CUT_NEXT = "Cut the next version; a published one is never overwritten."


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` and `name` are an artefact's of the report; `problem`, `next_step`, `commands` are empty when it is right.

    `digest` is that of the manifest, `content` that of a chart's package. `error` is set when nothing can be said,
    because it could not be looked at. `note` is what there is to know of one that is right.
    """

    kind: str
    name: str
    state: State = State.SAME
    digest: str = ""
    content: str = ""
    link: str = ""
    note: str = ""
    problem: str = ""
    next_step: str = ""
    commands: tuple[Command, ...] = ()
    error: ReleaseError | None = None

    @property
    def is_right(self) -> bool:
        """Whether it is there and as it should be."""
        return self.state is State.SAME

    @property
    def detail(self) -> str:
        """What is wrong and the next step, or the note, for a person; empty where there is nothing to say."""
        return f"{self.problem} {self.next_step}".strip() or self.note


def absent(kind: str, name: str, problem: str, next_step: str = RUN_AGAIN) -> Check:
    """It is not there."""
    return Check(kind=kind, name=name, state=State.ABSENT, problem=problem, next_step=next_step)


def wrong(
    kind: str,
    name: str,
    problem: str,
    next_step: str = CUT_NEXT,
    *,
    digest: str = "",
    commands: tuple[Command, ...] = (),
) -> Check:
    """It is there, and not as it should be."""
    state = State.CONFLICT
    return Check(
        kind=kind, name=name, state=state, problem=problem, next_step=next_step, digest=digest, commands=commands
    )


def unknown(kind: str, name: str, error: ReleaseError) -> Check:
    """It could not be looked at."""
    return msgspec.structs.replace(wrong(kind, name, error.what, error.next_step), error=error)


def checked(kind: str, name: Reference, ask: Callable[[], Check]) -> Check:
    """What `ask` says of an artefact, or that it could not be looked at."""
    try:
        return ask()
    except ReleaseError as error:
        return unknown(kind, str(name), error)
