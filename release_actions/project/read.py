"""What a project says it releases: its configuration file, read where there is one."""

from release_actions.core.files import Files
from release_actions.project.config import DEFAULT_PATH, Config, parse_config


def read_config(files: Files, given: str) -> Config:
    """The configuration in a file of a checkout or commit, or an empty one when nothing is at the default path.

    Raises E_PATH, E_YAML, E_YAML_LIMIT and E_CONFIG.
    """
    if given == DEFAULT_PATH and not files.has(given):
        return Config()
    return parse_config(files.read(given), given)
