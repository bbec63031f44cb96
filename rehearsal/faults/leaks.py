"""Looks for a token where none may be: in logs, summaries, outputs, files, and the arguments of processes."""

import base64
import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

from rehearsal.net.proxy import Call

_MASK = b"::add-mask::"
_EVERY = 7


def forms(token: str, user: str) -> tuple[bytes, ...]:
    """The token as it is, and as it may look without being less of a secret."""
    plain = token.encode()
    found = {plain, plain[::-1], plain.hex().encode(), quote(token, safe="").encode()}
    for before in (b"", b"x", b"xx", f"{user}:".encode(), b"x-access-token:"):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            # Without what depends on its neighbours, which is two characters at each end.
            skipped = len(before) // 3 * 4 + 4 * bool(len(before) % 3)
            found.add(encode(before + plain)[skipped:-4])
    return tuple(sorted(found))


def in_files(folder: Path, wanted: tuple[bytes, ...]) -> list[str]:
    """The files below a folder that have one of the forms; the lines that let the runner hide it don't count."""
    return [str(file.relative_to(folder)) for file in _files(folder) if _has(file.read_bytes(), wanted)]


def _files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.rglob("*") if file.is_file() and not file.is_symlink())


def _has(content: bytes, wanted: tuple[bytes, ...]) -> bool:
    shown = b"\n".join(line for line in content.split(b"\n") if not line.startswith(_MASK))
    return any(one in shown for one in wanted)


class Watch:
    """Looks at the arguments of all processes at every seventh call; `seen` are those with a token in them."""

    def __init__(self, wanted: tuple[bytes, ...]) -> None:
        self.seen: list[str] = []
        self.looks = 0
        self._wanted = wanted
        self._lock = threading.Lock()

    def __call__(self, call: Call) -> None:
        if call.index % _EVERY:
            return
        with self._lock:
            self.looks += 1
            self.seen += [name for name, arguments in _commands() if any(one in arguments for one in self._wanted)]


def _commands() -> Iterator[tuple[str, bytes]]:
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended
            yield process.name, (process / "cmdline").read_bytes()
