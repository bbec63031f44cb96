"""Which Kubernetes versions a chart's `kubeVersion` takes, beside what Helm itself says."""

import subprocess
from pathlib import Path

import pytest

from rehearsal.base.programs import program
from release_actions.chart.kube_range import takes_minor

CONSTRAINTS = [
    *(">=1.29.0-0", ">=1.29", ">= 1.30.0-0, < 1.32.0-0", ">=1.29 <1.31", ">1.30", ">1.30.2", ">1.30.0-0", "<1.31"),
    *(
        "<1.31.5",
        "<=1.30",
        "<=1.30.4",
        "=1.30",
        "1.30",
        "1.30.x",
        "1.x",
        "1.x.3",
        "*",
        "~1.30",
        "~1.30.2",
        "~1",
        "~>1.30",
    ),
    *("^1.30", "^1.30.2", "^0.30", "!=1.30", "!=1.30.2", "1.29 - 1.31", "1.29.0 - 1.30.0", "<1.30 || >=1.32"),
    "=>1.31",
    *("v1.30.0", ">=v1.30.0-0", "=<1.30.0-0", "2.x", ">=1.29,<1.30 || 1.32.x"),
]


@pytest.mark.parametrize("constraint", CONSTRAINTS)
def test_a_constraint_takes_what_helm_takes(constraint: str, tmp_path: Path) -> None:
    (tmp_path / "Chart.yaml").write_text(f"apiVersion: v2\nname: a\nversion: 1.0.0\nkubeVersion: {constraint!r}\n")
    for minor in range(29, 33):
        versions = (f"v1.{minor}.0", f"v1.{minor}.9999")
        assert takes_minor(constraint, minor) == any(accepted(tmp_path, one) for one in versions), minor


def accepted(chart: Path, version: str) -> bool:
    argv = [program("helm"), "template", str(chart), "--kube-version", version]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0 or "which is incompatible with Kubernetes" in done.stderr, done.stderr
    return done.returncode == 0


@pytest.mark.parametrize("constraint", ["", "about 1.30", ">=1.29 ||", ">=a"])
def test_what_is_not_understood_is_not_judged(constraint: str) -> None:
    assert takes_minor(constraint, 30) is None
