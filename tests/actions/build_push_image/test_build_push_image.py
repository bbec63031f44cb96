"""build-push-image as a process, with a real BuildKit and a real registry; what is there is read back by crane."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from rehearsal.act.step import Result
from rehearsal.base.programs import program, run
from rehearsal.hosts.internet import Internet
from rehearsal.oci.content import push_image, release_labels
from rehearsal.oci.crane import crane, is_absent, manifest
from rehearsal.oci.registry import Registry
from tests.actions.build_push_image.project import (
    TAG,
    BuildPush,
    Project,
    labels,
    platforms,
    require_error,
    require_success,
    shown,
)


def test_two_platforms_become_one_tagged_index(build_push: BuildPush, project: Project) -> None:
    outputs = require_success(build_push(build_args="NOTE=hi", labels="team=demo"))
    tagged = f"{project.image}:{TAG}"
    index = manifest(tagged)
    assert outputs["digest"] == crane("digest", tagged)
    assert outputs["reference"] == f"{tagged}@{outputs['digest']}"
    assert (outputs["image"], outputs["tag"], outputs["platforms"]) == (project.image, TAG, "linux/amd64,linux/arm64")
    assert platforms(index) == ["linux/amd64", "linux/arm64"]
    said = {
        "org.opencontainers.image.version": "1.5.0-rc.0",
        "org.opencontainers.image.revision": project.head,
        "org.opencontainers.image.source": "https://github.com/kubeflow/demo",
    }
    assert said.items() <= index["annotations"].items()
    for platform in ("linux/amd64", "linux/arm64"):
        assert {**said, "note": "hi", "team": "demo"}.items() <= labels(tagged, platform).items()


def test_the_page_says_what_was_created_and_how_to_pull_it(build_push: BuildPush, project: Project) -> None:
    done = build_push(platforms="linux/amd64")
    digest = require_success(done)["digest"]
    assert "created" in done.summary
    assert f"docker pull {project.image}:{TAG}@{digest}" in done.summary
    (artefact,) = done.result["artefacts"]
    assert (artefact["outcome"], artefact["digest"]) == ("done", digest)


def test_a_second_run_builds_nothing_and_gives_the_same_digest(build_push: BuildPush) -> None:
    first = require_success(build_push())
    done = build_push()
    second = require_success(done)
    assert {**second, "result": ""} == {**first, "result": ""}
    assert done.result["artefacts"][0]["outcome"] == "skipped"
    assert "Build for" not in done.log


def test_the_same_commit_gives_the_same_bytes(build_push: BuildPush, project: Project) -> None:
    digests = {
        require_success(build_push(image=f"{project.image}-{copy}", provenance="none"))["digest"] for copy in "ab"
    }
    assert len(digests) == 1


def test_the_same_version_of_another_commit_is_refused_with_both_named(build_push: BuildPush, project: Project) -> None:
    before, digest = project.head, require_success(build_push())["digest"]
    after = project.commit()
    message = require_error(build_push(), "E_VERSION_EXISTS")
    assert before in message
    assert after in message
    assert "Cut the next version" in message
    assert crane("digest", f"{project.image}:{TAG}") == digest


def test_an_image_that_says_nothing_about_itself_is_never_overwritten(
    build_push: BuildPush, project: Project, tmp_path: Path
) -> None:
    (tmp_path / "layer").write_text("x")
    run(["tar", "-C", str(tmp_path), "-cf", str(tmp_path / "layer.tar"), "layer"])
    crane("append", f"--new_layer={tmp_path / 'layer.tar'}", f"--new_tag={project.image}:{TAG}")
    digest = crane("digest", f"{project.image}:{TAG}")
    assert "unknown commit" in require_error(build_push(), "E_VERSION_EXISTS")
    assert crane("digest", f"{project.image}:{TAG}") == digest


def test_an_image_of_which_one_platform_is_another_commits_is_not_this_release(
    build_push: BuildPush, project: Project, registry: Registry
) -> None:
    repository = project.image.partition("/")[2]
    for name, commit in (("amd64", project.head), ("arm64", "0" * 40)):
        push_image(registry, repository, name, release_labels(TAG[1:], commit), [f"linux/{name}"])
    parts = [f"--manifest={project.image}:{name}" for name in ("amd64", "arm64")]
    crane("index", "append", *parts, f"--tag={project.image}:{TAG}")
    assert f"already published from commit {'0' * 40}" in require_error(build_push(), "E_VERSION_EXISTS")


def test_the_tag_may_be_spelled_without_its_v(build_push: BuildPush, project: Project) -> None:
    outputs = require_success(build_push(image_tag="bare", platforms="linux/amd64"))
    assert outputs["tag"] == "1.5.0-rc.0"
    assert crane("digest", f"{project.image}:1.5.0-rc.0") == outputs["digest"]


def test_several_names_get_the_same_image(build_push: BuildPush, project: Project) -> None:
    names = [project.image, f"{project.image}-mirror"]
    outputs = require_success(build_push(image="\n".join(names)))
    assert {crane("digest", f"{name}:{TAG}") for name in names} == {outputs["digest"]}


def test_a_name_that_was_left_out_gets_the_image_that_is_there(build_push: BuildPush, project: Project) -> None:
    digest = require_success(build_push())["digest"]
    done = build_push(image=f"{project.image}-late\n{project.image}")
    assert require_success(done)["digest"] == digest
    assert crane("digest", f"{project.image}-late:{TAG}") == digest
    assert [one["outcome"] for one in done.result["artefacts"]] == ["done", "skipped"]
    assert "Build for" not in done.log


def build_parts(build_push: BuildPush, *names: str) -> list[str]:
    return [require_success(build_push(platforms=f"linux/{name}", digest_only="true"))["digest"] for name in names]


def test_platforms_built_apart_are_joined(build_push: BuildPush, project: Project) -> None:
    parts = build_parts(build_push, "amd64", "arm64")
    assert is_absent(f"{project.image}:{TAG}")
    outputs = require_success(build_push(digests="\n".join(parts)))
    index = manifest(f"{project.image}:{TAG}")
    assert outputs["digest"] == crane("digest", f"{project.image}:{TAG}")
    assert platforms(index) == ["linux/amd64", "linux/arm64"]
    assert index["annotations"]["org.opencontainers.image.revision"] == project.head


def test_a_finished_join_is_not_done_again(build_push: BuildPush, project: Project) -> None:
    parts = "\n".join(build_parts(build_push, "amd64", "arm64"))
    digest = require_success(build_push(digests=parts))["digest"]
    assert require_success(build_push(digests=parts))["digest"] == digest
    done = build_push(platforms="linux/arm64", digest_only="true")
    assert f"@{require_success(done)['digest']}" in done.outputs["reference"]
    assert "Build for" not in done.log
    assert crane("digest", f"{project.image}:{TAG}") == digest


def test_a_join_needs_no_checkout_when_it_is_told_the_commit(build_push: BuildPush, project: Project) -> None:
    parts = "\n".join(build_parts(build_push, "amd64", "arm64"))
    commit = project.head
    shutil.rmtree(project.folder / ".git")
    require_error(build_push(digests=parts), "E_CHECKOUT")
    run_of = {"GITHUB_SERVER_URL": project.server, "GITHUB_REPOSITORY": project.name}
    assert require_success(build_push(digests=parts, commit=commit, env=run_of))["digest"]


def test_a_join_that_lacks_a_platform_tags_nothing(build_push: BuildPush, project: Project) -> None:
    (part,) = build_parts(build_push, "amd64")
    assert "lacks linux/arm64" in require_error(build_push(digests=part), "E_PLATFORM_INCOMPLETE")
    assert is_absent(f"{project.image}:{TAG}")


def test_a_join_of_two_images_for_one_platform_tags_nothing(build_push: BuildPush, project: Project) -> None:
    parts = build_parts(build_push, "amd64", "arm64")
    parts.append(require_success(build_push(platforms="linux/amd64", digest_only="true", labels="a=b"))["digest"])
    assert "linux/amd64" in require_error(build_push(digests="\n".join(parts)), "E_INPUT")
    assert is_absent(f"{project.image}:{TAG}")


def test_a_join_with_another_commits_image_tags_nothing(build_push: BuildPush, project: Project) -> None:
    old = project.head
    parts = build_parts(build_push, "amd64")
    new = project.commit()
    parts += build_parts(build_push, "arm64")
    message = require_error(build_push(digests="\n".join(parts)), "E_VERSION_EXISTS")
    assert old in message
    assert new in message
    assert is_absent(f"{project.image}:{TAG}")


def test_a_join_of_what_was_never_pushed_tags_nothing(build_push: BuildPush, project: Project) -> None:
    require_error(build_push(digests=f"sha256:{'0' * 64}"), "E_REGISTRY_RESPONSE")
    assert is_absent(f"{project.image}:{TAG}")


def test_a_published_image_that_lacks_a_promised_platform_is_named(build_push: BuildPush) -> None:
    require_success(build_push(platforms="linux/amd64"))
    assert "linux/arm64" in require_error(build_push(), "E_PLATFORM_INCOMPLETE")


@pytest.mark.parametrize("mode", ["whole", "digest-only"])
def test_a_dry_run_writes_nothing(build_push: BuildPush, project: Project, mode: str) -> None:
    inputs = {"platforms": "linux/amd64", "digest_only": "true"} if mode == "digest-only" else {}
    done = build_push(dry_run="true", **inputs)
    assert require_success(done)["digest"] == ""
    assert done.result["artefacts"][0]["outcome"] == "planned"
    assert project.image.partition("/")[2] not in crane("catalog", project.image.partition("/")[0]).split()


def test_a_login_from_inputs_is_used_and_leaves_no_trace(
    build_push: BuildPush, loopback: Internet, registry_with_login: Registry
) -> None:
    loopback.connect("private.example", registry_with_login.address)
    account = registry_with_login.login
    inputs = {"image": "private.example/demo/op", "registry_username": account.username, "platforms": "linux/amd64"}
    done = build_push(**inputs, registry_password=account.password)
    assert require_success(done)["digest"]
    assert account.password not in shown(done)
    for wrong in ({**inputs, "registry_password": "wrong"}, {"image": inputs["image"]}):
        require_error(build_push(**wrong), "E_REGISTRY_LOGIN")


def test_a_registry_that_is_down_is_one_clear_error(build_push: BuildPush) -> None:
    message = require_error(build_push(image="127.0.0.1:1/op"), "E_REGISTRY_UNAVAILABLE")
    assert "Nothing was published" in message
    assert "unknown: image 127.0.0.1:1/op:" in message


def test_an_error_in_the_dockerfile_is_shown_at_its_line(build_push: BuildPush, project: Project) -> None:
    project.commit(Dockerfile="FROM scratch\n\nCOPPY a b\n")
    done = build_push()
    assert "COPPY" in require_error(done, "E_BUILD")
    (error,) = (one for one in done.annotations if one.level == "error")
    assert (error.file, error.line) == ("Dockerfile", 3)
    assert is_absent(f"{project.image}:{TAG}")


@pytest.mark.parametrize("text", ["::error::pwned", "::set-output name=digest::pwned", "COPPY ##[error]pwned"])
def test_what_a_dockerfile_says_is_never_obeyed(build_push: BuildPush, project: Project, text: str) -> None:
    project.commit(Dockerfile=f"FROM scratch\n{text}\n")
    done = build_push(token="")
    require_error(done, "E_BUILD")
    assert {command.name for command in done.commands} <= {"group", "endgroup", "error"}


def test_a_secret_reaches_the_build_and_nothing_else(build_push: BuildPush, project: Project) -> None:
    secret = "S3cret-" + "x" * 33
    shutil.copy(program("yq"), project.folder / "yq")
    project.commit(
        Dockerfile="FROM scratch AS build\nCOPY yq /yq\nRUN --mount=type=secret,id=npm"
        ' ["/yq", "-n", "\\"length \\" + (load_str(\\"/run/secrets/npm\\") | length | tostring)"]\n'
        "FROM scratch\nCOPY --from=build /yq /yq\n"
    )
    done = build_push(platforms="linux/amd64", secrets="npm=NPM_TOKEN", env={"NPM_TOKEN": secret})
    require_success(done)
    assert "length 40" in done.log
    assert f"::add-mask::{secret}" in done.log
    assert secret not in shown(done)
    assert secret not in crane("manifest", f"{project.image}:{TAG}")


@pytest.mark.parametrize(
    ("inputs", "code"),
    [
        ({"image": ""}, "E_INPUT"),
        ({"image": "ghcr.io/kubeflow/op:v1"}, "E_IMAGE_REFERENCE"),
        ({"image": "--output=x"}, "E_IMAGE_REFERENCE"),
        ({"tag": "latest"}, "E_TAG_GRAMMAR"),
        ({"platforms": ""}, "E_INPUT"),
        ({"platforms": "linux"}, "E_IMAGE_REFERENCE"),
        ({"digest-only": "true"}, "E_INPUT"),
        ({"digest-only": "true", "platforms": "linux/amd64", "digests": f"sha256:{'0' * 64}"}, "E_INPUT"),
        ({"digests": "sha256:0"}, "E_IMAGE_REFERENCE"),
        ({"commit": "main"}, "E_TAG_MOVED"),
        ({"context": ".."}, "E_PATH"),
        ({"context": "/etc"}, "E_PATH"),
        ({"context": "link"}, "E_PATH"),
        ({"context": "https://github.com/kubeflow/demo.git"}, "E_PATH"),
        ({"file": "nothing"}, "E_PATH"),
        ({"build-args": "BUILDKIT_SYNTAX=evil"}, "E_INPUT"),
        ({"secrets": "npm=NOT_SET"}, "E_INPUT"),
        ({"provenance": "mode=max"}, "E_INPUT"),
        ({"builder": "--x"}, "E_INPUT"),
        ({"registry-username": "me"}, "E_INPUT"),
        ({"image": "ghcr.io/a/b\nquay.io/a/b", "registry-username": "me", "registry-password": "S3cret"}, "E_INPUT"),
    ],
    ids=lambda value: value if isinstance(value, str) else " ".join(f"{key}={value[key]!a}" for key in value)[:60],
)
def test_a_wrong_input_is_one_clear_error_before_anything_happens(
    run_action: Callable[..., Result], project: Project, inputs: dict[str, str], code: str
) -> None:
    (project.folder / "link").symlink_to(project.folder)
    given = {"image": "ghcr.io/kubeflow/op", "tag": TAG, **inputs}
    require_error(run_action("build_push_image", given, workspace=project.folder), code)


def test_without_buildx_the_runner_is_told_to_have_it(
    run_action: Callable[..., Result], project: Project, tmp_path: Path
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").symlink_to(program("git"))
    given = {"image": project.image, "tag": TAG}
    done = run_action("build_push_image", given, workspace=project.folder, env={"PATH": str(tmp_path / "bin")})
    assert "docker buildx" in require_error(done, "E_PROGRAM")
