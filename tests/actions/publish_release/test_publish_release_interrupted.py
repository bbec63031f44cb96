"""publish-release that was killed, hears no answer, or is not alone: drafts are continued, nothing is made twice."""

import json
import signal
import subprocess

import pytest

from rehearsal.act.step import Result
from rehearsal.github.calls import Call
from rehearsal.github.exchange import Answer
from tests.actions.publish_release.demo import (
    ASSETS,
    RELEASE,
    RELEASES,
    TAG,
    Demo,
    Execute,
    assets,
    require_error,
    require_success,
)


def test_a_draft_can_be_left_for_a_person_who_edits_the_notes(demo: Demo) -> None:
    require_success(demo.publish(draft="true"))
    assert demo.release.draft
    before = len(demo.github.writes)
    require_success(demo.publish(draft="true"))
    assert demo.writes_since(before) == []
    del demo.release.assets[assets(demo.release)["checksums.txt"].id]
    require_success(demo.publish(draft="true"))
    assert (demo.writes_since(before), demo.release.draft) == ([f"POST {ASSETS}"], True)
    before = len(demo.github.writes)
    demo.release.body = (demo.release.body or "").replace("\n", "\r\n") + "\r\nThanks to all!\r\n"
    require_success(demo.publish())
    assert demo.writes_since(before) == [f"PATCH {RELEASE}"]
    assert [one.draft for one in demo.releases] == [False]
    assert "Thanks to all!" in (demo.release.body or "")


@pytest.mark.parametrize("number", range(1, 7))
def test_what_was_killed_is_completed(demo: Demo, number: int) -> None:
    """The run dies while its write of that number is under way, which may be the release's publication."""
    answered, running = 0, subprocess.Popen[bytes]

    def kill(call: Call, execute: Execute) -> Answer:
        nonlocal answered
        answer = execute()
        answered += call.writes
        if call.writes and answered == number:
            process.send_signal(signal.SIGKILL)
            process.wait()
            raise ConnectionResetError
        return answer

    demo.github.hook = kill
    files = demo.job.answers()
    given = json.dumps(demo.job.inputs("publish_release", {"tag": TAG, **demo.inputs}))
    environment = {**demo.job.environment(files, demo.job.workspace), **demo.env, "INPUTS": given}
    command = demo.job.command("publish_release")
    with running(command, cwd=demo.job.workspace, env=environment, stdout=subprocess.DEVNULL) as process:
        assert process.wait() == -signal.SIGKILL
    demo.github.hook = lambda _, execute: execute()
    before = len(demo.github.writes)
    require_success(demo.publish())
    release = demo.release
    assert not release.draft
    assert sorted(assets(release)) == ["checksums.txt", "install.md", "op-1.5.0.tgz", "release-ledger.json"]
    assert len(demo.writes_since(before)) == 6 - number
    before = len(demo.github.writes)
    require_success(demo.publish())
    assert demo.writes_since(before) == []


@pytest.mark.parametrize(
    "operation", [f"POST {RELEASES}", f"POST {ASSETS}", f"PATCH {RELEASE}", f"POST {RELEASES}/generate-notes"]
)
def test_a_lost_answer_makes_nothing_twice(demo: Demo, operation: str) -> None:
    lost: list[Call] = []

    def lose(call: Call, execute: Execute) -> Answer:
        answer = execute()
        if f"{call.method} {call.operation}" == operation and not lost:
            lost.append(call)
            raise ConnectionResetError
        return answer

    demo.github.hook = lose
    require_success(demo.publish())
    assert lost
    assert not demo.release.draft
    assert sorted(assets(demo.release)) == ["checksums.txt", "install.md", "op-1.5.0.tgz", "release-ledger.json"]
    assert demo.writes_since(0).count(f"POST {RELEASES}") == 1
    assert demo.writes_since(0).count(f"POST {ASSETS}") == 4


def test_of_several_drafts_of_ours_one_is_continued_and_none_is_left(demo: Demo) -> None:
    marker = demo.marker()
    mine = [demo.add_release(f"{marker}\nearlier") for _ in range(2)]
    foreign = [demo.add_release(f"foreign {number}") for number in range(100)]
    mine.append(demo.add_release(f"{marker}\r\nnewest"))
    outputs = require_success(demo.publish())
    assert outputs["release-id"] == str(mine[-1].id)
    left = demo.repository.releases
    assert [one.id in left for one in mine] == [False, False, True]
    assert [left[one.id].body for one in foreign] == [one.body for one in foreign]
    assert not left[mine[-1].id].draft
    late, before = demo.add_release(marker), len(demo.github.writes)
    assert require_success(demo.publish())["release-id"] == str(mine[-1].id)
    assert (late.id in left, demo.writes_since(before)) == (False, [f"DELETE {RELEASE}"])


