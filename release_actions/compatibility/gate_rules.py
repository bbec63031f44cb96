"""The check of a program's feature gates against the rules for their life. An age is counted in minor versions."""

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec

from release_actions.compatibility.gate import Declared, Gate, Minor, Spec, Stage, parse_minor, shown_minor
from release_actions.compatibility.gate_table import RULES
from release_actions.compatibility.rule import Level
from release_actions.project.config import GateLimits


class NamedGate(msgspec.Struct, frozen=True, kw_only=True):
    """A gate that a manifest or a values file names, and the value that it sets; None where that is a template."""

    name: str
    file: str
    line: int
    value: bool | None = None


class Program(msgspec.Struct, frozen=True, kw_only=True):
    """A program at the version under development, and what is known of the versions before it.

    `minors` are the minor versions with a release, lowest first; `before` are the gates of an older release, None where
    there is none, and `since` is its tag; `used` are the names of constants that code other than the declaration reads,
    None where nothing was searched; `named` is what manifests and values say. With `libraries` the program has gates of
    other modules too, which are not declared here.
    """

    version: Minor
    declared: Declared
    minors: tuple[Minor, ...] = ()
    before: Declared | None = None
    since: str = ""
    used: frozenset[str] | None = None
    named: tuple[NamedGate, ...] = ()
    libraries: bool = False
    limits: GateLimits = GateLimits()


class GateFinding(msgspec.Struct, frozen=True, kw_only=True):
    """A gate that breaks a rule: where, and what is wrong as one sentence."""

    rule: str
    level: Level
    gate: str
    file: str
    line: int
    what: str


_CLOSE: Final = 0.85
_BY_ID: Final = {rule.id: rule for rule in RULES}


def check(program: Program) -> list[GateFinding]:
    """All findings, the heaviest first, then by file and line."""
    found = [one for rule in _CHECKS for one in rule(program)]
    order = list(Level)
    return sorted(found, key=lambda one: (order.index(one.level), one.file, one.line, one.rule))


def due(program: Program) -> list[GateFinding]:
    """What is a finding in the next minor version, and is none yet, when nothing changes until then."""
    known = {(one.rule, one.gate) for one in check(program)}
    major, minor = program.version
    later = msgspec.structs.replace(program, version=(major, minor + 1), minors=(*program.minors, program.version))
    return [one for one in check(later) if (one.rule, one.gate) not in known]


def age(program: Program, since: Minor) -> int:
    """The number of minor versions from `since` to the one under development, by the project's own releases."""
    return len({one for one in (*program.minors, since) if since <= one < program.version})


def _limit(limits: GateLimits, stage: Stage) -> int:
    others = {Stage.BETA: limits.beta, Stage.GA: limits.ga, Stage.DEPRECATED: limits.deprecated}
    return others.get(stage, limits.alpha)


def _finding(rule: str, gate: Gate, line: int, what: str) -> GateFinding:
    return GateFinding(rule=rule, level=_BY_ID[rule].level, gate=gate.name, file=gate.file, line=line, what=what)


def _twice(program: Program) -> Iterator[GateFinding]:
    first: dict[str, Gate] = {}
    for gate in program.declared.gates:
        known = first.setdefault(gate.name, gate)
        if known is not gate and _values(known) != _values(gate):
            place = f"{known.file}:{known.line}"
            yield _finding("gate-declared-twice", gate, gate.line, f"{gate.name} is declared otherwise at {place}.")


def _values(gate: Gate) -> list[tuple[Stage, bool, bool, Minor | None]]:
    return [(one.stage, one.default, one.locked, one.since) for one in gate.specs]


def _specs(program: Program) -> Iterator[GateFinding]:
    for gate in program.declared.gates:
        for before, after in zip(gate.specs, gate.specs[1:], strict=False):
            if before.since and after.since and after.since <= before.since:
                what = f"{gate.name} has {shown_minor(after.since)} behind {shown_minor(before.since)}."
                yield _finding("gate-versions-descend", gate, after.line, what)
            if after.stage.rank < before.stage.rank:
                what = f"{gate.name} was {before.stage.value} and becomes {after.stage.value} again."
                yield _finding("gate-stage-goes-back", gate, after.line, what)
        for spec in gate.specs:
            if spec.since and spec.since > program.version:
                version, now = shown_minor(spec.since), shown_minor(program.version)
                what = f"{gate.name} has a spec of {version}, while {now} is under development."
                yield _finding("gate-above-version", gate, spec.line, what)


def _now(program: Program) -> Iterator[GateFinding]:
    for gate in program.declared.gates:
        spec = gate.at(program.version)
        if spec.stage is Stage.ALPHA and spec.default:
            yield _finding("gate-alpha-on", gate, spec.line, f"{gate.name} is alpha and on by default.")
        if spec.stage is Stage.GA and not spec.default:
            yield _finding("gate-ga-off", gate, spec.line, f"{gate.name} is GA and off by default.")
        newest = max(gate.comments, key=lambda stage: stage.rank, default=spec.stage)
        if newest is not spec.stage:
            what = f"The comment says that {gate.name} is {newest.value}, the map says {spec.stage.value}."
            yield _finding("gate-comment-differs", gate, gate.comment_line, what)
        yield from _aged(program, gate, spec)


