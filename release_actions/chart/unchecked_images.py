"""Texts of a rendered chart that read as images, and that are in no container and at no image path.

An operator gets its images by environment variables, arguments, configuration files and custom resources too. Each such
text is found with the image path that would make it count.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress

import msgspec

from release_actions.chart.rendered_images import IS_DEFINITION, RenderedImage, at_paths, parse_image_path, templates
from release_actions.core import markdown, yaml_nodes
from release_actions.core.errors import ReleaseError
from release_actions.core.yaml_nodes import Node
from release_actions.oci.reference import Reference, parse_reference

_PAIR = re.compile(r"([A-Za-z0-9_./-]+=)(.+)", re.DOTALL)
_LIKE = re.compile(r"[a-z0-9]:[A-Za-z0-9_]|@sha256:|^[^\S\n]*['\"]?(?:image)?[tT]ag\b|['\"]digest['\"]", re.MULTILINE)
_NAME_KEYS = ("repository", "image", "imageRepository", "newName", "name")
_TAG_KEYS = ("tag", "imageTag", "newTag", "version")
_LOWEST_PORT = 80
_SHOWN = 50
_DEEPEST = 5  # texts inside texts


class Unchecked(msgspec.Struct, frozen=True):
    """An image that a chart names somewhere, and the line of `image-paths` that has it checked, if there is one."""

    image: str
    template: str
    path: str


def find(manifests: str, chart: str, checked: Iterable[RenderedImage]) -> list[Unchecked]:
    """Each image of a rendering once that is not among the checked ones; `chart` is the chart's folder.

    What counts as an image: a reference with a tag or digest whose repository has a host or two parts, or is that of a
    checked image.
    """
    known = {reference for one in checked if (reference := _reference(one.image))}
    repositories = {one.name for one in known}
    seen: dict[Reference, Unchecked] = {}
    for template, text in templates(manifests, chart):
        documents = [] if IS_DEFINITION.search(text) else yaml_nodes.parse_all(text, template)
        for document in documents:
            for image, steps in _walk(document, "", repositories):
                reference = parse_reference(image)
                if reference not in known | seen.keys():
                    seen[reference] = Unchecked(image, template, _path(document, steps, image))
    return list(seen.values())


def page(found: Iterable[Unchecked]) -> str:
    """The texts for the job summary, folded, with the lines to write into `image-paths`; empty without any."""
    rows = [
        (markdown.code(one.image), markdown.code(one.template), markdown.code(one.path) if one.path else "")
        for one in found
    ]
    if not rows:
        return ""
    more = f"\n\n{len(rows) - _SHOWN} more are not shown." if len(rows) > _SHOWN else ""
    table = markdown.table(("Text", "Template", "Line of `image-paths` that has it checked"), rows[:_SHOWN])
    return f"\n\n{markdown.details('Texts that read as images, and are not checked', table + more)}"


def _path(document: Node, steps: str, image: str) -> str:
    """The image path of an object's image, if it leads there; otherwise it is empty."""
    kind, name = _key(document, "kind"), _key(_node(document, "metadata"), "name")
    path = (f"{kind}/{name}:" if re.fullmatch(r"[a-z0-9.-]+", name) else f"{kind}:") + steps.removeprefix(".")
    with suppress(ReleaseError):
        if any(one.image == image for one in at_paths(document, "", [parse_image_path(path)])):
            return path
    return ""


def _walk(node: Node, path: str, repositories: Collection[str], left: int = _DEEPEST) -> Iterator[tuple[str, str]]:
    if isinstance(node.value, dict):
        yield from _joined(node, path, repositories)
        for key, child in node.value.items():
            step = key if re.fullmatch(r"[A-Za-z0-9_/-]+", key) else f'"{key}"'
            yield from _walk(child, f"{path}.{step}", repositories, left)
    elif isinstance(node.value, list):
        for number, child in enumerate(node.value):
            pair = _PAIR.fullmatch(child.value) if isinstance(child.value, str) else None
            name = _key(child, "name")
            step = f"name={name}" if name and "]" not in name else str(number)
            if pair:
                yield from _in_text(pair[2], f"{path}[{pair[1]}]", repositories, left)
            else:
                yield from _walk(child, f"{path}[{step}]", repositories, left)
    else:
        yield from _in_text(node.value, path, repositories, left)


def _in_text(text: str, path: str, repositories: Collection[str], left: int) -> Iterator[tuple[str, str]]:
    """The images in a text: it is one, it is YAML or JSON with some, or it has parts such as `A=image`.

    Texts inside texts are looked into so many times as are `left`.
    """
    text = text.strip()
    if _is_image(text, repositories):
        yield text, path
        return
    if not left or not _LIKE.search(text):
        return
    if "\n" in text or text.startswith(("{", "[")):
        with suppress(ReleaseError):
            documents = yaml_nodes.parse_all(text, "")
            if not all(isinstance(one.value, str) for one in documents):
                for document in documents:
                    yield from _walk(document, path, repositories, left - 1)
                return
    for part in re.split(r"[\s,;]+", text):
        pair = _PAIR.fullmatch(part.strip("\"'"))
        if pair:
            yield from _in_text(pair[2], f"{path}[{pair[1]}]", repositories, left - 1)


def _joined(node: Node, path: str, repositories: Collection[str]) -> Iterator[tuple[str, str]]:
    """An image whose repository and tag or digest stand under two keys, or whose registry has a third."""
    names = [key for key in _NAME_KEYS if _key(node, key)]
    marks = [(":", key) for key in _TAG_KEYS if _key(node, key)] + [("@", "digest")] * bool(_key(node, "digest"))
    if not names or not marks:
        return
    (mark, tag), name = marks[-1] if marks[-1][0] == "@" else marks[0], names[0]
    image, keys = f"{_key(node, name)}{mark}{_key(node, tag)}", f"{name}{mark}{tag}"
    if registry := _key(node, "registry"):
        image, keys = f"{registry}/{image}", f"registry/{keys}"
    if _is_image(image, repositories):
        yield image, f"{path}.{{{keys}}}"


def _is_image(text: str, repositories: Collection[str]) -> bool:
    reference = _reference(text)
    if reference is None or text.count(":") + text.count("@") == 0:
        return False
    explicit = reference.digest or text.endswith(f":{reference.tag}")
    name = text.partition("@")[0].removesuffix(f":{reference.tag}")
    if "/" in name:
        return bool(explicit)
    is_port = reference.tag.isdigit() and int(reference.tag) >= _LOWEST_PORT
    return bool(explicit) and (reference.name in repositories or "." in name) and not is_port


def _reference(text: str) -> Reference | None:
    try:
        return parse_reference(text)
    except ReleaseError:
        return None


def _node(node: Node | None, key: str) -> Node | None:
    return node.value.get(key) if node and isinstance(node.value, dict) else None


def _key(node: Node | None, key: str) -> str:
    child = _node(node, key)
    return child.value if child and isinstance(child.value, str) and not child.is_null else ""
