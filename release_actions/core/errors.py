"""What can go wrong, as one catalogue.

Every failure a user can meet has a code here. A code is stable: it is printed as the title of the error's
annotation, it is in the `result` output, and `docs/errors.md` is generated from this file.
"""

from enum import Enum, unique

from release_actions.core.commands import Command, usable


@unique
class Code(str, Enum):
    """A failure's stable name; its value is what the failure means, as `docs/errors.md` tells it."""

    E_INPUT = "An input is missing, unknown, or not of the form its description gives."
    E_CONFIG = "`.github/release-actions.yml` has an unknown key, a wrong type or a value that can't be right."
    E_EVENT = "The run was not started by a tag and no `tag` input names one."

    E_TAG_GRAMMAR = "The tag is not `vX.Y.Z` or `vX.Y.Z-rc.N` in plain ASCII digits without leading zeros."
    E_TAG_MISSING = "The remote has no such tag."
    E_TAG_MOVED = "The tag on the remote points to another commit than the one that is checked out or was validated."
    E_TAG_OBJECT = "The tag does not lead to a commit, or its tag object was made for another name."
    E_BRANCH_MISSING = "The release branch the tag belongs on does not exist on the remote."
    E_NOT_ON_BRANCH = "The tagged commit is not on its release branch."
    E_SEQUENCE = "The version contradicts the tags that exist: a candidate after its release."
    E_NO_CANDIDATE = "A release has no release candidate, and needs one."
    E_UNTRIED = "A release would differ from its last candidate in more than its version places."
    E_CHECKS = "The commit has failed checks, so nothing is released or branched from it."

    E_STALE_VERSION = "A version place says another version than the tag."
    E_PLACE_MISSING = "A configured version place is not in the file, or is there more than once."
    E_EDIT = "An edit would have changed more than the version, so nothing was written."

    E_PATH = "A path leaves the workspace, goes through a symbolic link, or is not the kind of file it should be."
    E_YAML = "A YAML file is not plain: broken syntax, duplicate keys, anchors, several documents, a wrong type."
    E_YAML_LIMIT = "A YAML file is larger, deeper or has more nodes than any honest one."

    E_CHART = "Chart.yaml is missing or is not a chart that Helm and OCI registries both accept."
    E_CHART_DEPENDENCY = "A chart dependency is not locked, or comes from a place that is not allowed."
    E_CHART_LINT = "`helm lint` found errors."
    E_CHART_RENDER = "The chart does not render with its default values or with a given values file."
    E_CHART_PACKAGE = "`helm package` failed, or made something else than this version of the chart."

    E_IMAGE_REFERENCE = "An image name, tag or reference does not follow the OCI grammar."
    E_IMAGE_MISSING = "An image or a chart of the release is not in its registry, or not for every promised platform."
    E_PLATFORM_INCOMPLETE = "An image lacks one of the promised platforms, so no version tag was set."
    E_BUILD = "The image build failed."
    E_VERSION_EXISTS = "The version is already published with other content; a published version is never overwritten."

    E_INDEX = "The chart repository's `index.yaml` is not an index that an entry can safely be added to."
    E_BRANCH_PROTECTED = "The remote does not let this run push to a branch."
    E_BRANCH_EXISTS = "A branch of that name exists and is not the one that would be made."
    E_BRANCH_MOVED = "A branch or tag was moved or made by somebody else while the run worked on it."

    E_REGISTRY_LOGIN = "The registry wants a login, or refuses the one it got."
    E_REGISTRY_UNAVAILABLE = "The registry can't be reached, or goes on failing or limiting requests."
    E_REGISTRY_ANSWER = "The registry's answer can't be trusted: wrong digest, wrong type, a redirect to elsewhere."

    E_GITHUB_UNAVAILABLE = "GitHub's API can't be reached, or goes on failing."
    E_GITHUB_ANSWER = "GitHub's answer can't be understood or trusted, or is a refusal that has no code of its own."
    E_GITHUB_PERMISSION = "The token may not do what the release needs."
    E_RATE_LIMIT = "GitHub's rate limit is used up, and waiting for it would take longer than a job should wait."
    E_NEEDS_WORKFLOWS_PERMISSION = "GitHub lets only tokens that may change workflow files release this commit."
    E_RELEASE_EXISTS = "The tag has another GitHub release: of other origin, commit or content, or an unusable draft."
    E_IMMUTABLE = "The tag's name belonged to an immutable release, so that GitHub never lets it be released again."
    E_ASSET = "A release asset is not there, can't have its name, or is not on the release as it was uploaded."
    E_LEDGER = "The ledger of a release can't be read."

    E_RELEASE_INCOMPLETE = "A part of the release is missing, or does not agree with the others."

    E_GUARD = "A commit on a release branch is of a class that does not belong there, or is not on the default branch."
    E_PICK = "A change can't be cherry-picked, or not to every branch that was asked for."

    E_FEATURE_GATE = "A feature gate breaks a rule for its life, or a page of the gates is stale or lacks its markers."
    E_SUPPORT_MATRIX = "The support matrix of a page is stale, or the page lacks its markers."

    E_GIT = "A git command failed."
    E_REMOTE_UNAVAILABLE = "The git remote can't be reached or refuses access."
    E_CHECKOUT = "The workspace is not a git checkout with the remote that the release needs."

    E_PROGRAM = "A program the action needs is missing, too old, or failed in an unexpected way."
    E_TIMEOUT = "A program or a server took longer than it may."
    E_NO_SPACE = "The disk is full."
    E_DEPENDENCIES = "The action's own Python packages could not be installed."
    E_CANCELLED = "The run was cancelled."
    E_INTERNAL = "A defect of the action itself."


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
