"""The file of Kubernetes' own ends of support, made from a clone."""

from datetime import date
from pathlib import Path

import pytest

from rehearsal.git.project import GitProject
from release_actions.core.version import MinorVersion
from release_actions.support.kubernetes import read_support
from tools.kubernetes_support import PAGE, text

_PRODUCT = """\
releases:
  - releaseCycle: "1.36"
    releaseDate: 2026-04-22
    eoas: 2027-04-28
    eol: 2027-06-28

  - releaseCycle: "1.35"
    eol: false
    latest: "1.35.8"

  - releaseCycle: "1.20"
    lts: true
    eol: 2022-02-28
  - releaseCycle: "1.19"
    eol: 2021-10-28
---
"""


@pytest.fixture
def clone(tmp_path: Path) -> GitProject:
    project = GitProject(tmp_path, tmp_path / "origin", "")
    project.write(PAGE, _PRODUCT)
    project.commit("Update")
    return project


def test_the_file_has_each_version_with_a_day_and_where_that_is_from(clone: GitProject) -> None:
    made = text(clone.tree)
    support = read_support(made, "kubernetes.yaml")
    ends = {MinorVersion(1, 36): date(2027, 6, 28), MinorVersion(1, 20): date(2022, 2, 28)}
    assert (support.ends, str(support.as_of)) == (ends, "2025-06-15")
    assert f"/blob/{clone.git('rev-parse', 'HEAD')}/{PAGE}\n" in made
