"""Release assets (docs.github.com/rest/releases/assets), and where their content is downloaded from."""

import re
from urllib.parse import quote

from rehearsal.github.exchange import Answer, Request, answer, created, no_content, page
from rehearsal.github.links import Site
from rehearsal.github.problems import ApiError, invalid, not_found, refused
from rehearsal.github.release_views import asset_view
from rehearsal.github.releases import existing_release
from rehearsal.github.routes import Routes
from rehearsal.github.state import Asset, Release

routes = Routes()

_RELEASES = "/repos/{owner}/{repo}/releases"
_MOST_ASSETS = 1000


@routes.get(f"{_RELEASES}/{{release_id}}/assets", "contents:read")
def list_assets(request: Request) -> Answer:
    release = existing_release(request)
    return page(request, [asset_view(request, release, asset) for asset in release.assets.values()])


@routes.post(f"{_RELEASES}/{{release_id}}/assets", "contents:write", Site.UPLOADS)
def upload_asset(request: Request) -> Answer:
    """An upload that breaks off leaves an asset in the state `starter`, which keeps its name taken."""
    release, now = existing_release(request), request.world.now()
    if release.immutable:
        raise refused("Cannot upload assets to an immutable release.")
    if not (given := request.query.get("name")):
        raise invalid("ReleaseAsset", "name", "missing")
    _check_name(release, name := renamed(given), None)
    if len(release.assets) >= _MOST_ASSETS:
        raise invalid("ReleaseAsset", "release", "custom", "a release can have at most 1000 assets")
    whole = request.incoming.whole
    asset = Asset(
        id=request.world.new_id(),
        name=name,
        label=request.query.get("label", ""),
        content_type=request.incoming.headers.get("content-type", "application/octet-stream"),
        content=request.incoming.body if whole else b"",
        state="uploaded" if whole else "starter",
        uploader=request.user,
        created_at=now,
        updated_at=now,
    )
    release.assets[asset.id] = asset
    if not whole:
        raise ApiError(502, "Bad Gateway")
    return created(asset_view(request, release, asset))


@routes.get(f"{_RELEASES}/assets/{{asset_id}}", "contents:read")
def get_asset(request: Request) -> Answer:
    """Its description or, when asked for as application/octet-stream, the way to its content on another host."""
    release, asset = _existing(request)
    if "application/octet-stream" not in request.incoming.headers.get("accept", ""):
        return answer(asset_view(request, release, asset))
    asset.downloads += 1
    place = f"{request.links.storage}/{request.repository.full_name}/{asset.id}/{quote(asset.name)}"
    return Answer(302, b"", {"Location": place})


@routes.patch(f"{_RELEASES}/assets/{{asset_id}}", "contents:write")
def update_asset(request: Request) -> Answer:
    release, asset = _existing(request)
    if release.immutable:
        raise refused("Cannot update assets of an immutable release.")
    name = renamed(request.fields.text_or("name", asset.name))
    _check_name(release, name, asset)
    asset.name = name
    asset.label = request.fields.text_or("label", asset.label)
    asset.updated_at = request.world.now()
    return answer(asset_view(request, release, asset))


@routes.delete(f"{_RELEASES}/assets/{{asset_id}}", "contents:write")
def delete_asset(request: Request) -> Answer:
    release, asset = _existing(request)
    if release.immutable:
        raise refused("Cannot delete assets from an immutable release.")
    del release.assets[asset.id]
    return no_content()


@routes.get("/{owner}/{repo}/{asset_id}/{name}", site=Site.STORAGE)
def stored(request: Request) -> Answer:
    """The address alone is the permission, as with a signed one."""
    _, asset = _find(request)
    return Answer(200, asset.content, {"Content-Type": asset.content_type})


@routes.get("/{owner}/{repo}/releases/download/{tag}/{name}", site=Site.WEB)
@routes.get("/{owner}/{repo}/releases/download/{tag}/{name}", site=Site.STORAGE)
def download(request: Request) -> Answer:
    """What a browser, or Helm, gets from a release's page: published releases alone."""
    for release in request.repository.releases.values():
        for asset in release.assets.values():
            if not release.draft and (release.tag, asset.name) == (request.place["tag"], request.place["name"]):
                asset.downloads += 1
                return Answer(200, asset.content, {"Content-Type": asset.content_type})
    raise not_found()


def renamed(name: str) -> str:
    """The name GitHub gives a file: special characters become periods, and none is left at either end.

    The documentation tells that much; a leading period is known to be kept behind `default`.
    """
    plain = re.sub(r"\.{2,}", ".", re.sub(r"[^A-Za-z0-9._@+-]", ".", name)).rstrip(".")
    return f"default{plain}" if plain.startswith(".") else plain or "default"


def _existing(request: Request) -> tuple[Release, Asset]:
    release, asset = _find(request)
    if release.draft and not request.may("contents:write"):
        raise not_found()
    return release, asset


def _find(request: Request) -> tuple[Release, Asset]:
    wanted = request.number("asset_id")
    for release in request.repository.releases.values():
        if wanted in release.assets:
            return release, release.assets[wanted]
    raise not_found()


def _check_name(release: Release, name: str, own: Asset | None) -> None:
    if any(asset.name == name and asset is not own for asset in release.assets.values()):
        raise invalid("ReleaseAsset", "name", "already_exists")
