"""Which workflows a tag starts, and which actions they name."""

import pytest

from rehearsal.act.export import rewrite
from rehearsal.act.workflows import (
    matches,
    permissions,
    reacts_to_branch,
    reacts_to_dispatch,
    reacts_to_pull_request,
    reacts_to_tag,
    runner_labels,
    used_actions,
)


@pytest.mark.parametrize(
    ("trigger", "starts"),
    [
        ("on: push", True),
        ("on: [push, pull_request]", True),
        ("on: pull_request", False),
        ("on: {push: null}", True),
        ("on: {push: {tags: ['v*']}}", True),
        ("on: {push: {tags: 'v*'}}", True),
        ("on: {push: {tags: ['v*', '!v1.5.*']}}", False),
        ("on: {push: {tags: ['release-*']}}", False),
        ("on: {push: {branches: ['**']}}", False),
        ("on: {push: {branches: [main], tags: ['v*']}}", True),
        ("on: {push: {tags-ignore: ['v*']}}", False),
        ("on: {push: {tags-ignore: ['x*']}}", True),
        ("on: {push: {paths: ['docs/**']}}", True),
        ("on: {workflow_dispatch: null}", False),
        ("'on': push", True),
        ("jobs: {}", False),
        ("on: [", False),
        ("just text", False),
    ],
)
def test_reacts_to_tag(trigger: str, *, starts: bool) -> None:
    assert reacts_to_tag(trigger, "v1.5.0-rc.0") is starts


@pytest.mark.parametrize(
    ("trigger", "starts"),
    [
        ("on: push", True),
        ("on: {push: {branches: [main]}}", True),
        ("on: {push: {branches: ['release-*']}}", False),
        ("on: {push: {branches: ['**', '!main']}}", False),
        ("on: {push: {branches-ignore: [main]}}", False),
        ("on: {push: {branches-ignore: ['release-*']}}", True),
        ("on: {push: {tags: ['v*']}}", False),
        ("on: {push: {branches: [main], tags: ['v*']}}", True),
        ("on: {pull_request: {branches: [main]}}", False),
    ],
)
def test_reacts_to_branch(trigger: str, *, starts: bool) -> None:
    assert reacts_to_branch(trigger, "main") is starts


@pytest.mark.parametrize(
    ("trigger", "action", "starts"),
    [
        ("on: pull_request", "opened", True),
        ("on: pull_request", "labeled", False),
        ("on: {pull_request: {types: [labeled]}}", "labeled", True),
        ("on: {pull_request: {types: labeled}}", "opened", False),
        ("on: {pull_request: {branches: ['release-*']}}", "reopened", True),
        ("on: {pull_request: {branches: [main]}}", "opened", False),
        ("on: {pull_request: {branches-ignore: ['release-*']}}", "opened", False),
        ("on: push", "opened", False),
    ],
)
def test_reacts_to_pull_request(trigger: str, action: str, *, starts: bool) -> None:
    assert reacts_to_pull_request(trigger, action, "release-1.5") is starts


@pytest.mark.parametrize(
    ("workflow", "granted"),
    [
        ("permissions: {}\njobs: {a: {}}", {}),
        (
            "permissions: {contents: read}\njobs: {a: {}, b: {permissions: {issues: write}}}",
            {"contents": "read", "issues": "write"},
        ),
        ("jobs: {a: {permissions: {contents: write}}, b: {permissions: {contents: read}}}", {"contents": "write"}),
        ("jobs: {a: {permissions: {contents: read}}, b: {}}", None),
        ("permissions: write-all\njobs: {a: {}}", None),
        ("jobs: [", {}),
    ],
)
def test_permissions_of_all_jobs_together(workflow: str, granted: dict[str, str] | None) -> None:
    assert permissions(workflow) == granted


@pytest.mark.parametrize(
    ("trigger", "starts"), [("on: workflow_dispatch", True), ("on: {workflow_dispatch: {}}", True), ("on: push", False)]
)
def test_reacts_to_dispatch(trigger: str, *, starts: bool) -> None:
    assert reacts_to_dispatch(trigger) is starts


@pytest.mark.parametrize(
    ("patterns", "name", "taken"),
    [
        (["v[0-9]+.[0-9]+.[0-9]+"], "v1.25.0", True),
        (["v[0-9]+.[0-9]+.[0-9]+"], "v1.25.0-rc.0", False),
        (["v[0-9]+.[0-9]+.[0-9]+-rc.[0-9]+"], "v1.25.0-rc.10", True),
        (["*"], "v1.0.0", True),
        (["*"], "release/v1", False),
        (["**"], "release/v1", True),
        (["**/v1"], "release/v1", True),
        (["v1?.0"], "v.0", True),
        (["v1?.0"], "v1.0", True),
        (["v1?.0"], "v11.0", False),
        (["v[12].[0-9]"], "v3.1", False),
        (["v1.0"], "v1x0", False),
        (["**", "!**-rc.*"], "v1.0.0-rc.0", False),
        (["**", "!**-rc.*", "v1.0.0-rc.0"], "v1.0.0-rc.0", True),
        ([], "v1", False),
    ],
)
def test_filter_patterns(patterns: list[str], name: str, *, taken: bool) -> None:
    assert matches(patterns, name) is taken


def test_used_actions_and_runners() -> None:
    text = """
jobs:
  call:
    uses: kubeflow/release-actions/.github/workflows/release.yml@v1
  build:
    runs-on: self-hosted-arm # ours
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5
      - name: quoted
        uses: "docker/login-action@v4"
      - uses: ./local
      - uses: $/actions/own
      - uses: docker://alpine:3
      - run: echo "uses nothing@all"
"""
    assert used_actions(text) == {
        "kubeflow/release-actions/.github/workflows/release.yml@v1",
        "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8",
        "docker/login-action@v4",
    }
    assert "self-hosted-arm" in runner_labels(text)


@pytest.mark.parametrize(
    ("line", "rewritten"),
    [
        ("  - uses: $/actions/validate-tag", "  - uses: kubeflow/release-actions/actions/validate-tag@v1"),
        ("    uses: '$/actions/x'", "    uses: 'kubeflow/release-actions/actions/x@v1'"),
        ("    uses: $/actions/x # same commit", "    uses: kubeflow/release-actions/actions/x@v1 # same commit"),
        ("  - uses: actions/checkout@v5", "  - uses: actions/checkout@v5"),
        ("  - run: echo $/actions/x", "  - run: echo $/actions/x"),
    ],
)
def test_self_references_are_rewritten(line: str, rewritten: str) -> None:
    assert rewrite(line) == rewritten
