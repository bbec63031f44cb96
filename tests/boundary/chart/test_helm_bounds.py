"""What the real helm may take: memory and output of a rendering end at a bound, and the error names the template."""

import os
from pathlib import Path

import pytest

from rehearsal.base.programs import TOOLS
from release_actions.chart.helm import Folder, Helm, open_helm
from release_actions.core.errors import Code, ReleaseError
from release_actions.system.process import Bounds

LARGE = '{{ range until 100 }}\na{{ . }}: {{ repeat 1000 "x" }}\n{{ end }}'
HUGE = '{{ range until 100000 }}{{ repeat 1000000 "x" }}{{ end }}'
SMALL = "kind: ConfigMap\n"


@pytest.fixture
def helm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Helm:
    monkeypatch.setenv("PATH", f"{TOOLS}:{os.environ['PATH']}")
    return open_helm(tmp_path / "helm", {}, Bounds(memory=2 * 1024**3, output=50_000))


def chart(folder: Path, files: dict[str, str]) -> Folder:
    """A chart with these files, as it is at `charts/op` in the workspace."""
    for name, text in {"Chart.yaml": "apiVersion: v2\nname: op\nversion: 1.5.0\n", **files}.items():
        (folder / "op" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "op" / name).write_text(text)
    return Folder(folder / "op", "op", "charts/op")


@pytest.mark.parametrize(
    "template",
    [
        "templates/deployment.yaml",
        "templates/more/list.txt",
        "charts/sub/templates/config.yaml",
    ],
)
def test_an_output_that_is_too_large_names_its_template(helm: Helm, tmp_path: Path, template: str) -> None:
    sub = {"charts/sub/Chart.yaml": "apiVersion: v2\nname: sub\nversion: 1.0.0\n"}
    staged = chart(tmp_path, {**sub, "templates/a.yaml": SMALL, "templates/z.yaml": SMALL, template: LARGE})
    with pytest.raises(ReleaseError) as refused:
        helm.template(staged)

    assert (refused.value.code, refused.value.file) == (Code.E_CHART_RENDER, f"charts/op/{template}")
    assert f"more than 50000 bytes, which are reached in charts/op/{template}" in refused.value.what


@pytest.mark.parametrize("command", ["lint", "template"])
@pytest.mark.parametrize(
    "template",
    [
        HUGE,
        '{{ $x := "0123456789" }}{{ range until 40 }}{{ $x = cat $x $x }}{{ end }}{{ len $x }}',
        "{{ $x := until 1000000 }}{{ range until 1000000 }}{{ $x = concat $x $x }}{{ end }}",
    ],
    ids=["a long text", "a text that doubles", "a list that doubles"],
)
def test_memory_ends_at_a_bound(helm: Helm, tmp_path: Path, template: str, command: str) -> None:
    staged = chart(tmp_path, {"templates/a.yaml": template})
    with pytest.raises(ReleaseError) as refused:
        helm.lint(staged) if command == "lint" else helm.template(staged)

    assert (refused.value.code, refused.value.file) == (Code.E_CHART_RENDER, "charts/op")
    assert "needs more than 2147483648 bytes of memory to render" in refused.value.what
