"""build-push-image at a registry that does other things than it says, or that others push to at the same moment."""

from collections.abc import Callable, Mapping

import pytest

from rehearsal.act.step import Result
from rehearsal.hosts.internet import Internet
from rehearsal.net.proxy import Hook
from rehearsal.oci.content import push_image, release_labels
from rehearsal.oci.crane import crane
from tests.actions.build_push_image.project import TAG, BuildPush, Project, require_error, require_success
from tests.boundary.oci.lying_registry.writes import after, hide, lose, meddling

AMD, ARM = "linux/amd64", "linux/arm64"
TAGGED = f"/v2/.*/manifests/{TAG}"
SET = f"PUT {TAGGED}"
OTHER = release_labels("1.5.0", "0" * 40)


class Published:
    """The project's image in the ghcr.io of a loopback internet: images without files, joined by the action."""

    def __init__(self, project: Project, internet: Internet, build_push: BuildPush) -> None:
        self.name = f"{project.name}/op"
        self.tagged = f"ghcr.io/{self.name}:{TAG}"
        self.labels = release_labels(TAG[1:], project.head)
        self._internet = internet
        self._build_push = build_push

    def push(self, tag: str, *platforms: str, labels: Mapping[str, str] | None = None) -> str:
        """Push an image past the proxy, and return its digest."""
        registry = self._internet.registry("ghcr.io")
        return push_image(registry, self.name, tag, {**self.labels, **(labels or {})}, platforms)

    def join(self, *platforms: str, hook: Hook) -> Result:
        """Publish these platforms while a hook decides about the registry's calls."""
        parts = "\n".join(self.push(one.replace("/", "-"), one) for one in platforms)
        with meddling(self._internet, hook):
            given = {"image": f"ghcr.io/{self.name}", "platforms": ",".join(platforms)}
            return self._build_push(**given, digests=parts)

    def digest(self) -> str:
        return crane("digest", self.tagged, env=self._internet.env())


@pytest.fixture
def published(project: Project, loopback: Internet, build_push: BuildPush) -> Published:
    """The image of which nothing is published yet."""
    return Published(project, loopback, build_push)


def rebuilt(published: Published) -> Hook:
    return after(SET, lambda: published.push(TAG, AMD, labels={"note": "built by another run"}))


def less(published: Published) -> Hook:
    return after(SET, lambda: published.push(TAG, AMD))


def not_by_digest(_: Published) -> Hook:
    return hide("HEAD /v2/.*/manifests/sha256:.*", since=SET, times=9)


@pytest.mark.parametrize(
    ("lie", "platforms", "code", "said"),
    [
        (rebuilt, [AMD], "E_VERSION_EXISTS", "but it points to sha256:"),
        (less, [AMD, ARM], "E_PLATFORM_INCOMPLETE", f"{TAG} lacks {ARM}"),
        (not_by_digest, [AMD], "E_REGISTRY_RESPONSE", "does not have it by that digest"),
    ],
)
def test_a_tag_is_read_back_after_it_was_set(
    published: Published, lie: Callable[[Published], Hook], platforms: list[str], code: str, said: str
) -> None:
    done = published.join(*platforms, hook=lie(published))

    message = require_error(done, code)
    assert said in message
    assert f"Unknown, because the attempt itself failed: {published.tagged}." in message
    assert [one["outcome"] for one in done.result["artefacts"]] == ["failed"]


def test_a_tag_that_is_seen_a_moment_later_is_waited_for(published: Published) -> None:
    done = published.join(AMD, hook=hide(f"(GET|HEAD) {TAGGED}", since=SET, times=1))

    assert require_success(done)["digest"] == published.digest()


def test_a_tag_that_was_set_although_the_answer_was_lost(published: Published) -> None:
    done = published.join(AMD, ARM, hook=lose(SET, carried_out=True))

    assert require_success(done)["digest"] == published.digest()
    assert [one["outcome"] for one in done.result["artefacts"]] == ["done"]


def nothing(_: Published) -> None:
    """No other publisher is there."""


def another_image(published: Published) -> None:
    published.push(TAG, AMD, labels=OTHER)


@pytest.mark.parametrize(("other", "code"), [(nothing, "E_REGISTRY_UNAVAILABLE"), (another_image, "E_VERSION_EXISTS")])
def test_a_tag_that_was_not_set_and_the_answer_was_lost(
    published: Published, other: Callable[[Published], None], code: str
) -> None:
    done = published.join(AMD, hook=lose(SET, carried_out=False, act=lambda: other(published)))

    message = require_error(done, code)
    assert f"Unknown, because the attempt itself failed: {published.tagged}." in message
    assert [one["outcome"] for one in done.result["artefacts"]] == ["failed"]


def test_an_image_that_appears_meanwhile_is_not_overwritten(published: Published) -> None:
    other: list[str] = []
    come = after(f"GET {TAGGED}", lambda: other.append(published.push(TAG, AMD, labels=OTHER)))
    done = published.join(AMD, hook=come)

    assert "Nothing was published or written by this run." in require_error(done, "E_VERSION_EXISTS")
    assert [published.digest()] == other
