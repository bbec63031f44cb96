"""A private folder for one run, gone afterwards; what a killed run left behind, the next start removes."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

_PREFIX = "release-actions-run-"


@contextlib.contextmanager
def private_folder(base: Path) -> Iterator[Path]:
    """A new folder below `base` that no other user can enter."""
    base.mkdir(parents=True, exist_ok=True)
    _remove_abandoned(base)
    # It gets its final name only when it is locked, so that no other start takes it for abandoned.
    starting = Path(tempfile.mkdtemp(prefix=f"starting-{_PREFIX}", dir=base))
    lock = os.open(starting, os.O_RDONLY | os.O_DIRECTORY)
    folder = starting
    try:
        with contextlib.suppress(OSError):  # a file system without locks: nothing is ever taken for abandoned there
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        folder = starting.rename(base / starting.name.removeprefix("starting-"))
        yield folder.resolve()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _remove_abandoned(base: Path) -> None:
    """Remove the folders of this user's runs that ended without their clean-up: their lock ended with them."""
    for folder in base.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            try:
                if os.fstat(lock).st_uid == os.geteuid():
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(folder, ignore_errors=True)
            finally:
                os.close(lock)
