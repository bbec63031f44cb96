"""A tag that somebody moves to another commit while its release runs, and what is public then."""

import shutil
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from rehearsal.faults.competing_content import move_tag
from rehearsal.faults.oracle import MOVED, Completeness, Look, Oracle
from rehearsal.faults.registry_login import HOST
from rehearsal.faults.release import Ended
from rehearsal.faults.world import World
from rehearsal.net.proxy import Answer, Call, Hook
from release_actions.core.errors import Code

# What the run may say whose tag was moved: the verification finds that what is public is not the tag's.
_REFUSALS = (Code.E_TAG_MOVED.name, Code.E_RELEASE_INCOMPLETE.name)


@dataclass(frozen=True, slots=True)
class Move:
    """The tag is moved when the call of the number `at` arrives, in a release that begins with the step `start`."""

    start: int
    at: int


class Mover:
    """The proxy's hook: passes everything through, and moves the tag once; `before` is what is public by then."""

    def __init__(self, world: World, oracle: Oracle, at: int, rival: Path) -> None:
        self.calls: list[Call] = []
        self.before = oracle.look()
        self._world = world
        self._oracle = oracle
        self._at = at
        self._rival = rival
        self._lock = threading.Lock()

    def __call__(self, call: Call) -> Answer | None:
        with self._lock:
            if len(self.calls) == self._at:
                self.before = self._oracle.look()
                move_tag(self._world, self._rival)
            self.calls.append(call)
        return self._world.door.answer(call)

    @property
    def written_after(self) -> list[Call]:
        """What was sent to the registry after the tag was looked at for the last time."""
        last = max((number for number, call in enumerate(self.calls) if call.host != HOST), default=-1)
        return [call for call in self.calls[last + 1 :] if call.writes]


def play(move: Move, world: World, oracle: Oracle, rival: Path) -> list[str]:
    """What was wrong when the tag was moved to the rival's commit, and the rival's release was then made too.

    The release is complete or refused, and all that is public is of one commit: the rival's release is refused as well
    where the other one has published something, and complete where it has not.
    """
    world.begin(move.start)
    mover = Mover(world, oracle, move.at, rival)
    first = _release(world, world.workspace, mover, done=move.start)
    seen = _without_the_move(oracle.look())
    second = _release(world, rival, world.door.answer)
    found = [*_first_problems(first, seen, mover), *_second_problems(second, seen, world, oracle)]
    shutil.rmtree(world.folder / "runners")
    return [f"{move}: {problem}" for problem in found]


def _first_problems(ended: Ended, seen: Look, mover: Mover) -> list[str]:
    found = [f"wrong: {one}" for one in seen.wrong]
    if ended.succeeded and not seen.is_complete:
        found.append(f"it succeeds, but {seen}")
    if not ended.succeeded and ended.error not in _REFUSALS:
        found.append(f"it ends with {ended.code} {ended.error}")
    if sum(seen.visible) > sum(mover.before.visible) + 1:
        found.append(f"more than was under way has appeared after the move: {mover.before}, {seen}")
    if ended.error == Code.E_TAG_MOVED.name and mover.written_after:
        found.append(f"it saw the move, and then wrote {mover.written_after}")
    return found


def _second_problems(ended: Ended, before: Look, world: World, oracle: Oracle) -> list[str]:
    if before.completeness(succeeded=False) is Completeness.NOTHING:
        look = Oracle(world).look()
        return [] if ended.succeeded and look.is_complete else [f"the rival ends with {ended.error}, and {look}"]
    after = _without_the_move(oracle.look())
    if ended.error != Code.E_VERSION_EXISTS.name or after != before:
        return [f"the rival ends with {ended.code} {ended.error}, and from {before} came {after}"]
    return []


def _release(world: World, workspace: Path, hook: Hook, done: int = 0) -> Ended:
    """Make a release from a workspace, the first steps of which are done."""
    (runner,) = world.runners(workspace)
    world.internet.proxy.hook = hook
    ended = runner.run(done=world.clean[:done])
    world.internet.proxy.hook = world.door.answer
    return ended


def _without_the_move(look: Look) -> Look:
    return replace(look, wrong=tuple(one for one in look.wrong if one != MOVED))
