"""A tag's release as GitHub has it: ours and public, ours and still a draft, a person's, or not there.

Ours is what has our marker. A draft that a person made becomes ours, with its notes and assets, and is never deleted;
whatever else has no marker is never changed. A draft belongs to one content: runs that release something else under the
same tag at the same time have drafts of their own, and one of them is published.
"""

from collections.abc import Collection, Iterable

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.github.assets import AssetFile
from release_actions.github.releases import Asset, Release, Releases
from release_actions.release import ledger
from release_actions.release.content import ReleaseContent
from release_actions.release.description import is_adopted
from release_actions.release.ledger import Ledger, Marker, find_marker, is_personal


class TagReleases(msgspec.Struct, frozen=True):
    """What is there: the release to go on with, which may be a draft, and drafts of ours that are superfluous.

    `others` are drafts of another content, which are superfluous as soon as a release is public.
    """

    release: Release | None = None
    superfluous: tuple[Release, ...] = ()
    others: tuple[Release, ...] = ()

    @property
    def draft(self) -> Release | None:
        """The draft to complete, when that is what there is."""
        return self.release if self.release and self.release.draft else None

    @property
    def of_person(self) -> Release | None:
        """That draft while it has no marker yet."""
        return self.draft if self.draft and is_personal(self.draft.body) else None

    @property
    def published(self) -> Release | None:
        """Our release, when it is public."""
        return self.release if self.release and not self.release.draft else None


def find(content: ReleaseContent, releases: Releases) -> TagReleases:
    """What is there now of a release; raises what `observe` and `require_free` raise."""
    found = observe(releases.of(content.marker.tag), content.marker)
    require_free(found, {file.name for file in content.files}, releases)
    return found


def observe(releases: Iterable[Release], marker: Marker) -> TagReleases:
    """What a tag's releases are to us; of several drafts with our content the newest counts.

    A person's draft is the one to complete where there is none of ours; a marker without content is for what is not
    known yet. Raises E_RELEASE_EXISTS for a public release without our marker, for one or a draft of another commit,
    for several drafts of persons, and for a person's draft that got another content.
    """
    drafts: list[Release] = []
    others: list[Release] = []
    of_persons: list[Release] = []
    public = None
    for release in releases:
        found = find_marker(release.body)
        if found is None and release.draft:
            of_persons += [release] if is_personal(release.body) else []
            continue
        if found is None:
            raise _by_hand(release)
        if found.tag != marker.tag:
            raise _exists(release, f"has the marker of {found.tag}")
        if found.commit != marker.commit:
            raise _exists(release, f"is of the commit {found.commit}, and this is {marker.commit}")
        if release.draft:
            (drafts if marker.content in ("", found.content) else others).append(release)
        else:
            public = release
    if public:
        return TagReleases(public, tuple(one for one in (*drafts, *others) if not is_adopted(one.body)))
    drafts.sort(key=lambda one: (is_adopted(one.body), one.id))
    newest = drafts.pop() if drafts else _draft_of_person(of_persons, others)
    return TagReleases(newest, tuple(drafts), tuple(others))


def require_free(found: TagReleases, names: Collection[str], releases: Releases) -> None:
    """Raises E_RELEASE_EXISTS where a person's draft has an asset with one of the names that the release gives itself.

    Nothing of a person's is replaced.
    """
    draft = found.of_person
    taken = [one.name for one in releases.assets(draft) if one.name in names] if draft else []
    if draft and taken:
        raise ReleaseError(
            Code.E_RELEASE_EXISTS,
            f"The draft of {draft.tag_name} that a person made has {', '.join(taken)}, which the release itself makes.",
            next_step="Delete or rename that file in the draft, and run the job again; all else of the draft is kept.",
            details=(draft.html_url,),
        )


def lacking(content: ReleaseContent, release: Release, releases: Releases) -> dict[str, Asset | None]:
    """The names of the assets that a release of ours doesn't have as expected, with what it has instead.

    Its ledger may have been written by another run.
    """
    present = {asset.name: asset for asset in releases.assets(release)}
    wrong = {file.name: present.get(file.name) for file in content.files if not _is(present.get(file.name), file)}
    stored = wrong.get(ledger.NAME)
    if stored is not None and _says_the_same(content.ledger, stored, releases):
        del wrong[ledger.NAME]
    return wrong


def require_same(content: ReleaseContent, release: Release, releases: Releases) -> None:
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


def _is(asset: Asset | None, file: AssetFile) -> bool:
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


def _draft_of_person(drafts: list[Release], others: list[Release]) -> Release | None:
    if adopted := next((one for one in others if is_adopted(one.body)), None):
        raise ReleaseError(
            Code.E_RELEASE_EXISTS,
            f"The draft of {adopted.tag_name} that a person made was completed by a run with other content.",
            next_step="Delete the first line of its description and the files that this run added, and run the job "
            "again; or delete the draft if it is not needed.",
            details=(adopted.html_url,),
        )
    if len(drafts) > 1:
        raise ReleaseError(
            Code.E_RELEASE_EXISTS,
            f"There are {len(drafts)} drafts of {drafts[0].tag_name} that persons made, and one can be completed.",
            next_step="Keep the one whose notes and files the release will have, delete the others, and run the job "
            "again.",
            details=tuple(one.html_url for one in drafts),
        )
    return drafts[0] if drafts else None


def _by_hand(release: Release) -> ReleaseError:
    error = _exists(release, "was not made by this action")
    error.next_step = (
        "Delete that release in the web page, keep its tag, and run this again. Where releases are immutable, GitHub "
        "lets no other one have the tag: then cut the next version."
    )
    return error


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
