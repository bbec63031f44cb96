"""The files that become assets of a release: found in the caller's folders, hashed, and named as GitHub keeps them."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.system.workspace import inside

_LARGEST = 2 * 1024**3
_MOST = 1000
_CHUNK = 1024 * 1024
# GitHub renames other files ("Upload a release asset", notes).
_NAME = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_TYPES = {
    ".tgz": "application/gzip",
    ".gz": "application/gzip",
    ".json": "application/json",
    ".yaml": "application/yaml",
    ".txt": "text/plain",
    ".md": "text/markdown",
}


class AssetFile(msgspec.Struct, frozen=True):
    """A file as it will be among the assets; `digest` is `sha256:` and 64 hex digits."""

    name: str
    path: Path
    size: int
    digest: str

    @property
    def content_type(self) -> str:
        """Its media type by its name, as browsers are told it."""
        return _TYPES.get(Path(self.name).suffix, "application/octet-stream")


def find(patterns: Iterable[str], folders: Sequence[Path]) -> list[AssetFile]:
    """The files that glob patterns name: below the first folder or, with an absolute pattern, below any of them.

    Raises E_ASSET for a pattern that names nothing, and E_PATH for what isn't a plain file below those folders.
    """
    found: dict[Path, AssetFile] = {}
    for pattern in patterns:
        folder = next((one for one in folders if Path(pattern).is_relative_to(one)), folders[0])
        for path in _matches(pattern, folder):
            found.setdefault(path, describe(path))
    return list(found.values())


def write(folder: Path, name: str, content: bytes) -> AssetFile:
    """A new file with this content."""
    path = folder / name
    path.write_bytes(content)
    return describe(path)


def describe(path: Path) -> AssetFile:
    """A file with its size and digest; raises E_ASSET when GitHub would not take it as it is."""
    if not _NAME.fullmatch(path.name):
        raise _bad(f"GitHub would rename the asset {path.name[:200]!a}", "Use letters, digits, `.`, `_` and `-`")
    size = path.stat().st_size
    if not 0 < size < _LARGEST:
        raise _bad(f"The asset {path.name} has {size} bytes", "GitHub takes from 1 byte to 2 GiB")
    hashed = hashlib.sha256()
    with path.open("rb") as content:
        while part := content.read(_CHUNK):
            hashed.update(part)
    return AssetFile(path.name, path, size, f"sha256:{hashed.hexdigest()}")


def checksums(files: Iterable[AssetFile]) -> bytes:
    """The files' digests as `sha256sum --check` reads them."""
    return "".join(f"{file.digest.removeprefix('sha256:')}  {file.name}\n" for file in files).encode()


def require_different(files: Sequence[AssetFile]) -> None:
    """Raises E_ASSET when two files have one name, or when there are more than GitHub takes."""
    names = [file.name for file in files]
    for name in names:
        if names.count(name) > 1:
            raise _bad(f"Two assets would have the name {name}", "Rename one of them")
    if len(names) > _MOST:
        raise _bad(f"The release would have {len(names)} assets", f"GitHub takes {_MOST}")


def _matches(pattern: str, folder: Path) -> list[Path]:
    is_elsewhere = Path(pattern).is_absolute() and not Path(pattern).is_relative_to(folder)
    if is_elsewhere or not any(sign in pattern for sign in "*?["):
        return [inside(folder, pattern)]
    below = Path(pattern).relative_to(folder) if Path(pattern).is_absolute() else Path(pattern)
    try:
        matches = sorted(path for path in folder.glob(str(below)) if not path.is_dir())
    except ValueError as error:
        raise _bad(f"{pattern[:200]!a} is no pattern", "Use `*` and `?` in names, and `**` as a whole name") from error
    if not matches:
        raise _bad(f"No file is named by {pattern[:200]!a}", "Correct the input `assets`, or make the file first")
    return [inside(folder, str(path.relative_to(folder))) for path in matches]


def _bad(what: str, then: str) -> ReleaseError:
    return ReleaseError(Code.E_ASSET, f"{what}.", next_step=f"{then}.")
