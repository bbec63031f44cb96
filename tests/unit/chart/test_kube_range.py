"""Constraints on Kubernetes versions that no chart has for a good reason."""

import pytest

from release_actions.chart.kube_range import takes_minor


@pytest.mark.parametrize("part", ["a", " ", ">=1.30 "])
def test_a_constraint_longer_than_any_is_not_understood(part: str) -> None:
    assert takes_minor(part * 200_000, 30) is None
