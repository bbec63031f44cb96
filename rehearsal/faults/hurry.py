"""Short waits for actions that are disturbed: a pause ends after some milliseconds, a silent host is given up soon.

`time.sleep` is a default of several functions, so a fork server prepares before it imports them.
"""

import importlib
import time

GIVEN_UP = 3
"""The seconds after which an action gives a silent host up."""

_LONGEST_PAUSE = 0.005


def prepare() -> None:
    """Shorten the waits of this process."""
    sleep = time.sleep

    def nap(seconds: float) -> None:
        sleep(min(seconds, _LONGEST_PAUSE))

    vars(time)["sleep"] = nap
    registries = vars(importlib.import_module("release_actions.system.http"))
    github = vars(importlib.import_module("release_actions.github.client"))["GitHub"].__init__.__kwdefaults__
    for limits, name in ((registries, "_READ_TIMEOUT"), (github, "timeout")):
        assert name in limits
        limits[name] = GIVEN_UP
