"""What titles of commits give away, as real projects write them."""

import pytest

from release_actions.core.version import MinorVersion, Version
from release_actions.history.change_class import ChangeClass, classify, grouped
from release_actions.prepare.unreleased import Waiting, page, view

TITLES = """
security: Fix CVE-2024-45337 by updating the base image
security: fix(security): do not log tokens
security: Upgrade x/net because of GHSA-4374-p667-p6c8
fix: fix: leader election loses its lease (#12)
fix: [release-1.5] fix(chart): quote the value (#3536) (#3590)
fix: Cherry-pick #12: fix: a thing
fix: Automated cherry pick of #123 on release-1.4: Fix a thing
fix: [Bugfix] Nil pointer in the webhook
fix: Revert "Add support for pod templates" (#99)
fix: Prevent a crash when the spec is empty
fix: Fixed typo that broke the flag
feature: feat!: drop v1alpha1
feature: feat(api): a new field
feature: [Feature] Support Volcano queues
feature: Add support for pod templates
feature: Allow to set the log level
dependency: chore(deps): bump golang.org/x/net from 0.1.0 to 0.2.0 (#2365)
dependency: Bump golang.org/x/crypto from 0.31.0 to 0.35.0
dependency: Bump the github-actions group with 3 updates
dependency: Update Spark version to 4.0.1
dependency: Update dependencies
docs: docs: tell about webhooks
docs: Update README.md
docs: ci: run on arm64 as well
docs: test: cover the webhook
docs: chore: tidy up
release: Prepare v1.5.0-rc.0
release: [release-1.5] Prepare v1.5.0-rc.1 (#7)
release: Release v2.3.0
release: Spark Operator Official Release v2.3.0
release: chore: Release v2.1.0
release: chore(release): 1.5.0
release: Set the version to v1.6.0-rc.0
other: Remove unused code
other: Release the lock before waiting
other: ...
other: Ünïcödé
"""
CASES = [line.partition(": ")[::2] for line in TITLES.strip().splitlines()]


@pytest.mark.parametrize(("wanted", "title"), CASES, ids=[title for _, title in CASES])
def test_the_class_of_a_title(wanted: str, title: str) -> None:
    assert classify(title).value == wanted


@pytest.mark.parametrize("title", ["", " ", "[" * 5000, "bump " * 5000, "(" * 5000 + "#1", "\0", "🍒" * 3000])
def test_a_title_that_is_none(title: str) -> None:
    assert classify(title) is ChangeClass.OTHER


def test_groups_come_in_one_order() -> None:
    found = grouped([(ChangeClass.DOCS, 1), (ChangeClass.FIX, 2), (ChangeClass.DOCS, 3)])
    assert found == {ChangeClass.FIX: [2], ChangeClass.DOCS: [1, 3]}
    assert list(found) == [ChangeClass.FIX, ChangeClass.DOCS]


@pytest.mark.parametrize(
    ("on_it", "classes", "make", "wanted"),
    [
        (None, "", "candidate", "v1.5.0-rc.0"),
        (Version(1, 5, 0, 0), "", "release", "v1.5.0"),
        (Version(1, 5, 0, 0), "release", "release", "v1.5.0"),
        (Version(1, 5, 0, 0), "docs", "candidate", "v1.5.0-rc.1"),
        (Version(1, 5, 0), "fix docs", "patch", "v1.5.1"),
        (Version(1, 5, 0), "dependency", "patch", "v1.5.1"),
        (Version(1, 5, 0), "docs release", "", ""),
        (Version(1, 5, 0), "", "", ""),
    ],
)
def test_what_to_make(on_it: Version | None, classes: str, make: str, wanted: str) -> None:
    commits = [Waiting("0" * 40, ChangeClass(name), name) for name in classes.split()]
    found = view(
        "release-1.5", "f" * 40, MinorVersion(1, 5), on_it=on_it, existing=[on_it] if on_it else [], commits=commits
    )
    assert (found.make, found.next_tag) == (make, wanted)


def test_a_page_cuts_a_branch_with_very_many_commits() -> None:
    commits = [Waiting(f"{number:040}", ChangeClass.FIX, "fix: it") for number in range(250)]
    text = page([view("release-1.5", "f" * 40, MinorVersion(1, 5), on_it=None, existing=[], commits=commits)])
    assert "250 fix" in text
    assert "- and 50 more" in text
    assert text.count("fix: it") == 200
