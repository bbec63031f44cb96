"""What there is of a change on a branch, and why: the one rule of cherry-pick, backport-report and the guard.

Pure: what git knows comes as `Evidence`. A change *came* with a commit of the branch when merging it there brings
nothing more, or when the commit names it and does at least half of it. What merging it onto the branch's tip brings
then says whether it still stands.
"""

from enum import Enum, unique
from typing import Final

import msgspec

from release_actions.core.text import short_id, some
from release_actions.history.names import By
from release_actions.history.patch_lines import Fate

HALF: Final = 0.5
"""How much of a change a commit that names it has to do, to be its pick."""

_MOST_FILES = 5


@unique
class Standing(str, Enum):
    """What there is of a change on a branch; the value is how reports spell it."""

    THERE = "there"
    ADAPTED = "there-adapted"
    CHANGED = "there-changed-since"
    PARTLY = "partly-there"
    TAKEN_BACK = "missing-taken-back"
    MISSING = "missing"
    CONFLICT = "conflict"
    NOT_NEEDED = "not-needed"

    @property
    def is_there(self) -> bool:
        """Whether the branch has it."""
        return self in (Standing.THERE, Standing.ADAPTED, Standing.CHANGED)

    @property
    def is_lacking(self) -> bool:
        """Whether the branch lacks it, or some of it."""
        return self in (Standing.PARTLY, Standing.TAKEN_BACK, Standing.MISSING, Standing.CONFLICT)


@unique
class Brings(Enum):
    """What a change brings to a tree when it is merged onto it."""

    NOTHING = "nothing"
    ALL = "all"
    PART = "part"
    CONFLICT = "conflict"


class Effect(msgspec.Struct, frozen=True):
    """What a change brings to a tree; of a conflict the files that are in it, and whether all of them are not there.

    `error` is git's when it could not merge; then nothing is known.
    """

    brings: Brings
    files: tuple[str, ...] = ()
    absent: bool = False
    error: str = ""


class Came(msgspec.Struct, frozen=True):
    """The commit that a change came with, by which sign; `share` is how much of it that commit does (0 to 1).

    `whole` says that merging the change onto that commit brings nothing; where the commit does just the same, that is
    not asked for.
    """

    commit: str
    by: By
    whole: bool
    share: float


class Later(msgspec.Struct, frozen=True):
    """What became of a change after it came: what its pick brings to the tip, and the fate of its lines.

    `by` is the first later commit that touches them, and `undone` says that behind that one the whole change was
    missing. `reverted_by` is a commit that says it takes the change back.
    """

    effect: Effect
    fate: Fate
    by: str = ""
    reverted_by: str = ""
    undone: bool = False


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a change and a branch; `tip` is what merging it onto the branch's tip brings.

    `removes_alone` says that the change adds nothing. `newer` and `older` compare a dependency's versions: that of the
    branch is as new as the change's, or is not. `elsewhere` is the place where the change's lines stand already.
    """

    empty: bool
    tip: Effect
    came: Came | None = None
    later: Later | None = None
    removes_alone: bool = False
    newer: str = ""
    older: str = ""
    elsewhere: str = ""


class Undone(msgspec.Struct, frozen=True):
    """The commit by which the default branch reverted a change or, if `superseded`, replaced its lines by others."""

    by: str
    superseded: bool = False


class FixFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What there is of a change on a branch, with the reason as one sentence.

    `commit` is the one that it came with, `by` the sign for that, and `changed_by` what took it back or changed it.
    `note` is a second sentence on what a person has to look at. `parts` are findings of the commits of a change, by id,
    when it is there in part. `undone` is what the default branch did to the change since.
    """

    standing: Standing
    reason: str
    commit: str = ""
    by: By | None = None
    changed_by: str = ""
    note: str = ""
    parts: dict[str, "FixFinding"] = {}
    undone: Undone | None = None


def judge(evidence: Evidence) -> FixFinding:
    """What there is of a change, by what is known."""
    came, later = evidence.came, evidence.later
    if evidence.empty:
        return FixFinding(standing=Standing.NOT_NEEDED, reason="It changes no file.")
    if evidence.tip.brings is Brings.NOTHING:
        return _there(evidence)
    if came and later:
        return _after(evidence, came, later)
    if evidence.newer:
        return FixFinding(standing=Standing.NOT_NEEDED, reason=evidence.newer)
    if evidence.older:
        return FixFinding(standing=Standing.MISSING, reason=evidence.older)
    return _without(evidence)


def in_parts(parts: dict[str, FixFinding], whole: FixFinding) -> FixFinding:
    """What there is of a change whose commits were looked at one by one, as it was neither there nor missing whole."""
    there = {name: one for name, one in parts.items() if one.standing.is_there}
    needed = {name: one for name, one in parts.items() if one.standing is not Standing.NOT_NEEDED}
    if not there:
        return whole
    if there.keys() == needed.keys():
        order = (Standing.CHANGED, Standing.ADAPTED, Standing.THERE)
        found = next(one for standing in order for one in there.values() if one.standing is standing)
        return msgspec.structs.replace(found, reason=f"All its commits are there. {found.reason}")
    named = "; ".join(f"{short_id(name)}: {one.reason}" for name, one in list(there.items())[:_MOST_FILES])
    return FixFinding(
        standing=Standing.PARTLY,
        reason=f"{len(there)} of its {len(parts)} commits are there: {named}",
        commit=next(iter(there.values())).commit,
        parts=parts,
    )


