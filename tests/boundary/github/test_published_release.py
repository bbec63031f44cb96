"""What a release on GitHub lacks of its content, when its ledger was written by another run or for another reason."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from release_actions.core.version import parse_tag
from release_actions.github.assets import describe
from release_actions.github.releases import Release, Releases
from release_actions.oci.registry import Registry
from release_actions.release import content as release_content
from release_actions.release.content import ContentInputs, ReleaseContent
from release_actions.release.published import lacking, require_same
from tests.boundary.github.faults import create

LEDGER = "release-ledger.json"
Gather = Callable[..., ReleaseContent]


@pytest.fixture
def gather(tmp_path: Path) -> Iterator[Gather]:
    """`gather(reason="…", run="…")` makes the content of v1.5.0, which is the file notes.txt."""
    (tmp_path / "notes.txt").write_text("notes")
    version, files = parse_tag("v1.5.0"), [describe(tmp_path / "notes.txt")]
    with Registry(lambda _: None) as registry:

        def made(*, reason: str = "", run: str = "") -> ReleaseContent:
            source = ContentInputs(
                version=version, commit="a" * 40, images=(), charts=(), files=files, run=run, action="", reason=reason
            )
            folder = tmp_path / f"{reason}{run}"
            folder.mkdir(exist_ok=True)
            return release_content.gather(source, registry, folder)

        yield made


def uploaded(releases: Releases, content: ReleaseContent) -> Release:
    draft = create(releases)
    for file in content.files:
        releases.upload(draft, file)
    return draft


def test_the_ledger_of_another_run_with_the_same_content_stays(releases: Releases, gather: Gather) -> None:
    release, ours = uploaded(releases, gather(run="first", reason="late")), gather(run="second", reason="late")
    assert lacking(ours, release, releases) == {}
    require_same(ours, release, releases)


@pytest.mark.parametrize(("before", "now"), [("", "late"), ("late", ""), ("late", "later")])
def test_a_draft_gets_the_reason_of_now(releases: Releases, gather: Gather, before: str, now: str) -> None:
    release, ours = uploaded(releases, gather(reason=before)), gather(reason=now)
    assert list(lacking(ours, release, releases)) == [LEDGER]
    require_same(ours, release, releases)


def test_a_draft_keeps_no_ledger_that_names_more_files(releases: Releases, gather: Gather, tmp_path: Path) -> None:
    ours = gather()
    written = (tmp_path / LEDGER).read_text()
    more = f'    {{\n      "name": "more.txt",\n      "digest": "sha256:{"0" * 64}"\n    }},\n'
    (tmp_path / LEDGER).write_text(written.replace('  "files": [\n', f'  "files": [\n{more}'))
    theirs = {file.name: describe(file.path) for file in ours.files}
    draft = create(releases)
    for file in theirs.values():
        releases.upload(draft, file)
    (tmp_path / LEDGER).write_text(written)
    assert list(lacking(ours, draft, releases)) == [LEDGER]
