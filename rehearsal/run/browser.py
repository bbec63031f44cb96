"""A headless browser, run once on one page: what became of it, or how it looks."""

import subprocess
from pathlib import Path

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import program

_SECONDS = 60
_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"),
)


class Browser:
    """Chromium with a new profile below `folder` for each page; pages are files, and nothing is asked of a network."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pages = 0

    def dom(self, page: Path, *flags: str) -> str:
        """The page's elements after it was shown, as HTML."""
        return self._show(page, "--dump-dom", *flags)

    def picture(self, page: Path, target: Path, width: int, height: int) -> None:
        """A picture of the page, as a PNG file."""
        self._show(page, f"--screenshot={target}", f"--window-size={width},{height}")

    def _show(self, page: Path, *flags: str) -> str:
        self._pages += 1
        profile = self._folder / f"profile-{self._pages}"
        command = [program("chromium"), *_QUIET, f"--user-data-dir={profile}", *flags, page.resolve().as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)
        if done.returncode:
            raise RehearsalError(f"chromium ended with {done.returncode}:\n{done.stderr[-2000:]}")
        return done.stdout
