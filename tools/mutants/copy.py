"""A copy of the repository, in which one module at a time is edited and tests run. The original is only read."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools.mutants.edits import Edit

_ENVIRONMENTS = (".venv", ".tools")
_FIRST_TIME = 1_000_000_000


class Copy:
    """The files that git lists, as they are now, committed or not, and links to the environments that it ignores."""

    def __init__(self, original: Path, folder: Path) -> None:
        self.root = folder
        self._writes = 0
        command = ["git", "-C", str(original), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        for name in names.split("\0"):
            if name and (original / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(original / name, folder / name, follow_symlinks=False)
        for name in _ENVIRONMENTS:
            if (original / name).exists():
                (folder / name).symlink_to((original / name).resolve(), target_is_directory=True)

    @contextmanager
    def edited(self, edit: Edit) -> Iterator[None]:
        """The copy with one edit; it is taken back at the end."""
        path = self.root / edit.module
        source = path.read_bytes()
        try:
            self._write(path, edit.apply(source))
            yield
        finally:
            self._write(path, source)

    def _write(self, path: Path, content: bytes) -> None:
        """Write with a time that no version had before: compiled files are told apart by size and whole seconds."""
        path.write_bytes(content)
        self._writes += 1
        os.utime(path, (_FIRST_TIME + self._writes, _FIRST_TIME + self._writes))
