"""Steps of which one that fails stops no other, and what they say together when some have failed."""

import contextlib
from collections.abc import Iterator

from release_actions.core.errors import ReleaseError


class Failures:
    """The errors of such steps, in their order."""

    def __init__(self) -> None:
        self._errors: list[ReleaseError] = []

    def add(self, error: ReleaseError) -> None:
        """Note an error of a step."""
        self._errors.append(error)

    @contextlib.contextmanager
    def keep(self) -> Iterator[None]:
        """Note the error that a step raises, and go on."""
        try:
            yield
        except ReleaseError as error:
            self.add(error)

    @property
    def error(self) -> ReleaseError | None:
        """All of them as one: with the first one's code, and what is wrong and the next step of each, said once."""
        if len(self._errors) < 2:
            return self._errors[0] if self._errors else None
        first = self._errors[0]
        return ReleaseError(
            first.code,
            " ".join(dict.fromkeys(error.what for error in self._errors)),
            next_step=" ".join(dict.fromkeys(error.next_step for error in self._errors)),
            file=first.file,
            line=first.line,
            details=tuple(line for error in self._errors for line in error.details),
            commands=tuple(command for error in self._errors for command in error.commands),
        )

    def check(self) -> None:
        """Raise the error of the steps so far, if any has failed."""
        if error := self.error:
            raise error
