"""What a project releases: its configuration file, and what an action's inputs say beside it."""

from pathlib import Path
from typing import Any

import msgspec

from release_actions.project.charts import with_chart_folders
from release_actions.project.config import Config, with_inputs
from release_actions.project.fix_commands import Places
from release_actions.project.read import read_workspace_config
from release_actions.system.workspace import WorkspaceFiles


class ProjectRequest(msgspec.Struct, frozen=True, kw_only=True):
    """The path of the configuration file, and what wins over it; empty where the file decides.

    Images and charts are names and folders, `places` are lines as version places are written in inputs.
    """

    config: str
    images: tuple[str, ...] = ()
    charts: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    image_tag: str = ""
    branch: str = ""

    @property
    def given(self) -> dict[str, Any]:
        """What stands beside the file, by the names of the inputs."""
        return {name: value for name, value in msgspec.structs.asdict(self).items() if name != "config" and value}

    def read(self, workspace: Path) -> Config:
        """The project as the workspace has it, with one chart for each folder that a pattern fits."""
        config = with_inputs(read_workspace_config(workspace, self.config), **self.given)
        return with_chart_folders(config, WorkspaceFiles(workspace))

    def fixes(self, *, there_are: bool) -> Places:
        """The inputs by which sync-chart-version finds the same version places."""
        return Places(
            there_are=there_are, charts=self.charts, places=self.places, image_tag=self.image_tag, config=self.config
        )
