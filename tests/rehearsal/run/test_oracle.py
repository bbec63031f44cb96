"""The oracle tells nothing, a part and the whole of a release apart."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.base.programs import run
from rehearsal.git.project import GitProject
from rehearsal.github import GitHub
from rehearsal.github.state import Asset, Release
from rehearsal.hosts.internet import Internet
from rehearsal.oci.content import push_image, release_labels
from rehearsal.run.oracle import Expected, Oracle, Outcome

TAG = "v1.5.0"
PLATFORMS = frozenset(("linux/amd64", "linux/arm64"))
INDEX = """\
apiVersion: v1
entries:
  op:
  - apiVersion: v2
    name: op
    version: 1.4.0
"""


class Published:
    """A tagged project, and each part of its release, to be published by hand."""

    def __init__(self, folder: Path, internet: Internet, github: GitHub) -> None:
        self.folder, self.internet, self.github = folder, internet, github
        self.name = f"acme/{folder.name.replace('_', '-').lower()}"
        path = internet.git.repository(self.name)
        self.git = GitProject(folder, path, "")
        self.git.tag(TAG)
        self.git.switch("gh-pages")
        self.git.write("index.yaml", INDEX)
        self.git.commit("index")
        self.git.push()
        github.add(self.name, path)
        self.expected = Expected(
            repository=self.name,
            tag=TAG,
            images={f"ghcr.io/{self.name}": PLATFORMS},
            charts=(f"ghcr.io/{self.name}-charts/op",),
            index_branch="gh-pages",
        )

    def image(self, commit: str = "", platforms: frozenset[str] = PLATFORMS) -> None:
        labels = release_labels("1.5.0", commit or self.git.git("rev-parse", TAG))
        push_image(self.internet.registry("ghcr.io"), self.name, TAG, labels, sorted(platforms))

    def chart(self, app_version: str = TAG) -> None:
        (self.folder / "op" / "templates").mkdir(parents=True)
        text = f"apiVersion: v2\nname: op\nversion: 1.5.0\nappVersion: {app_version}\n"
        (self.folder / "op" / "Chart.yaml").write_text(text)
        run(["helm", "package", str(self.folder / "op"), f"--destination={self.folder}"])
        target = f"oci://{self.internet.registry('ghcr.io').host}/{self.name}-charts"
        run(["helm", "push", str(self.folder / "op-1.5.0.tgz"), target, "--plain-http"])

    def entry(self, times: int = 1) -> None:
        added = "  - apiVersion: v2\n    name: op\n    version: 1.5.0\n" * times
        self.git.write("index.yaml", INDEX.replace("  op:\n", f"  op:\n{added}"))
        self.git.commit("entry")
        self.git.push()

    def release(self, *, draft: bool = False, ledger: bool = True) -> None:
        world = self.github.world
        now, user = world.now(), world.user("ann")
        made = Release(
            *(world.new_id(), TAG, "main", TAG, "", draft),
            prerelease=False,
            author=user,
            drafted_at=now,
            updated_at=now,
        )
        made.published_at = None if draft else now
        if ledger:
            kind = "application/json"
            asset = Asset(world.new_id(), "release-ledger.json", "", kind, b"{}", "uploaded", user, now, now)
            made.assets[asset.id] = asset
        self.github.repository(self.name).releases[made.id] = made

    def all(self) -> None:
        self.image()
        self.chart()
        self.entry()
        self.release()


@pytest.fixture(scope="module")
def internet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Internet]:
    with Internet(tmp_path_factory.mktemp("oracle")) as started:
        yield started


@pytest.fixture
def published(tmp_path: Path, internet: Internet, github: GitHub) -> Published:
    return Published(tmp_path, internet, github)


def look(published: Published) -> tuple[Outcome, list[str]]:
    """What the oracle says: the outcome, and what is wrong with which kind of artefact."""
    calls = len(published.internet.proxy.calls)
    sight = Oracle(published.internet, published.github, published.expected).look()
    assert len(published.internet.proxy.calls) == calls
    kinds = (f"{name.rpartition(' ')[0]}: {problem}" for name, problem in sight.problems.items() if problem)
    assert sight.outcome.value in str(sight)
    return sight.outcome, list(kinds)


def test_nothing_is_visible_of_a_tag_alone_or_of_a_draft(published: Published) -> None:
    published.release(draft=True)
    missing = [f"{kind}: missing" for kind in ("image", "chart", "index entry", "release")]
    assert look(published) == (Outcome.NOTHING, missing)


def test_a_whole_release_is_complete(published: Published) -> None:
    published.all()
    assert look(published) == (Outcome.COMPLETE, [])


@pytest.mark.parametrize("part", ["image", "chart", "entry", "release"])
def test_any_part_alone_is_half_a_release(published: Published, part: str) -> None:
    getattr(published, part)()
    outcome, problems = look(published)
    assert outcome is Outcome.HALF
    assert len(problems) == 3


def test_parts_that_are_wrong_make_half_a_release(published: Published) -> None:
    published.image(platforms=frozenset(("linux/amd64",)))
    published.chart("v1.4.0")
    published.entry(times=2)
    published.release(ledger=False)
    assert look(published) == (
        Outcome.HALF,
        [
            "image: lacks linux/arm64",
            "chart: says version 1.5.0, appVersion v1.4.0",
            "index entry: is there 2 times",
            "release: has no ledger",
        ],
    )


def test_an_image_of_another_commit_is_wrong(published: Published) -> None:
    published.all()
    published.image(commit="0" * 40)
    assert look(published) == (Outcome.HALF, [f"image: linux/amd64 is of {'0' * 40}"])
