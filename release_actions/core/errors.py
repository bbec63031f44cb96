"""What can go wrong, as one catalogue.

Every failure a user can meet has a code here. A code is stable: it stands in the title of the error's annotation
and in the `result` output, and `docs/errors.md` is generated from this file.
"""

from enum import Enum, unique

from release_actions.core.commands import Command, usable


@unique
class Code(Enum):
    """A failure's stable name, its title for people, and what it means."""

    E_INPUT = "Wrong input", "An input is missing, unknown, or not of the form its description gives."
    E_CONFIG = (
        "Wrong configuration",
        "`.github/release-actions.yml` has an unknown key, a wrong type or a value that can't be right.",
    )
    E_EVENT = "No tag in this run", "The run was not started by a tag and no `tag` input names one."

    E_TAG_GRAMMAR = (
        "Not a release tag",
        "The tag is not `vX.Y.Z` or `vX.Y.Z-rc.N` in plain ASCII digits without leading zeros.",
    )
    E_TAG_MISSING = "No such tag", "The remote has no such tag."
    E_TAG_MOVED = (
        "Tag moved",
        "The tag on the remote points to another commit than the one that is checked out or was validated.",
    )
    E_TAG_OBJECT = "Unusable tag", "The tag does not lead to a commit, or its tag object was made for another name."
    E_BRANCH_MISSING = "No release branch", "The release branch the tag belongs on does not exist on the remote."
    E_NOT_ON_BRANCH = "Commit not on its branch", "The tagged commit is not on its release branch."
    E_VERSION_ORDER = (
        "Version out of order",
        "The version contradicts the tags that exist: a candidate after its release.",
    )
    E_NO_CANDIDATE = "No release candidate", "A release has no release candidate, and needs one."
    E_CANDIDATE_DIFFERS = (
        "Release differs from its candidate",
        "A release would differ from its last candidate in more than its version places.",
    )
    E_CHECKS = "Failed checks", "The commit has failed checks, so nothing is released or branched from it."

    E_STALE_VERSION = "Stale version", "A version place says another version than the tag."
    E_PLACE_MISSING = (
        "Version place not found",
        "A configured version place is not in the file, or is there more than once.",
    )
    E_UNSAFE_EDIT = "Unsafe edit", "An edit would have changed more than the version, so nothing was written."

    E_PATH = (
        "Wrong path",
        "A path leaves the workspace, goes through a symbolic link, or is not the kind of file it should be.",
    )
    E_YAML = (
        "Unusable YAML",
        "A YAML file is not plain: broken syntax, duplicate keys, anchors, several documents, a wrong type.",
    )
    E_YAML_LIMIT = "YAML too large", "A YAML file is larger, deeper or has more nodes than any honest one."

    E_CHART = (
        "Wrong chart",
        "Chart.yaml is missing or unfit for Helm or OCI registries, or values.schema.json refers to files or hosts.",
    )
    E_CHART_DEPENDENCY = (
        "Wrong chart dependency",
        "A chart dependency is not locked, or comes from a place that is not allowed.",
    )
    E_CHART_LINT = "Chart does not pass lint", "`helm lint` found errors."
    E_CHART_RENDER = (
        "Chart does not render",
        "The chart does not render with its default values or with a given values file.",
    )
    E_CHART_PACKAGE = (
        "Chart not packaged",
        "`helm package` failed, or made something else than this version of the chart.",
    )

    E_IMAGE_REFERENCE = "Wrong image reference", "An image name, tag or reference does not follow the OCI grammar."
    E_IMAGE_MISSING = (
        "Image missing",
        "An image or a chart of the release is not in its registry, or not for every promised platform.",
    )
    E_PLATFORM_INCOMPLETE = (
        "Platform missing",
        "An image lacks one of the promised platforms, so no version tag was set.",
    )
    E_BUILD = "Build failed", "The image build failed."
    E_VERSION_EXISTS = (
        "Version exists",
        "The version is already published with other content; a published version is never overwritten.",
    )

    E_INDEX = (
        "Unusable index",
        "The chart repository's `index.yaml` is not an index that an entry can safely be added to.",
    )
    E_BRANCH_PROTECTED = "Branch protected", "The remote does not let this run push to a branch."
    E_BRANCH_EXISTS = "Branch exists", "A branch of that name exists and is not the one that would be made."
    E_BRANCH_MOVED = "Branch moved", "A branch or tag was moved or made by somebody else while the run worked on it."

    E_REGISTRY_LOGIN = "Registry login refused", "The registry wants a login, or refuses the one it got."
    E_REGISTRY_UNAVAILABLE = (
        "Registry unavailable",
        "The registry can't be reached, or goes on failing or limiting requests.",
    )
    E_REGISTRY_RESPONSE = (
        "Registry response not trusted",
        "The registry's answer can't be trusted: wrong digest, wrong type, a redirect to elsewhere.",
    )

    E_GITHUB_UNAVAILABLE = "GitHub unavailable", "GitHub's API can't be reached, or goes on failing."
    E_GITHUB_RESPONSE = (
        "GitHub response not understood",
        "GitHub's answer can't be understood or trusted, or is a refusal that has no code of its own.",
    )
    E_GITHUB_PERMISSION = "Permission missing", "The token may not do what the release needs."
    E_RATE_LIMIT = (
        "Rate limit used up",
        "GitHub's rate limit is used up, and waiting for it would take longer than a job should wait.",
    )
    E_NEEDS_WORKFLOWS_PERMISSION = (
        "Workflow files need a token",
        "GitHub lets only tokens that may change workflow files release this commit.",
    )
    E_RELEASE_EXISTS = (
        "Other release exists",
        "The tag has another GitHub release: of other origin, commit or content, or an unusable draft.",
    )
    E_RELEASE_IMMUTABLE = (
        "Release name used up",
        "The tag's name belonged to an immutable release, so that GitHub never lets it be released again.",
    )
    E_ASSET = (
        "Wrong release asset",
        "A release asset is not there, can't have its name, or is not on the release as it was uploaded.",
    )
    E_LEDGER = "Unreadable ledger", "The ledger of a release can't be read."

    E_RELEASE_INCOMPLETE = "Release incomplete", "A part of the release is missing, or does not agree with the others."

    E_BRANCH_POLICY = (
        "Commit not for this branch",
        "A commit on a release branch is of a class that does not belong there, or is not on the default branch.",
    )
    E_CHERRY_PICK = "Not cherry-picked", "A change can't be cherry-picked, or not to every branch that was asked for."

    E_FEATURE_GATE = (
        "Feature gate",
        "A feature gate breaks a rule for its life, or a page of the gates is stale or lacks its markers.",
    )
    E_SUPPORT_MATRIX = (
        "Stale support matrix",
        "A page of the support matrix is stale, lacks its markers, or is not a generated one.",
    )

    E_GIT = "Git failed", "A git command failed."
    E_REMOTE_UNAVAILABLE = "Git remote unavailable", "The git remote can't be reached or refuses access."
    E_CHECKOUT = "Unusable checkout", "The workspace is not a git checkout with the remote that the release needs."

    E_PROGRAM = (
        "Program missing or failed",
        "A program the action needs is missing, too old, or failed in an unexpected way.",
    )
    E_TIMEOUT = "Out of time", "A program or a server took longer than it may."
    E_NO_SPACE = "Disk full", "The disk is full."
    E_DEPENDENCIES = "Packages not installed", "The action's own Python packages could not be installed."
    E_CANCELLED = "Run cancelled", "The run was cancelled."
    E_INTERNAL = "Defect of the action", "A defect of the action itself."

    def __init__(self, title: str, meaning: str) -> None:
        self.title = title
        self.meaning = meaning

    @property
    def heading(self) -> str:
        """Title and code, as an annotation or a heading has them: `Tag moved (E_TAG_MOVED)`."""
        return f"{self.title} ({self.name})"


class ReleaseError(Exception):
    """A failure that a release manager can understand and act on.

    `what` is one sentence that says what is wrong; `next_step` is the one thing to do now. `file` (relative to the
    workspace) and `line` (from 1) place it where there is a place. `details` are further lines, such as a list of
    stale places or the end of a program's output. `commands` are the next step for a program to take, in order; there
    are none where only a person can know what is right. What was and was not published isn't said here: the runner
    knows it from the report.
    """

    def __init__(
        self,
        code: Code,
        what: str,
        *,
        next_step: str,
        file: str | None = None,
        line: int | None = None,
        details: tuple[str, ...] = (),
        commands: tuple[Command, ...] = (),
    ) -> None:
        super().__init__(f"{code.name}: {what}")
        self.code = code
        self.what = what
        self.next_step = next_step
        self.file = file
        self.line = line
        self.details = details
        self.commands = commands

    @property
    def commands(self) -> tuple[Command, ...]:
        """The next step for a program; whoever knows more of the run may replace it."""
        return self._commands

    @commands.setter
    def commands(self, commands: tuple[Command, ...]) -> None:
        self._commands = usable(commands)
