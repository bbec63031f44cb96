"""`kubeVersion` of a chart, and the clusters that it refuses without saying so.

Helm compares by github.com/Masterminds/semver, for which a range without a prerelease takes no version with one; and
the versions of managed clusters have one: `v1.31.2-eks-7f9249a`, `v1.31.1-gke.1678000`.
"""

import re

from release_actions.core.yaml_nodes import parse

_BOUND = re.compile(r"(?P<bound>[<>]=?|[~^=])\s*v?[0-9]+(?:\.[0-9]+){0,2}(?![0-9A-Za-z.*-])")


def objection(text: str, file: str) -> tuple[int, str] | None:
    """The line of Chart.yaml whose `kubeVersion` refuses such clusters, and what to write; None when none does.

    Raises E_YAML and E_YAML_LIMIT.
    """
    child = parse(text, file).mapping().get("kubeVersion")
    said = child.value if child is not None and isinstance(child.value, str) else ""
    if child is None or not _BOUND.search(said):
        return None
    better = _BOUND.sub(r"\g<0>-0", said)
    return child.line, (
        f"`kubeVersion: {said}` refuses clusters whose version has a suffix, such as those of EKS and GKE "
        f'(v1.31.2-eks-7f9249a); write `kubeVersion: "{better}"`.'
    )
