"""Moving refs of a remote, all of them or none, each only from where it was seen: nothing of anybody is overwritten.

A push whose answer was lost is looked after before it is sent again.
"""

import re
import time

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.git.remote import Remote, may_pass
from release_actions.system.process import Completed

_SECONDS = 300.0
_PAUSES = (1.0, 5.0)
# What git, its server or GitHub say when a ref is not where it was, or is being moved at this moment.
_MOVED = (
    *("fetch first", "non-fast-forward", "stale info", "cannot lock ref", "failed to update ref", "failed to lock"),
    *("reference already exists", "already exists", "incorrect old value provided", "remote ref updated"),
)
# What is said of refs that would have been moved, had another one been.
_BYSTANDER = ("atomic", "transaction", "fail to run proc-receive hook")
_LOST = re.compile(r"hung up|RPC failed|Empty reply|unexpected disconnect")
_WORKFLOWS = re.compile(r"create or update workflow `([^`]+)`")


class Move(msgspec.Struct, frozen=True):
    """A full ref, what it shall be at, and what it is at now: a commit or tag object, empty for a ref that is new."""

    ref: str
    to: str
    seen: str = ""


def push(remote: Remote, *moves: Move) -> None:
    """Move refs of a remote in one transaction.

    Raises E_BRANCH_MOVED when one is elsewhere by now, E_BRANCH_PROTECTED, E_NEEDS_WORKFLOWS_PERMISSION, and
    E_REMOTE_UNAVAILABLE; nothing was moved then.
    """
    leases = [f"--force-with-lease={move.ref}:{move.seen}" for move in moves]
    what = [f"{move.to}:{move.ref}" for move in moves]
    for pause in (*_PAUSES, None):
        answer = remote.git.start(
            # What the server has is asked for, and nothing is packed against it: most of it was never fetched.
            *("-c", "push.negotiate=true", "push", "--quiet", "--porcelain", "--atomic", "--no-thin", "--no-verify"),
            *(*leases, "--", "origin", *what),
            timeout=_SECONDS,
        )
        if answer.ok or _is_done(remote, moves):
            return
        if _refused(answer) or pause is None or not (may_pass(answer) or _LOST.search(answer.stderr)):
            break
        time.sleep(pause)
    raise _failure(remote, moves, answer)


def _is_done(remote: Remote, moves: tuple[Move, ...]) -> bool:
    refs = remote.refs()
    there = {
        **{f"refs/heads/{name}": one for name, one in refs.branches.items()},
        **{f"refs/tags/{name}": one for name, one in refs.tags.items()},
    }
    return all(there.get(move.ref) == move.to for move in moves)


def _refused(answer: Completed) -> list[str]:
    """What the server says of refs that it did not move, as `REF: REASON`; the refusal of another ref is no reason."""
    lines = [line.split("\t") for line in answer.stdout.splitlines() if line.startswith("!")]
    told = [f"{line[1].rpartition(':')[2]}: {line[-1]}" for line in lines if len(line) > 1]
    return [line for line in told if not any(sign in line for sign in _BYSTANDER)] or told


def _failure(remote: Remote, moves: tuple[Move, ...], answer: Completed) -> ReleaseError:
    refused = _refused(answer)
    names = ", ".join(move.ref for move in moves)
    details = tuple(line for line in answer.stderr.splitlines() if line.startswith("remote:"))
    if not refused:
        return remote.unavailable(answer)
    if workflow := _WORKFLOWS.search(refused[0]):
        return ReleaseError(
            Code.E_NEEDS_WORKFLOWS_PERMISSION,
            f"GitHub refuses the push of {names}, as it has a change of {workflow[1]}.",
            next_step="Give the input `token` one with the permission `workflows: write`; a job's own can't have it.",
        )
    # Of a transaction that failed as a whole, the reason stands beside it.
    why = details if details and all(any(sign in line for sign in _BYSTANDER) for line in refused) else refused
    if any(sign in line for sign in _MOVED for line in why):
        return ReleaseError(
            Code.E_BRANCH_MOVED,
            f"Somebody else has moved or made one of {names} in the meantime ({why[0]}).",
            next_step="Run the job again; it starts from what is there then.",
        )
    return ReleaseError(
        Code.E_BRANCH_PROTECTED,
        f"The remote refuses the push of {names} ({refused[0]}).",
        next_step="Use a pull request where there is the choice, or let this workflow pass in the repository's rules.",
        details=details,
    )
