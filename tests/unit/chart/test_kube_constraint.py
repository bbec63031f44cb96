"""Which `kubeVersion` refuses managed clusters, and what is to be written instead."""

import pytest

from release_actions.chart import kube_constraint

BETTER = {
    "a lower bound": ('">=1.29.0"', ">=1.29.0-0"),
    "with blanks": ('">= 1.29"', ">= 1.29-0"),
    "two bounds": ('">=1.29.0 <1.34.0"', ">=1.29.0-0 <1.34.0-0"),
    "one of two": ('">=1.29.0-0, <v2"', ">=1.29.0-0, <v2-0"),
    "alternatives": ('"^1.29.0 || ~1.31"', "^1.29.0-0 || ~1.31-0"),
}


@pytest.mark.parametrize(("said", "better"), BETTER.values(), ids=BETTER)
def test_a_range_without_a_prerelease(said: str, better: str) -> None:
    found = kube_constraint.objection(f"name: op\nkubeVersion: {said}\n", "Chart.yaml")

    assert found is not None
    assert found[0] == 2
    assert f'write `kubeVersion: "{better}"`' in found[1]
    assert kube_constraint.objection(f'kubeVersion: "{better}"\n', "Chart.yaml") is None


@pytest.mark.parametrize(
    "line", ["", "kubeVersion: '>=1.29.0-0'", "kubeVersion: '*'", "kubeVersion: [1]", "kubeVersion:"]
)
def test_nothing_to_say(line: str) -> None:
    assert kube_constraint.objection(f"name: op\n{line}\n", "Chart.yaml") is None
