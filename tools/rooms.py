"""The rooms of the library and of the rehearsal, floor by floor: the one table that says who may import whom.

A room imports rooms of lower floors only, never of its own floor. `boundaries` are the modules that touch the outside
(processes, files, network, clock), by themselves or through a boundary of a lower floor; every other module of the
room is pure: it takes text and values and gives text and values. `tests/contract/test_imports.py` holds the code to
this table, and `docs/architecture.md` shows it.
"""

from typing import NamedTuple


class Room(NamedTuple):
    """A package: its name, what is in it, and which of its modules are boundaries (all others are pure)."""

    name: str
    content: str
    boundaries: frozenset[str] = frozenset()


class House(NamedTuple):
    """A package of rooms; `floors` go from the lowest to the highest."""

    package: str
    floors: tuple[tuple[Room, ...], ...]


def _room(name: str, content: str, boundaries: str = "") -> Room:
    return Room(name, content, frozenset(boundaries.split()))


LIBRARY = House(
    "release_actions",
    (
        (_room("core", "values that all rooms use: errors, version, report, YAML nodes, addresses, Markdown"),),
        (
            _room("version_places", "where a version is written"),
            _room(
                "system",
                "processes, files, HTTP of this machine, and when to try again",
                "http private_folder process retry workspace",
            ),
        ),
        (
            _room("oci", "references, registries, logins", "auth credentials registry"),
            _room("runner", "the GitHub runner's protocol", "action_yml command_line context run"),
            _room(
                "github",
                "GitHub's REST API",
                "assets branch_settings checks client event label_setter pull_requests releases response",
            ),
            _room(
                "git",
                "git without a working tree",
                "annotated_tag commit_files commits patch_ids program push remote signing tag_check workspace_commit",
            ),
        ),
        (
            _room("image", "build and identity, floating tags", "buildx buildx_errors floating_state published"),
            _room("chart", "Chart.yaml to package, and the images it pulls", "helm places published rendering staging"),
            _room("history", "what commits are, and which are the same change", "equivalent"),
        ),
        (_room("image_check", "every image of charts, requested from its registry", "ask image_origin"),),
        (_room("project", "configuration file, branch names, job matrices", "next_tag read"),),
        (
            _room(
                "backport",
                "cherry-picks and the backport report",
                "branch cherry_pick comment merged_change requested_fixes requests",
            ),
            _room("chart_repository", "index.yaml on a branch", "branch publish"),
        ),
        (
            _room("release", "the GitHub release and its ledger", "content expected published"),
            _room(
                "prepare",
                "next version, its commit and tag",
                "candidate_difference pull_request version_commit",
            ),
            _room("guard", "what may be on a release branch", "commits pull_request scope"),
        ),
        (_room("verify", "is all of a release there", "git github registry"),),
    ),
)

REHEARSAL = House(
    "rehearsal",
    (
        (_room("base", "programs, daemons, listeners, folders"),),
        (
            _room("act", "workflows and single actions, run as GitHub's runner runs them"),
            _room("git", "the git side of github.com"),
            _room("oci", "registries, BuildKit, and what is in them"),
            _room("net", "the proxy that plays the internet, and its certificate authority"),
        ),
        (_room("hosts", "real host names, played on this machine"),),
        (_room("github", "GitHub's REST API, played over bare repositories"),),
        (_room("projects", "the projects that are released"),),
        (_room("run", "a whole rehearsal, and ways to look at what it made"),),
        (
            _room("demo", "make demo and make demo-lifecycle"),
            _room("faults", "releases disturbed again and again"),
        ),
    ),
)
