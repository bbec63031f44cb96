"""What buildx's last words mean for a release: a mistake in the Dockerfile, a login, or a registry that has failed."""

import re
from collections.abc import Sequence

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import lines
from release_actions.image.build import Build
from release_actions.oci.reference import Reference
from release_actions.system.process import Completed

_PLACE = re.compile(r"^(?P<file>\S.*):(?P<line>[0-9]+)\n-{20}\n", re.MULTILINE)
_DRIVER_PROBLEM = re.compile(r"not (supported|implemented) for (the )?docker driver|docker exporter", re.IGNORECASE)
# The token of a base image's registry is asked for within a step, which the reason then begins with.
_PUSH_PROBLEM = re.compile(r"failed to push|^failed to (fetch oauth token|authorize)")
_LOGIN_PROBLEM = re.compile(r"\b(401|403)\b|denied|unauthorized|insufficient_scope|authorization failed", re.IGNORECASE)


def build_failure(done: Completed, names: Sequence[Reference], build: Build) -> ReleaseError:
    """The error of a failed `buildx build` that was to push to these names."""
    reason = reason_of(done)
    if _PUSH_PROBLEM.search(reason):
        return registry_failure(done, names)
    next_step = "Correct it on the release branch, and cut the next version."
    if _DRIVER_PROBLEM.search(reason):
        next_step = "Leave `builder` out, or name one of the driver docker-container, kubernetes or remote."
    place = _PLACE.search(done.stderr)
    return ReleaseError(
        Code.E_BUILD,
        f"The image build for {', '.join(map(str, build.platforms))} failed: {reason}.",
        next_step=next_step,
        file=build.file if place else None,
        line=int(place["line"]) if place else None,
    )


def registry_failure(done: Completed, names: Sequence[Reference]) -> ReleaseError:
    """The error of a push that the registry did not take: E_REGISTRY_LOGIN or E_REGISTRY_UNAVAILABLE."""
    reason = reason_of(done)
    hosts = ", ".join(sorted({reference.registry for reference in names}))
    if _LOGIN_PROBLEM.search(reason):
        return ReleaseError(
            Code.E_REGISTRY_LOGIN,
            f"{hosts} does not allow the push: {reason}.",
            next_step="Give the job's token `packages: write`, or a login that may push; then run the job again.",
        )
    return ReleaseError(
        Code.E_REGISTRY_UNAVAILABLE,
        f"{hosts} did not take the image: {reason}.",
        next_step="Check the registry's status page, then run the job again; it goes on where this one stopped.",
    )


def reason_of(done: Completed) -> str:
    """The last error that buildx gave, on one line without its usual beginnings."""
    errors = [line for line in lines(done.stderr) if line.startswith("ERROR: ")]
    text = errors[-1].removeprefix("ERROR: ") if errors else f"buildx ended with exit code {done.returncode}"
    return re.sub(r"^(failed to (build|solve): )+", "", text)[:1000].rstrip(".")
