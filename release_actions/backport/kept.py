"""What a report found, kept for the next run: it holds as long as all branches are where they were."""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from release_actions.backport.matrix import KnownFix

_FILE = "backports.json"
_LIMIT = 128 * 1024 * 1024


class _Findings(msgspec.Struct, frozen=True):
    key: list[str]
    fixes: list[KnownFix]


class Kept:
    """A file in `folder`, or nothing without one; a file that can't be read is as good as none."""

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / _FILE if folder else None

    def read(self, key: Sequence[str]) -> list[KnownFix] | None:
        """What was found for the same branches."""
        try:
            if self._file is None or self._file.stat().st_size > _LIMIT:
                return None
            found = msgspec.json.decode(self._file.read_bytes(), type=_Findings)
        except (OSError, msgspec.DecodeError, UnicodeError):
            return None
        return found.fixes if found.key == list(key) else None

    def save(self, key: Sequence[str], fixes: Sequence[KnownFix]) -> bool:
        """Keep it; whether that worked, which nothing else depends on."""
        if self._file is None:
            return True
        partial = self._file.with_suffix(f".{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(msgspec.json.encode(_Findings(list(key), list(fixes))))
            partial.replace(self._file)
        except OSError:
            return False
        return True
