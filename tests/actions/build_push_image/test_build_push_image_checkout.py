"""build-push-image builds what the tag's commit has: no changed file, and no pointer of Git LFS."""

import pytest

from tests.actions.build_push_image.project import DOCKERFILE, BuildPush, Project

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"


@pytest.mark.parametrize("file", ["hello", "Dockerfile"])
def test_a_changed_file_is_not_built(project: Project, build_push: BuildPush, file: str) -> None:
    project.commit(**{".dockerignore": "Dockerfile\n"})
    (project.folder / file).write_text(f"{(project.folder / file).read_text()}# by a step before\n")
    done = build_push(platforms="linux/amd64")

    assert (done.code, done.error) == (1, "E_CHECKOUT"), done.log
    assert f"{file} changed" in done.log


def test_a_pointer_of_git_lfs_is_not_built_unless_the_build_does_not_get_it(
    project: Project, build_push: BuildPush
) -> None:
    project.commit(**{"film.mp4": POINTER})
    refused = build_push(platforms="linux/amd64")
    project.commit(**{"Dockerfile.dockerignore": "*\n!hello\n", "Dockerfile": DOCKERFILE})
    built = build_push(platforms="linux/amd64")

    assert (refused.code, refused.error) == (1, "E_CHECKOUT"), refused.log
    assert "Git LFS has not fetched film.mp4" in refused.log
    assert built.code == 0, built.log + built.errors
