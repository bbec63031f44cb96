"""What a rendered chart asks a cluster to pull: the image references in it, and the template each comes from.

`helm template` writes every manifest under a line `# Source: <chart>/templates/<file>`. Containers are found in any
kind of object, so that custom resources with a pod template count too. Images in other places (a ConfigMap that a
controller reads) are found by paths the project gives.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator

import msgspec

from release_actions.core import yaml_nodes
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.yaml_nodes import Node

CONTAINERS = frozenset({"containers", "initContainers", "ephemeralContainers"})
"""The fields of a pod's spec that hold containers (Kubernetes API reference, PodSpec)."""

IS_DEFINITION = re.compile(r"^kind: *['\"]?CustomResourceDefinition\b", re.MULTILINE)
"""Finds templates that are a definition: the bulk of many charts, with schemas and no images."""

_EVERY = ("", "")
_BETWEEN = re.compile(r"[\s,;]+")
_SOURCE = re.compile(r"^---\n# Source: (.*)$", re.MULTILINE)
_IMAGE_PATH = re.compile(r"(?P<kind>[A-Za-z][A-Za-z0-9]*)(?:/(?P<name>[a-z0-9.-]+))?:(?P<steps>.+)")
_STEP = re.compile(
    r'\.(?:"(?P<quoted>[^"]+)"|(?P<key>[A-Za-z0-9_/-]+)|\{(?P<joined>[A-Za-z0-9_-]+(?:[/:@][A-Za-z0-9_-]+)+)\})'
    r"|\[(?P<index>[0-9]{1,4})\]|\[(?P<every>\*)\]|\[(?P<flag>[A-Za-z0-9_./-]+=)\]|\[(?P<by>[A-Za-z0-9]+)=(?P<value>[^\]]+)\]"
)


class Joined(msgspec.Struct, frozen=True):
    """Values of several keys as one text, `{registry/repository:tag}`: keys and what stands between them, in turns."""

    parts: tuple[str, ...]


Step = str | int | tuple[str, str] | Joined
"""A key, an index, joined keys, or the items of a list that have this key and value.

With an empty key, the items of a list, or the parts of a text between commas and blanks, that begin so.
"""


class ImagePath(msgspec.Struct, frozen=True):
    """A place outside of containers that names an image, in objects of one kind and, if given, one name.

    A text on the way that is YAML or JSON itself is entered. A path may also lead to whole manifests, as in a ConfigMap
    that a job applies: then the images of their containers count.
    """

    text: str
    kind: str
    name: str
    steps: tuple[Step, ...]


class RenderedImage(msgspec.Struct, frozen=True):
    """An image as the chart writes it, the template it comes from, and the path that led there, if any.

    `is_test` says that only `helm test` pulls it.
    """

    image: str
    template: str
    path: ImagePath | None = None
    is_test: bool = False


def parse_image_path(text: str) -> ImagePath:
    """A path such as `ConfigMap/operator-config:data."config.yaml".images[*].name`; a key with a dot stands in quotes.

    `[name=X]` is the item with that name, `args[--image=]` what follows in the argument that begins so, or in the part
    of a text (`A=one,B=two`); `image.{repository:tag}` is made of two keys. Raises E_INPUT.
    """
    found = _IMAGE_PATH.fullmatch(text)
    written = f".{found['steps']}" if found else ""
    steps = list(_STEP.finditer(written))
    if not found or "".join(step[0] for step in steps) != written:
        raise ReleaseError(
            Code.E_INPUT,
            f"{text!a} is not an image path.",
            next_step='Write one such as `ConfigMap/config:data."config.yaml".images[*].name`.',
        )
    return ImagePath(text, found["kind"], found["name"] or "", tuple(_step(step) for step in steps))


def images(manifests: str, chart: str, paths: Iterable[ImagePath] = ()) -> list[RenderedImage]:
    """Every image that the output of `helm template` names, in its order.

    `chart` is the chart's folder as the templates' files should be named by. Raises E_YAML and E_YAML_LIMIT, with the
    template as the file.
    """
    wanted = tuple(paths)
    definitions = any(path.kind == "CustomResourceDefinition" for path in wanted)
    found: list[RenderedImage] = []
    for template, text in templates(manifests, chart):
        # Definitions are the bulk of many charts, hold schemas and no images, and are not worth the time.
        if definitions or not IS_DEFINITION.search(text):
            for document in yaml_nodes.parse_all(text, template):
                is_test = _is_test(document)
                found += (RenderedImage(image, template, is_test=is_test) for image in _in_containers(document))
                found += at_paths(document, template, wanted)
    return found


def templates(manifests: str, chart: str) -> Iterator[tuple[str, str]]:
    """Each template's file, named from the chart's folder `chart`, and what it renders to."""
    pieces = _SOURCE.split(manifests)
    for source, text in zip(pieces[1::2], pieces[2::2], strict=True):
        yield posixpath.join(chart, source.partition("/")[2]).removeprefix("./"), text


