"""What the runner reads of a step: commands in its log, and lines in the files that it names.

Source: GitHub's documentation, "Workflow commands for GitHub Actions", "Setting an output parameter" and "Adding a job
summary".
"""

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

_IN_MESSAGE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = _IN_MESSAGE | str.maketrans({":": "%3A", ",": "%2C"})


def command(name: str, message: str, properties: Mapping[str, str] | None = None) -> None:
    """Write a command such as `error` to the log, whatever characters message and properties have."""
    given = ",".join(f"{key}={value.translate(_IN_PROPERTY)}" for key, value in (properties or {}).items())
    sys.stdout.write(f"::{name}{' ' if given else ''}{given}::{message.translate(_IN_MESSAGE)}\n")


def append(file: str, text: str) -> None:
    """Add text to the file that the variable `GITHUB_…` names; raises KeyError where there is no such variable."""
    with Path(os.environ[f"GITHUB_{file}"]).open("a", encoding="utf-8", newline="") as kept:
        kept.write(f"{text}\n")


def output(name: str, value: str) -> None:
    """Set an output; a delimiter that nobody can guess ends its value, so that it may have any lines."""
    delimiter = f"ghadelimiter_{secrets.token_hex(16)}"
    append("OUTPUT", f"{name}<<{delimiter}\n{value}\n{delimiter}")
