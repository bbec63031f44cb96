"""Releases (docs.github.com/rest/releases/releases)."""

from dataclasses import replace

import semver

from rehearsal.github.bare import NOTHING
from rehearsal.github.exchange import Answer, Request, answer, created, no_content, page
from rehearsal.github.problems import ApiError, invalid, not_found, refused
from rehearsal.github.release_notes import generate
from rehearsal.github.release_views import release_date, release_view
from rehearsal.github.routes import Routes
from rehearsal.github.rulebook import enforce
from rehearsal.github.state import Release
from rehearsal.github.writing import move_ref, touches_workflows

routes = Routes()

_RELEASES = "/repos/{owner}/{repo}/releases"


@routes.get(_RELEASES, "contents:read")
def list_releases(request: Request) -> Answer:
    """Drafts are seen only by who may change them."""
    shown = [release for release in request.repository.releases.values() if _visible(request, release)]
    shown.sort(key=lambda release: (release.published_at or release.drafted_at, release.id), reverse=True)
    return page(request, [release_view(request, release) for release in shown])


@routes.post(_RELEASES, "contents:write")
def create_release(request: Request) -> Answer:
    fields, world = request.fields, request.world
    tag, target = fields.text("tag_name"), fields.text_or("target_commitish", "")
    _check_workflows(request, target)
    notes = generate(request, tag, target, "") if fields.flag_or("generate_release_notes", default=False) else None
    release = Release(
        id=world.new_id(),
        tag=tag,
        target=target or request.repository.git.default_branch,
        name=fields.text_or("name", notes.name if notes else "") or None,
        body="\n\n".join(filter(None, [fields.text_or("body", ""), notes.body if notes else ""])) or None,
        draft=True,
        prerelease=fields.flag_or("prerelease", default=False),
        author=request.user,
        drafted_at=world.now(),
        updated_at=world.now(),
    )
    _keep(request, release, draft=fields.flag_or("draft", default=False))
    return created(release_view(request, release))


@routes.get(f"{_RELEASES}/latest", "contents:read")
def latest_release(request: Request) -> Answer:
    """The chosen one; without one, or for `legacy`, date and version choose.

    Of several of one day the highest version is meant (github.blog/changelog, "Explicitly set the latest release").
    """
    repository = request.repository
    full = [each for each in repository.releases.values() if not each.draft and not each.prerelease]
    chosen = next((each for each in full if each.id == repository.latest_release), None)
    newest = max(full, key=lambda each: (release_date(request, each)[:10], _version(each.tag), each.id), default=None)
    if (found := chosen or newest) is None:
        raise not_found()
    return answer(release_view(request, found))


@routes.get(f"{_RELEASES}/tags/{{tag}}", "contents:read")
def release_by_tag(request: Request) -> Answer:
    """Published releases alone; a draft has no tag yet that it could be found by."""
    found = _published(request, request.place["tag"])
    if found is None:
        raise not_found()
    return answer(release_view(request, found))


@routes.get(f"{_RELEASES}/{{release_id}}", "contents:read")
def get_release(request: Request) -> Answer:
    return answer(release_view(request, existing_release(request)))


@routes.patch(f"{_RELEASES}/{{release_id}}", "contents:write")
def update_release(request: Request) -> Answer:
    release, fields = existing_release(request), request.fields
    changed = replace(
        release,
        tag=fields.text_or("tag_name", release.tag),
        target=fields.text_or("target_commitish", release.target),
        name=fields.text_or("name", release.name or "") or None,
        body=fields.text_or("body", release.body or "") or None,
        prerelease=fields.flag_or("prerelease", default=release.prerelease),
        updated_at=request.world.now(),
    )
    _check_workflows(request, changed.target)
    draft = fields.flag_or("draft", default=release.draft)
    if release.immutable and (draft or (changed.tag, changed.target) != (release.tag, release.target)):
        raise refused("Cannot change an immutable release but for its title and notes")
    _keep(request, changed, draft=draft)
    return answer(release_view(request, changed))


