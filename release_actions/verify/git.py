"""A tag and its branch on the remote, and a chart repository's index on another branch, held against a release."""

import msgspec

from release_actions.chart_repository.entry import Entry
from release_actions.chart_repository.index import find
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.core.version import Version
from release_actions.git.remote import Refs, Remote
from release_actions.git.tag_check import make_branch
from release_actions.oci.reference import Reference
from release_actions.verify.result import Verdict, absent, wrong

_TAG = "git tag"
_INDEX = "index entry"


def verify_tag(remote: Remote, refs: Refs, version: Version, branch: str) -> tuple[Verdict, str]:
    """Whether a tag leads to a commit that is on its branch, unless that is empty; and the commit, if there is one.

    Tag and branch have to be fetched, where they are there.
    """
    name = version.tag
    if name not in refs.tags:
        return absent(
            _TAG, name, "The remote has no such tag.", f"Push it with `git push origin refs/tags/{name}`."
        ), ""
    try:
        commit = remote.tag(name).commit
    except ReleaseError as error:
        if error.code is not Code.E_TAG_OBJECT:
            raise
        return wrong(_TAG, name, error.what, error.next_step), ""
    if branch and branch not in refs.branches:
        push = f"Push it with `git push origin refs/tags/{name}^{{}}:refs/heads/{branch}`."
        found = wrong(_TAG, name, f"Its branch {branch} is not there.", push)
        return msgspec.structs.replace(found, commands=make_branch(branch, f"refs/tags/{name}")), commit
    if branch and not remote.is_ancestor(commit, refs.branches[branch]):
        trouble = f"Its commit {commit} is not on the branch {branch}."
        return wrong(_TAG, name, trouble, f"Cut the next version from {branch}."), commit
    return Verdict(kind=_TAG, name=name), commit


def verify_entry(index: bytes, branch: str, chart: Reference, packages: set[str]) -> Verdict:
    """Whether a chart repository's index has a chart's version, as one of the packages that were published.

    `packages` are their digests. Raises E_INDEX.
    """
    name = f"{chart.repository.rpartition('/')[2]} {chart.tag} in {branch}"
    hexadecimal = {one.removeprefix("sha256:") for one in packages}
    entry = Entry(chart.repository.rpartition("/")[2], chart.tag, next(iter(hexadecimal), ""), "")
    found = find(index, entry)
    if found.state is State.ABSENT:
        return absent(_INDEX, name, "The index has no such entry.")
    if hexadecimal and found.digest not in hexadecimal:
        trouble = f"It is the package sha256:{found.digest}, and published is {', '.join(sorted(packages))}."
        return wrong(_INDEX, name, trouble)
    return Verdict(kind=_INDEX, name=name, digest=f"sha256:{found.digest}")
