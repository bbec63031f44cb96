"""Moving refs of a remote: the one way to push. All refs move or none, each only from where it was seen.

Nothing is overwritten. A push that failed is looked for on the remote, since its answer alone may have been lost, and
is sent again when the reason may pass.
"""

import re

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import lines
from release_actions.git.remote import Remote, may_pass
from release_actions.system.process import Completed
from release_actions.system.retry import Retry

_SECONDS = 300.0
# What git, its server or GitHub say when a ref is not where it was, or is being moved at this moment. The last is said
# of a shallow commit when the branch's history was replaced, so that the server does not know what comes before.
_MOVED = (
    *("fetch first", "non-fast-forward", "stale info", "cannot lock ref", "failed to update ref", "failed to lock"),
    *("reference already exists", "already exists", "incorrect old value provided", "remote ref updated"),
    "shallow update not allowed",
)
# What is said of refs that would have been moved, had another one been.
_BYSTANDER = ("atomic", "transaction", "fail to run proc-receive hook")
_NO_ANSWER = "[remote failure]"  # git-push(1): "the remote end did not report the successful update of the ref"
_WORKFLOWS = re.compile(r"create or update workflow `([^`]+)`")


class Move(msgspec.Struct, frozen=True):
    """A full ref, the object it will point to, and the one it points to now, which is empty for a ref that is new."""

    ref: str
    to: str
    seen: str = ""


def push(remote: Remote, *moves: Move) -> None:
    """Move refs of a remote in one transaction.

    Raises E_BRANCH_MOVED when one is elsewhere by now, E_BRANCH_PROTECTED and E_NEEDS_WORKFLOWS_PERMISSION, and nothing
    was moved then; raises E_REMOTE_UNAVAILABLE.
    """
    leases = [f"--force-with-lease={move.ref}:{move.seen}" for move in moves]
    what = [f"{move.to}:{move.ref}" for move in moves]
    retry = Retry(remote.pause)
    while True:
        answer = remote.git.start(
            # What the server has is asked for, and nothing is packed against it: most of it was never fetched.
            *("-c", "push.negotiate=true", "push", "--quiet", "--porcelain", "--atomic", "--no-thin", "--no-verify"),
            *(*leases, "--", "origin", *what),
            timeout=_SECONDS,
        )
        if answer.ok or _is_done(remote, moves):
            return
        if refused := _refused(answer):
            raise _refusal(", ".join(move.ref for move in moves), refused, answer)
        if not may_pass(answer) or not retry.wait():
            raise remote.unavailable(answer)


def require_push(remote: Remote, ref: str, commit: str) -> None:
    """Ask the server to take a push, and push nothing; a branch's rules are not asked.

    `commit` is what the ref points to, or would if it is new. Raises E_REMOTE_UNAVAILABLE, as an AccessError where the
    server refuses it.
    """
    remote.ask("push", "--dry-run", "--quiet", "--no-verify", "--", "origin", f"{commit}:{ref}")


def _is_done(remote: Remote, moves: tuple[Move, ...]) -> bool:
    refs = remote.find(*(move.ref for move in moves))
    there = {
        **{f"refs/heads/{name}": one for name, one in refs.branches.items()},
        **{f"refs/tags/{name}": one for name, one in refs.tags.items()},
    }
    return all(there.get(move.ref) == move.to for move in moves)


def _refused(answer: Completed) -> list[str]:
    """What the server says of refs that it did not move, as `REF: REASON`; the refusal of another ref is no reason."""
    told = [line.split("\t") for line in lines(answer.stdout) if line.startswith("!") and _NO_ANSWER not in line]
    refused = [f"{line[1].rpartition(':')[2]}: {line[-1]}" for line in told if len(line) > 1]
    return [line for line in refused if not any(sign in line for sign in _BYSTANDER)] or refused


def _refusal(names: str, refused: list[str], answer: Completed) -> ReleaseError:
    details = tuple(line for line in lines(answer.stderr) if line.startswith("remote:"))
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
            f"Another run or a person has moved or made {names} in the meantime ({why[0]}).",
            next_step="Run the job again; it starts from what is there then.",
        )
    return ReleaseError(
        Code.E_BRANCH_PROTECTED,
        f"The remote refuses the push of {names} ({refused[0]}).",
        next_step="Use a pull request where there is the choice, or let this workflow pass in the repository's rules.",
        details=details,
    )