@routes.delete(f"{_RELEASES}/{{release_id}}", "contents:write")
def delete_release(request: Request) -> Answer:
    """The tag stays; that of an immutable release can then be deleted, but never used again."""
    release = existing_release(request)
    if release.immutable:
        request.repository.burnt_tags.add(release.tag)
    del request.repository.releases[release.id]
    enforce(request.repository)
    request.emit("release", "deleted", tag=release.tag)
    return no_content()


@routes.post(f"{_RELEASES}/generate-notes", "contents:write")
def generate_notes(request: Request) -> Answer:
    fields = request.fields
    notes = generate(
        request,
        fields.text("tag_name"),
        fields.text_or("target_commitish", ""),
        fields.text_or("previous_tag_name", ""),
    )
    return answer({"name": notes.name, "body": notes.body})


def existing_release(request: Request) -> Release:
    """The release of the path. Raises the ApiError 404, also for a draft that the token may not see."""
    found = request.repository.releases.get(request.number("release_id"))
    if found is None or not _visible(request, found):
        raise not_found()
    return found


def _visible(request: Request, release: Release) -> bool:
    return not release.draft or request.may("contents:write")


def _published(request: Request, tag: str) -> Release | None:
    return next((each for each in request.repository.releases.values() if each.tag == tag and not each.draft), None)


def _keep(request: Request, release: Release, *, draft: bool) -> None:
    """Stores a new or changed release, published unless it is to be a draft.

    Raises the ApiError 422 when it can't be; nothing is changed then.
    """
    fields, repository = request.fields, request.repository
    publishes = release.draft and not draft
    can_be_latest = not draft and not release.prerelease
    latest = fields.one_of("make_latest", ("true", "false", "legacy"), "")
    # Asked for when creating one, it is passed over: that is how PyGithub creates every draft.
    if latest == "true" and release.id in repository.releases and not can_be_latest:
        raise invalid("Release", "", "custom", "Latest release cannot be draft or prerelease.")
    if not repository.git.is_ref_name(f"refs/tags/{release.tag}"):
        raise invalid("Release", "tag_name", "invalid")
    if publishes:
        _publish(request, release)
    elif draft:
        release.draft, release.published_at = True, None
    repository.releases[release.id] = release
    if can_be_latest and (latest == "true" or (publishes and not latest)):
        repository.latest_release = release.id
    elif (latest == "legacy" and can_be_latest) or (latest and repository.latest_release == release.id):
        repository.latest_release = None
    enforce(repository)


def _version(tag: str) -> semver.Version:
    """What a tag says as a version, and the lowest one when it says none."""
    try:
        return semver.Version.parse(tag.removeprefix("v"))
    except ValueError:
        return semver.Version(0, prerelease="0")


def _publish(request: Request, release: Release) -> None:
    """Makes a draft public, with its tag when that is missing."""
    repository, git = request.repository, request.repository.git
    if _published(request, release.tag) is not None:
        raise invalid("Release", "tag_name", "already_exists")
    if git.ref(f"refs/tags/{release.tag}") is None:
        commit = git.commit(release.target)
        if commit is None:
            raise invalid("Release", "target_commitish", "invalid")
        try:
            move_ref(request, f"refs/tags/{release.tag}", commit, NOTHING)
        except ApiError as error:
            raise _without_tag(error, burnt=release.tag in repository.burnt_tags) from None
    release.draft, release.published_at = False, request.world.now()
    release.immutable = repository.immutable_releases
    request.emit("release", "published", tag=release.tag)


def _without_tag(error: ApiError, *, burnt: bool) -> ApiError:
    """What a release is answered whose tag can't be made: all the reasons at once."""
    custom = {"resource": "Release", "code": "custom"}
    reasons = [{**custom, "field": "pre_receive", "message": f"pre_receive {error.message}"}]
    if burnt:
        reasons.append({**custom, "field": "tag_name", "message": "tag_name was used by an immutable release"})
    reasons.append({**custom, "message": "Published releases must have a valid tag"})
    return ApiError(422, "Validation Failed", tuple(reasons))


def _check_workflows(request: Request, target: str) -> None:
    """GitHub answers a bare 404 when the commit brings workflow files and the token may not change any."""
    repository = request.repository
    commit = repository.git.commit(target or repository.git.default_branch)
    if commit is not None and touches_workflows(repository, commit) and not request.may("workflows:write"):
        raise not_found()
