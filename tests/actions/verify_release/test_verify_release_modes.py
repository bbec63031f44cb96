"""verify-release looks at version places at the tag, at git alone when asked to, and at what the public can pull."""

import pytest

from rehearsal.net.proxy import Answer, Call, Meddling
from tests.actions.verify_release.project import Project, require_complete, require_wrong


def test_a_chart_without_an_app_version_is_right(project: Project) -> None:
    commit = project.tag("v1.5.0")
    project.push_image("v1.5.0", "1.5.0", commit)
    project.push_chart("1.5.0", "")
    project.publish()

    require_complete(project.verify())


def test_a_version_place_that_is_stale_at_the_tag_is_wrong(project: Project) -> None:
    project.git.write(
        ".github/release-actions.yml",
        (project.git.tree / ".github/release-actions.yml").read_text() + "places: [{file: VERSION}]\n",
    )
    project.git.write("VERSION", "v1.4.0\n")
    project.git.commit("a place")
    project.release()

    require_wrong(project.verify(), "version places", "VERSION, line 1, says 'v1.4.0'")
    assert project.verify(check_places="false").code == 0


def test_git_alone_needs_no_images(project: Project) -> None:
    project.git.write(".github/release-actions.yml", "platforms: [linux/amd64]\n")
    project.git.commit("nothing to publish")
    project.tag("v1.5.0")
    everything = project.verify()
    calls = len(project.internet.proxy.calls)
    done = project.verify(git_only="true")

    assert everything.error == "E_INPUT"
    assert set(require_complete(done)) == {"git tag"}
    assert [one.host for one in project.internet.proxy.calls[calls:] if one.host in {"ghcr.io", "api.github.com"}] == []


def test_git_alone_still_finds_what_is_wrong_in_git(project: Project) -> None:
    project.release()
    project.git.git("switch", "--quiet", "--detach", "main")
    commit = project.git.commit("elsewhere")
    project.git.git("tag", "--force", "v1.5.0", commit)
    project.git.push()

    require_wrong(project.verify(git_only="true", check_places="false"), "git tag")


@pytest.mark.parametrize("login", ["the-login", ""])
def test_what_only_a_login_can_pull_is_warned_of(project: Project, login: str) -> None:
    project.release()
    before = project.internet.proxy.hook

    def private(call: Call) -> Answer | Meddling | None:
        if call.host != "ghcr.io" or call.authorization:
            return before(call)
        return Answer(401, headers=(("WWW-Authenticate", 'Basic realm="ghcr.io"'),))

    project.internet.proxy.hook = private if login else before
    try:
        done = project.verify(ghcr_token=login)
    finally:
        project.internet.proxy.hook = before

    require_complete(done)
    warnings = [one.message for one in done.annotations if one.title == "Not public"]
    assert len(warnings) == (1 if login else 0)
    for name in (f"{project.image}:v1.5.0", f"{project.charts}/op:1.5.0", "Change visibility") if login else ():
        assert name in warnings[0]
