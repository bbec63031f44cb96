"""What a report found, kept for the next run: all of it as long as no branch moves, else what each merge brought."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from release_actions.backport.matrix import KnownFix
from release_actions.history.branch_history import BranchHistory
from release_actions.history.kept_effects import KeptEffect, KeptEffects

_FILE = "backports.json"
_FORMAT = 2
_LIMIT = 128 * 1024 * 1024


class _Findings(msgspec.Struct, frozen=True):
    """`format` says which release of the rule found this; the tips of branches are among the `key`."""

    format: int
    key: list[str]
    fixes: list[KnownFix]
    effects: list[KeptEffect]


class Kept:
    """A file in `folder`, or nothing without one; a file that can't be read is as good as none."""

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / _FILE if folder else None
        self._found = self._read()

    def read(self, key: Sequence[str]) -> list[KnownFix] | None:
        """What was found for the same branches."""
        return self._found.fixes if self._found and self._found.key == list(key) else None

    def effects(self, branches: Iterable[BranchHistory]) -> KeptEffects:
        """What each merge brought, also for branches that only got commits since."""
        if self._found is None:
            return KeptEffects()
        tips = set(self._found.key)
        older = {one.tip.tree: commit.tree for one in branches for commit in reversed(one.own) if commit.id in tips}
        return KeptEffects(self._found.effects, older)

    def _read(self) -> _Findings | None:
        try:
            if self._file is None or self._file.stat().st_size > _LIMIT:
                return None
            found = msgspec.json.decode(self._file.read_bytes(), type=_Findings)
        except (OSError, msgspec.DecodeError, UnicodeError):
            return None
        return found if found.format == _FORMAT else None

    def save(self, key: Sequence[str], fixes: Sequence[KnownFix], effects: Sequence[KeptEffect]) -> bool:
        """Keep it; whether that worked, which nothing else depends on."""
        if self._file is None:
            return True
        partial = self._file.with_suffix(f".{os.getpid()}")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(msgspec.json.encode(_Findings(_FORMAT, list(key), list(fixes), list(effects))))
            partial.replace(self._file)
        except OSError:
            return False
        return True
