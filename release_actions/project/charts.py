"""The charts that a configuration describes, each by its own folder."""

import msgspec

from release_actions.chart.places import chart_folders
from release_actions.core.files import Files
from release_actions.project.config import Config


def with_chart_folders(config: Config, files: Files) -> Config:
    """The configuration with one chart for each folder that a pattern under `charts` fits.

    Raises what `chart_folders` raises: E_PATH, E_CHART, and E_INPUT for a pattern that fits none.
    """
    charts = (
        msgspec.structs.replace(one, path=path) for one in config.charts for path in chart_folders(files, [one.path])
    )
    return msgspec.structs.replace(config, charts=tuple(charts))
