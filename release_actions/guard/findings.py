"""What a commit brings, by name: the classes that a project allows or refuses on its release branches."""

import msgspec

from release_actions.history.change_class import ChangeClass


class FileChange(msgspec.Struct, frozen=True):
    """A file before and after a commit; None where there is none."""

    path: str
    before: str | None
    after: str | None


class GuardFinding(msgspec.Struct, frozen=True, rename={"kind": "class"}):
    """Something that is new to users, where it stands after the commit (lines count from 1), and what it is."""

    kind: ChangeClass
    file: str
    line: int
    what: str
