"""How a release and its assets look."""

import hashlib
from typing import Any
from urllib.parse import quote

from rehearsal.github.exchange import Request
from rehearsal.github.objects import read_commit
from rehearsal.github.state import Asset, Release
from rehearsal.github.views import node_id, user_view


def release_view(request: Request, release: Release) -> dict[str, Any]:
    """A `release`. A draft's page and downloads are under a name of their own, as it has no tag yet."""
    repository, links = request.repository, request.links
    name = repository.full_name
    url = links.repository(name, "releases", release.id)
    archive = None if release.draft else links.repository(name)
    return {
        "url": url,
        "assets_url": f"{url}/assets",
        "upload_url": f"{links.uploads}/repos/{name}/releases/{release.id}/assets{{?name,label}}",
        "html_url": links.page(name, "releases", "tag", _shown_tag(release)),
        "id": release.id,
        "node_id": node_id("Release", release.id),
        "author": user_view(request, release.author),
        "tag_name": release.tag,
        "target_commitish": release.target,
        "name": release.name,
        "body": release.body,
        "draft": release.draft,
        "prerelease": release.prerelease,
        "immutable": release.immutable,
        "created_at": release_date(request, release),
        "updated_at": release.updated_at,
        "published_at": release.published_at,
        "assets": [asset_view(request, release, asset) for asset in release.assets.values()],
        "tarball_url": archive and f"{archive}/tarball/{quote(release.tag)}",
        "zipball_url": archive and f"{archive}/zipball/{quote(release.tag)}",
    }


def asset_view(request: Request, release: Release, asset: Asset) -> dict[str, Any]:
    """A `release-asset`."""
    name, links = request.repository.full_name, request.links
    return {
        "url": links.repository(name, "releases", "assets", asset.id),
        "id": asset.id,
        "node_id": node_id("ReleaseAsset", asset.id),
        "name": asset.name,
        "label": asset.label,
        "uploader": user_view(request, asset.uploader),
        "content_type": asset.content_type,
        "state": asset.state,
        "size": len(asset.content),
        "digest": f"sha256:{hashlib.sha256(asset.content).hexdigest()}" if asset.state == "uploaded" else None,
        "download_count": asset.downloads,
        "created_at": asset.created_at,
        "updated_at": asset.updated_at,
        "browser_download_url": links.page(name, "releases", "download", _shown_tag(release), asset.name),
    }


def release_date(request: Request, release: Release) -> str:
    """GitHub's `created_at` is the date of the commit, once there is one."""
    known, place = request.release_dates, (release.tag, release.target)
    if place not in known:
        git = request.repository.git
        commit = git.commit(f"refs/tags/{release.tag}") or git.commit(release.target)
        known[place] = read_commit(git, commit).committer.date if commit else ""
    return known[place] or release.drafted_at


def _shown_tag(release: Release) -> str:
    return f"untagged-{release.id:020x}" if release.draft else release.tag
