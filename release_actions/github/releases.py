"""The releases, assets and tags of a repository on GitHub, as far as publishing a release needs them.

Source: GitHub's REST API, "Releases", "Release assets", "Git database". Drafts have no place of their own: they are in
the list of all releases, and several of them may be for one tag.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.github.assets import AssetFile
from release_actions.github.client import GitHub
from release_actions.github.response import RefusedError

_DEEPEST_TAG = 5
_WORKFLOWS = ".github/workflows"


class Asset(msgspec.Struct, frozen=True):
    """A file of a release. After a broken upload its state is `starter`; an old server tells no digest."""

    id: int
    name: str
    state: str
    size: int
    digest: str | None = None

    def is_(self, file: AssetFile) -> bool:
        """Whether this is the file, whole and unchanged."""
        same = self.digest in (None, file.digest)
        return same and (self.name, self.state, self.size) == (file.name, "uploaded", file.size)


class Release(msgspec.Struct, frozen=True):
    """A release or a draft of one."""

    id: int
    tag_name: str
    draft: bool
    prerelease: bool
    html_url: str
    body: str | None = None


class _Object(msgspec.Struct, frozen=True):
    sha: str
    type: str


class _Ref(msgspec.Struct, frozen=True):
    ref: str
    object: _Object


class _Tag(msgspec.Struct, frozen=True):
    object: _Object
    message: str


class Tagged(msgspec.Struct, frozen=True):
    """What a tag leads to, and what it says; a lightweight one says nothing."""

    commit: str
    message: str


class _Notes(msgspec.Struct, frozen=True):
    body: str


class _Repository(msgspec.Struct, frozen=True):
    default_branch: str


class _Content(msgspec.Struct, frozen=True):
    name: str
    sha: str


class Releases:
    """The releases of one repository. Whatever is written is looked for before it is written a second time."""

    def __init__(self, github: GitHub) -> None:
        self._github = github

    def tags(self) -> list[str]:
        """The names of all tags that begin with a v."""
        refs = self._github.read_all("git/matching-refs/tags/v", _Ref)
        return [one.ref.removeprefix("refs/tags/") for one in refs]

    def tagged(self, tag: str) -> Tagged:
        """The commit that a tag leads to, and its message; raises E_TAG_MISSING and E_TAG_OBJECT."""
        ref = self._github.read(f"git/ref/tags/{tag}", _Ref)
        if ref is None or ref.ref != f"refs/tags/{tag}":
            raise ReleaseError(
                Code.E_TAG_MISSING,
                f"{self._github.repository} has no tag `{tag}`, or the token may not read it.",
                next_step=f"Push it with `git push origin refs/tags/{tag}`, or correct the input `tag`.",
            )
        found: _Object | None = ref.object
        message = ""
        for _ in range(_DEEPEST_TAG):
            if found is None or found.type != "tag":
                break
            tagged = self._github.read(f"git/tags/{found.sha}", _Tag)
            found = tagged.object if tagged else None
            message = message or (tagged.message if tagged else "")
        if found is None or found.type != "commit":
            raise ReleaseError(
                Code.E_TAG_OBJECT,
                f"The tag `{tag}` does not lead to a commit.",
                next_step="Cut the next version, with a tag of its own on the release commit.",
            )
        return Tagged(found.sha, message)

    def of(self, tag: str) -> list[Release]:
        """All releases and drafts for a tag, the oldest first; drafts are there only for who may change them."""
        found = [one for one in self._github.read_all("releases", Release) if one.tag_name == tag]
        return sorted(found, key=lambda one: one.id)

    def assets(self, release: Release) -> list[Asset]:
        """The assets of a release."""
        return self._github.read_all(f"releases/{release.id}/assets", Asset)

    def generated_notes(self, tag: str, previous: str) -> str:
        """GitHub's notes for a tag that exists: what was merged since the previous one, which may be empty."""
        wanted = {"tag_name": tag, **({"previous_tag_name": previous} if previous else {})}
        return self._github.compute("releases/generate-notes", wanted, _Notes).body

    def create_draft(
        self, tag: str, body: str, *, prerelease: bool, commit: str, look: Callable[[], Release | None]
    ) -> Release:
        """A new draft, or the one that `look` finds when an answer was lost.

        No target is given: the tag exists, and for a target whose workflow files are not those of the default branch
        GitHub would want a permission that no job's token can have.
        """
        fields = {"tag_name": tag, "name": tag, "body": body, "draft": True, "prerelease": prerelease}
        return self._write("POST", "releases", fields, look, commit)

    def describe(self, release: Release, body: str, commit: str) -> Release:
        """Give a draft another description."""

        def look() -> Release | None:
            found = self._github.read(f"releases/{release.id}", Release)
            return found if found and is_same(found.body or "", body) else None

        return self._write("PATCH", f"releases/{release.id}", {"body": body}, look, commit)

    def publish(self, release: Release, *, prerelease: bool, latest: bool, commit: str) -> Release:
        """Make a draft public: the moment at which users see the release."""
        fields = {"draft": False, "prerelease": prerelease, "make_latest": "true" if latest else "false"}

        def look() -> Release | None:
            found = self._github.read(f"releases/{release.id}", Release)
            return found if found and not found.draft else None

        self._write("PATCH", f"releases/{release.id}", fields, look, commit)
        found = look()
        if found is None or (found.tag_name, found.prerelease) != (release.tag_name, prerelease):
            raise ReleaseError(
                Code.E_GITHUB_RESPONSE,
                f"The release of {release.tag_name} is not as it was published a moment ago.",
                next_step="Look at the repository's releases page, and find out who else changes it.",
            )
        return found

    def delete(self, draft: Release) -> None:
        """Delete a draft."""
        self._github.delete(f"releases/{draft.id}")

    def upload(self, draft: Release, file: AssetFile) -> Asset:
        """Upload a file; what a broken upload left behind under its name is deleted. Raises E_ASSET."""

        def look() -> Asset | None:
            for asset in self.assets(draft):
                if asset.is_(file):
                    return asset
                if asset.name == file.name:
                    self.remove(asset)
            return None

        found = self._github.upload(draft.id, file.path, file.content_type, Asset, look)
        if not found.is_(file):
            raise ReleaseError(
                Code.E_ASSET,
                f"GitHub has {file.name} as {found.name[:200]!a} of {found.size} bytes, {found.digest!a}, in the state "
                f"{found.state[:40]!a}.",
                next_step="Run the job again, which uploads it again; the release is still a draft.",
            )
        return found

    def remove(self, asset: Asset) -> None:
        """Delete an asset of a draft."""
        self._github.delete(f"releases/assets/{asset.id}")

    def content(self, asset: Asset, limit: int) -> bytes:
        """What is in an asset."""
        return self._github.download(asset.id, limit)

    def _write(
        self, method: str, path: str, fields: dict[str, Any], look: Callable[[], Release | None], commit: str
    ) -> Release:
        try:
            return self._github.write(method, path, fields, Release, look)
        except RefusedError as refused:
            # A bare 404 is all that GitHub says when workflow files are the reason.
            files = self._workflow_files(commit) if refused.status == 404 else []
            if not files:
                raise
            raise _needs_workflows(files) from refused

    def _workflow_files(self, commit: str) -> list[str]:
        """The workflow files that a commit has and the default branch has not, or otherwise."""
        repository = self._github.read("", _Repository)
        if repository is None:
            return []
        known = self._listing(repository.default_branch)
        return [f"{_WORKFLOWS}/{name}" for name, sha in self._listing(commit).items() if known.get(name) != sha]

    def _listing(self, ref: str) -> dict[str, str]:
        found = self._github.read(f"contents/{_WORKFLOWS}", list[_Content], ref=ref)
        return {one.name: one.sha for one in found or []}


def _needs_workflows(files: list[str]) -> ReleaseError:
    return ReleaseError(
        Code.E_NEEDS_WORKFLOWS_PERMISSION,
        f"GitHub refuses it, as the commit has other workflow files than the default branch: {', '.join(files)}.",
        next_step="Bring these files to the default branch, or give the input `token` one with the permission "
        "`workflows: write`; a job's own token can't have it.",
        details=tuple(files),
    )


def is_same(one: str, other: str) -> bool:
    """Whether two descriptions are the same but for line ends and what is at the end, which a browser may change."""
    return one.replace("\r\n", "\n").rstrip() == other.replace("\r\n", "\n").rstrip()
