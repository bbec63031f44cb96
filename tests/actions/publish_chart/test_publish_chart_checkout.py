"""publish-chart packs what the tag's commit has: no changed file, no pointer of Git LFS."""

from collections.abc import Callable

import pytest

from rehearsal.act.step import Result
from rehearsal.base.programs import run
from tests.actions.publish_chart.project import Project, Publish

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"


@pytest.mark.parametrize("file", ["charts/operator/values.yaml", "charts/common/templates/_help.tpl"])
def test_a_changed_file_of_the_chart_is_not_published(project: Project, publish: Publish, file: str) -> None:
    project.push_image()
    project.write("charts/common/Chart.yaml", "apiVersion: v2\nname: common\nversion: 1.0.0\ntype: library\n")
    project.write("charts/common/templates/_help.tpl", "")
    dependency = "dependencies: [{name: common, version: 1.0.0, repository: 'file://../common'}]\n"
    project.write("charts/operator/Chart.yaml", (project.chart / "Chart.yaml").read_text() + dependency)
    project.commit()
    project.write(file, (project.folder / file).read_text() + "# by a step before\n")
    done = publish(commit=False)

    assert (done.code, done.error) == (1, "E_CHECKOUT"), done.log
    assert f"{file} changed" in done.log
    assert "Nothing was published" in done.annotations[-1].message


def test_changes_elsewhere_do_not_matter(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("README.md", "One\n")
    project.commit()
    project.write("README.md", "Two\n")
    assert publish(commit=False).code == 0


def test_a_pointer_of_git_lfs_is_not_published(project: Project, publish: Publish) -> None:
    project.push_image()
    project.write("charts/operator/files/model.bin", POINTER)
    done = publish()

    assert (done.code, done.error) == (1, "E_CHECKOUT"), done.log
    assert "Git LFS has not fetched charts/operator/files/model.bin" in done.log


def test_as_a_command_on_a_laptop(project: Project, run_action: Callable[..., Result]) -> None:
    flags = [
        "--chart=charts/operator",
        f"--registry={project.namespace}",
        "--tag=v1.5.0",
        "--dry-run",
        "--exclude-images=*",
    ]
    result = run_action("publish_chart", workspace=project.folder, args=flags)

    assert result.code == 0, result.errors
    assert f"reference={project.reference}" in result.log


@pytest.mark.parametrize("ignored", ["/files/\n", "*.bin\n"])
def test_a_pointer_that_helm_leaves_out_does_not_matter(project: Project, publish: Publish, ignored: str) -> None:
    project.push_image()
    project.write("charts/operator/files/model.bin", POINTER)
    project.write("charts/operator/.helmignore", ignored)
    done = publish()
    assert done.code == 0, done.log


@pytest.mark.parametrize("git_ignores", [True, False])
def test_a_file_that_no_commit_has_is_not_published(project: Project, publish: Publish, *, git_ignores: bool) -> None:
    project.push_image()
    project.write(".gitignore", "crds/\n" if git_ignores else "")
    project.commit()
    project.write("charts/operator/crds/made.yaml", "# by a step before\n")
    done = publish(commit=False)

    assert (done.code, done.error) == (1, "E_CHECKOUT"), done.log
    assert "The tag's commit does not have charts/operator/crds/made.yaml" in done.annotations[-1].message
    (project.chart / "crds/made.yaml").unlink()
    assert publish().code == 0


@pytest.mark.parametrize(("dependency", "error"), [("", "E_CHECKOUT"), ("common", "")])
def test_packages_of_dependencies_are_made_again_and_others_are_not(
    project: Project, publish: Publish, dependency: str, error: str
) -> None:
    project.push_image()
    project.write(".gitignore", "*.tgz\n")
    project.write("charts/common/Chart.yaml", "apiVersion: v2\nname: common\nversion: 1.0.0\ntype: library\n")
    if dependency:
        one = "{name: common, version: 1.0.0, repository: 'file://../common'}"
        project.write(
            "charts/operator/Chart.yaml", (project.chart / "Chart.yaml").read_text() + f"dependencies: [{one}]\n"
        )
        run(["helm", "dependency", "update", str(project.chart)])
    project.commit()
    (project.chart / "charts").mkdir(exist_ok=True)
    run(["helm", "package", str(project.folder / "charts/common"), f"--destination={project.chart / 'charts'}"])
    done = publish(commit=False)
    assert done.error == error, done.log
