"""The description of a cherry-pick's pull request: where it comes from, nothing that is markup, and not too long."""

import pytest

from release_actions.backport.pull_request import pull_body
from release_actions.git.commits import Commit
from release_actions.history.picks import Change

ID = "0123456789abcdef0123456789abcdef01234567"
EVIL = "``` --> </details><script>x</script> @kubeflow/all [x](http://evil.example) | $(id) `id` \u202e\n## heading"


def test_the_pull_request_says_where_it_comes_from() -> None:
    commit = Commit(
        id=ID, tree=ID, parents=(), author="@all", email="", author_date="0 +0000", committed_at=0, message=EVIL
    )
    body = pull_body(Change(number=12, title="", commits=(ID,)), [commit], "release-1.5")
    assert "#12" in body
    assert body.endswith(f"(cherry picked from commit {ID})\n")
    assert "@all" not in body
    assert "<script>" not in body


@pytest.mark.parametrize("count", [1, 260, 2_000])
def test_a_description_stays_within_githubs_limit(count: int) -> None:
    commit = Commit(
        id=ID, tree=ID, parents=(), author="@all", email="", author_date="0 +0000", committed_at=0, message="[x] " * 99
    )
    body = pull_body(Change(number=12, title="", commits=(ID,) * count), [commit] * count, "release-1.5")
    listed = body.count("\n- `0123456789ab` ")
    assert len(body) <= 65_536
    assert body.endswith(f"(cherry picked from commit {ID})\n")
    assert listed == 1 if count == 1 else f"\n- and {count - listed} more" in body
