"""The digest of Chart.lock, held against the one that Helm writes."""

from pathlib import Path

import pytest

from rehearsal.base.programs import run
from release_actions.chart.lock_digest import digest_of, with_digest
from release_actions.core.yaml_nodes import LOOSE, parse

ENTRIES = {
    "a range": "- {name: crds, version: '>=1.0.0-0 <2', repository: 'file://../crds'}",
    "every field": """\
- name: crds
  version: ~1.2.0
  repository: file://../crds
  condition: a.enabled,b&c.enabled
  tags: [front, "back > end"]
  enabled: true
  import-values:
  - data
  - {parent: b, child: "ä"}
  alias: other
""",
    "empty fields": (
        "- {name: crds, version: 1.2.3, repository: 'file://../crds', condition: '', tags: [], enabled: false}"
    ),
    "two": """\
- {name: crds, version: 1.2.3, repository: 'file://../crds'}
- {name: crds, version: ^1.2.3, repository: 'file://../crds', alias: again}
""",
}


@pytest.mark.parametrize("entries", ENTRIES.values(), ids=ENTRIES)
def test_it_is_the_one_that_helm_writes(tmp_path: Path, entries: str) -> None:
    for name in ("crds", "op"):
        (tmp_path / name).mkdir()
    (tmp_path / "crds/Chart.yaml").write_text("apiVersion: v2\nname: crds\nversion: 1.2.3\n")
    chart = f"apiVersion: v2\nname: op\nversion: 1.2.3\ndependencies:\n{entries}"
    (tmp_path / "op/Chart.yaml").write_text(chart)
    run(["helm", "dependency", "update", str(tmp_path / "op")])
    lock = (tmp_path / "op/Chart.lock").read_text()

    written = parse(lock, "Chart.lock").child("digest").text()
    assert digest_of(parse(chart, "Chart.yaml", limits=LOOSE), parse(lock, "Chart.lock")) == written
    assert with_digest(chart, lock.replace(written, "sha256:0"), "op/Chart.lock") == lock
