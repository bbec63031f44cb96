"""The feature gates of a release before, read from git objects: of a whole tree only the files that declare them."""

from collections.abc import Collection, Sequence
from pathlib import Path

from release_actions.compatibility.feature_gates import read_gates
from release_actions.compatibility.gate import Declared
from release_actions.compatibility.gate_sources import is_source
from release_actions.core.files import TEXT_LIMIT
from release_actions.core.patterns import fits
from release_actions.git.partial_clone import PartialClone, files_of
from release_actions.git.remote import Remote


def read_before(
    remote: Remote, folder: Path, commit: str, paths: Collection[str], patterns: Sequence[str]
) -> Declared | None:
    """The gates that a commit of the remote declares in files of these paths, and in those that fit a pattern.

    None where it has no such file. `folder` is new and private. Raises E_REMOTE_UNAVAILABLE.
    """
    if not paths and not patterns:
        return None
    clone = PartialClone(remote, folder)
    clone.fetch_commits([commit], depth=1)
    tree = clone.git.run("rev-parse", "--end-of-options", f"{commit}^{{tree}}").strip().rpartition("\n")[2]
    clone.fetch_trees([tree])
    listed = files_of(clone.git.run("ls-tree", "-r", "-z", "--full-tree", tree))
    blobs = {
        path: blob
        for path, blob in listed
        if is_source(path) and (path in paths or any(fits(path, one) for one in patterns))
    }
    clone.fetch_files(blobs.values())
    sizes = {path: int(clone.git.run("cat-file", "-s", blob)) for path, blob in blobs.items()}
    texts = {path: clone.git.run("cat-file", "blob", blobs[path]) for path in blobs if sizes[path] <= TEXT_LIMIT}
    return read_gates(texts) if texts else None
