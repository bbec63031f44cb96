"""Feature gates read from Go sources: the three ways of declaring them, and what can't be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_actions.compatibility.feature_gates import read_gates
from release_actions.compatibility.gate import Declared, Spec, Stage, Unread, parse_minor
from release_actions.compatibility.go_text import tokens

COMMENTED = """
const (
	// Restart keeps what runs.
	//
	// owner: @someone
	// alpha: v2.4.0
	// Beta: v2.5.1
	Restart featuregate.Feature = "PartialRestart"

	// GA: v1.0

	// This paragraph belongs to the next constant as well.
	Other featuregate.Feature = "Other"
)

var gates = map[featuregate.Feature]featuregate.FeatureSpec{
	Restart: {Default: true, PreRelease: featuregate.Beta},
	Other:   {Default: true, PreRelease: featuregate.GA, LockToDefault: true},
}
"""
VERSIONED = """
var gates = map[featuregate.Feature]featuregate.VersionedSpecs{
	Partial: {
		{Version: version.MustParse("0.4"), Default: false, PreRelease: featuregate.Alpha},
		{Version: version.MustParse("0.5"), Default: true, PreRelease: GA, LockToDefault: true}, // remove in 0.22
	},
	features.Foreign: {
		{Version: version.MustParse("1.30"), Default: false, PreRelease: featuregate.Deprecated},
	},
}
"""


def only(source: str) -> Declared:
    return read_gates({"pkg/features.go": source})


def test_a_map_with_comments_says_since_when_each_stage_holds() -> None:
    restart, other = only(COMMENTED).gates
    assert (restart.name, restart.constant, restart.line) == ("PartialRestart", "Restart", 17)
    assert restart.comments == {Stage.ALPHA: (2, 4), Stage.BETA: (2, 5)}
    assert restart.comment_line == 6
    assert restart.since(restart.specs[0]) == (2, 5)
    assert other.comments == {Stage.GA: (1, 0)}
    assert other.specs == (Spec(stage=Stage.GA, default=True, locked=True, line=18),)


def test_versioned_specs_say_it_themselves() -> None:
    partial, foreign = only(VERSIONED).gates
    assert [(one.since, one.stage, one.default, one.locked, one.removal) for one in partial.specs] == [
        ((0, 4), Stage.ALPHA, False, False, None),
        ((0, 5), Stage.GA, True, True, (0, 22)),
    ]
    assert (foreign.name, foreign.specs[0].stage) == ("Foreign", Stage.DEPRECATED)


@pytest.mark.parametrize(("version", "stage"), [((0, 3), Stage.ALPHA), ((0, 4), Stage.ALPHA), ((0, 9), Stage.GA)])
def test_the_newest_spec_that_is_not_younger_holds(version: tuple[int, int], stage: Stage) -> None:
    assert only(VERSIONED).gates[0].at(version).stage is stage


def test_a_constant_is_that_of_the_own_package_before_one_of_the_same_name_elsewhere() -> None:
    """As a gate of two programs that began in different versions (cert-manager)."""
    constant = 'const A featuregate.Feature = "A{0}"\n'
    gates = "var gates = map[featuregate.Feature]featuregate.FeatureSpec{A: {PreRelease: featuregate.Alpha}}\n"
    declared = read_gates(
        {
            "a/names.go": f"// alpha: v1.8\n{constant.format(1)}",
            "a/map.go": gates,
            "b/names.go": f"// alpha: v1.12\n{constant.format(2)}{gates}",
        }
    )
    found = {gate.file: (gate.name, gate.comments[Stage.ALPHA]) for gate in declared.gates}
    assert found["a/map.go"] == ("A1", (1, 8))
    assert found["b/names.go"] == ("A2", (1, 12))


def test_a_gate_without_a_stage_is_ga() -> None:
    [gate] = only('var g = map[Feature]FeatureSpec{"Plain": {Default: true}}').gates
    assert (gate.name, gate.specs[0].stage) == ("Plain", Stage.GA)


@pytest.mark.parametrize(
    ("source", "what"),
    [
        (
            "var g = map[featuregate.Feature]featuregate.FeatureSpec = make()",
            "the map of feature gates is made by code",
        ),
        (
            "func make() map[featuregate.Feature]featuregate.FeatureSpec { A := 1; return A }",
            "the map of feature gates is made by code",
        ),
        (
            "var g = []map[Feature]FeatureSpec{{A: {Default: true}}}",
            "the map of feature gates is made by code",
        ),
        ("var g = map[Feature]FeatureSpec{A: spec(), B: {Default: true}}", "the value of A is made by code"),
        ("var g = map[Feature]FeatureSpec{A: {Default: on(), PreRelease: Alpha}}", "a value of A is made by code"),
        ("var g = map[Feature]FeatureSpec{A: {Default: true, PreRelease: stage}}", "a value of A is made by code"),
        ('var g = map[Feature]VersionedSpecs{A: {{Version: now("1"), Default: true}}}', "a value of A is made by code"),
    ],
)
def test_what_only_running_would_show_is_said(source: str, what: str) -> None:
    declared = only(source)
    assert [one.name for one in declared.gates if one.name == "A"] == []
    assert declared.unread == (Unread("pkg/features.go", 1, f"{what}, which is not run here"),)


def test_a_map_that_a_function_returns_is_read_where_it_stands() -> None:
    declared = only("func f() map[Feature]FeatureSpec { return map[Feature]FeatureSpec{Z: {Default: true}} }")
    assert [one.name for one in declared.gates] == ["Z"]
    assert declared.unread == ()


@pytest.mark.parametrize("name", ["a\x1b[31m", "line\\nfeed", "right\u202eleft", "x" * 201])
def test_what_no_gate_is_called_is_said_without_its_signs(name: str) -> None:
    [one] = only(f'var g = map[Feature]FeatureSpec{{"{name}": {{Default: true}}}}').unread
    assert one.what.endswith(" is not the name of a gate")
    assert one.what.isascii()
    assert one.what.isprintable()


@pytest.mark.parametrize("source", ["A: {Default: true}", "A: {Default: true", "A: {"])
def test_of_a_map_that_does_not_end_nothing_is_read(source: str) -> None:
    declared = only(f"package p\nvar g = map[Feature]FeatureSpec{{{source}")
    assert declared == Declared((), (Unread("pkg/features.go", 2, "the map of feature gates does not end"),))


@pytest.mark.parametrize(
    "source",
    [
        "func set(m map[featuregate.Feature]featuregate.FeatureSpec) {}",
        "// var g = map[Feature]FeatureSpec{A: {Default: true}}",
        "var text = `map[Feature]FeatureSpec{A: {Default: true}}`",
        "var g = map[string]FeatureSpec{}",
        "var g = map[Feature]bool{A: true}",
        "",
    ],
)
def test_what_only_looks_like_a_map_declares_nothing(source: str) -> None:
    assert only(source) == Declared((), ())


@pytest.mark.parametrize(
    ("text", "minor"),
    [("1.5", (1, 5)), ("v1.5", (1, 5)), ("v1.5.2", (1, 5)), ("1.5.0-rc.1", (1, 5)), ("1", None), ("1.5x", None)],
)
def test_a_minor_version_is_read_from_each_of_its_spellings(text: str, minor: tuple[int, int] | None) -> None:
    assert parse_minor(text) == minor


@given(st.text(st.sampled_from("map[Feature]FeatureSpec{A:{Default true,}}`\"/*\\\n'"), max_size=200))
def test_any_text_is_read_to_its_end(text: str) -> None:
    read_gates({"a.go": f"Feature FeatureSpec {text}"})
    assert all(one.text for one in tokens(text))
