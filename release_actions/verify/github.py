"""A tag's GitHub release as everyone sees it, and the ledger among its assets, held against the tag and one another."""

from collections.abc import Iterable, Sequence

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Version, is_latest
from release_actions.github.client import GitHub
from release_actions.github.releases import Asset, Release, Releases
from release_actions.release import ledger as ledgers
from release_actions.release.ledger import Ledger, find_marker
from release_actions.verify.result import Check, absent, wrong

_RELEASE = "GitHub release"
_LEDGER = "ledger"
_EDIT = "Correct that on the release's page."


class Page(msgspec.Struct, frozen=True):
    """The public release of a tag, if there is one, and what its ledger says; `problem` is why that can't be read."""

    release: Release | None = None
    assets: tuple[Asset, ...] = ()
    ledger: Ledger | None = None
    problem: str = ""


def public_releases(github: GitHub) -> dict[str, Release]:
    """The public releases by their tags. Drafts are left out, which only who may write could see."""
    return {one.tag_name: one for one in github.read_all("releases", Release) if not one.draft}


def read_page(github: GitHub, release: Release | None) -> Page:
    """The public release of a tag, with its assets."""
    if release is None:
        return Page()
    releases = Releases(github)
    assets = tuple(releases.assets(release))
    stored = next((one for one in assets if one.name == ledgers.NAME and one.state == "uploaded"), None)
    if stored is None:
        return Page(release, assets)
    try:
        return Page(release, assets, ledgers.decode(releases.content(stored, ledgers.LIMIT)))
    except ReleaseError as error:
        if error.code is not Code.E_LEDGER:
            raise
        return Page(release, assets, problem=error.what)


def latest_release(github: GitHub) -> str:
    """The tag of the release that GitHub shows as the latest; empty when there is none."""
    found = github.read("releases/latest", Release)
    return found.tag_name if found else ""


def verify_page(page: Page, version: Version, public: Iterable[Version], latest: str) -> Check:
    """Whether the release is public, and marked as a prerelease or as the latest exactly when it is so.

    `public` are the versions that have a public release: a tag that is not released yet is no higher release.
    """
    release, tag = page.release, version.tag
    if release is None:
        return absent(_RELEASE, tag, "There is no public release of this tag; a draft is none.")
    if release.prerelease != version.is_candidate:
        said, is_ = ("a prerelease", "a release") if release.prerelease else ("a release", "a candidate")
        return wrong(_RELEASE, tag, f"It is marked as {said}, and {tag} is {is_}.", _EDIT)
    highest = is_latest(version, public)
    if highest and latest != tag:
        there = f"shows {latest[:80]!a}" if latest else "shows none"
        return wrong(_RELEASE, tag, f"It is the highest release, and GitHub {there} as the latest.", _EDIT)
    if latest == tag and not highest:
        return wrong(_RELEASE, tag, "GitHub shows it as the latest, and there are higher releases.", _EDIT)
    return Check(kind=_RELEASE, name=tag, link=release.html_url)


def verify_ledger(page: Page, version: Version, commit: str, found: Sequence[Check]) -> Check:
    """Whether the release is ours, and its ledger agrees with the tag, the registries and the other assets.

    `found` are the images and charts as they are.
    """
    name = f"{ledgers.NAME} of {version.tag}"
    if page.release is None:
        return absent(_LEDGER, name, "There is no public release that could have it.")
    marker, ledger = find_marker(page.release.body), page.ledger
    if marker is None:
        problem = "The release was made by somebody else: its description has no marker."
        return absent(_LEDGER, name, problem, "Publish the next version with publish-release.")
    if ledger is None:
        problem = page.problem or "The release has no ledger among its assets."
        return wrong(_LEDGER, name, problem)
    moved = [
        f"It is of {one.tag} at {one.commit}, and {version.tag} points to {commit}."
        for one in (marker, ledger)
        if (one.tag, one.commit) != (version.tag, commit)
    ]
    if problems := [*moved, *_unlike_registries(ledger, found), *_unlike_assets(ledger, page.assets)]:
        return wrong(_LEDGER, name, problems[0], "Find out who changed it; then cut the next version.")
    return Check(kind=_LEDGER, name=name, note=_exception(ledger))


def _exception(ledger: Ledger) -> str:
    return f"Released although a rule was against it: {ledger.override_reason}" if ledger.override_reason else ""


def _unlike_registries(ledger: Ledger, found: Sequence[Check]) -> Iterable[str]:
    """Where the registries have something else; what is missing there has a line of its own."""
    noted = {one.name: one.digest for one in (*ledger.images, *ledger.charts)}
    for one in found:
        if one.digest and one.name not in noted:
            yield f"It does not have {one.name}."
        elif one.digest and one.digest != noted[one.name]:
            yield f"It has {one.name} as {noted[one.name]}, and the registry as {one.digest}."


def _unlike_assets(ledger: Ledger, assets: Sequence[Asset]) -> Iterable[str]:
    there = {one.name: one for one in assets if one.state == "uploaded"}
    for file in ledger.files:
        if file.name not in there:
            yield f"The asset {file.name} is missing."
        elif there[file.name].digest not in {None, file.digest}:
            yield f"The asset {file.name} is {there[file.name].digest}, and was {file.digest}."
