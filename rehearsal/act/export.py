"""What act runs in place of the actions that a workflow names: copies on this machine."""

import compileall
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from py_compile import PycInvalidationMode

from rehearsal.act.workflows import find_uses, used_actions
from rehearsal.base.programs import PROJECT, run

RELEASE_ACTIONS = "kubeflow/release-actions"

_STANDINS = Path(__file__).resolve().parent.parent / "standins"
_SELF = re.compile(r"""(\buses["']?\s*:\s*["']?)\$/([^\s"'#]+)""")
_REF = "v1"
# act makes a copy of everything for each step, so what no action uses would cost seconds.
_FOR_CONTRIBUTORS = frozenset(("bench", "docs", "examples", "rehearsal", "tests", "tools"))


def export(folder: Path, project: Path = PROJECT) -> Path:
    """Copies the release-actions checkout, as it is on disk, to where act takes it from: all that an action can use.

    In the copy alone `$/x`, which act doesn't know, becomes `kubeflow/release-actions/x@v1`.
    """
    files = run(["git", "-C", str(project), "ls-files", "-z", "--cached", "--others", "--exclude-standard"])
    for name in filter(None, files.split("\0")):
        source, target = project / name, folder / name
        if not source.is_file() or name.split("/")[0] in _FOR_CONTRIBUTORS:
            continue  # a file may also be deleted and that not yet committed
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix in (".yml", ".yaml"):
            target.write_text(rewrite(source.read_text()))
        else:
            shutil.copy2(source, target)
    # With the byte code, no step has to compile it again.
    compileall.compile_dir(folder, quiet=2, invalidation_mode=PycInvalidationMode.UNCHECKED_HASH)
    return folder


def for_act(exported: Path, folder: Path) -> Path:
    """What act copies twice for each step: the files that it reads itself, and links to all others of an export."""
    for source in find_uses(exported):
        target = folder / source.relative_to(exported)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target)
    _link(exported, folder)
    return folder


def rewrite(text: str) -> str:
    """A workflow or action whose references to its own repository act understands."""
    return _SELF.sub(rf"\g<1>{RELEASE_ACTIONS}/\g<2>@{_REF}", text)


def _link(source: Path, folder: Path) -> None:
    for entry in source.iterdir():
        target = folder / entry.name
        if target.is_dir():
            _link(entry, target)
        elif not target.exists():
            target.symlink_to(entry)


def local_repositories(texts: Iterable[str], release_actions: Path) -> tuple[dict[str, Path], set[str]]:
    """For every `owner/name@ref` in these workflows the folder that stands in for it, and what has none."""
    folders: dict[str, Path] = {f"{RELEASE_ACTIONS}@{_REF}": release_actions}
    missing: set[str] = set()
    for uses in set().union(*map(used_actions, texts)):
        path, _, ref = uses.partition("@")
        repository = "/".join(path.split("/")[:2])
        standin = _STANDINS / repository.removeprefix("actions/")
        if repository == RELEASE_ACTIONS:
            folders[f"{repository}@{ref}"] = release_actions
        elif repository.startswith("actions/") and standin.is_dir():
            folders[f"{repository}@{ref}"] = standin
        else:
            missing.add(uses)
    return folders, missing
