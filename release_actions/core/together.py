"""Several checks of one thing, so that a run names all that is wrong with it and not the first fault alone."""

from collections.abc import Callable, Sequence

from release_actions.core.errors import ReleaseError


def check_all(*checks: Callable[[], object]) -> None:
    """Make every check, and raise what `raise_all` raises of their errors."""
    errors = []
    for check in checks:
        error = _error_of(check)
        errors += [error] if error else []
    raise_all(errors)


def raise_all(errors: Sequence[ReleaseError]) -> None:
    """Raise the one error there is; of several, one with the first's code, place and next step, and all in its details.

    The next step is the first one's, as a commit or tag that takes care of it can take care of all.
    """
    if not errors:
        return
    first, others = errors[0], errors[1:]
    if not others:
        raise first
    raise ReleaseError(
        first.code,
        f"{first.what} {' '.join(one.what for one in others)}",
        next_step=first.next_step,
        file=first.file,
        line=first.line,
        details=tuple(line for one in errors for line in (f"{one.code.name}: {one.what}", *one.details)),
        commands=first.commands,
    )


def _error_of(check: Callable[[], object]) -> ReleaseError | None:
    try:
        check()
    except ReleaseError as error:
        return error
    return None
