"""The version places of a tag's commit, held against its version."""

from release_actions.chart.places import version_files
from release_actions.core.errors import ReleaseError
from release_actions.core.files import Files
from release_actions.core.version import Spelling, Version
from release_actions.project.config import Config
from release_actions.verify.result import Check, unknown, wrong

_KIND = "version places"


def verify_places(files: Files, config: Config, version: Version) -> list[Check]:
    """One check of all places that the configuration names, and none where it names none."""
    if not config.charts and not config.places:
        return []
    name = f"of {version.tag}"
    try:
        sources = list(
            version_files(files, [one.path for one in config.charts], config.places, Spelling(config.image_tag))
        )
    except ReleaseError as error:
        return [unknown(_KIND, name, error)]
    stale = [found for one in sources for found in one.places if not found.is_right(version)]
    if not stale:
        return [Check(kind=_KIND, name=name)]
    first, others = stale[0], len(stale) - 1
    more = f" {others} more {'is' if others == 1 else 'are'} not this version's." if others else ""
    return [wrong(_KIND, name, f"{first.file}, line {first.match.line}, says {first.match.text[:80]!a}.{more}")]
