"""Check that a chart is the tag's and that every image it pulls exists, then push it to an OCI registry.

The phases can be called one by one: `prepare` reads what is asked for, `check` does everything that leaves no trace,
`publish` pushes, if the git tag still points to the commit.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from release_actions.chart import kube_constraint, rendered_images, rendering, staging, unchecked_images
from release_actions.chart import published as published_chart
from release_actions.chart.helm import Folder, Helm, open_helm, parse_kube_version
from release_actions.chart.metadata import Chart, read_chart
from release_actions.chart.published import Observation
from release_actions.chart.staging import Released
from release_actions.chart_repository.branch import IndexBranch
from release_actions.chart_repository.publish import ChartRepository
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Artefact, State
from release_actions.core.urls import host_of, is_loopback
from release_actions.core.version import Spelling, Version, parse_tag
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.git.tag_check import TagCheck, remote_of_checkout
from release_actions.image_check import own_images, required_images
from release_actions.image_check.ask import RenderedChart, ask, require_own
from release_actions.image_check.own_images import OwnImages
from release_actions.image_check.required_images import Wanted
from release_actions.oci.commands import chart_usage
from release_actions.oci.credentials import release_credentials
from release_actions.oci.reference import Platform, Reference, parse_platform, parse_reference
from release_actions.oci.registry import Registry
from release_actions.project.charts import with_chart_folders
from release_actions.project.config import Chart as Settings
from release_actions.project.config import Config, with_inputs
from release_actions.project.fix_commands import Places
from release_actions.project.matrix import image_references
from release_actions.project.next_tag import NextTag
from release_actions.project.read import read_workspace_config
from release_actions.public_state.ask import PublicState
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.system.workspace import WorkspaceFiles, inside, read_text, relative


class Inputs(inputs.Inputs, frozen=True):
    """The chart, where it goes, and what must exist before it does."""

    chart: str
    registry: str
    tag: str
    image_tag: Literal["", "tag", "bare"]
    sync: bool
    values: Lines
    platforms: Words
    exclude_images: Lines
    pending_images: Lines
    image_paths: Lines
    kube_version: str
    api_versions: Words
    registry_username: str
    registry_password: Secret
    ghcr_token: Secret
    index_branch: str
    index_url: str
    package_in_branch: bool
    check_tag: bool
    token: Secret
    config: str
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """The chart as it is in the registry, and its package."""

    chart: str
    version: str
    digest: str
    reference: str
    package: str


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is published. `folder` and `values` count from the workspace's root.

    `reference` is where the chart goes, `branch` the pattern of release branches.
    """

    version: Version
    folder: str
    chart: Chart
    reference: Reference
    released: Released
    sync: bool
    values: tuple[str, ...]
    platforms: tuple[Platform, ...]
    exclude: tuple[str, ...]
    own: OwnImages
    image_paths: tuple[rendered_images.ImagePath, ...]
    kube_version: str
    api_versions: tuple[str, ...]
    branch: str


class Clients(msgspec.Struct, frozen=True, kw_only=True):
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


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """A chart that may be published: its package, the images it pulls, and what is there of it.

    `entry` is its artefact in the chart repository's index.
    """

    plan: Plan
    package: Path
    images: tuple[Wanted, ...]
    artefact: Artefact
    entry: Artefact | None


def main(inputs: Inputs, run: Run) -> Outputs:
    """Check the chart, then publish it."""
    plan = prepare(inputs, run)
    staging.require_committed(run.context.workspace, plan.folder)
    with clients(plan, inputs, run) as tools:
        checked = check(plan, tools, run)
        digest = checked.artefact.digest if run.dry_run else publish(checked, tools, run)
    return Outputs(
        chart=plan.chart.name,
        version=plan.version.bare,
        digest=digest,
        reference=str(plan.reference),
        package=str(checked.package),
    )


def prepare(inputs: Inputs, run: Run) -> Plan:
    """What is asked for, by the inputs first and the configuration file second; nothing is started yet."""
    version = parse_tag(inputs.tag or run.context.tag)
    files = WorkspaceFiles(run.context.workspace)
    project = with_chart_folders(read_workspace_config(run.context.workspace, inputs.config), files)
    config = with_inputs(
        project,
        charts=(inputs.chart,) if inputs.chart else (),
        platforms=inputs.platforms,
        image_tag=inputs.image_tag,
    )
    settings = _settings(config)
    folder = relative(run.context.workspace, inside(run.context.workspace, settings.path, kind="folder"))
    file = inside(run.context.workspace, str(Path(folder, "Chart.yaml")))
    chart = read_chart(read_text(file), relative(run.context.workspace, file))
    return Plan(
        version=version,
        folder=folder,
        chart=chart,
        reference=published_chart.where(inputs.registry or settings.registry, chart.name).tagged(version.bare),
        released=Released(
            charts=tuple(one.path for one in project.charts),
            places=config.places,
            image_tag=Spelling(config.image_tag),
        ),
        sync=inputs.sync,
        values=inputs.values or settings.values,
        platforms=tuple(parse_platform(one) for one in inputs.platforms or settings.platforms or config.platforms),
        exclude=inputs.exclude_images or settings.exclude_images,
        own=_own_images(config, version, inputs),
        image_paths=tuple(rendered_images.parse_image_path(one) for one in inputs.image_paths or settings.image_paths),
        kube_version=parse_kube_version(inputs.kube_version or settings.kube_version),
        api_versions=rendering.parse_api_versions(inputs.api_versions or settings.api_versions),
        branch=config.branch,
    )


