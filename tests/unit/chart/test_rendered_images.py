"""What counts as an image of a rendered chart, and which template it is said to come from."""

import textwrap
from itertools import pairwise

import pytest

from release_actions.chart import rendered_images
from release_actions.core.errors import Code, ReleaseError


def manifests(**templates: str) -> str:
    """The output of `helm template` for a chart `operator` with these templates."""
    return "".join(
        f"---\n# Source: operator/templates/{name}.yaml\n{textwrap.dedent(text).strip()}\n"
        for name, text in templates.items()
    )


def found(text: str, *paths: str) -> list[tuple[str, str]]:
    parsed = [rendered_images.parse_image_path(path) for path in paths]
    return [
        (one.template.removeprefix("charts/op/templates/"), one.image)
        for one in rendered_images.images(text, "charts/op", parsed)
    ]


CONTROLLER = """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: controller}
    spec:
      template:
        spec:
          initContainers:
          - name: hook
            image: "ghcr.io/kubeflow/hook:v1.5.0"
          containers:
          - name: controller
            image: ghcr.io/kubeflow/operator:v1.5.0
            args: [--image=ghcr.io/kubeflow/not-asked-for:v1]
          - {name: sidecar, image: quay.io/brancz/kube-rbac-proxy@sha256:0123}
"""