def test_of_two_runs_at_once_both_end_with_the_same_release(demo: Demo) -> None:
    """The other run makes its draft and publishes it right after ours made one."""
    other: list[Result] = []

    def run_other(call: Call, execute: Execute) -> Answer:
        answer = execute()
        if f"{call.method} {call.operation}" == f"POST {RELEASES}" and not other:
            demo.github.hook = lambda _, execute: execute()
            other.append(demo.publish())
        return answer

    demo.github.hook = run_other
    outputs = require_success(demo.publish())
    assert require_success(other[0])["release-id"] == outputs["release-id"]
    assert not demo.release.draft


@pytest.mark.parametrize(
    "before",
    [
        pytest.param([f"POST {ASSETS}"], id="before the first upload"),
        pytest.param([f"POST {ASSETS}", f"GET {RELEASES}"], id="before the draft is looked for"),
        pytest.param([f"POST {ASSETS}", f"GET {RELEASES}", f"GET {ASSETS}"], id="before the draft is verified"),
    ],
)
def test_of_two_runs_at_once_with_other_content_one_wins_and_the_other_is_told(demo: Demo, before: list[str]) -> None:
    """The other run begins when the last of these calls is about to be made in their order, and is done before it."""
    awaited = list(before)
    for whose in ("ours", "theirs"):
        (demo.job.workspace / whose).mkdir()
        (demo.job.workspace / whose / "notes.txt").write_text(whose)
    other: list[Result] = []

    def run_other(call: Call, execute: Execute) -> Answer:
        if awaited and f"{call.method} {call.operation}" == awaited[0]:
            awaited.pop(0)
            if not awaited:
                demo.github.hook = lambda _, execute: execute()
                other.append(demo.publish(assets="theirs/notes.txt"))
        return execute()

    demo.github.hook = run_other
    message = require_error(demo.publish(assets="ours/notes.txt"), "E_RELEASE_EXISTS")
    assert "its notes.txt is sha256:" in message
    require_success(other[0])
    assert not demo.release.draft
    assert assets(demo.release)["notes.txt"].content == b"theirs"


def test_the_newest_draft_of_other_content_gives_its_notes_and_all_go_with_the_publication(demo: Demo) -> None:
    marker = f"<!-- release-actions format=1 tag={TAG} commit={demo.commit_of(TAG)} content="
    for number, notes in enumerate(("Thanks to Ann!", "Thanks to Bob!")):
        demo.add_release(f"{marker}{f'{number}' * 64} -->\n{notes}")
    require_success(demo.publish())
    assert (demo.release.body or "").endswith("Thanks to Bob!")
    assert not demo.release.draft


@pytest.mark.parametrize("state", ["starter", "uploaded"])
def test_a_broken_or_other_asset_of_a_draft_gives_way(demo: Demo, state: str) -> None:
    """The other one has the same name and size."""
    require_success(demo.publish(draft="true"))
    broken = assets(demo.release)["op-1.5.0.tgz"]
    content = broken.content
    broken.state, broken.content = state, b"" if state == "starter" else bytes(len(content))
    require_success(demo.publish())
    found = assets(demo.release)["op-1.5.0.tgz"]
    assert (found.id != broken.id, found.content) == (True, content)


@pytest.mark.parametrize(("times", "code"), [(2, ""), (3, "E_RELEASE_EXISTS")])
def test_a_draft_that_is_taken_away_is_made_again_but_not_for_ever(demo: Demo, times: int, code: str) -> None:
    taken: list[Call] = []

    def take_away(call: Call, execute: Execute) -> Answer:
        answer = execute()
        if f"{call.method} {call.operation}" == f"POST {ASSETS}" and len(taken) < times:
            taken.append(call)
            demo.repository.releases.clear()
        return answer

    demo.github.hook = take_away
    done = demo.publish(images="", charts="")
    assert (done.error, demo.release.draft) == (code, bool(code)), done.log
    assert demo.writes_since(0).count(f"POST {RELEASES}") == times + 1


def test_an_upload_that_leaves_a_starter_is_done_again(demo: Demo) -> None:
    broken: list[int] = []

    def break_off(call: Call, execute: Execute) -> Answer:
        answer = execute()
        if call.operation == ASSETS and call.method == "POST" and not broken:
            (asset,) = demo.release.assets.values()
            asset.state, asset.content = "starter", b""
            broken.append(asset.id)
            return Answer(502, b"<html>Bad gateway</html>", {"Content-Type": "text/html"})
        return answer

    demo.github.hook = break_off
    require_success(demo.publish())
    assert broken[0] not in demo.release.assets
    assert {asset.state for asset in demo.release.assets.values()} == {"uploaded"}
