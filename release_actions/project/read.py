"""What a project says it releases: its configuration file, read where there is one."""

from pathlib import Path

from release_actions.project.config import DEFAULT_PATH, Config, parse_config
from release_actions.system.workspace import inside, read_text


def read_config(workspace: Path, given: str) -> Config:
    """The configuration in a file of the workspace, or an empty one when nothing is at the default path.

    Raises E_PATH, E_YAML, E_YAML_LIMIT and E_CONFIG.
    """
    if given == DEFAULT_PATH and not (workspace / DEFAULT_PATH).exists():
        return Config()
    return parse_config(read_text(inside(workspace, given), shown=given), given)
