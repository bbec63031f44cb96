"""Where code asks for its feature gates, and whether it has gates of libraries."""

import pytest

from release_actions.compatibility.feature_gates import read_gates
from release_actions.compatibility.gate_use import has_gates_of_libraries, used_names

DECLARED = """\
package features

// Partial is a gate.
const Partial featuregate.Feature = "PartialRestart"

var g = map[featuregate.Feature]featuregate.FeatureSpec{
	Partial: {Default: true},
}
"""


@pytest.mark.parametrize(
    ("more", "other", "used"),
    [
        ("", "package main", set()),
        ("// Partial\n", "package main", set()),
        ("", "var on = enabled(features.Partial)", {"Partial"}),
        ("", 'var on = enabled("PartialRestart")', {"PartialRestart"}),
        ("", "var on = enabled(PartialOther)", set()),
        ("func On() bool { return enabled(Partial) }", "", {"Partial"}),
        ('func On() bool { return enabled("PartialRestart") }', "", {"PartialRestart"}),
        ("func f(x Feature) { switch x { case Partial: { return } } }", "", {"Partial"}),
    ],
)
def test_a_gate_is_used_where_it_stands_outside_its_declaration(more: str, other: str, used: set[str]) -> None:
    files = {"features.go": DECLARED + more, "other.go": other}
    assert used_names(files, read_gates(files).gates) == used


def test_a_gate_of_another_module_may_be_used_there() -> None:
    files = {"a.go": "var g = map[featuregate.Feature]featuregate.FeatureSpec{lib.Foreign: {Default: true}}"}
    assert used_names(files, read_gates(files).gates) == {"Foreign"}


@pytest.mark.parametrize(
    ("source", "has"),
    [
        ('import utilfeature "k8s.io/apiserver/pkg/util/feature"', True),
        ('import logsapi "k8s.io/component-base/logs/api/v1"', True),
        ('import "k8s.io/component-base/featuregate"', False),
        ("", False),
    ],
)
def test_some_packages_bring_gates_of_their_own(source: str, *, has: bool) -> None:
    assert has_gates_of_libraries({"a.go": source}) is has
