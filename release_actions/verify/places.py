"""The version places of a tag's commit, held against its version."""

from release_actions.chart.places import read_sources
from release_actions.core.errors import ReleaseError
from release_actions.core.files import Files
from release_actions.core.version import Spelling, Version
from release_actions.project.config import Config
from release_actions.verify.result import Verdict, unknown, wrong

_KIND = "version places"


def verify_places(files: Files, config: Config, version: Version) -> list[Verdict]:
    """One check of all places that the configuration names, and none where it names none."""
    if not config.charts and not config.places:
        return []
    name = f"of {version.tag}"
    try:
        sources = list(
            read_sources(files, [one.path for one in config.charts], config.places, Spelling(config.image_tag))
        )
    except ReleaseError as error:
        return [unknown(_KIND, name, error)]
    stale = [spot for source in sources for spot in source.spots if not spot.is_right(version)]
    if not stale:
        return [Verdict(kind=_KIND, name=name)]
    first, others = stale[0], len(stale) - 1
    more = f" {others} more {'is' if others == 1 else 'are'} not this version's." if others else ""
    return [wrong(_KIND, name, f"{first.file}, line {first.hit.line}, says {first.hit.found[:80]!a}.{more}")]
