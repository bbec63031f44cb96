"""`make demo-lifecycle`: a minor version from its branch to its first patch, without a git command."""

import signal
import sys
import time

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import PROJECT
from rehearsal.base.run_folder import own_folder
from rehearsal.demo.life import Life, project
from rehearsal.oci.published import table
from rehearsal.projects.example import NAME
from rehearsal.run.rehearse import Rehearsal

_RELEASE = "      prepare: make build\n"


def main() -> int:
    """0 when everything came out as it must."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    began = time.monotonic()
    try:
        _play()
    except RehearsalError as error:
        print(f"demo: {error}", file=sys.stderr)
        return 1
    print(f"{time.monotonic() - began:.0f} s, as it must be.")
    return 0


def _play() -> None:
    with (
        own_folder(PROJECT / ".rehearsal") as folder,
        Rehearsal(folder, show=lambda _: None) as rehearsal,
    ):
        print(f"A registry, BuildKit and github.com play on loopback: {NAME} gets its version 1.5.\n")
        Life(rehearsal, project(rehearsal.folder / "project", _RELEASE, {}), tell).play()
        print(f"\n{table(rehearsal.published())}\n\nAll pages, logs and registries are in {rehearsal.folder}.")


def tell(line: str) -> None:
    """Prints a line at once, as what it tells of takes a while."""
    print(line if line.startswith(" ") else f"── {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
