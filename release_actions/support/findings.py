"""What of the supported minor versions does not fit the Kubernetes versions that they were tested with."""

from collections.abc import Iterable, Iterator
from datetime import date

import msgspec

from release_actions.chart.kube_range import takes_minor
from release_actions.support.kubernetes import DAYS, KubernetesSupport
from release_actions.support.policy import SupportRow, SupportState


class SupportFinding(msgspec.Struct, frozen=True):
    """A finding: the tag that it is about (empty for none), the rule's name, and a sentence."""

    tag: str
    rule: str
    what: str


def findings(
    rows: Iterable[SupportRow], kubernetes: KubernetesSupport, today: date, *, is_sought: bool = False
) -> list[SupportFinding]:
    """The findings about versions that are supported on a day, in the order of the rows.

    `is_sought` is whether the project says where Kubernetes versions of tests are written.
    """
    supported = [row for row in rows if row.state is not SupportState.ENDED]
    found = [one for row in supported for one in _of(row, kubernetes, today)]
    for row in supported if is_sought else ():
        if not row.facts.tested and not row.facts.unknown:
            tag = row.newest.version.tag
            what = f"No place under `support.kubernetes` in the configuration names a Kubernetes version at {tag}."
            found.append(SupportFinding(tag, "not-found", what))
    if any(row.facts.tested for row in supported) and kubernetes.is_old(today):
        what = f"The ends of support of Kubernetes are of {kubernetes.as_of}, more than {DAYS} days ago."
        found.append(SupportFinding("", "old-data", f"{what} Name a newer file by the input `kubernetes-support`."))
    return found


def _of(row: SupportRow, kubernetes: KubernetesSupport, today: date) -> Iterator[SupportFinding]:
    facts, tag = row.facts, row.newest.version.tag
    if not facts.tested:
        return
    shown = ", ".join(map(str, facts.tested))
    for constraint in facts.kube_version:
        refused = [one for one in facts.tested if takes_minor(constraint, one.minor) is False]
        if refused:
            names = ", ".join(map(str, refused))
            what = f"{tag} was tested on Kubernetes {names}, which `kubeVersion: {constraint}` of its chart refuses."
            yield SupportFinding(tag, "kube-version", what)
    if not any(kubernetes.is_supported(one, today) for one in facts.tested):
        what = f"{tag} was tested on Kubernetes {shown} alone, and Kubernetes supports none of these on {today}."
        yield SupportFinding(tag, "untested", what)
    if facts.client_go is not None and facts.client_go > max(facts.tested):
        what = f"{tag} has the client library of Kubernetes {facts.client_go}, newer than all of its tests: {shown}."
        yield SupportFinding(tag, "newer-client", what)
