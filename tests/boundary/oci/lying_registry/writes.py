"""Registries that lie about writes: they answer 201, and then serve something else, less, later, or nothing.

They are real registries behind the proxy of a loopback internet, whose hook decides about the calls to one tag. A call
is named as `PUT /v2/op/manifests/v1.5.0`, by a regular expression.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rehearsal.hosts.internet import Internet
from rehearsal.net.proxy import Answer, Call, Hook, Meddling


@contextmanager
def meddling(internet: Internet, *hooks: Hook) -> Iterator[None]:
    """Let the first of these hooks that has something to say decide about each call."""

    def decide(call: Call) -> Answer | Meddling | None:
        return next((decided for hook in hooks if (decided := hook(call))), None)

    before, internet.proxy.hook = internet.proxy.hook, decide
    try:
        yield
    finally:
        internet.proxy.hook = before


def after(calls: str, act: Callable[[], object]) -> Hook:
    """Once, when the registry has carried out such a call: act before its answer is delivered."""
    waiting = [act]

    def change(answer: Answer) -> Answer:
        while waiting:
            waiting.pop()()
        return answer

    return lambda call: Meddling(change) if waiting and _is(call, calls) else None


def lose(calls: str, *, carried_out: bool, act: Callable[[], object] = lambda: None) -> Hook:
    """Break the connection of such calls instead of answering them; `act` before that."""

    def lost(_: Answer) -> Answer:
        act()
        raise ConnectionError

    decided = Meddling(lost) if carried_out else Meddling(lost, instead=Answer(500))
    return lambda call: decided if _is(call, calls) else None


def hide(calls: str, *, since: str, times: int) -> Hook:
    """Answer 404 to such calls so many times, from another call on, which is carried out."""
    before, left = [Answer(404)] * times, list[Answer]()

    def decide(call: Call) -> Answer | None:
        if _is(call, since):
            left.extend(before)
            before.clear()
        return left.pop() if left and _is(call, calls) else None

    return decide


def _is(call: Call, calls: str) -> bool:
    return bool(re.fullmatch(calls, f"{call.method} {call.path}"))