def _aged(program: Program, gate: Gate, spec: Spec) -> Iterator[GateFinding]:
    now, since = shown_minor(program.version), gate.since(spec)
    if spec.removal and spec.removal <= program.version:
        what = f"{gate.name} was to be removed in {shown_minor(spec.removal)}; {now} is under development."
        yield _finding("gate-removal-due", gate, spec.line, what)
    elif spec.stage is Stage.DEPRECATED and not spec.removal and since is None:
        what = f"{gate.name} is deprecated, and nothing says since when or until when."
        yield _finding("gate-deprecated-without-end", gate, spec.line, what)
    if since is None:
        return
    minors, limit = age(program, since), _limit(program.limits, spec.stage)
    if minors <= limit:
        return
    ago = f"since {shown_minor(since)}, {minors} minor versions ago"
    what = f"{gate.name} is {spec.stage.value} {ago}; the limit is {limit}."
    unlocked = spec.stage is Stage.GA and not spec.locked
    yield _finding("gate-ga-unlocked" if unlocked else "gate-overdue", gate, spec.line, what)


def _removed(program: Program) -> Iterator[GateFinding]:
    if program.before is None or program.declared.unread:
        return
    older = parse_minor(program.since)
    # What happened in versions between the two is not known: a gate may have been locked there in time.
    if older and age(program, older) > program.limits.deprecated:
        return
    known = {gate.name for gate in program.declared.gates}
    lines = {gate.file: gate.line for gate in reversed(program.declared.gates)}
    for gate in {gate.name: gate for gate in program.before.gates}.values():
        if gate.name in known:
            continue
        spec = gate.specs[-1]
        since = gate.since(spec)
        announced = spec.stage is Stage.DEPRECATED or (spec.stage is Stage.GA and spec.locked)
        if spec.removal and spec.removal <= program.version:
            continue
        if spec.stage in (Stage.ALPHA, Stage.PRE_ALPHA) or (
            announced and (since is None or age(program, since) >= program.limits.deprecated)
        ):
            continue
        last = f"{spec.stage.value}{' and locked' if spec.locked else ''}"
        what = f"{gate.name} was {last} in {program.since}, and is gone."
        # Its own line is that of another commit, so it is where the gates of its file begin.
        yield _finding("gate-removed-too-early", gate, lines.get(gate.file, 1), what)


def _used(program: Program) -> Iterator[GateFinding]:
    if program.used is None:
        return
    for gate in program.declared.gates:
        locked = gate.at(program.version).locked
        if not locked and gate.constant and gate.constant not in program.used and gate.name not in program.used:
            yield _finding(
                "gate-unused",
                gate,
                gate.line,
                f"{gate.name} is declared, and no Go code here asks for it, tests aside.",
            )


def _manifests(program: Program) -> Iterator[GateFinding]:
    if not program.declared.gates:
        return
    known: Mapping[str, Gate] = {gate.name: gate for gate in program.declared.gates}
    gone = [gate.name for gate in program.before.gates] if program.before else []
    all_read = not program.declared.unread
    for one in program.named:
        gate = known.get(one.name)
        # What a library brings is not declared here; only a slip, or a gate that is gone, can be told from it.
        close = difflib.get_close_matches(one.name, [*known, *gone], n=1, cutoff=_CLOSE)
        if gate is None and all_read and (close or not program.libraries):
            hint = f"; {close[0]} is close to it" if close and close[0] in known else ""
            yield _named("gate-unknown", one, f"{one.name} is named here, and no Go source declares it{hint}.")
        elif gate is not None and one.value not in (None, gate.at(program.version).default):
            code, here = _SWITCH[gate.at(program.version).default], _SWITCH[one.value]
            yield _named("gate-default-differs", one, f"{one.name} is {here} here, and {code} by default in the code.")


def _named(rule: str, one: NamedGate, what: str) -> GateFinding:
    return GateFinding(rule=rule, level=_BY_ID[rule].level, gate=one.name, file=one.file, line=one.line, what=what)


_SWITCH: Final = {True: "on", False: "off", None: "off"}


def _unread(program: Program) -> Iterator[GateFinding]:
    rule = _BY_ID["gate-unread"]
    for one in program.declared.unread:
        what = f"{one.what[:1].upper()}{one.what[1:]}."
        yield GateFinding(rule=rule.id, level=rule.level, gate="", file=one.file, line=one.line, what=what)


_CHECKS: Final[Sequence[Callable[[Program], Iterable[GateFinding]]]] = (
    _twice,
    _specs,
    _now,
    _removed,
    _used,
    _manifests,
    _unread,
)
