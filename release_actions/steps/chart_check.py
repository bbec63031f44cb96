"""Check a chart without leaving a trace: version, dependencies, lint, package, images, and what its registry has."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from release_actions.chart import kube_constraint, published, rendered_images, rendering, staging, unchecked_images
from release_actions.chart.helm import Folder, Helm, open_helm
from release_actions.chart_repository.branch import IndexBranch
from release_actions.chart_repository.publish import ChartRepository
from release_actions.core.errors import ReleaseError
from release_actions.core.report import Artefact, State
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.git.tag_check import TagCheck, remote_of_checkout
from release_actions.image_check import own_images, required_images
from release_actions.image_check.ask import RenderedChart, ask, require_own
from release_actions.image_check.required_images import Wanted
from release_actions.oci.credentials import release_credentials
from release_actions.oci.registry import Registry
from release_actions.project.next_tag import NextTag
from release_actions.public_state.ask import PublicState
from release_actions.public_state.parts import ReleaseParts
from release_actions.runner.run import Run
from release_actions.steps.access import Access, ask_public
from release_actions.steps.chart_plan import ChartPlan
from release_actions.system.workspace import WorkspaceFiles, read_text
from release_actions.version_places.place import File, find, parse_place


class ChartIndex(msgspec.Struct, frozen=True, kw_only=True):
    """The chart repository on a git branch: the branch, its public address, and whether it has the package itself."""

    branch: str
    url: str
    with_package: bool


class ChartClients(msgspec.Struct, frozen=True, kw_only=True):
    """Helm, and the registries: `images` to look at what the chart pulls, `charts` where it goes.

    `repository` is the chart repository on a git branch, where the release has one beside the registry; `tag_check` is
    the git tag, where it is to be asked for, and `next_tag` what to cut where it can't be released.
    """

    helm: Helm
    images: Registry
    charts: Registry
    repository: ChartRepository | None
    tag_check: TagCheck | None
    next_tag: NextTag


class CheckedChart(msgspec.Struct, frozen=True, kw_only=True):
    """A chart that may be published: its package, the images it pulls, and what is there of it.

    `entry` is its artefact in the chart repository's index.
    """

    plan: ChartPlan
    package: Path
    images: tuple[Wanted, ...]
    artefact: Artefact
    entry: Artefact | None


@contextlib.contextmanager
def open_chart_clients(
    plan: ChartPlan, access: Access, run: Run, index: ChartIndex | None = None
) -> Iterator[ChartClients]:
    """Helm and the registries with the logins of the inputs and of the runner; the logins are gone afterwards."""
    own = ReleaseParts(
        images=plan.own.all, charts=frozenset([plan.reference]), index_branch=index.branch if index else ""
    )
    public = ask_public(plan.version, access, run, own)
    with (
        release_credentials(run.temp, [plan.reference.registry], access.logins, run.mask) as credentials,
        Registry(credentials.login) as images,
        Registry(credentials.login, pushing=not run.dry_run) as charts,
    ):
        helm = open_helm(run.temp / "helm", credentials.environment)
        run.info(f"Helm {helm.version}")
        yield ChartClients(
            helm=helm,
            images=images,
            charts=charts,
            repository=_repository(index, access, run) if index else None,
            tag_check=_tag_check(plan, access, run),
            next_tag=_next_tag(plan, access, run, public),
        )


def check_chart(plan: ChartPlan, clients: ChartClients, run: Run) -> CheckedChart:
    """Make every check up to the push.

    Raises the error of the first check that fails. Images that are pending are not asked for.
    """
    with run.group(f"Complete, lint and pack {plan.folder}"), clients.next_tag.advise():
        staged = _stage(plan, clients.helm, run)
        settings = rendering.RenderSettings(
            rendering.copy_values(run.context.workspace, plan.values, run.temp), plan.kube_version, plan.api_versions
        )
        for warning in rendering.lint(clients.helm, staged, settings):
            run.info(warning)
        if found := kube_constraint.objection(read_text(staged.path / "Chart.yaml"), plan.chart.file):
            run.warn(found[1], title="Kubernetes versions that the chart refuses", file=plan.chart.file, line=found[0])
        package = staging.package_file(
            clients.helm, staged, plan.version, read_checkout(run.context.workspace).time, run.temp
        )
    with run.group(f"Look for the images that {plan.folder} pulls"):
        images = [] if plan.chart.is_library else _images(plan, staged, settings, clients, run)
    required_images.require(images)
    seen = published.observe(clients.charts, plan.reference, package.read_bytes())
    artefact = run.report.plan("chart", str(plan.reference), plan.version.bare, seen.state, digest=seen.digest)
    if seen.state is State.CONFLICT:
        raise published.conflict(plan.reference, seen, package.read_bytes())
    if seen.state is State.SAME:
        # Another machine may have packed the same files to other bytes, and it's the published ones that count.
        package.write_bytes(published.read_package(clients.charts, plan.reference))
    entry = clients.repository.observe(package, run.report) if clients.repository else None
    return CheckedChart(plan=plan, package=package, images=tuple(images), artefact=artefact, entry=entry)


def ask_images(plan: ChartPlan, images: list[Wanted], clients: ChartClients, run: Run) -> list[Wanted]:
    """Ask for images, and warn of those that a tag names which moves."""
    judged = ask(clients.images, images, plan.platforms, plan.own)
    for one in judged:
        run.info(f"{one.reference} {one.description}")
        if one.asked and one.is_mutable:
            run.warn(f"{one.reference} is another image tomorrow.", title="Floating tag", file=one.templates[0])
    return judged


def _stage(plan: ChartPlan, helm: Helm, run: Run) -> Folder:
    root, target = run.context.workspace, run.temp / "chart"
    staged = Folder(staging.copy(root, plan.folder, target), plan.chart.name, plan.folder)
    for found in staging.set_version(target, plan.folder, plan.released, plan.version, sync=plan.sync):
        run.info(f"{found.file}:{found.match.line}: the package says {found.wanted(plan.version)}.")
    staging.build_dependencies(helm, root, plan.folder, target)
    return staged


def _repository(index: ChartIndex, access: Access, run: Run) -> ChartRepository:
    checkout = read_checkout(run.context.workspace)
    remote = Remote(checkout, run.temp / "index.git", token=access.token, server_url=run.context.server_url)
    return ChartRepository(
        IndexBranch(remote, index.branch),
        branch=index.branch,
        url=index.url,
        with_package=index.with_package,
        time=checkout.time,
    )


def _tag_check(plan: ChartPlan, access: Access, run: Run) -> TagCheck | None:
    if not access.check_tag or run.dry_run:
        return None
    checkout, server = read_checkout(run.context.workspace), run.context.server_url
    remote = remote_of_checkout(checkout, run.temp / "tag.git", token=access.token, server_url=server)
    return TagCheck(remote, plan.version, checkout.commit)


def _next_tag(plan: ChartPlan, access: Access, run: Run, public: PublicState) -> NextTag:
    return NextTag(
        version=plan.version,
        pattern=plan.branch,
        places=plan.fixes,
        context=run.context,
        folder=run.temp / "next.git",
        token=access.token,
        is_unpublished=public.is_nothing,
    )


def _images(
    plan: ChartPlan, staged: Folder, settings: rendering.RenderSettings, clients: ChartClients, run: Run
) -> list[Wanted]:
    """Every image of the chart in all its renderings, with what its registry says; raises E_STALE_VERSION."""
    renderings = rendering.render_all(
        clients.helm, staged, settings, lambda error: run.warn(error.what, file=error.file or "", line=error.line or 0)
    )
    if rendering.is_empty(renderings):
        run.warn(rendering.nothing_checked(plan.chart.name), title="Empty chart", file=plan.chart.file)
    chart = RenderedChart(clients.helm, staged, settings, renderings, plan.image_paths, run.temp)
    found = [one for each in renderings for one in chart.images(each)]
    rendered_images.require_all(plan.image_paths, found)
    wanted = required_images.wanted(found, plan.exclude, plan.own.pending)
    images = ask_images(plan, wanted, clients, run)
    run.summarize(own_images.page(images, plan.own) + unchecked_images.page(chart.unchecked(found)))
    try:
        require_own(chart, images, plan.own, clients.images)
    except own_images.StaleImageError as error:
        if next_tag := _with_values(clients.next_tag, error, plan, run):
            with next_tag.advise():
                raise
        raise
    return images


def _with_values(next_tag: NextTag, error: own_images.StaleImageError, plan: ChartPlan, run: Run) -> NextTag | None:
    """What to cut with values of old images changed too; None where sync-chart-version can't change all of them."""
    files, image_tag, lines = WorkspaceFiles(run.context.workspace), plan.released.image_tag, []
    with contextlib.suppress(ReleaseError):
        for one in error.values:
            line = f"{one.file} yaml {one.path}"
            (found,) = find(File(one.file, files.read(one.file)), [parse_place(line)], image_tag)
            lines += [line] if found.match.line == one.line and found.version else []
    if not lines or len(lines) < len(error.values) or not next_tag.places.there_are:
        return None
    return msgspec.structs.replace(next_tag, places=msgspec.structs.replace(next_tag.places, more=tuple(lines)))
