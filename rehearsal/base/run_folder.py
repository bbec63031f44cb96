"""The folder that a rehearsal leaves behind, so that its pages and logs can be read."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rehearsal.base.errors import RehearsalError

_MARK = ".release-rehearsal"


@contextmanager
def own_folder(path: Path) -> Iterator[Path]:
    """The folder, emptied of what an earlier rehearsal left, and for this process alone.

    Raises RehearsalError when something else is in it, or another rehearsal runs there.
    """
    path = path.resolve()
    mark = path / _MARK
    if path.exists() and not mark.exists() and any(path.iterdir()):
        raise RehearsalError(f"{path} is not empty and no earlier rehearsal's folder: choose another one")
    path.mkdir(parents=True, exist_ok=True)
    with mark.open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RehearsalError(
                f"another rehearsal runs in {path}: wait for its end or choose another folder"
            ) from None
        for left in path.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            elif left != mark:
                left.unlink()
        yield path
