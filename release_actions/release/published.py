"""A tag's release as GitHub has it: ours and public, ours and still a draft, somebody else's, or not there.

Ours is what has our marker. Whatever has none is never changed and never deleted. A draft belongs to one content: runs
that release something else under the same tag at the same time have drafts of their own, and one of them is published.
"""

from collections.abc import Iterable

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.github.assets import File
from release_actions.github.releases import Asset, Release, Releases
from release_actions.release import ledger
from release_actions.release.content import Content
from release_actions.release.ledger import Ledger, Marker, find_marker


class Found(msgspec.Struct, frozen=True):
    """What is there: our release, which may be a draft, and drafts of ours that are superfluous.

    `others` are drafts of another content, which are superfluous as soon as a release is public.
    """

    release: Release | None = None
    superfluous: tuple[Release, ...] = ()
    others: tuple[Release, ...] = ()

    @property
    def draft(self) -> Release | None:
        """Our draft, when that is what there is."""
        return self.release if self.release and self.release.draft else None

    @property
    def published(self) -> Release | None:
        """Our release, when it is public."""
        return self.release if self.release and not self.release.draft else None


def observe(releases: Iterable[Release], marker: Marker) -> Found:
    """What a tag's releases are to us; of several drafts with our content the newest counts.

    Raises E_RELEASE_EXISTS for a public release without our marker, and for one or a draft of another commit.
    """
    drafts: list[Release] = []
    others: list[Release] = []
    public = None
    for release in releases:
        found = find_marker(release.body)
        if found is None and release.draft:
            continue
        if found is None:
            raise _exists(release, "was not made by this action")
        if found.tag != marker.tag:
            raise _exists(release, f"has the marker of {found.tag}")
        if found.commit != marker.commit:
            raise _exists(release, f"is of the commit {found.commit}, and this is {marker.commit}")
        if release.draft:
            (drafts if found.content == marker.content else others).append(release)
        else:
            public = release
    if public:
        return Found(public, (*drafts, *others))
    drafts.sort(key=lambda one: one.id)
    newest = drafts.pop() if drafts else None
    return Found(newest, tuple(drafts), tuple(others))


def lacking(content: Content, release: Release, releases: Releases) -> dict[str, Asset | None]:
    """The names of the assets that a release of ours doesn't have as they shall be, with what it has instead.

    Its ledger may have been written by another run.
    """
    present = {asset.name: asset for asset in releases.assets(release)}
    wrong = {file.name: present.get(file.name) for file in content.files if not _is(present.get(file.name), file)}
    stored = wrong.get(ledger.NAME)
    if stored is not None and _says_the_same(content.ledger, stored, releases):
        del wrong[ledger.NAME]
    return wrong


def require_same(content: Content, release: Release, releases: Releases) -> None:
    """Raises E_RELEASE_EXISTS unless a public release has this content, and still all that its ledger says.

    What was only written about it isn't compared with ours but with that ledger. Raises E_LEDGER.
    """
    given = tuple(one for one in content.ledger.files if one.name not in content.written)
    present = {asset.name: asset for asset in releases.assets(release)}
    stored = _read(present.get(ledger.NAME), releases)
    difference = ledger.difference(msgspec.structs.replace(content.ledger, files=given), stored)
    for entry in stored.files:
        asset = present.get(entry.name)
        if asset is None or asset.digest not in (None, entry.digest):
            difference = difference or f"{entry.name} is not the one that its ledger names"
    if difference:
        raise _exists(release, f"has other content: {difference}")


def _is(asset: Asset | None, file: File) -> bool:
    return asset is not None and asset.is_(file)


def _says_the_same(ours: Ledger, asset: Asset, releases: Releases) -> bool:
    try:
        stored = _read(asset, releases)
    except ReleaseError as error:
        if error.code is Code.E_LEDGER:
            return False
        raise
    same = (stored.files, stored.override_reason) == (ours.files, ours.override_reason)
    return same and not ledger.difference(ours, stored)


def _read(asset: Asset | None, releases: Releases) -> Ledger:
    return ledger.decode(releases.content(asset, ledger.LIMIT) if asset and asset.state == "uploaded" else b"")


def _exists(release: Release, what: str) -> ReleaseError:
    kind, then = "release", "Cut the next version; a published release is never changed."
    if release.draft:
        kind, then = "draft release", "Delete the draft if nobody needs it, and run the job again."
    return ReleaseError(
        Code.E_RELEASE_EXISTS,
        f"The {kind} of {release.tag_name} that is there {what}.",
        next_step=then,
        details=(release.html_url,),
    )
