"""Look at every artefact of releases, and report which are not right."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import some
from release_actions.core.version import versions_of
from release_actions.image.floating import releases_by_precedence
from release_actions.image.published import Identity
from release_actions.oci.credentials import Login
from release_actions.oci.reference import Reference, parse_reference
from release_actions.oci.registry import Registry
from release_actions.runner.run import Run
from release_actions.steps.release_contents import CheckedRelease, ReleaseSources
from release_actions.verify import public
from release_actions.verify.expected_release import ExpectedImage
from release_actions.verify.git import verify_entry
from release_actions.verify.github import verify_ledger, verify_page
from release_actions.verify.registry import verify_chart, verify_floating, verify_image
from release_actions.verify.result import Check, checked

_AT_ONCE = 8
_PULLED = {"image", "chart"}
_SHOWN = 10


def verify_all(releases: list[CheckedRelease], sources: ReleaseSources, registry: Registry) -> list[list[Check]]:
    """The checks of each release."""
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        return [verify(release, sources, registry, pool) for release in releases]


def warn_of_private(found: list[list[Check]], login: Callable[[str], Login | None], run: Run) -> None:
    """Warn of what is right and can't be pulled without this run's login."""
    right = [parse_reference(one.name) for checks in found for one in checks if one.digest and one.kind in _PULLED]
    if only_ours := public.closed(right, login):
        run.warn(public.warning(only_ours), title="Not public")


def verify(
    release: CheckedRelease, sources: ReleaseSources, registry: Registry, pool: ThreadPoolExecutor
) -> list[Check]:
    """All artefacts of one release. Without a commit there is nothing that the others could agree with."""
    if not release.commit:
        return list(release.found)
    images = pool.map(partial(_image, release, sources, registry), release.expected.images)
    charts = pool.map(partial(_chart, release, sources, registry), release.expected.charts)
    found = [check for answer in (*images, *charts) for check in answer]
    version, page, announced = release.version, sources.request.page, []
    if page != "none":
        announced.append(verify_page(release.page, version, versions_of(sources.public), sources.latest))
    if page == "ledger":
        pushed = [one for one in found if one.kind in _PULLED]
        announced.append(verify_ledger(release.page, version, release.commit, pushed))
    return [*release.found, *found, *announced]


def report(releases: list[CheckedRelease], found: list[list[Check]], run: Run) -> list[str]:
    """Record each artefact as a line of the table; return the tags that are not right, which fail the run."""
    problems, incomplete = [], []
    for release, checks in zip(releases, found, strict=True):
        version = release.version
        for one in checks:
            run.report.verify(
                *(one.kind, one.name, version.bare, one.state), digest=one.digest, link=one.link, note=one.detail
            )
            run.info(f"{'✓' if one.is_right else '✗'} {one.kind} {one.name}")
        wrong = [one for one in checks if not one.is_right]
        problems += wrong
        incomplete += [version.tag] if wrong else []
    run.failure = _failure(problems, incomplete) if problems else None
    return incomplete


def _failure(problems: list[Check], incomplete: list[str]) -> ReleaseError:
    """What is wrong as one error, a line each in its details; where something couldn't be looked at, that counts."""
    details = tuple(f"{one.kind} {one.name}: {one.detail}" for one in problems)
    unseen = next((one.error for one in problems if one.error), None)
    if unseen:
        return ReleaseError(unseen.code, unseen.what, next_step=unseen.next_step, details=details)
    names = some(incomplete, _SHOWN)
    first, *others = problems
    more = f" {len(others)} more are not right." if others else ""
    return ReleaseError(
        Code.E_RELEASE_INCOMPLETE,
        f"{names} {'are' if incomplete[1:] else 'is'} not complete. {first.kind} {first.name}: {first.problem}{more}",
        next_step=first.next_step,
        details=details,
        commands=() if others else first.commands,
    )


def _image(release: CheckedRelease, sources: ReleaseSources, registry: Registry, image: ExpectedImage) -> list[Check]:
    """An image, and the floating tags that belong to it: those of which the release is the highest."""
    version, identity = release.version, Identity(release.version, release.commit)
    found = checked("image", image.reference, lambda: verify_image(registry, image, identity))
    own = [
        scope for scope in sources.scopes if releases_by_precedence(scope, version, sources.versions)[:1] == [version]
    ]
    floating = [image.reference.tagged(scope.tag(version, release.expected.image_tag)) for scope in own if found.digest]
    ask = partial(verify_floating, registry, version=version, digest=found.digest)
    return [found, *(checked("floating tag", one, partial(ask, one)) for one in floating)]


def _chart(release: CheckedRelease, sources: ReleaseSources, registry: Registry, chart: Reference) -> list[Check]:
    """A chart, and its entry in the chart repository's index where there is one."""
    app_version = release.version.spelled(release.expected.image_tag)
    found = checked("chart", chart, lambda: verify_chart(registry, chart, app_version))
    branch, files = sources.request.index_branch, release.page.ledger.files if release.page.ledger else ()
    if not branch:
        return [found]
    # The index names the package that was published with the release, which another machine may have compressed.
    name = f"{chart.repository.rpartition('/')[2]}-{chart.tag}.tgz"
    packages = {found.content, *(one.digest for one in files if one.name == name)} - {""}
    return [found, checked("index entry", chart, lambda: verify_entry(sources.index, branch, chart, packages))]
