"""What is left out of a package, held against what Helm packs."""

import tarfile
from pathlib import Path

import pytest

from rehearsal.base.programs import run
from release_actions.chart.helmignore import parse_ignored, read_ignored
from release_actions.system.workspace import WorkspaceFiles

NAMES = (
    *("a.bin", "b.txt", "docs/a.bin", "docs/b/c.bin", "src/docs", "src/a.txt"),
    *("templates/.hidden", "templates/.x/y.txt", "templates/a.txt"),
)


@pytest.mark.parametrize(
    "text",
    [
        *("", "docs", "/docs", "docs/", "*.bin", "docs/*.bin", "docs/b", "b", "b/", "src/*", "# c\n #docs", " a.bin "),
        *("/a.bin", "docs/b/c.bin", "[ab].*", "./docs", "docs//", "\\a.bin", "docs/*/c.bin", "templates", "?.bin"),
        *("!*[a-zA-Z]*", "*.txt\r\nsrc\r\n"),
    ],
)
def test_what_helm_leaves_out(tmp_path: Path, text: str) -> None:
    chart = tmp_path / "op"
    for name in NAMES:
        (chart / name).parent.mkdir(parents=True, exist_ok=True)
        (chart / name).write_text("# a\n")
    (chart / "Chart.yaml").write_text("apiVersion: v2\nname: op\nversion: 1.0.0\n")
    (chart / ".helmignore").write_text(text, newline="")
    is_left_out = parse_ignored(text)
    expected = {name for name in (*NAMES, "Chart.yaml") if not is_left_out(name)}
    run(["helm", "package", str(chart), f"--destination={tmp_path}"])
    with tarfile.open(tmp_path / "op-1.0.0.tgz") as package:
        packed = {name.removeprefix("op/") for name in package.getnames()}
    assert packed - {".helmignore"} == expected


def test_each_chart_has_its_own(tmp_path: Path) -> None:
    for name, text in (("a", "*.bin"), ("a/charts/b", "*.txt")):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / ".helmignore").write_text(text)
    is_left_out = read_ignored(WorkspaceFiles(tmp_path), ["a", "a/charts/b", "c"])
    paths = ("a/x.bin", "a/x.txt", "a/charts/b/x.txt", "a/charts/b/x.bin", "c/x.bin", "other/x.bin")
    assert [path for path in paths if is_left_out(path)] == ["a/x.bin"]
