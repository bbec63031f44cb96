"""verify-release as a process, on a loopback internet: what it tells of whole releases, and of many at once."""

import pytest

from rehearsal.base.programs import run
from tests.actions.verify_release.project import TAG, Project, require_complete, require_wrong


def test_a_complete_release_is_told_from_the_tag_alone(project: Project) -> None:
    project.release()
    assert require_complete(project.verify()) == {
        "git tag": TAG,
        "version places": f"of {TAG}",
        "image": f"{project.image}:{TAG}",
        "chart": f"{project.charts}/op:1.5.0",
        "GitHub release": TAG,
        "ledger": f"release-ledger.json of {TAG}",
    }


def test_an_exception_is_told_of(project: Project) -> None:
    project.git.switch("release-1.5", "main")
    project.say("1.5.0")
    commit = project.git.commit("untried")
    project.git.git("tag", "--annotate", "--message=Release", "--message=Override-Reason: <i>a leak</i>", TAG)
    project.git.push()
    project.push_image(TAG, "1.5.0", commit)
    project.push_chart("1.5.0", TAG)
    project.publish()
    done = project.verify()
    require_complete(done)
    [note] = [one["note"] for one in done.result["artefacts"] if one["kind"] == "ledger"]
    assert note == "Released although a rule was against it: <i>a leak</i>"
    assert "although a rule was against it" in done.summary
    assert "<i>" not in done.summary.replace("\\<i", "")


def test_a_candidate_and_an_older_patch_are_complete_too(project: Project) -> None:
    project.release("v1.5.0-rc.0")
    project.release("v1.5.0")
    project.release("v1.4.9", branch="release-1.4")
    for tag in ("v1.5.0-rc.0", "v1.4.9"):
        require_complete(project.verify(tag, floating_tags="latest"))


def test_without_a_configuration_file_the_ledger_says_what_there_is(project: Project) -> None:
    (project.git.tree / ".github/release-actions.yml").unlink()
    project.release()
    assert set(require_complete(project.verify())) == {"git tag", "image", "chart", "GitHub release", "ledger"}


def test_what_only_the_ledger_names_is_looked_at_too(project: Project) -> None:
    project.git.write(".github/release-actions.yml", f"images:\n  - name: {project.image}\n")
    project.release()
    assert require_complete(project.verify())["chart"] == f"{project.charts}/op:1.5.0"


def test_a_release_of_others_can_be_looked_at_without_a_ledger(project: Project) -> None:
    commit = project.tag(TAG)
    project.push_image(TAG, "1.5.0", commit)
    project.push_chart("1.5.0", TAG)
    require_complete(project.verify(github_release="none"))


@pytest.mark.parametrize(
    ("name", "said", "others"),
    [
        ("images", "{image}-other", {}),
        ("charts", "charts/other", {"charts/other": "other"}),
        ("platforms", "linux/amd64", {}),
    ],
)
def test_the_file_at_the_tag_decides_and_an_input_that_says_otherwise_is_named(
    project: Project, name: str, said: str, others: dict[str, str]
) -> None:
    file = project.git.tree / ".github/release-actions.yml"
    text = file.read_text().replace("charts/*", "./charts/op")
    file.write_text(f"{text}platforms: [linux/amd64, linux/arm64]\n")
    for chart in others.values():
        project.say("1.5.0", chart)
    project.release()
    given = said.format(image=project.image)
    done = project.verify(**{name: given})

    seen = require_complete(done)
    assert (seen["image"], seen["chart"]) == (f"{project.image}:{TAG}", f"{project.charts}/op:1.5.0")
    [warning] = [one.message for one in done.annotations if one.title == "Inputs that are not as the tag says"]
    assert f"The input `{name}` says `{given}`" in warning
    assert ".github/release-actions.yml at the tag says" in warning


def test_a_platform_that_only_the_file_at_the_tag_expects_is_missed(project: Project) -> None:
    file = project.git.tree / ".github/release-actions.yml"
    file.write_text(f"{file.read_text()}platforms: [linux/amd64, linux/arm64]\n")
    commit = project.tag(TAG)
    project.push_image(TAG, "1.5.0", commit, "linux/amd64")
    project.push_chart("1.5.0", TAG)
    project.publish()

    require_wrong(project.verify(platforms="linux/amd64"), "image", "linux/arm64")


def test_an_input_that_says_the_same_in_other_words_is_not_warned_of(project: Project) -> None:
    project.release()
    done = project.verify(images=project.image, charts="./charts/op")

    require_complete(done)
    assert "Inputs that are not as the tag says" not in {one.title for one in done.annotations}


def test_floating_tags_of_the_highest_release_are_told(project: Project) -> None:
    project.release()
    for tag in ("latest", "v1", "v1.5"):
        run(["crane", "tag", f"{project.image}:{TAG}", tag], env=project.internet.env())
    done = project.verify(floating_tags="latest,major,minor")
    require_complete(done)
    names = [one["name"] for one in done.result["artefacts"] if one["kind"] == "floating tag"]
    assert names == [f"{project.image}:{tag}" for tag in ("latest", "v1", "v1.5")]


def test_all_releases_since_one_are_one_table(project: Project) -> None:
    project.git.tag("chart-9.9.9")
    project.release("v1.3.0", branch="release-1.3")
    project.release("v1.4.0", branch="release-1.4")
    project.tag("v1.4.1", branch="release-1.4")
    project.release("v1.5.0-rc.0")
    done = project.verify("", since="v1.4.0")
    assert (done.code, done.outputs.get("incomplete-tags")) == (1, "v1.4.1"), done.log
    tags = [one["name"] for one in done.result["artefacts"] if one["kind"] == "git tag"]
    assert tags == ["v1.4.0", "v1.4.1", "v1.5.0-rc.0"]
    wrong = [(one["kind"], one["version"]) for one in done.result["artefacts"] if one["outcome"] == "wrong"]
    assert wrong == [(kind, "1.4.1") for kind in ("image", "chart", "GitHub release", "ledger")]


def test_one_tag_of_many_that_says_nothing_hides_no_other(project: Project) -> None:
    project.release("v1.4.0", branch="release-1.4")
    (project.git.tree / ".github/release-actions.yml").write_text("unknown: key\n")
    project.release("v1.4.1", branch="release-1.4")
    done = project.verify("", since="v1.4.0")
    assert (done.code, done.error, done.outputs["incomplete-tags"]) == (1, "E_CONFIG", "v1.4.1")
    right = [(one["kind"], one["version"]) for one in done.result["artefacts"] if one["outcome"] == "verified"]
    assert ("chart", "1.4.0") in right
    assert ("GitHub release", "1.4.1") in right
