"""The life of a feature gate: each rule with a gate that breaks it and one that keeps it."""

import pytest

from release_actions.compatibility.feature_gates import read_gates
from release_actions.compatibility.gate import Declared, Minor
from release_actions.compatibility.gate_rules import NamedGate, Program, check, due
from release_actions.compatibility.gate_table import RULES
from release_actions.project.config import GateLimits

MINORS = tuple((1, minor) for minor in range(10))
NOW = (1, 10)


def gates(*entries: str, versioned: bool = True, above: str = "") -> Declared:
    kind = "VersionedSpecs" if versioned else "FeatureSpec"
    source = f'{above}\nconst A featuregate.Feature = "A"\nvar g = map[Feature]{kind}{{{", ".join(entries)}}}'
    return read_gates({"gates.go": source})


def spec(version: str, stage: str, default: str = "false", more: str = "") -> str:
    return f'{{Version: version.MustParse("{version}"), Default: {default}, PreRelease: featuregate.{stage}{more}}}'


def program(declared: Declared, *, before: Declared | None = None, named: tuple[NamedGate, ...] = ()) -> Program:
    return Program(version=NOW, minors=MINORS, declared=declared, before=before, named=named)


def rules(checked: Program) -> list[str]:
    return [one.rule for one in check(checked)]


LOCKED = ", LockToDefault: true"


@pytest.mark.parametrize(
    ("entry", "broken"),
    [
        (f"A: {{{spec('1.9', 'Alpha')}}}", []),
        (f"A: {{{spec('1.6', 'Alpha')}}}", []),
        (f"A: {{{spec('1.5', 'Alpha')}}}", ["gate-overdue"]),
        (f"A: {{{spec('1.4', 'Beta', 'true')}}}", []),
        (f"A: {{{spec('1.3', 'Beta', 'true')}}}", ["gate-overdue"]),
        (f"A: {{{spec('1.3', 'Alpha')}, {spec('1.9', 'Beta', 'true')}}}", []),
        (f"A: {{{spec('1.7', 'GA', 'true')}}}", []),
        (f"A: {{{spec('1.6', 'GA', 'true')}}}", ["gate-ga-unlocked"]),
        (f"A: {{{spec('1.6', 'GA', 'true', LOCKED)}}}", ["gate-overdue"]),
        (f"A: {{{spec('1.8', 'Deprecated')}}}", []),
        (f"A: {{{spec('1.7', 'Deprecated')}}}", ["gate-overdue"]),
        (f"A: {{{spec('1.9', 'Alpha', 'true')}}}", ["gate-alpha-on"]),
        (f"A: {{{spec('1.9', 'GA')}}}", ["gate-ga-off"]),
        (f"A: {{{spec('1.9', 'Beta', 'true')}, {spec('1.8', 'GA', 'true')}}}", ["gate-versions-descend"]),
        (f"A: {{{spec('1.9', 'Beta')}, {spec('1.9', 'GA', 'true')}}}", ["gate-versions-descend"]),
        (f"A: {{{spec('1.8', 'GA', 'true')}, {spec('1.9', 'Beta', 'true')}}}", ["gate-stage-goes-back"]),
        (f"A: {{{spec('1.8', 'Alpha')}, {spec('1.11', 'Beta', 'true')}}}", ["gate-above-version"]),
    ],
)
def test_each_rule_of_a_gates_specs(entry: str, broken: list[str]) -> None:
    assert rules(program(gates(entry))) == broken


@pytest.mark.parametrize(
    ("comment", "broken"),
    [
        ("// alpha: v1.9", []),
        ("// alpha: v1.8.0\n// beta: v1.9.0", ["gate-comment-differs"]),
        ("// alpha: v1.2", ["gate-overdue"]),
        ("// owner: @someone", []),
    ],
)
def test_a_comment_at_the_constant_says_since_when_a_stage_holds(comment: str, broken: list[str]) -> None:
    plain = gates("A: {Default: false, PreRelease: featuregate.Alpha}", versioned=False, above=comment)
    assert rules(program(plain)) == broken


@pytest.mark.parametrize(
    ("last", "comment", "broken"),
    [
        (spec("1.9", "Beta", "true"), "", ["gate-removed-too-early"]),
        (spec("1.5", "GA", "true"), "", ["gate-removed-too-early"]),
        (spec("1.9", "GA", "true", LOCKED), "", ["gate-removed-too-early"]),
        (spec("1.8", "GA", "true", LOCKED), "", []),
        (spec("1.8", "Deprecated"), "", []),
        (spec("1.9", "Deprecated"), "", ["gate-removed-too-early"]),
        (spec("1.9", "Deprecated"), " // remove in 1.10", []),
        (spec("1.9", "Alpha"), "", []),
    ],
)
def test_a_gate_goes_only_after_users_could_know(last: str, comment: str, broken: list[str]) -> None:
    before = gates(f"A: {{\n{last},{comment}\n}}", f"B: {{{spec('1.9', 'Alpha')}}}")
    after = gates(f"B: {{{spec('1.9', 'Alpha')}}}")
    assert rules(program(after, before=before)) == broken


@pytest.mark.parametrize(
    ("since", "broken"), [("v1.9.3", True), ("v1.8.0", True), ("v1.7.0", False), ("v1.0.0", False)]
)
def test_what_happened_between_two_versions_is_not_known(since: str, *, broken: bool) -> None:
    before = gates(f"A: {{{spec('1.0', 'Beta', 'true')}}}", f"B: {{{spec('1.9', 'Alpha')}}}")
    after = gates(f"B: {{{spec('1.9', 'Alpha')}}}")
    found = check(Program(version=NOW, minors=MINORS, declared=after, before=before, since=since))
    assert [one.what for one in found] == ([f"A was beta in {since}, and is gone."] if broken else [])


