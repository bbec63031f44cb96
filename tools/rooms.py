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


# The modules of each room of the library that are boundaries.
_BOUNDARIES = {
    "system": "bounded_connection http http_pause private_folder process retry workspace",
    "oci": "auth credentials push_right registry",
    "runner": "action_yml command_line context protocol run",
    "github": "assets blocking_checks branch_settings client event label_setter marked_comment pull_requests releases "
    "response",
    "git": "annotated_tag checkout checkout_git commit_files commits partial_clone program push remote signing "
    "tag_check tree_commit tree_merge workspace_commit worktree",
    "image": "buildx buildx_errors context floating_state published",
    "chart": "helm published rendering staging values_schema",
    "history": "branch_history content evidence hints on_default",
    "image_check": "ask image_origin",
    "project": "at_tag generated_page next_tag read",
    "compatibility": "gate_before gate_files gate_sources",
    "support": "open_work pages read tag_dates tag_files",
    "backport": "branch cherry_pick kept ledger merged_change parts pull_request requested_changes requested_fixes "
    "requests task",
    "chart_repository": "branch publish",
    "release": "content gate_changes published",
    "prepare": "candidate_difference existing_tags overdue_gates pull_request version_commit",
    "guard": "commit_facts judged_commits pull_request",
    "verify": "git github public registry",
    "preflight": "ask release_questions",
    "public_state": "ask servers",
    "steps": "access backport_matrix branch_guard branch_settings chart_check chart_plan chart_publication "
    "cherry_pick_report cherry_picks development_version floating_tags github_release "
    "github_release_plan image_plan image_publication next_version preflight project release "
    "release_branch release_checks release_contents support_pages supported_branches tag_page "
    "tag_validation version_plan version_sync",
}


def _room(name: str, content: str) -> Room:
    return Room(name, content, frozenset(_BOUNDARIES.get(name, "").split()))


LIBRARY = House(
    "release_actions",
    (
        (_room("core", "values that all rooms use: errors, version, report, YAML nodes, addresses, Markdown, files"),),
        (
            _room("version_places", "where a version is written"),
            _room("system", "processes, files, HTTP of this machine, and when to try again"),
        ),
        (
            _room("oci", "references, registries, logins"),
            _room("runner", "the GitHub runner's protocol"),
            _room("github", "GitHub's REST API"),
            _room("git", "git without a working tree"),
        ),
        (
            _room("image", "build and identity, floating tags"),
            _room("chart", "Chart.yaml to package, and the images it pulls"),
            _room("history", "what commits are, and which are the same change"),
        ),
        (_room("image_check", "every image of charts, requested from its registry"),),
        (_room("project", "configuration file, branch names, job matrices"),),
        (
            _room("compatibility", "what users can rely on between two versions"),
            _room("support", "which minor versions are supported, and until when"),
        ),
        (
            _room("backport", "cherry-picks and the backport report"),
            _room("chart_repository", "index.yaml on a branch"),
        ),
        (
            _room("release", "the GitHub release and its ledger"),
            _room("prepare", "next version, its commit and tag"),
            _room("guard", "what may be on a release branch"),
        ),
        (
            _room("verify", "is all of a release there"),
            _room("preflight", "what is known to be wrong before anything is built"),
            _room("public_state", "what of a version exists when its release fails"),
        ),
        (_room("steps", "the phases of the actions, with typed requests"),),
    ),
)

REHEARSAL = House(
    "rehearsal",
    (
        (Room("base", "programs, daemons, listeners, folders"),),
        (
            Room("act", "workflows and single actions, run as GitHub's runner runs them"),
            Room("git", "the git side of github.com"),
            Room("oci", "registries, BuildKit, and what is in them"),
            Room("net", "the proxy that plays the internet, and its certificate authority"),
        ),
        (Room("hosts", "real host names, played on this machine"),),
        (Room("github", "GitHub's REST API, played over bare repositories"),),
        (Room("projects", "the projects that are released"),),
        (Room("run", "a whole rehearsal, and ways to look at what it made"),),
        (
            Room("demo", "make demo and make demo-lifecycle"),
            Room("faults", "releases disturbed again and again"),
        ),
    ),
)