CASES = {
    "a deployment": (CONTROLLER, ["hook:v1.5.0", "operator:v1.5.0", "kube-rbac-proxy@sha256:0123"]),
    "a cron job": (
        """
        kind: CronJob
        spec: {jobTemplate: {spec: {template: {spec: {containers: [{image: "a/cleaner:1"}]}}}}}
        """,
        ["cleaner:1"],
    ),
    "an ephemeral container": (
        "{kind: Pod, spec: {ephemeralContainers: [{image: a/debug:1}], containers: []}}",
        ["debug:1"],
    ),
    "a list of objects": (
        "{kind: List, items: [{kind: Pod, spec: {containers: [{image: a/one:1}]}}]}",
        ["one:1"],
    ),
    "a custom resource with a pod template": (
        """
        kind: ClusterTrainingRuntime
        spec:
          template:
            spec:
              replicatedJobs:
              - template: {spec: {template: {spec: {containers: [{name: node, image: a/torch:2}]}}}}
        """,
        ["torch:2"],
    ),
    "an image that looks like a number": ("{kind: Pod, spec: {containers: [{image: 1.10}]}}", ["1.10"]),
    "anchors and aliases": (
        """
        kind: Pod
        spec:
          containers: &same
          - image: a/one:1
          initContainers: *same
        """,
        ["one:1", "one:1"],
    ),
    "several documents of one template": (
        """
        {kind: Pod, spec: {containers: [{image: a/one:1}]}}
        ---
        {kind: Pod, spec: {containers: [{image: a/two:2}]}}
        """,
        ["one:1", "two:2"],
    ),
    "a container without an image": ("{kind: Patch, spec: {containers: [{name: left-alone}, {image: }]}}", []),
    "fields that only have the name": ("{kind: Quota, containers: 5, spec: {containers: {image: a/b:1}}}", []),
    "a schema": (
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        spec: {containers: [{image: a/schema:1}]}
        """,
        [],
    ),
    "a text that has a document marker": (
        """
        kind: ConfigMap
        data:
          pod.yaml: |
            ---
            # Source: nowhere/templates/made-up.yaml
            containers: [{image: a/made-up:1}]
        """,
        [],
    ),
    "nothing": ("# all of it switched off", []),
}


@pytest.mark.parametrize(("text", "images"), CASES.values(), ids=CASES)
def test_images_in_containers(text: str, images: list[str]) -> None:
    seen = found(manifests(first=text))

    assert [image.rpartition("/")[2] for _, image in seen] == images
    assert {template for template, _ in seen} <= {"first.yaml"}


def test_each_image_has_its_template() -> None:
    text = manifests(
        controller=CONTROLLER, webhook="{kind: Pod, spec: {containers: [{image: ghcr.io/kubeflow/webhook:v1.5.0}]}}"
    )

    assert found(text)[-1] == ("webhook.yaml", "ghcr.io/kubeflow/webhook:v1.5.0")
    assert found(text)[0][0] == "controller.yaml"


def test_a_chart_at_the_root_has_its_templates_there() -> None:
    assert [one.template for one in rendered_images.images(manifests(pod=CASES["a list of objects"][0]), ".")] == [
        "templates/pod.yaml"
    ]


@pytest.mark.parametrize(("hook", "is_test"), [("test", True), ("test-success", True), ("test,post-install", False)])
def test_an_image_of_a_hook_for_tests(hook: str, *, is_test: bool) -> None:
    annotations = f"metadata: {{annotations: {{helm.sh/hook: '{hook}'}}}}"
    [one] = rendered_images.images(
        manifests(t=f"{{kind: Pod, {annotations}, spec: {{containers: [{{image: a}}]}}}}"), "c"
    )

    assert one.is_test is is_test


ARGUMENTS = """
    kind: Deployment
    metadata: {name: controller}
    spec:
      args:
      - --verbose
      - --solver-image=quay.io/jetstack/solver:v1
      env:
      - {name: OTHER, value: a/other:1}
      - {name: RELATED_IMAGE, value: a/related:1}
"""


@pytest.mark.parametrize(
    ("path", "images"),
    [
        ("Deployment:spec.args[--solver-image=]", ["quay.io/jetstack/solver:v1"]),
        ("Deployment:spec.args[--solver=]", []),
        ("Deployment:spec.env[name=RELATED_IMAGE].value", ["a/related:1"]),
        ("Deployment:spec.env[name=RELATED].value", []),
        ("Deployment:spec.env[*].value", ["a/other:1", "a/related:1"]),
        ("Deployment:spec[name=x].env", []),
    ],
)
def test_images_in_arguments_and_variables(path: str, images: list[str]) -> None:
    assert [image for _, image in found(manifests(controller=ARGUMENTS), path)] == images


CONFIG = """
    apiVersion: v1
    kind: ConfigMap
    metadata: {name: operator-config}
    data:
      SPARK_IMAGE: docker.io/library/spark:4.0.0
      config.yaml: |
        runtime:
          suggestions:
          - {name: random, image: ghcr.io/kubeflow/random:v1.5.0}
          - {name: grid, image: ghcr.io/kubeflow/grid:v1.5.0}
      runtimes.yaml: |
        ---
        kind: ClusterTrainingRuntime
        spec: {template: {spec: {containers: [{image: a/torch:2}]}}}
        ---
        kind: ClusterTrainingRuntime
        spec: {template: {spec: {containers: [{image: a/jax:1}]}}}
      LAST_LINE: |
        docker.io/library/last:1
      config.json: '{"sidecar": {"image": "ghcr.io/kubeflow/sidecar:v1.5.0"}}'
"""

PATHS = {
    "a value": ("ConfigMap:data.SPARK_IMAGE", ["docker.io/library/spark:4.0.0"]),
    "a value with a line end": ("ConfigMap:data.LAST_LINE", ["docker.io/library/last:1"]),
    "a named object": ("ConfigMap/operator-config:data.SPARK_IMAGE", ["docker.io/library/spark:4.0.0"]),
    "another name": ("ConfigMap/other:data.SPARK_IMAGE", []),
    "another kind": ("Secret:data.SPARK_IMAGE", []),
    "YAML in a text": (
        'ConfigMap:data."config.yaml".runtime.suggestions[*].image',
        ["ghcr.io/kubeflow/random:v1.5.0", "ghcr.io/kubeflow/grid:v1.5.0"],
    ),
    "one of a list": (
        'ConfigMap:data."config.yaml".runtime.suggestions[1].image',
        ["ghcr.io/kubeflow/grid:v1.5.0"],
    ),
    "past the end of a list": ('ConfigMap:data."config.yaml".runtime.suggestions[2].image', []),
    "JSON in a text": ('ConfigMap:data."config.json".sidecar.image', ["ghcr.io/kubeflow/sidecar:v1.5.0"]),
    "manifests in a text": ('ConfigMap:data."runtimes.yaml"', ["a/torch:2", "a/jax:1"]),
    "into one of the manifests": ('ConfigMap:data."runtimes.yaml".spec.template', ["a/torch:2", "a/jax:1"]),
    "a collection without containers": ("ConfigMap:metadata", []),
    "a path that ends early": ("ConfigMap:data.MISSING.image", []),
}


@pytest.mark.parametrize(("path", "images"), PATHS.values(), ids=PATHS)
def test_images_at_configured_paths(path: str, images: list[str]) -> None:
    assert [image for _, image in found(manifests(config=CONFIG), path)] == images


def test_a_path_into_a_definition() -> None:
    text = manifests(crd="{kind: CustomResourceDefinition, spec: {default: a/b:1}}").replace("{kind", "{  'kind'")
    block = manifests(crd="kind: CustomResourceDefinition\nspec: {default: a/b:1}")

    for one in (text, block):
        assert found(one, "CustomResourceDefinition:spec.default") == [("crd.yaml", "a/b:1")]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "data.SPARK_IMAGE",
        "ConfigMap:",
        "ConfigMap:data..image",
        "ConfigMap:data[x]",
        "ConfigMap:data[-1]",
        "ConfigMap:.data",
        'ConfigMap:data."open',
        "ConfigMap/../x:data.a b",
        "Config Map:data",
        "ConfigMap:data[--image]",
        "ConfigMap:data[=x]",
    ],
)
def test_what_is_no_image_path(path: str) -> None:
    with pytest.raises(ReleaseError) as raised:
        rendered_images.parse_image_path(path)

    assert raised.value.code is Code.E_INPUT


HOSTILE = {
    "broken": ("a: b: c", Code.E_YAML),
    "an alias bomb": (
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in pairwise("abcdefghi")),
        Code.E_YAML_LIMIT,
    ),
    "deep": ("[" * 2000 + "]" * 2000, Code.E_YAML_LIMIT),
}


@pytest.mark.parametrize(("text", "code"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_manifests(text: str, code: Code) -> None:
    with pytest.raises(ReleaseError) as raised:
        rendered_images.images(f"---\n# Source: op/templates/x.yaml\n{text}", "charts/op")

    assert raised.value.code is code
    assert raised.value.file == "charts/op/templates/x.yaml"


def test_a_path_that_leads_nowhere_is_out_of_date() -> None:
    useful, stale = (rendered_images.parse_image_path(f"ConfigMap:data.{key}") for key in ("SPARK_IMAGE", "OLD_IMAGE"))
    seen = rendered_images.images(manifests(config=CONFIG), "charts/op", [useful, stale])

    rendered_images.require_all([useful], seen)
    with pytest.raises(ReleaseError, match="OLD_IMAGE"):
        rendered_images.require_all([useful, stale], seen)