def test_a_removal_that_the_source_promises_is_due_in_its_version() -> None:
    entry = f"A: {{\n{spec('1.9', 'Deprecated')}, // to be removed in v1.10\n}}"
    [one] = check(program(gates(entry)))
    assert (one.rule, one.line) == ("gate-removal-due", 4)
    assert one.what == "A was to be removed in 1.10; 1.10 is under development."


def test_a_deprecated_gate_without_any_version_has_no_end() -> None:
    plain = gates("A: {Default: false, PreRelease: featuregate.Deprecated}", versioned=False)
    assert rules(program(plain)) == ["gate-deprecated-without-end"]


def test_two_declarations_agree_or_the_second_is_named() -> None:
    one, other = f"A: {{{spec('1.9', 'Alpha')}}}", f"A: {{{spec('1.9', 'Beta', 'true')}}}"
    assert rules(program(gates(one, one))) == []
    [finding] = check(program(gates(one, other)))
    assert (finding.rule, finding.what) == ("gate-declared-twice", "A is declared otherwise at gates.go:3.")


def test_manifests_name_gates_that_the_code_knows() -> None:
    known = gates(f"A: {{{spec('1.9', 'Alpha')}}}")
    named = tuple(
        NamedGate(name=name, file="values.yaml", line=line, value=value)
        for line, (name, value) in enumerate((("A", False), ("A", True), ("A", None), ("Gone", None)), 1)
    )
    found = check(program(known, named=named))
    assert [(one.rule, one.line) for one in found] == [("gate-unknown", 4), ("gate-default-differs", 2)]


def test_a_name_is_not_called_unknown_where_a_declaration_could_not_be_read() -> None:
    unread = read_gates({"a.go": "var g = map[Feature]FeatureSpec{A: {Default: true}, B: make()}"})
    named = (NamedGate(name="Other", file="values.yaml", line=1),)
    assert rules(program(unread, named=named)) == ["gate-unread"]


@pytest.mark.parametrize(("name", "broken"), [("Partal", True), ("Removed", True), ("LibrarysOwn", False)])
def test_with_gates_of_libraries_only_a_slip_or_what_is_gone_is_unknown(name: str, *, broken: bool) -> None:
    before = gates(f"Partial: {{{spec('1.9', 'Alpha')}}}", f"Removed: {{{spec('1.9', 'Alpha')}}}")
    now = gates(f"Partial: {{{spec('1.9', 'Alpha')}}}")
    named = (NamedGate(name=name, file="values.yaml", line=1),)
    checked = Program(version=NOW, minors=MINORS, declared=now, before=before, named=named, libraries=True)
    assert rules(checked) == (["gate-unknown"] if broken else [])


def test_a_slip_is_told_what_is_close_to_it() -> None:
    named = (NamedGate(name="Partal", file="values.yaml", line=1),)
    [one] = check(program(gates(f"Partial: {{{spec('1.9', 'Alpha')}}}"), named=named))
    assert one.what == "Partal is named here, and no Go source declares it; Partial is close to it."


def test_nothing_is_called_gone_where_a_declaration_could_not_be_read() -> None:
    unread = read_gates({"a.go": "func f() map[Feature]FeatureSpec { return g() }"})
    assert rules(program(unread, before=gates(f"A: {{{spec('1.9', 'Beta', 'true')}}}"))) == ["gate-unread"]


def test_a_gate_that_is_gone_is_shown_where_the_gates_of_its_file_begin() -> None:
    before = gates(f"\n\n\nGone: {{{spec('1.9', 'Beta', 'true')}}}", f"B: {{{spec('1.9', 'Alpha')}}}")
    [one] = check(program(gates(f"\nB: {{{spec('1.9', 'Alpha')}}}"), before=before))
    assert (one.rule, one.file, one.line) == ("gate-removed-too-early", "gates.go", 4)


def test_what_is_due_next_is_a_finding_in_the_next_minor_version_alone() -> None:
    aging = program(gates(f"A: {{{spec('1.6', 'Alpha')}}}", f"B: {{{spec('1.2', 'Alpha')}}}"))
    assert [(one.rule, one.gate) for one in check(aging)] == [("gate-overdue", "B")]
    assert [(one.rule, one.gate) for one in due(aging)] == [("gate-overdue", "A")]


def test_a_gate_that_no_code_asks_for() -> None:
    known = gates(f"A: {{{spec('1.9', 'Alpha')}}}", f"B: {{{spec('1.9', 'GA', 'true', LOCKED)}}}")
    assert [one.gate for one in check(Program(version=NOW, declared=known, used=frozenset()))] == ["A"]
    assert check(Program(version=NOW, declared=known, used=frozenset({"A"}))) == []


def test_an_age_is_counted_in_the_projects_own_minor_versions() -> None:
    old = gates(f"A: {{{spec('1.9', 'Alpha')}}}")
    jumped: tuple[Minor, ...] = ((1, 9), (2, 0), (2, 1))
    assert check(Program(version=(2, 2), minors=jumped, declared=old)) == []
    strict = Program(version=(2, 2), minors=jumped, declared=old, limits=GateLimits(alpha=2))
    [one] = check(strict)
    assert one.what == "A is alpha since 1.9, 3 minor versions ago; the limit is 2."


def test_the_heaviest_findings_come_first() -> None:
    declared = gates(f"A: {{{spec('1.9', 'Alpha', 'true')}}}", f"B: {{{spec('1.9', 'GA')}}}")
    assert rules(program(declared)) == ["gate-ga-off", "gate-alpha-on"]


def test_every_rule_has_an_id_of_its_own_and_an_example() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES)
    assert all(rule.why and rule.instead and rule.example for rule in RULES)
