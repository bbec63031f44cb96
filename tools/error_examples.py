"""Examples of the commands that errors have, made by the code that makes them; docs/errors.md shows them."""

from typing import NamedTuple

from release_actions.chart.metadata import lock_again
from release_actions.core.commands import Command, InputChange, NextRun
from release_actions.core.errors import Code
from release_actions.core.version import Version
from release_actions.git.tag_check import make_branch
from release_actions.project.fix_commands import Places, cut, push_on

_BRANCH = "release-1.5"
_START = f"refs/heads/{_BRANCH}"
_CANDIDATE = Version(1, 5, 0, 1)


class Example(NamedTuple):
    """A case in which an error has commands: what is so then, and what they are."""

    case: str
    commands: tuple[Command, ...]


EXAMPLES = {
    Code.E_TAG_OBJECT: Example(
        "`v1.5.0-rc.0` holds the object of another tag. It stays what it is, and the next one gets an object of\n"
        "its own.",
        cut(_CANDIDATE, _START, Places(), branch=_BRANCH),
    ),
    Code.E_BRANCH_MISSING: Example(
        "`v1.5.0-rc.0` was pushed before its branch.", make_branch(_BRANCH, "refs/tags/v1.5.0-rc.0")
    ),
    Code.E_NO_CANDIDATE: Example(
        "prepare-release is to make a release that was never tried.",
        (InputChange("make", "v1.5.0-rc.0"), NextRun()),
    ),
    Code.E_STALE_VERSION: Example(
        "`v1.5.0-rc.0` was pushed, and a version place still says `1.4.0`. The tag keeps pointing to that commit,\n"
        "so that running again ends the same way: the places are put right on the branch, and the next version is\n"
        "cut there. To move the tag is right only as long as nothing of its version is public anywhere. In the\n"
        "run of a pull request there is no tag yet, and the commit is pushed to its branch.",
        cut(_CANDIDATE, _START, Places(), branch=_BRANCH),
    ),
    Code.E_CHART_DEPENDENCY: Example(
        "A pull request adds a dependency to Chart.yaml, and not to Chart.lock. In the run of a tag the same is\n"
        "done on the release branch, and the next version is cut there.",
        push_on(*lock_again("charts/op")),
    ),
    Code.E_RELEASE_INCOMPLETE: Example(
        "The branch of a release was deleted, and nothing else is wrong.", make_branch(_BRANCH, "refs/tags/v1.5.0")
    ),
}
