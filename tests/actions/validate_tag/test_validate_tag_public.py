"""A tag with stale places is moved where nothing of it is public, and followed by another one where something is."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.git.project import GitProject
from rehearsal.github import GitHub
from rehearsal.oci.crane import crane
from rehearsal.oci.registry import Registry
from tests.actions.validate_tag.test_validate_tag_next_steps import write_places
from tests.support.next_steps import Follower, followed

NOT_THERE = "Public of 1.5.0 now: nothing; not there: image {image}, chart {chart}, GitHub release v1.5.0."
IMAGE_THERE = "Public of 1.5.0 now: image {image} (sha256:"
NO_GITHUB = "Public of 1.5.0 now: nothing that could be seen; not there: image {image}, chart {chart}; unknown: GitHub"


@pytest.mark.parametrize(
    ("state", "said", "becomes"),
    [
        ("nothing", NOT_THERE, "v1.5.0"),
        ("an image", IMAGE_THERE, "v1.5.1"),
        ("unknown", NO_GITHUB, "v1.5.1"),
    ],
)
def test_the_next_step_of_a_stale_tag(
    *,
    project: GitProject,
    run_action: Callable[..., Result],
    follower: Follower,
    github: GitHub,
    registry: Registry,
    tmp_path: Path,
    state: str,
    said: str,
    becomes: str,
) -> None:
    name = f"kubeflow/{tmp_path.name.replace('_', '-')}"
    image, chart = f"{registry.host}/{name}:v1.5.0", f"{registry.host}/{name}/charts/demo:1.5.0"
    write_places(project, "1.4.0")
    stale = project.commit("forgotten")
    project.tag("v1.5.0", annotated=True)
    project.push()
    github.add(name, project.origin)
    if state == "an image":
        crane("append", "--oci-empty-base", f"--new_layer={layer(tmp_path)}", f"--new_tag={image}")
    env = {"GITHUB_API_URL": github.url, "GITHUB_REPOSITORY": "kubeflow/none" if state == "unknown" else name}
    runs: list[Result] = []

    def attempt(changed: Mapping[str, str], ref: str) -> Result:
        tag = ref or "refs/tags/v1.5.0"
        given = {
            "tag": tag.removeprefix("refs/tags/"),
            "images": image.rpartition(":")[0],
            "registry": f"{registry.host}/{name}/charts",
            "token": github.token(contents="read", repository=name),
            **changed,
        }
        runs.append(
            run_action("validate_tag", given, workspace=project.checkout(tag, f"workspace-{len(runs)}"), env=env)
        )
        return runs[-1]

    last = followed(follower.follow(project.origin, attempt), "E_STALE_VERSION")
    assert said.format(image=image, chart=chart) in runs[0].annotations[-1].message
    assert last.outputs["tag"] == becomes
    assert (project.git("rev-parse", "v1.5.0^{commit}", cwd=project.origin) == stale) is (becomes != "v1.5.0")


def layer(folder: Path) -> Path:
    """A layer without files."""
    made = folder / "layer.tar"
    made.write_bytes(b"\0" * 10240)
    return made
