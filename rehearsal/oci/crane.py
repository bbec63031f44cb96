"""What registries have, asked with crane. `env` leads to registries of a played internet; others are on loopback."""

import json
from collections.abc import Mapping
from typing import Any

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import run

_LOOPBACK = "127.0.0.1:"


def crane(*arguments: str, env: Mapping[str, str] | None = None) -> str:
    """What crane writes; over plain HTTP where an argument names a registry on this machine."""
    plain = ["--insecure"] if any(_LOOPBACK in one for one in arguments) else []
    return run(["crane", *arguments, *plain], env=env).strip()


def manifest(reference: str, env: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The manifest or index that a reference leads to."""
    found: dict[str, Any] = json.loads(crane("manifest", reference, env=env))
    return found


def tags(repository: str, env: Mapping[str, str] | None = None) -> list[str]:
    """The tags of a repository; none where there is no repository, or nothing in it but what was pushed by digest."""
    try:
        return crane("ls", repository, env=env).split()
    except RehearsalError as error:
        if "NAME_UNKNOWN" in str(error):
            return []
        raise


def is_absent(reference: str, env: Mapping[str, str] | None = None) -> bool:
    """Whether a repository lacks a tag, given as `127.0.0.1:5000/op:v1.5.0`."""
    repository, _, tag = reference.rpartition(":")
    return tag not in tags(repository, env)
