"""Commands that people copy."""

import shlex

from release_actions.oci.commands import install_chart, pull_chart, pull_image, set_tag
from release_actions.oci.reference import parse_reference

CHART = parse_reference("ghcr.io/kubeflow/charts/op:1.5.0")
IMAGE = parse_reference("op:v1.5.0")
DIGEST = f"sha256:{'a' * 64}"


def test_how_to_get_what_is_published() -> None:
    assert install_chart(CHART) == "helm install op oci://ghcr.io/kubeflow/charts/op --version 1.5.0"
    assert pull_chart(CHART) == "helm pull oci://ghcr.io/kubeflow/charts/op --version 1.5.0"
    assert pull_image(IMAGE, DIGEST) == f"docker pull docker.io/library/op:v1.5.0@{DIGEST}"


def test_how_to_set_a_tag() -> None:
    words = shlex.split(set_tag(IMAGE.tagged("latest"), f"{IMAGE.name}@{DIGEST}"))
    assert words[-3:] == ["--tag", "docker.io/library/op:latest", f"docker.io/library/op@{DIGEST}"]
