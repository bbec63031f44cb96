"""What a project releases by the configuration at a tag, which decides, and where an action's inputs say otherwise."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

import msgspec

from release_actions.core.files import Files
from release_actions.core.yaml_nodes import parse
from release_actions.oci.reference import parse_name, parse_platform
from release_actions.project.charts import with_chart_folders
from release_actions.project.config import Config, with_inputs
from release_actions.project.read import read_config


class AtTag(msgspec.Struct, frozen=True):
    """The configuration, with inputs where the file is silent; `differences` are sentences about the other inputs."""

    config: Config
    differences: tuple[str, ...] = ()


def read_at_tag(files: Files, file: str, **given: Any) -> AtTag:
    """The configuration in a file of a checkout or commit, which inputs complete and never change.

    `given` are `images`, `charts`, `platforms`, `image_tag` and `branch`, as `with_inputs` takes them. Raises what
    `read_config`, `with_chart_folders`, `parse_name` and `parse_platform` raise.
    """
    config = read_config(files, file)
    keys = parse(files.read(file), file).mapping() if files.has(file) else {}
    decided = {name for name in given if name.replace("_", "-") in keys and getattr(config, name)}
    silent = {name: value for name, value in given.items() if name not in decided}
    said = with_inputs(config, **{name: value for name, value in given.items() if name in decided})
    differences = [
        f"The input `{name.replace('_', '-')}` says {_list(theirs)}; {file} at the tag says {_list(ours)} and decides."
        for name in given
        if name in decided and given[name]
        for ours, theirs in [(_READ[name](config, files), _READ[name](said, files))]
        if set(ours) != set(theirs)
    ]
    return AtTag(with_inputs(config, **silent), tuple(differences))


_READ: dict[str, Callable[[Config, Files], Collection[str]]] = {
    "images": lambda config, _: [parse_name(one.name).name for one in config.images],
    "charts": lambda config, files: [one.path for one in with_chart_folders(config, files).charts],
    "platforms": lambda config, _: [str(parse_platform(one)) for one in config.platforms],
    "image_tag": lambda config, _: [config.image_tag],
    "branch": lambda config, _: [config.branch],
}


def _list(names: Iterable[str]) -> str:
    return ", ".join(f"`{one}`" for one in names)