@contextlib.contextmanager
def clients(plan: Plan, inputs: Inputs, run: Run) -> Iterator[Clients]:
    """Helm and the registries with the logins of the inputs and of the runner; the logins are gone afterwards."""
    public = _public(plan, inputs, run)
    run.ask_public = public.sentence
    with (
        release_credentials(run.temp, [plan.reference.registry], inputs, run.mask) as credentials,
        Registry(credentials.login) as images,
        Registry(credentials.login, pushing=not run.dry_run) as charts,
    ):
        helm = open_helm(run.temp / "helm", credentials.environment)
        run.info(f"Helm {helm.version}")
        yield Clients(
            helm=helm,
            images=images,
            charts=charts,
            repository=_repository(inputs, run),
            tag_check=_tag_check(plan, inputs, run),
            next_tag=_next_tag(plan, inputs, run, public),
        )


def check(plan: Plan, tools: Clients, run: Run) -> Checked:
    """Everything up to the push, without leaving a trace: version, dependencies, lint, package, images, registry.

    Raises the error of the first check that fails. Images that are pending are not asked for.
    """
    with run.group(f"Complete, lint and pack {plan.folder}"), tools.next_tag.advise():
        staged = _stage(plan, tools.helm, run)
        settings = rendering.Settings(
            rendering.copy_values(run.context.workspace, plan.values, run.temp), plan.kube_version, plan.api_versions
        )
        for warning in rendering.lint(tools.helm, staged, settings):
            run.info(warning)
        if found := kube_constraint.objection(read_text(staged.path / "Chart.yaml"), plan.chart.file):
            run.warn(found[1], title="Kubernetes versions that the chart refuses", file=plan.chart.file, line=found[0])
        package = staging.package_file(
            tools.helm, staged, plan.version, read_checkout(run.context.workspace).time, run.temp
        )
    with run.group(f"Look for the images that {plan.folder} pulls"):
        images = [] if plan.chart.is_library else _images(plan, staged, settings, tools, run)
    required_images.require(images)
    seen = published_chart.observe(tools.charts, plan.reference, package.read_bytes())
    artefact = run.report.plan("chart", str(plan.reference), plan.version.bare, seen.state, digest=seen.digest)
    if seen.state is State.CONFLICT:
        raise published_chart.conflict(plan.reference, seen, package.read_bytes())
    if seen.state is State.SAME:
        # Another machine may have packed the same files to other bytes, and it's the published ones that count.
        package.write_bytes(published_chart.read_package(tools.charts, plan.reference))
    entry = tools.repository.observe(package, run.report) if tools.repository else None
    return Checked(plan=plan, package=package, images=tuple(images), artefact=artefact, entry=entry)


def publish(checked: Checked, tools: Clients, run: Run) -> str:
    """Push the chart unless it is there, ask the registry for it again, then add it to the index; return its digest.

    What was pending has to exist by now, and the git tag is asked for right before each write. Raises E_IMAGE_MISSING,
    E_VERSION_EXISTS, E_TAG_MOVED, E_TAG_MISSING, and the registry's errors.
    """
    plan, package = checked.plan, checked.package.read_bytes()
    required_images.require(
        _ask(plan, [msgspec.structs.replace(one, pending=False) for one in checked.images if one.pending], tools, run)
    )
    seen = _observe(plan, package, tools)
    if seen.state is State.SAME:
        digest = seen.digest
        run.report.plan("chart", str(plan.reference), plan.version.bare, seen.state, digest=digest)
    else:
        _require_tag(tools)
        with run.report.attempt(checked.artefact):
            digest = _push(checked, package, tools)
            published_chart.verify(tools.charts, plan.reference, digest, plan.chart.name, package)
            run.report.done(checked.artefact, digest=digest)
    if tools.repository and checked.entry and checked.entry.state is not State.SAME:
        _require_tag(tools)
        tools.repository.publish(checked.package, checked.entry, run.report)
    run.summarize(chart_usage(plan.reference))
    return digest


def _settings(config: Config) -> Settings:
    if len(config.charts) != 1:
        known = ", ".join(chart.path for chart in config.charts) or "none"
        raise ReleaseError(
            Code.E_INPUT,
            f"It isn't clear which chart to publish; the configuration file has {known}.",
            next_step="Give the input `chart`, the chart's folder.",
        )
    return config.charts[0]


