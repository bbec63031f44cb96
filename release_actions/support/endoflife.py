"""The front matter of a project's page at endoflife.date.

Source: github.com/endoflife-date/endoflife.date, CONTRIBUTING.md and product-schema.json.
"""

import json
from collections.abc import Iterable, Iterator

from release_actions.support.page import GENERATED
from release_actions.support.policy import SupportRow, SupportState


def front_matter(rows: Iterable[SupportRow], repository: str, url: str) -> str:
    """The front matter of a product: what the site requires, and its releases as they are given, the newest first.

    `repository` is `OWNER/NAME`, `url` its address. The end is `false` while it is not known, and `true` where a
    version that has ended has no day for it.
    """
    name = repository.rpartition("/")[2]
    lines = [
        "---",
        f"# {GENERATED}",
        f"title: {json.dumps(name)}",
        "category: server-app",
        f"permalink: {json.dumps(f'/{name.lower()}')}",
        f"changelogTemplate: {json.dumps(f'{url}/releases/tag/v__LATEST__')}",
        "eolColumn: Support",
        "auto:",
        "  methods:",
        f"    - git: {json.dumps(f'{url}.git')}",
        "releases:",
        *(line for row in rows for line in _release(row)),
        "---",
    ]
    return "".join(f"{line}\n" for line in lines)


def _release(row: SupportRow) -> Iterator[str]:
    end = row.end.isoformat() if row.end else str(row.state is SupportState.ENDED).lower()
    yield f'  - releaseCycle: "{row.minor}"'
    yield f"    releaseDate: {row.first.day.isoformat()}"
    if row.state is SupportState.LONG_TERM:
        yield "    lts: true"
    yield f"    eol: {end}"
    yield f'    latest: "{row.newest.version.bare}"'
    yield f"    latestReleaseDate: {row.newest.day.isoformat()}"
