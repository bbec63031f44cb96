"""Which Kubernetes versions are supported, and what of the tested ones does not fit."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from release_actions.core.errors import ReleaseError
from release_actions.core.version import MinorVersion, parse_tag
from release_actions.support import kubernetes
from release_actions.support.facts import Facts
from release_actions.support.findings import findings
from release_actions.support.kubernetes import KubernetesSupport, read_support
from release_actions.support.policy import DatedRelease, SupportRow, SupportState

TODAY = date(2026, 3, 1)
FILE = 'as-of: 2026-02-01\nends:\n  "1.35": 2027-02-28\n  "1.34": 2026-10-27\n  "1.33": 2026-03-01\n'
SUPPORT = read_support(FILE, "k.yaml")
OURS = Path(kubernetes.__file__).with_name("kubernetes.yaml")


def row(state: SupportState = SupportState.SUPPORTED, tested: tuple[int, ...] = (34, 35), **facts: Any) -> SupportRow:
    release = DatedRelease(parse_tag("v1.5.2"), TODAY)
    versions = tuple(MinorVersion(1, one) for one in tested)
    return SupportRow(
        minor=MinorVersion(1, 5), first=release, newest=release, state=state, facts=Facts(tested=versions, **facts)
    )


def test_a_version_is_supported_until_its_end_and_a_newer_one_too() -> None:
    supported = [minor for minor in (36, 35, 34, 33, 9) if SUPPORT.is_supported(MinorVersion(1, minor), TODAY)]
    assert supported == [36, 35, 34]


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        ({}, {}),
        ({"kube_version": (">=1.30-0",), "client_go": MinorVersion(1, 35)}, {}),
        ({"kube_version": (">=1.35-0", "odd")}, {"kube-version": "tested on Kubernetes 1.34, which"}),
        ({"kube_version": ("<1.30",)}, {"kube-version": "Kubernetes 1.34, 1.35, which `kubeVersion: <1.30`"}),
        ({"client_go": MinorVersion(1, 36)}, {"newer-client": "newer than all of its tests: 1.34, 1.35."}),
        ({"tested": (31, 33)}, {"untested": "Kubernetes 1.31, 1.33 alone"}),
        ({"tested": (33, 37)}, {}),
        ({"tested": (), "client_go": MinorVersion(1, 36), "kube_version": ("<1",)}, {}),
        ({"state": SupportState.ENDED, "tested": (30,)}, {}),
        ({"state": SupportState.LONG_TERM, "tested": (30,)}, {"untested": "v1.5.2 was tested"}),
    ],
    ids=str,
)
def test_what_does_not_fit_is_found_for_supported_versions(given: Mapping[str, Any], rules: dict[str, str]) -> None:
    found = findings([row(**given)], SUPPORT, TODAY)
    assert [one.rule for one in found] == list(rules)
    assert all(rules[one.rule] in one.what for one in found)


@pytest.mark.parametrize(
    ("given", "rules"),
    [
        (row(tested=()), ["not-found"]),
        (row(tested=(), unknown="It is computed."), []),
        (row(), []),
        (row(SupportState.ENDED, tested=()), []),
    ],
    ids=["nothing", "unknown", "tested", "ended"],
)
def test_places_that_have_moved_are_found_where_there_are_any(given: SupportRow, rules: list[str]) -> None:
    assert [one.rule for one in findings([given], SUPPORT, TODAY, is_sought=True)] == rules
    assert findings([given], SUPPORT, TODAY) == []


@pytest.mark.parametrize(("days", "rules"), [(120, []), (121, ["old-data"])])
def test_a_file_is_old_after_120_days(days: int, rules: list[str]) -> None:
    support = KubernetesSupport(TODAY - timedelta(days=days), SUPPORT.ends)
    assert [one.rule for one in findings([row()], support, TODAY)] == rules
    assert findings([row(tested=())], support, TODAY) == [], "nothing was compared with it"


def test_the_file_that_comes_with_the_action_can_be_read() -> None:
    ours = read_support(OURS.read_text(encoding="utf-8"), "kubernetes.yaml")
    assert ours.ends[MinorVersion(1, 31)] == date(2025, 11, 11)
    assert "source: https://github.com/" in OURS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("as-of: 2026-02-01\n", "there is no `ends`"),
        ("as-of: 2026-02-01\nends: {}\n", "no version under `ends`"),
        ("as-of: today\nends: {'1.1': 2026-01-01}\n", "line 1: 'today' is not a day"),
        ("as-of: 2026-02-01\nends:\n  '1.1': 2026-02-30\n", "line 3: '2026-02-30' is not a day"),
        ("as-of: 2026-02-01\nends:\n  'one': 2026-02-03\n", "'one' is not a version"),
        ("ends: []\nas-of: 2026-02-01\n", "should be a mapping"),
    ],
)
def test_a_file_that_can_not_be_read_is_one_clear_error(text: str, said: str) -> None:
    with pytest.raises(ReleaseError, match=said):
        read_support(text, "k.yaml")