def _own_images(config: Config, version: Version, inputs: Inputs) -> OwnImages:
    """The images of the release: those that the configuration describes, and those that are still pending."""
    described = frozenset(parse_reference(one) for one in image_references(config, version))
    return OwnImages(described, own_images.parse_pending(inputs.pending_images))


def _stage(plan: Plan, helm: Helm, run: Run) -> Folder:
    root, target = run.context.workspace, run.temp / "chart"
    staged = Folder(staging.copy(root, plan.folder, target), plan.chart.name, plan.folder)
    for found in staging.set_version(target, plan.folder, plan.released, plan.version, sync=plan.sync):
        run.info(f"{found.file}:{found.match.line}: the package says {found.wanted(plan.version)}.")
    staging.build_dependencies(helm, root, plan.folder, target)
    return staged


def _repository(inputs: Inputs, run: Run) -> ChartRepository | None:
    if not inputs.index_branch:
        return None
    checkout = read_checkout(run.context.workspace)
    remote = Remote(checkout, run.temp / "index.git", token=inputs.token, server_url=run.context.server_url)
    return ChartRepository(
        IndexBranch(remote, inputs.index_branch),
        branch=inputs.index_branch,
        url=inputs.index_url,
        with_package=inputs.package_in_branch,
        time=checkout.time,
    )


def _tag_check(plan: Plan, inputs: Inputs, run: Run) -> TagCheck | None:
    if not inputs.check_tag or run.dry_run:
        return None
    checkout, server = read_checkout(run.context.workspace), run.context.server_url
    remote = remote_of_checkout(checkout, run.temp / "tag.git", token=inputs.token, server_url=server)
    return TagCheck(remote, plan.version, checkout.commit)


def _next_tag(plan: Plan, inputs: Inputs, run: Run, public: PublicState) -> NextTag:
    charts = (plan.folder,) if inputs.chart else ()
    return NextTag(
        version=plan.version,
        pattern=plan.branch,
        places=Places(there_are=not plan.sync, charts=charts, image_tag=inputs.image_tag, config=inputs.config),
        context=run.context,
        folder=run.temp / "next.git",
        token=inputs.token,
        is_unpublished=public.is_nothing,
    )


def _public(plan: Plan, inputs: Inputs, run: Run) -> PublicState:
    asked = (run, plan.version, inputs.token, inputs)
    return PublicState(*asked, images=plan.own.all, charts=[plan.reference], index_branch=inputs.index_branch)


def _require_tag(tools: Clients) -> None:
    if tools.tag_check:
        tools.tag_check.require()


def _images(plan: Plan, staged: Folder, settings: rendering.Settings, tools: Clients, run: Run) -> list[Wanted]:
    """Every image of the chart in all its renderings, with what its registry says; raises E_STALE_VERSION."""
    renderings = rendering.render_all(
        tools.helm, staged, settings, lambda error: run.warn(error.what, file=error.file or "", line=error.line or 0)
    )
    if rendering.is_empty(renderings):
        run.warn(rendering.nothing_checked(plan.chart.name), title="Empty chart", file=plan.chart.file)
    chart = RenderedChart(tools.helm, staged, settings, renderings, plan.image_paths, run.temp)
    found = [one for each in renderings for one in chart.images(each)]
    rendered_images.require_all(plan.image_paths, found)
    wanted = required_images.wanted(found, plan.exclude, plan.own.pending)
    images = _ask(plan, wanted, tools, run)
    run.summarize(own_images.page(images, plan.own) + unchecked_images.page(chart.unchecked(found)))
    require_own(chart, images, plan.own, tools.images)
    return images


def _ask(plan: Plan, images: list[Wanted], tools: Clients, run: Run) -> list[Wanted]:
    judged = ask(tools.images, images, plan.platforms, plan.own)
    for one in judged:
        run.info(f"{one.reference} {one.verdict}")
        if one.asked and one.floats:
            run.warn(f"{one.reference} is another image tomorrow.", title="Floating tag", file=one.templates[0])
    return judged


def _observe(plan: Plan, package: bytes, tools: Clients) -> Observation:
    seen = published_chart.observe(tools.charts, plan.reference, package)
    if seen.state is State.CONFLICT:
        raise published_chart.conflict(plan.reference, seen, package)
    return seen


def _push(checked: Checked, package: bytes, tools: Clients) -> str:
    reference = checked.plan.reference
    namespace = reference.name.rpartition("/")[0]
    plain_http = is_loopback(host_of(f"//{reference.registry}"))
    try:
        return tools.helm.push(checked.package, namespace, plain_http=plain_http)
    except ReleaseError:
        # It may be the answer that was lost, and not the push.
        seen = _observe(checked.plan, package, tools)
        if seen.state is State.ABSENT:
            raise
        return seen.digest
