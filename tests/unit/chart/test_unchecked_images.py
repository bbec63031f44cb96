"""Which texts of a rendered chart read as images, and that the path given for each has it checked."""

import pytest

from release_actions.chart import rendered_images, unchecked_images

POD = "{kind: Pod, metadata: {name: op}, spec: {containers: [{name: op, image: 'ghcr.io/x/op:v1', %s}]}}"
MAP = "kind: ConfigMap\nmetadata: {name: config}\ndata:\n  %s\n"
CUSTOM = "{apiVersion: x.io/v1, kind: Runtime, metadata: {name: 'x:y'}, spec: {%s}}"
DIGEST = f"sha256:{'a' * 64}"

FOUND = {
    "an environment variable": (
        POD % "env: [{name: SIDECAR, value: 'quay.io/x/side:2'}]",
        "quay.io/x/side:2",
        "Pod/op:spec.containers[name=op].env[name=SIDECAR].value",
    ),
    "an argument with its flag": (
        POD % "args: ['--v=3', '--side-image=quay.io/x/side:2']",
        "quay.io/x/side:2",
        "Pod/op:spec.containers[name=op].args[--side-image=]",
    ),
    "an argument after its flag": (
        POD % "args: ['--image', 'quay.io/x/side:2']",
        "quay.io/x/side:2",
        "Pod/op:spec.containers[name=op].args[1]",
    ),
    "arguments in one text": (
        POD % "command: [sh, -c, 'run --a=1 --image=quay.io/x/side:2']",
        "quay.io/x/side:2",
        "Pod/op:spec.containers[name=op].command[2][--image=]",
    ),
    "a list in an argument": (
        POD % "args: ['--images=a=x/one:1,b=x/two:2']",
        "x/two:2",
        "Pod/op:spec.containers[name=op].args[--images=][b=]",
    ),
    "a list in a text": (MAP % "images: 'one=x/one:1,two=x/two:2'", "x/two:2", "ConfigMap/config:data.images[two=]"),
    "a file of properties": (
        MAP % "app.properties: |\n    # images\n    side.image=x/side:1\n    other=5",
        "x/side:1",
        'ConfigMap/config:data."app.properties"[side.image=]',
    ),
    "JSON in a text": (
        MAP % 'config.json: \'{"runtimes": [{"name": "a", "image": "x/run:1"}]}\'',
        "x/run:1",
        'ConfigMap/config:data."config.json".runtimes[name=a].image',
    ),
    "YAML in a text": (
        MAP % "c.yaml: |\n    side:\n      images: [x/side:1]",
        "x/side:1",
        'ConfigMap/config:data."c.yaml".side.images[0]',
    ),
    "two keys in a text": (
        MAP % "c.yaml: |\n    side:\n      repository: x/side\n      tag: 1.10",
        "x/side:1.10",
        'ConfigMap/config:data."c.yaml".side.{repository:tag}',
    ),
    "a custom resource": (CUSTOM % "image: x/run:1", "x/run:1", "Runtime:spec.image"),
    "two keys of a custom resource": (
        CUSTOM % "etcd: {image: quay.io/coreos/etcd, version: v3.5.1}",
        "quay.io/coreos/etcd:v3.5.1",
        "Runtime:spec.etcd.{image:version}",
    ),
    "three keys": (
        CUSTOM % "image: {registry: quay.io, repository: x/run, tag: '1'}",
        "quay.io/x/run:1",
        "Runtime:spec.image.{registry/repository:tag}",
    ),
    "a key for the digest": (
        CUSTOM % f"image: {{repository: x/run, digest: '{DIGEST}'}}",
        f"x/run@{DIGEST}",
        "Runtime:spec.image.{repository@digest}",
    ),
    "a kustomization": (
        CUSTOM % "images: [{name: x/run, newTag: '2'}]",
        "x/run:2",
        "Runtime:spec.images[name=x/run].{name:newTag}",
    ),
    "a name that a container has too": (
        "{kind: Pod, metadata: {name: a}, spec: {containers: [{image: 'busybox:1.36'}], note: 'busybox:1.37'}}",
        "busybox:1.37",
        "Pod/a:spec.note",
    ),
}


def rendered(text: str) -> str:
    return f"---\n# Source: op/templates/a.yaml\n{text}\n"


@pytest.mark.parametrize(("text", "image", "path"), FOUND.values(), ids=FOUND)
def test_a_text_that_reads_as_an_image_and_the_path_that_covers_it(text: str, image: str, path: str) -> None:
    checked = rendered_images.images(rendered(text), "op")
    found = {one.image: one for one in unchecked_images.find(rendered(text), "op", checked)}
    assert (found[image].path, found[image].template) == (path, "op/templates/a.yaml")

    paths = [rendered_images.parse_image_path(one.path) for one in found.values()]
    covered = rendered_images.images(rendered(text), "op", paths)
    assert image in {one.image for one in covered}
    assert unchecked_images.find(rendered(text), "op", covered) == []


@pytest.mark.parametrize(
    "text",
    [
        POD % "env: [{name: SAME, value: 'ghcr.io/x/op:v1'}]",
        CUSTOM % "address: '0.0.0.0:8443'",
        CUSTOM % "address: 'redis:6379', other: 'metrics.svc:8080'",
        CUSTOM % "url: 'https://example.com/a:b'",
        CUSTOM % "name: 'system:node:x', text: 'See docs: at example.com/a'",
        CUSTOM % "repository: x/run, tag: ''",
        CUSTOM % "image: quay.io/x/run",
        CUSTOM % "at: '12:30:00', names: {name: plain, version: v1}",
        MAP % "broken.yaml: |\n    a: b: c/d:e",
        "kind: CustomResourceDefinition\nspec: {default: 'a/b:1'}",
    ],
)
def test_other_texts(text: str) -> None:
    checked = rendered_images.images(rendered(text), "op")

    assert unchecked_images.find(rendered(text), "op", checked) == []


def test_a_key_that_no_path_can_write() -> None:
    [one] = unchecked_images.find(rendered(CUSTOM % "'a\"b': 'x/run:1'"), "op", [])

    assert (one.image, one.path) == ("x/run:1", "")
    assert "`x/run:1`" in unchecked_images.page([one])


def nested(depth: int) -> str:
    """YAML in a text in YAML, so many times, around an image."""
    text = "image: x/one:1\n"
    for _ in range(depth):
        text = "a: |\n" + "".join(f" {line}\n" for line in text.strip().split("\n"))
    return text


@pytest.mark.parametrize(
    "text",
    [f"a: '{'a=' * 3000}x/one:1'", f"a: [{'b=' * 3000}x/one:1]", nested(400)],
    ids=["pairs in pairs", "pairs in a list", "YAML in YAML"],
)
def test_texts_inside_texts_end_somewhere(text: str) -> None:
    assert unchecked_images.find(rendered(f"kind: ConfigMap\n{text}"), "charts/op", []) == []
