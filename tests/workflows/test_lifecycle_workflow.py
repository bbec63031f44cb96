"""A minor version from the Actions tab: the example workflows take it from its branch to patches of two branches."""

from pathlib import Path

import pytest

from rehearsal.base.programs import run
from rehearsal.demo.life import Life, project
from rehearsal.run.rehearse import Rehearsal

_CHART = "ghcr.io/kubeflow/charts/example-operator"
# As the example's own, but nothing is built: what its images are is the business of other tests.
_CONFIG = """\
charts:
  - path: charts/example-operator
    registry: oci://ghcr.io/kubeflow/charts
    exclude-images: ["ghcr.io/kubeflow/*"]
places:
  - file: VERSION
  - file: charts/example-operator/values.yaml
    yaml: migrate.image.tag
feature-gates:
  sources: [internal/features/*.go]
support:
  docs: docs/support-matrix.md
"""


def test_the_life_of_a_minor_version(tmp_path: Path, package_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELEASE_ACTIONS_CACHE", str(package_cache))
    told: list[str] = []
    with Rehearsal(tmp_path / "rehearsal", show=lambda _: None) as rehearsal:
        folder = project(tmp_path / "project", "", {".github/release-actions.yml": _CONFIG})
        Life(rehearsal, folder, told.append).play()
        assert "   ✓ v1.5.1 again: nothing is written" in told
        assert told[-1] == "   ✓ 1.4 until 1.6 is released"

        def shown(version: str, *what: str) -> str:
            command = ["helm", "show", *what, f"oci://{_CHART}", f"--version={version}"]
            return run(command, env=rehearsal.internet.env())

        for version in ("1.5.0-rc.0", "1.5.0-rc.1", "1.5.0", "1.5.1", "1.4.1"):
            assert f"version: {version}\n" in shown(version, "chart")
            assert f"tag: v{version}\n" in shown(version, "values")
        assert rehearsal.internet.refused == ()
