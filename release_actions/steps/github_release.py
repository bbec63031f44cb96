"""Make a tag's GitHub release: a draft first, then its assets, and the public release as the last step.

Each part can be repeated; what is there is kept.
"""

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.core.version import previous
from release_actions.github.releases import Release, is_same
from release_actions.github.response import RefusedError
from release_actions.release import description as release_description
from release_actions.release import published as published_release
from release_actions.release.content import ReleaseContent
from release_actions.release.published import lacking, require_same
from release_actions.runner.run import Run
from release_actions.steps.github_release_plan import GitHubReleaseClients, ObservedRelease, require_tag

_ROUNDS = 3


def finish(observed: ObservedRelease, clients: GitHubReleaseClients, run: Run) -> Release:
    """The release, completed and published where it is not."""
    for draft in observed.found.superfluous:
        clients.releases.delete(draft)
    if observed.artefact.state is State.SAME and observed.found.release:
        return observed.found.release
    release = _complete(observed, clients, run)
    run.report.done(observed.artefact, link=release.html_url, note="a draft" if release.draft else "")
    run.info(release.html_url)
    return release


def _complete(observed: ObservedRelease, clients: GitHubReleaseClients, run: Run) -> Release:
    """The draft completed and published; or the release that another run has published in the meantime."""
    content, releases = observed.content, clients.releases
    try:
        draft = observed.found.draft or _create(observed, clients)
        with run.report.attempt(observed.artefact), run.group(f"Complete the release of {content.marker.tag}"):
            release = _fill(observed, draft, clients, run)
            if not observed.plan.draft and release.draft:
                release = _publish(observed, release, clients, run)
    except ReleaseError as error:
        # A run that has published takes the drafts of others away, also while they are written to or looked at.
        may_be_gone = isinstance(error, RefusedError) or error.code is Code.E_ASSET
        public = published_release.find(content, releases).published if may_be_gone else None
        if public is None:
            raise
        require_same(content, public, releases)
        return public
    if not release.draft:
        for draft in published_release.find(content, releases).superfluous:
            releases.delete(draft)
    return release


def _fill(observed: ObservedRelease, draft: Release, clients: GitHubReleaseClients, run: Run) -> Release:
    """The draft with all its assets, verified; another run may do the same at the same time."""
    content, releases = observed.content, clients.releases
    for _ in range(_ROUNDS):
        body = release_description.with_head(draft.body or "", content.marker, content.introduction)
        if not is_same(body, draft.body or ""):
            draft = releases.describe(draft, body, content.marker.commit)
        _upload(content, draft, clients, run)
        found = published_release.find(content, releases)
        for superfluous in found.superfluous:
            releases.delete(superfluous)
        if found.published:
            require_same(content, found.published, releases)
            return found.published
        if found.draft and found.draft.id == draft.id:
            return draft
        draft = found.draft or _create(observed, clients)
    raise ReleaseError(
        Code.E_RELEASE_EXISTS,
        f"The draft of {content.marker.tag} is being changed by another run or person.",
        next_step="Wait until no other run releases this tag, then run the job again.",
    )


def _publish(observed: ObservedRelease, draft: Release, clients: GitHubReleaseClients, run: Run) -> Release:
    """Make the complete draft public, if the tag still points to its commit."""
    content, version = observed.content, observed.plan.version
    if wrong := lacking(content, draft, clients.releases):
        raise ReleaseError(
            Code.E_ASSET,
            f"The draft of {version.tag} has not kept what was uploaded: {', '.join(wrong)}.",
            next_step="Find out who else changes it, then run the job again; nothing was published.",
        )
    commit = require_tag(version, content.marker.commit, clients).commit
    release = clients.releases.publish(draft, prerelease=version.is_candidate, latest=observed.is_latest, commit=commit)
    run.report.done(observed.artefact, link=release.html_url)
    require_tag(version, commit, clients)
    return release


def _create(observed: ObservedRelease, clients: GitHubReleaseClients) -> Release:
    content, version = observed.content, observed.plan.version
    return clients.releases.create_draft(
        version.tag,
        _description(observed, clients),
        prerelease=version.is_candidate,
        commit=content.marker.commit,
        look=lambda: published_release.find(content, clients.releases).draft,
    )


def _description(observed: ObservedRelease, clients: GitHubReleaseClients) -> str:
    """That of an earlier draft with another content, whose notes a person may have edited; else a new one."""
    content, version, text = observed.content, observed.plan.version, observed.plan.notes
    if observed.found.others:
        return release_description.with_head(observed.found.others[-1].body or "", content.marker, content.introduction)
    if text is None:
        before = previous(version, observed.versions)
        text = clients.releases.generated_notes(version.tag, before.tag if before else "")
    gates = clients.gates.section(version, content.marker.commit, observed.versions)
    return release_description.compose(content.marker, content.introduction, "\n".join(filter(None, (gates, text))))


def _upload(content: ReleaseContent, draft: Release, clients: GitHubReleaseClients, run: Run) -> None:
    """Upload the assets that the draft lacks; a broken one, or one of an earlier run that is other now, gives way."""
    files = {file.name: file for file in content.files}
    for name, instead in lacking(content, draft, clients.releases).items():
        if instead:
            clients.releases.remove(instead)
        clients.releases.upload(draft, files[name])
        run.info(f"{name} {files[name].digest}")
