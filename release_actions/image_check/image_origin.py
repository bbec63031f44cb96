"""Where a chart gets an image from: the line of the template, and the value that its tag or digest was taken from.

Helm says neither, so the chart's private copy is asked: it is rendered again with one value changed at a time, until
the image changes with it, and once with a comment at the end of each line of the template.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from release_actions.chart.helm import Folder
from release_actions.chart.metadata import local_path, read_chart
from release_actions.chart.rendered_images import ImagePath, RenderedImage, images, templates
from release_actions.core.errors import ReleaseError
from release_actions.core.go_templates import actions
from release_actions.core.yaml_nodes import LOOSE, Node, parse_all, plain
from release_actions.image_check.own_images import ImageOrigin, ValuePlace
from release_actions.oci.reference import parse_reference
from release_actions.system import workspace

_MOST_PROBES = 20
_MARK = "# template-line-"

Render = Callable[[Sequence[Path]], str]
"""Renders the chart's copy with further values files on top of those in use; raises E_CHART_RENDER."""

Keys = tuple[str | int, ...]


class ValuesText(msgspec.Struct, frozen=True):
    """The content of a values file by its name in the workspace; `prefix` is the key of a subchart's own values."""

    file: str
    text: str
    prefix: tuple[str, ...] = ()


class Way(msgspec.Struct, frozen=True):
    """A way to render the chart's copy, and the values files that it uses."""

    render: Render
    given: Sequence[ValuesText]


def trace(image: RenderedImage, chart: Folder, way: Way, paths: Sequence[ImagePath], temp: Path) -> ImageOrigin:
    """The origin of an image of the chart's copy, as far as it can be found; `temp` is a path to write values to."""
    line = _template_line(image, chart, way.render)
    for source in (*way.given, *_own_values(chart)):
        for place, values in _probes(source, image.image):
            temp.write_bytes(msgspec.json.encode(values))
            if image.image not in _images(way.render, temp, chart, paths):
                return ImageOrigin(_template(image, chart), line, place)
    return ImageOrigin(_template(image, chart), line)


def _images(render: Render, values: Path, chart: Folder, paths: Sequence[ImagePath]) -> set[str]:
    try:
        return {one.image for one in images(render([values]), chart.shown, paths)}
    except ReleaseError:
        return set()  # the template insists on another value, so it uses this one


def _probes(source: ValuesText, image: str) -> Iterator[tuple[ValuePlace, object]]:
    """Each value that could be the image's tag or digest, and values in which it is another."""
    reference = parse_reference(image)
    needles = [reference.digest or reference.tag, reference.tag.removeprefix("v")]
    documents = parse_all(source.text, source.file, limits=LOOSE)
    leaves = [leaf for root in documents[:1] if isinstance(root.value, dict) for leaf in _leaves(root, ())]
    values = plain(documents[0]) if leaves else {}
    found = [(keys, leaf, one) for keys, leaf in leaves for one in needles[:1] if one in str(leaf.value)]
    found += [(keys, leaf, one) for keys, leaf in leaves for one in needles[1:] if one and one == leaf.value]
    for keys, leaf, needle in found[:_MOST_PROBES]:
        other = f"sha256:{'0' * 64}" if needle == reference.digest else f"{needle}-other"
        # Helm merges maps and replaces lists, so that the top key alone is enough.
        changed: object = {keys[0]: _changed(values[keys[0]], keys[1:], str(leaf.value).replace(needle, other))}
        for key in reversed(source.prefix):
            changed = {key: changed}
        path = ".".join(map(str, (*source.prefix, *keys)))
        yield ValuePlace(source.file, leaf.line, path), changed


def _leaves(node: Node, keys: Keys) -> Iterator[tuple[Keys, Node]]:
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            yield from _leaves(child, (*keys, key))
    elif isinstance(node.value, list):
        for number, child in enumerate(node.value):
            yield from _leaves(child, (*keys, number))
    else:
        yield keys, node


def _changed(value: object, keys: Keys, text: str) -> object:
    """The value with a text at one place of it."""
    if not keys:
        return text
    if isinstance(value, list):
        return [_changed(one, keys[1:], text) if number == keys[0] else one for number, one in enumerate(value)]
    assert isinstance(value, dict)
    return {**value, keys[0]: _changed(value[keys[0]], keys[1:], text)}


def _own_values(chart: Folder) -> Iterator[ValuesText]:
    """The chart's values.yaml, then those of its subcharts, whose values stand under their names in the chart's."""
    files: list[tuple[Path, str, tuple[str, ...]]] = [(chart.path, chart.shown, ())]
    metadata = read_chart(workspace.read_text(chart.path / "Chart.yaml"), chart.file("Chart.yaml"))
    root = Path(*chart.path.parts[: len(chart.path.parts) - len(Path(chart.shown).parts)])
    for one in metadata.dependencies:
        beside = local_path(metadata, one)
        shown = beside if beside is not None else chart.file(f"charts/{one.name}")
        files.append((root / shown, shown, (one.alias or one.name,)))
    for folder, shown, prefix in files:
        if (folder / "values.yaml").is_file():
            name = str(Path(shown, "values.yaml"))
            yield ValuesText(name, workspace.read_text(folder / "values.yaml", shown=name), prefix)


def _template(image: RenderedImage, chart: Folder) -> str:
    """The template's file in the workspace: a `file://` dependency's is not in the chart that has it as a subchart."""
    metadata = read_chart(workspace.read_text(chart.path / "Chart.yaml"), chart.file("Chart.yaml"))
    for one in metadata.dependencies:
        beside, inside = local_path(metadata, one), chart.file(f"charts/{one.alias or one.name}/")
        if beside is not None and image.template.startswith(f"{inside}/"):
            return str(Path(beside, image.template.removeprefix(f"{inside}/")))
    return image.template


def _template_line(image: RenderedImage, chart: Folder, render: Render) -> int | None:
    file = chart.path / Path(image.template).relative_to(chart.shown)
    if not file.is_file():
        return None  # in a subchart's package
    before = workspace.read_text(file)
    try:
        workspace.write_text(file, _marked(before))
        rendered = "".join(text for name, text in templates(render(()), chart.shown) if name == image.template)
    except ReleaseError:
        return None  # a comment does not fit everywhere
    finally:
        workspace.write_text(file, before)
    found = re.search(rf"{re.escape(image.image)}.*?{_MARK}([0-9]+)", rendered, re.DOTALL)
    return int(found[1]) if found else None


def _marked(text: str) -> str:
    """A template whose lines end with a comment that says their number, except where an action goes over the end."""
    spans, lines, end = actions(text), [], 0
    for number, line in enumerate(text.split("\n"), 1):
        end += len(line)
        open_ = any(start < end < stop for start, stop in spans)
        lines.append(line if open_ or not line.strip() else f"{line} {_MARK}{number}")
        end += 1
    return "\n".join(lines)
