"""Feature gates that manifests, templates and values name, in every way of writing them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from release_actions.compatibility.gate_names import named_gates


def found(text: str) -> list[tuple[str, int, bool | None]]:
    return [(one.name, one.line, one.value) for one in named_gates(text, "values.yaml")]


@pytest.mark.parametrize(
    ("text", "gates"),
    [
        ("args:\n- --feature-gates=A=true,B=false\n", [("A", 2, True), ("B", 2, False)]),
        ('args:\n- "--feature-gates=A=true"\n', [("A", 2, True)]),
        ("args: ['--feature-gates', 'A=TRUE']\n", [("A", 1, True)]),
        ("args:\n- --feature-gates\n- A=true\n", [("A", 3, True)]),
        ("command: [sh, -c, 'run --feature-gates=A=true --other=B=true']\n", [("A", 1, True)]),
        ("args:\n- --feature-gates={{ .Values.gates }}\n", []),
        ("args:\n- --feature-gates=A={{ .Values.a }},B=true\n", [("A", 2, None), ("B", 2, True)]),
        ("args:\n{{- if .x }}\n- --feature-gates=A=true\n{{- end }}\n", [("A", 3, True)]),
        ("{{/* a\nb */}}\nargs: [--feature-gates=A=true]\n", [("A", 3, True)]),
        ("a: {{ if }}: {{ x }}\n- --feature-gates=A=true\n", [("A", 2, True)]),
        ("featureGates:\n  A: true\n  B: false\n  C: {{ .x }}\n", [("A", 2, True), ("B", 3, False), ("C", 4, None)]),
        ("x:\n  featureGates:\n  - name: A\n    enabled: true\n  - name: B\n", [("A", 3, True), ("B", 5, None)]),
        ("featureGates: A=true,B=false\n", [("A", 1, True), ("B", 1, False)]),
        ("featureGates:\n- A=true\n", [("A", 2, True)]),
        ("config: |\n  x: 1\n  featureGates:\n    A: true\n", [("A", 4, True)]),
        ("run: |\n  x: [\n  op --feature-gates=A=true\n", [("A", 3, True)]),
        ("a: 1\n---\nfeatureGates: {A: true}\n", [("A", 3, True)]),
        ("# --feature-gates=A=true\na: 1 # featureGates=A\n", []),
        ("a: [\n # --feature-gates=A=true\n- --feature-gates=B=true\n", [("B", 3, True)]),
        ("featureGates: {}\n", []),
        ("featureGates: {AllAlpha: true, AllBeta: false}\n", []),
        ("properties:\n  featureGates:\n    description: x\n    type: object\n", []),
        ("a: featureGates\n", []),
        ("", []),
    ],
)
def test_gates_are_found_with_their_lines(text: str, gates: list[tuple[str, int, bool | None]]) -> None:
    assert found(text) == gates


@given(st.text(st.sampled_from("featureGates:-=AB|{}[]'\"# \n,"), max_size=200))
def test_any_text_can_be_looked_through(text: str) -> None:
    lines = text.count("\n") + 2
    assert all(1 <= one.line <= lines for one in named_gates(f"featureGates:{text}", "a.yaml"))
