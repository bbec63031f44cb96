"""Faults and kills at remote calls, which are addressed by their number in a run: registry, git and API alike."""

import json
import random
import signal
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NoReturn

from rehearsal.faults.hurry import GIVEN_UP
from rehearsal.faults.registry_login import HOST, Door, refusal
from rehearsal.net.proxy import Answer, Call, Meddling

_SILENCE = GIVEN_UP + 1.0
_STATUS = {"429 with Retry-After": 429, "429": 429, "500": 500, "502": 502, "503": 503, "504": 504}


class Kind(Enum):
    """What a fault is, in the words of the report."""

    SLOW_DOWN = "429 with Retry-After"
    SLOW_DOWN_SILENTLY = "429"
    INTERNAL = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
    GATEWAY_TIMEOUT = "504"
    RESET = "connection reset"
    SILENCE = "no answer in time"
    TRUNCATED = "truncated answer"
    EXPIRED = "expired token"
    LOST = "done, but the answer was lost"


class Moment(Enum):
    """When a kill happens."""

    BEFORE = "before the call is sent"
    EFFECT = "after its effect"
    REPLY = "after its reply"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault at the call with this number; a lasting one hits the later calls to its host as well."""

    at: int
    kind: Kind
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Kill:
    """A signal at the call with this number."""

    at: int
    number: signal.Signals
    moment: Moment


Kinds = tuple(Kind)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL)


class Injector:
    """The proxy's hook for one run: passes through, but for the calls that are addressed.

    `do_kill` sends a signal to the step that runs, `watch` is shown every call. `fired` are the faults and kills that
    came to happen, each with the call it hit; `hit` counts the calls that were answered by a fault, those of lasting
    ones too.
    """

    def __init__(
        self,
        faults: tuple[Fault, ...],
        kill: Kill | None,
        door: Door,
        do_kill: Callable[[signal.Signals], None],
        watch: Callable[[Call], None] = lambda _: None,
    ) -> None:
        self.fired: list[tuple[Fault | Kill, Call]] = []
        self.hit: Counter[Kind] = Counter()
        self.calls = 0
        self._faults = {fault.at: fault for fault in faults}
        self._lasting: dict[str, Fault] = {}
        self._kill = kill
        self._door = door
        self._watch = watch
        self._do_kill = do_kill
        self._lock = threading.Lock()

    def __call__(self, call: Call) -> Answer | Meddling | None:
        self._watch(call)
        with self._lock:
            number = self.calls
            self.calls += 1
            fault = self._faults.get(number)
            kill = self._kill if self._kill and self._kill.at == number else None
            if fault:
                self.fired.append((fault, call))
                if fault.lasting:
                    self._lasting[call.host] = fault
            elif kill:
                self.fired.append((kill, call))
            fault = fault or self._lasting.get(call.host)
            if fault:
                self.hit[fault.kind] += 1
        if fault:
            return self._fail(call, fault.kind)
        passed = self._door.answer(call)
        return self._end(kill, passed) if kill else passed

    def _fail(self, call: Call, kind: Kind) -> Answer | Meddling:
        if kind.value in _STATUS:
            return _refuse(call, _STATUS[kind.value], (("Retry-After", "1"),) if kind is Kind.SLOW_DOWN else ())
        if kind is Kind.EXPIRED:
            self._door.expire()
            return _unauthorized(call)
        if kind is Kind.SILENCE:
            threading.Event().wait(_SILENCE)
        if kind in (Kind.SILENCE, Kind.RESET):
            raise ConnectionResetError
        return Meddling(_cut if kind is Kind.TRUNCATED else _lose, instead=self._door.answer(call))

    def _end(self, kill: Kill, passed: Answer | None) -> Meddling:
        def after_effect(_: Answer) -> NoReturn:
            self._do_kill(kill.number)
            raise ConnectionResetError

        if kill.moment is Moment.BEFORE:
            self._do_kill(kill.number)
            raise ConnectionResetError
        if kill.moment is Moment.EFFECT:
            return Meddling(after_effect, instead=passed)
        return Meddling(delivered=lambda: self._do_kill(kill.number), instead=passed)


def drawn_faults(choice: random.Random, calls: int, most: int) -> tuple[Fault, ...]:
    """Some faults at different calls of a run that makes this many."""
    count = min(choice.randint(1, most), calls)
    drawn = [(number, choice.choice(Kinds)) for number in choice.sample(range(calls), count)]
    # A host that stays silent for good costs minutes: BuildKit asks it again and again.
    return tuple(
        Fault(number, kind, lasting=choice.random() < 0.2 and kind is not Kind.SILENCE) for number, kind in drawn
    )


def drawn_kill(choice: random.Random, calls: int) -> Kill:
    """A kill at any call of a run that makes this many."""
    return Kill(choice.randrange(calls), choice.choice(SIGNALS), choice.choice(tuple(Moment)))


def _refuse(call: Call, status: int, headers: tuple[tuple[str, str], ...]) -> Answer:
    if call.host == HOST:
        body = json.dumps({"errors": [{"code": "TOOMANYREQUESTS" if status == 429 else "UNKNOWN"}]})
    else:
        body = json.dumps({"message": "You have exceeded a secondary rate limit." if status == 429 else "Server Error"})
    return Answer(status, body.encode(), (("Content-Type", "application/json"), *headers))


def _unauthorized(call: Call) -> Answer:
    if call.host == HOST:
        return refusal()
    if call.host == "github.com":
        return Answer(401, b"", (("WWW-Authenticate", 'Basic realm="GitHub"'),))
    return Answer(401, json.dumps({"message": "Bad credentials"}).encode(), (("Content-Type", "application/json"),))


def _cut(answer: Answer) -> Answer:
    if not answer.body:
        raise ConnectionResetError
    return Answer(answer.status, answer.body[: len(answer.body) // 2], answer.headers, len(answer.body))


def _lose(_: Answer) -> NoReturn:
    raise ConnectionResetError
