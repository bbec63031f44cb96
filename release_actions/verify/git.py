"""A tag and its branch on the remote, and a chart repository's index on another branch, held against a release."""

from release_actions.chart_repository.entry import IndexEntry
from release_actions.chart_repository.index import find
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.core.version import Version
from release_actions.git import tag_check
from release_actions.git.remote import Refs, Remote
from release_actions.oci.reference import Reference
from release_actions.verify.result import Check, absent, wrong

_TAG = "git tag"
_INDEX = "index entry"


def verify_tag(remote: Remote, refs: Refs, version: Version, branch: str) -> tuple[Check, str]:
    """Whether a tag leads to a commit that is on its branch, unless that is empty; and the commit, if there is one.

    Tag and branch have to be fetched, where they are there.
    """
    name, commit = version.tag, ""
    if name not in refs.tags:
        error = tag_check.missing(version, remote)
        return absent(_TAG, name, error.what, error.next_step), ""
    try:
        tag = remote.tag(name)
        commit = tag.commit
        tag_check.require_branch(name, branch, remote, refs)
        tag_check.require_on_branch(tag, branch, remote, refs)
    except ReleaseError as error:
        if error.code not in (Code.E_TAG_OBJECT, Code.E_BRANCH_MISSING, Code.E_NOT_ON_BRANCH):
            raise
        return wrong(_TAG, name, error.what, error.next_step, commands=error.commands), commit
    return Check(kind=_TAG, name=name), commit


def verify_entry(index: bytes, branch: str, chart: Reference, packages: set[str]) -> Check:
    """Whether a chart repository's index has a chart's version, as one of the packages that were published.

    `packages` are their digests. Raises E_INDEX.
    """
    name = f"{chart.repository.rpartition('/')[2]} {chart.tag} in {branch}"
    hexadecimal = {one.removeprefix("sha256:") for one in packages}
    entry = IndexEntry(chart.repository.rpartition("/")[2], chart.tag, next(iter(hexadecimal), ""), created=0, text="")
    found = find(index, entry)
    if found.state is State.ABSENT:
        return absent(_INDEX, name, "The index has no such entry.")
    if hexadecimal and found.digest not in hexadecimal:
        problem = f"It is the package sha256:{found.digest}, and published is {', '.join(sorted(packages))}."
        return wrong(_INDEX, name, problem)
    return Check(kind=_INDEX, name=name, digest=f"sha256:{found.digest}")
