"""Check that a chart is the tag's and that every image it pulls exists, then push it to an OCI registry."""

from typing import Literal

from release_actions.chart.staging import require_committed
from release_actions.core.version import parse_tag
from release_actions.public_state.parts import parse_parts
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.steps.access import Access, ask_public
from release_actions.steps.chart_check import ChartIndex, check_chart, open_chart_clients
from release_actions.steps.chart_plan import ChartRequest, plan_chart
from release_actions.steps.chart_publication import publish_chart


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
    release_parts: str
    config: str
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """The chart as it is in the registry, and its package."""

    chart: str
    version: str
    digest: str
    reference: str
    package: str


def main(inputs: Inputs, run: Run) -> Outputs:
    """Check the chart, then publish it."""
    request, parts = _request(inputs, run), parse_parts(inputs.release_parts)
    access = Access(logins=inputs, token=inputs.token, check_tag=inputs.check_tag, parts=parts)
    ask_public(request.version, access, run)
    plan = plan_chart(request, run)
    require_committed(run.context.workspace, plan.folder)
    with open_chart_clients(plan, access, run, _index(inputs)) as clients:
        checked = check_chart(plan, clients, run)
        digest = checked.artefact.digest if run.dry_run else publish_chart(checked, clients, run)
    return Outputs(
        chart=plan.chart.name,
        version=plan.version.bare,
        digest=digest,
        reference=str(plan.reference),
        package=str(checked.package),
    )


def _request(inputs: Inputs, run: Run) -> ChartRequest:
    return ChartRequest(
        version=parse_tag(inputs.tag or run.context.tag),
        chart=inputs.chart,
        registry=inputs.registry,
        config=inputs.config,
        image_tag=inputs.image_tag,
        sync=inputs.sync,
        values=inputs.values,
        platforms=inputs.platforms,
        exclude_images=inputs.exclude_images,
        pending_images=inputs.pending_images,
        image_paths=inputs.image_paths,
        kube_version=inputs.kube_version,
        api_versions=inputs.api_versions,
    )


def _index(inputs: Inputs) -> ChartIndex | None:
    if not inputs.index_branch:
        return None
    return ChartIndex(branch=inputs.index_branch, url=inputs.index_url, with_package=inputs.package_in_branch)
