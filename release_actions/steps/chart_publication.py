"""Publish a checked chart: push it to its registry, read it back, then add it to the chart repository's index."""

import msgspec

from release_actions.chart import published
from release_actions.chart.published import Observation
from release_actions.core.errors import ReleaseError
from release_actions.core.report import State
from release_actions.core.urls import host_of, is_loopback
from release_actions.image_check import required_images
from release_actions.oci.commands import chart_usage
from release_actions.runner.run import Run
from release_actions.steps.chart_check import ChartClients, CheckedChart, ask_images


def publish_chart(checked: CheckedChart, clients: ChartClients, run: Run) -> str:
    """Push the chart unless it is there, ask the registry for it again, then add it to the index; return its digest.

    What was pending has to exist by now, and the git tag is asked for right before each write. Raises E_IMAGE_MISSING,
    E_VERSION_EXISTS, E_TAG_MOVED, E_TAG_MISSING, and the registry's errors.
    """
    plan = checked.plan
    pending = [msgspec.structs.replace(one, pending=False) for one in checked.images if one.pending]
    required_images.require(ask_images(plan, pending, clients, run))
    seen = _observe(checked, clients)
    if seen.state is State.SAME:
        digest = seen.digest
        run.report.plan("chart", str(plan.reference), plan.version.bare, seen.state, digest=digest)
    else:
        _require_tag(clients)
        with run.report.attempt(checked.artefact):
            digest = _push(checked, clients)
            package = checked.package.read_bytes()
            published.verify(clients.charts, plan.reference, digest, plan.chart.name, package)
            run.report.done(checked.artefact, digest=digest)
    if clients.repository and checked.entry and checked.entry.state is not State.SAME:
        _require_tag(clients)
        clients.repository.publish(checked.package, checked.entry, run.report)
    run.summarize(chart_usage(plan.reference))
    return digest


def _observe(checked: CheckedChart, clients: ChartClients) -> Observation:
    """What is there; our package becomes the published one, which others may have compressed to other bytes."""
    reference, package = checked.plan.reference, checked.package.read_bytes()
    seen = published.observe(clients.charts, reference, package)
    if seen.state is State.CONFLICT:
        raise published.conflict(reference, seen, package)
    if seen.state is State.SAME:
        checked.package.write_bytes(published.read_package(clients.charts, reference))
    return seen


def _push(checked: CheckedChart, clients: ChartClients) -> str:
    reference = checked.plan.reference
    namespace = reference.name.rpartition("/")[0]
    plain_http = is_loopback(host_of(f"//{reference.registry}"))
    try:
        return clients.helm.push(checked.package, namespace, plain_http=plain_http)
    except ReleaseError:
        # It may be the answer that was lost, and not the push.
        seen = _observe(checked, clients)
        if seen.state is State.ABSENT:
            raise
        return seen.digest


def _require_tag(clients: ChartClients) -> None:
    if clients.tag_check:
        clients.tag_check.require()
