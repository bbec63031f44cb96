"""Drafts that persons made in the web page: publish-release completes one, with its notes and files, and loses none."""

import pytest

from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer
from rehearsal.github.state import Asset, Release
from tests.actions.publish_release.demo import ASSETS, TAG, Demo, Execute, assets, require_error, require_success

NOTES = "## What's new\n\nA *fast* queue.\n\n> <!-- release-actions: the notes follow -->\n\nThanks."


def attach(demo: Demo, release: Release, name: str, content: bytes = b"of a person") -> Asset:
    """Add a file to a release, as a person does in the web page."""
    world = demo.github.world
    now = world.now()
    asset = Asset(world.new_id(), name, "", "text/plain", content, "uploaded", world.user("ann"), now, now)
    release.assets[asset.id] = asset
    return asset


@pytest.mark.parametrize("notes", [NOTES, NOTES.replace("\n", "\r\n"), ""], ids=["notes", "of a browser", "no notes"])
def test_a_persons_draft_is_published_with_its_notes_and_files(demo: Demo, notes: str) -> None:
    draft = demo.add_release(notes)
    draft.name = "The fast one"
    manual = attach(demo, draft, "manual.pdf")
    require_success(demo.publish())

    assert (demo.release.id, demo.release.draft, demo.release.name) == (draft.id, False, "The fast one")
    assert assets(demo.release).keys() > {"manual.pdf", "release-ledger.json", "op-1.5.0.tgz"}
    assert demo.release.assets[manual.id].content == b"of a person"
    body = demo.release.body or ""
    assert body.startswith("<!-- release-actions format=1 ")
    assert body.replace("\r\n", "\n").endswith(notes.replace("\r\n", "\n"))
    before = len(demo.github.writes)
    require_success(demo.publish())
    assert demo.writes_since(before) == []


def test_a_dry_run_leaves_a_persons_draft_as_it_is(demo: Demo) -> None:
    demo.add_release(NOTES)
    done = demo.publish(dry_run="true")
    require_success(done)
    assert demo.release.body == NOTES
    assert demo.github.writes == ()


@pytest.mark.parametrize("name", ["release-ledger.json", "op-1.5.0.tgz", "install.md"])
def test_a_file_of_a_persons_draft_is_never_replaced(demo: Demo, name: str) -> None:
    draft = demo.add_release(NOTES)
    taken = attach(demo, draft, name)
    message = require_error(demo.publish(), "E_RELEASE_EXISTS")

    assert name in message
    assert "Delete or rename that file" in message
    assert demo.github.writes == ()
    del draft.assets[taken.id]
    require_success(demo.publish())
    assert demo.release.id == draft.id


def test_of_several_drafts_of_persons_none_is_chosen(demo: Demo) -> None:
    drafts = [demo.add_release(NOTES), demo.add_release("Other notes")]
    assert "2 drafts of v1.5.0" in require_error(demo.publish(), "E_RELEASE_EXISTS")
    assert demo.github.writes == ()
    del demo.repository.releases[drafts[0].id]
    require_success(demo.publish())
    assert (demo.release.body or "").endswith("Other notes")


def test_a_persons_draft_that_was_completed_in_part_is_completed_by_the_next_run(demo: Demo) -> None:
    draft = demo.add_release(NOTES)
    attach(demo, draft, "manual.pdf")
    demo.github.hook = lambda call, execute: (
        Answer(422, b'{"message": "no"}') if (call.operation, call.method) == (ASSETS, "POST") else execute()
    )
    assert demo.publish().code == 1
    demo.github.hook = _do
    (demo.job.workspace / "sbom.json").write_text("1")
    other = require_error(demo.publish(assets="sbom.json"), "E_RELEASE_EXISTS")
    assert "completed by a run with other content" in other

    require_success(demo.publish())
    assert demo.release.id == draft.id
    assert "manual.pdf" in assets(demo.release)
    assert (demo.release.body or "").endswith(NOTES)


def test_a_draft_of_a_newer_version_of_this_action_is_left_alone(demo: Demo) -> None:
    newer = demo.add_release("<!-- release-actions format=2 tag=v1.5.0 -->\nNotes")
    require_success(demo.publish())
    assert newer.draft
    assert [one.tag for one in demo.releases if not one.draft] == [TAG]


def _do(_: Call, execute: Execute) -> Answer:
    return execute()