def with_default(finding: FixFinding, undone: Undone | None, default: str, *, inherited: bool) -> FixFinding:
    """A finding, given what the default branch did to the change; `inherited` says that the branch began with that.

    A branch that was cut after a revert has the change in its history, and not in its files; one that was cut after the
    change was superseded has what the default branch has.
    """
    if undone is None or not undone.by or (inherited and undone.superseded):
        return finding
    finding = msgspec.structs.replace(finding, undone=undone)
    taken = short_id(undone.by)
    if inherited and finding.by is By.HISTORY and finding.standing.is_there:
        reason = f"{default} took it back with {taken} before the branch was cut."
        return msgspec.structs.replace(finding, standing=Standing.TAKEN_BACK, reason=reason, changed_by=undone.by)
    if undone.superseded:
        note = f"{default} replaced its lines since, beginning with {taken}; look whether that is needed here."
    else:
        note = f"{default} took it back with {taken}; look whether it is still wanted."
    return msgspec.structs.replace(finding, note=" ".join(filter(None, (finding.note, note))))


def sign(came: Came) -> str:
    """How a commit is connected with the change, as the beginning of a sentence."""
    name = short_id(came.commit)
    return {
        By.HISTORY: "The commit itself is in the branch's history",
        By.TRAILER: f"{name} says that it was picked from it",
        By.NUMBER: f"{name} names its pull request",
        By.TITLE: f"{name} has its title",
        By.CONTENT: f"{name} makes the same change",
    }[came.by]


def _there(evidence: Evidence) -> FixFinding:
    came = evidence.came
    if came is None and evidence.removes_alone:
        return FixFinding(standing=Standing.NOT_NEEDED, reason="The branch has none of the lines that it removes.")
    if came is None:
        return FixFinding(standing=Standing.THERE, reason="Picking it changes nothing: the branch has all of it.")
    what = f"{sign(came)}, and picking it changes nothing."
    return FixFinding(standing=Standing.THERE, reason=what, commit=came.commit, by=came.by)


def _after(evidence: Evidence, came: Came, later: Later) -> FixFinding:
    """What became of a change that came, as the branch's tip is not just what the change makes of it."""
    start = sign(came)
    adapted = not came.whole and came.share < 1
    if adapted:
        start += f", and does {came.share:.0%} of it"
    lost = _lost(evidence, later)
    by = (later.reverted_by if lost else "") or later.by
    name = short_id(by)
    blank = FixFinding(standing=Standing.THERE, reason="", commit=came.commit, by=came.by, changed_by=by)
    if lost and lost >= 1:
        took = f"{name} took that back" if name else "the branch does not have it any more"
        return msgspec.structs.replace(blank, standing=Standing.TAKEN_BACK, reason=f"{start}, but {took}.")
    if lost:
        took = f"{name} took a part of that back" if name else "the branch has only a part of it now"
        return msgspec.structs.replace(blank, standing=Standing.PARTLY, reason=f"{start}, but {took}.")
    if adapted and (later.effect.brings is Brings.NOTHING or not by):
        reason = f"{start}; it was adapted by hand."
        return msgspec.structs.replace(blank, standing=Standing.ADAPTED, reason=reason, changed_by="")
    if not by or (not came.whole and later.effect.brings is Brings.NOTHING):
        reason = f"{start}, and no later commit of the branch changes its lines."
        return msgspec.structs.replace(blank, standing=Standing.THERE, reason=reason, changed_by="")
    where = f" ({some(evidence.tip.files, _MOST_FILES)})" if evidence.tip.files else ""
    reason = f"{start}, and {name} changed the code since{where}."
    return msgspec.structs.replace(blank, standing=Standing.CHANGED, reason=reason)


def _lost(evidence: Evidence, later: Later) -> float:
    """How much of a change was taken back after it came: nothing (0), a part (0.5) or all of it (1)."""
    fate, brings = later.fate, later.effect.brings
    inherited = evidence.came is not None and evidence.came.by is By.HISTORY
    if brings is Brings.ALL:
        kept = fate.lost < HALF and fate.back < HALF and not later.reverted_by
        return 0 if kept and (fate.first >= 0 or inherited) else 1
    if brings is Brings.PART:
        touched = fate.stands < 1 or fate.back > 0
        return HALF if touched or later.reverted_by else 0
    if brings is Brings.CONFLICT and fate.stands < HALF:
        return 1 if fate.back >= HALF or later.reverted_by or later.undone else 0
    return 0


def _without(evidence: Evidence) -> FixFinding:
    """What there is of a change that no commit of the branch brought."""
    tip = evidence.tip
    if tip.error:
        reason = f"No commit of the branch brings it, and git can't merge it: {tip.error[:200]}"
        return FixFinding(standing=Standing.CONFLICT, reason=reason)
    if tip.brings is Brings.CONFLICT and tip.absent:
        reason = f"The branch never had the code that it changes: {some(tip.files, _MOST_FILES)}."
        return FixFinding(standing=Standing.NOT_NEEDED, reason=reason)
    if tip.brings is Brings.CONFLICT:
        where = f" It conflicts in {some(tip.files, _MOST_FILES)}." if tip.files else " It conflicts."
        return FixFinding(standing=Standing.CONFLICT, reason=f"No commit of the branch brings it.{where}")
    if tip.brings is Brings.PART:
        return FixFinding(standing=Standing.PARTLY, reason="The branch has a part of it by other commits.")
    where = evidence.elsewhere
    note = f"The same lines stand at {where} already; look whether they are the same fix." if where else ""
    return FixFinding(standing=Standing.MISSING, reason="No commit of the branch brings it.", note=note)