def require_all(paths: Iterable[ImagePath], found: Iterable[RenderedImage]) -> None:
    """Raises E_INPUT for a path that led to no image: it is out of date, and hides what it should show."""
    useful = {one.path for one in found}
    for path in paths:
        if path not in useful:
            raise ReleaseError(
                Code.E_INPUT,
                f"The image path {path.text!a} leads nowhere in the rendered chart.",
                next_step="Correct or remove that line of `image-paths`.",
            )


def at_paths(document: Node, template: str, paths: Iterable[ImagePath]) -> Iterator[RenderedImage]:
    """The images of one object at paths; raises E_YAML for a text on the way that is not YAML."""
    kind, name = _text(document, "kind"), _text(document, "metadata", "name")
    for path in paths:
        if kind == path.kind and path.name in ("", name):
            for place in _follow(document, path.steps, template):
                yield from (RenderedImage(image, template, path) for image in _named_by(place, template))


def _is_test(document: Node) -> bool:
    """Whether an object is a hook of `helm test` alone (Helm's documentation, "Chart Tests")."""
    return _text(document, "metadata", "annotations", "helm.sh/hook") in {"test", "test-success", "test-failure"}


def _in_containers(document: Node) -> Iterator[str]:
    pending = [document]
    while pending:
        node = pending.pop()
        if isinstance(node.value, list):
            pending += reversed(node.value)
        elif isinstance(node.value, dict):
            pending += reversed(node.value.values())
            for field, value in node.value.items():
                if field in CONTAINERS:
                    yield from _container_images(value)


def _container_images(containers: Node) -> Iterator[str]:
    for container in containers.value if isinstance(containers.value, list) else ():
        image = container.value.get("image") if isinstance(container.value, dict) else None
        if image and isinstance(image.value, str) and not image.is_null:
            yield image.value


def _follow(node: Node, steps: tuple[Step, ...], template: str) -> Iterator[Node]:
    if not steps:
        yield node
        return
    begins = isinstance(steps[0], tuple) and steps[0][0] == "" != steps[0][1]
    for entered in [node] if begins else _entered(node, template):
        for below in _below(entered, steps[0]):
            yield from _follow(below, steps[1:], template)


def _below(node: Node, step: Step) -> Iterator[Node]:
    """What one step leads to; nothing where the step doesn't fit."""
    if isinstance(node.value, dict) and isinstance(step, str) and step in node.value:
        yield node.value[step]
    elif isinstance(node.value, list) and isinstance(step, int):
        yield from node.value[step : step + 1]
    elif isinstance(node.value, dict) and isinstance(step, Joined):
        texts = [_text(node, part) for part in step.parts[::2]]
        if all(texts):
            joined = "".join(f"{mark}{text}" for mark, text in zip(("", *step.parts[1::2]), texts, strict=True))
            yield msgspec.structs.replace(node, value=joined, style="")
    elif isinstance(node.value, str) and isinstance(step, tuple):
        parts = [part.strip("\"'") for part in _BETWEEN.split(node.value)]
        rest = (part[len(step[1]) :] for part in parts if part.startswith(step[1]))
        yield from (msgspec.structs.replace(node, value=value) for value in rest)
    elif isinstance(node.value, list) and isinstance(step, tuple):
        key, value = step
        for item in node.value:
            if key and _text(item, key) == value:
                yield item
            elif not key and (not value or _text(item).startswith(value)):
                is_text = isinstance(item.value, str)
                yield msgspec.structs.replace(item, value=_text(item)[len(value) :]) if is_text else item


def _named_by(place: Node, template: str) -> Iterator[str]:
    """The image that a path leads to; where it leads to whole manifests, the images of their containers."""
    if isinstance(place.value, str) and "\n" not in place.value.strip():
        yield place.value.strip()
    else:
        for entered in _entered(place, template):
            yield from _in_containers(entered)


def _entered(node: Node, template: str) -> list[Node]:
    """A value, or the documents in it when it is a text."""
    return yaml_nodes.parse_all(node.value, template) if isinstance(node.value, str) else [node]


def _text(node: Node, *keys: str) -> str:
    for key in keys:
        if not isinstance(node.value, dict) or key not in node.value:
            return ""
        node = node.value[key]
    return node.value if isinstance(node.value, str) else ""


def _step(step: re.Match[str]) -> Step:
    if step["index"]:
        return int(step["index"])
    if step["every"]:
        return _EVERY
    if step["flag"]:
        return "", step["flag"]
    if step["joined"]:
        return Joined(tuple(re.split("([/:@])", step["joined"])))
    return (step["by"], step["value"]) if step["by"] else step["quoted"] or step["key"]
