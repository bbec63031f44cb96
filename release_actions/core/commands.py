"""What a person can type or change after a failure, as a program can read it."""

import shlex

import msgspec


class ShellCommand(msgspec.Struct, frozen=True, tag_field="kind", tag="shell"):
    """A line for a POSIX shell, typed in a clone of the project whose remote is named `origin`."""

    line: str

    @property
    def text(self) -> str:
        """The line itself."""
        return self.line


class InputChange(msgspec.Struct, frozen=True, tag_field="kind", tag="input"):
    """An input of the action, and the value that it needs."""

    name: str
    value: str

    @property
    def text(self) -> str:
        """A comment, as a shell has no inputs."""
        return f"# input {self.name}={self.value}"


class NextRun(msgspec.Struct, frozen=True, tag_field="kind", tag="run"):
    """A run after all that stands before it: of a full ref, or without one of the same commit as now."""

    ref: str = ""

    @property
    def text(self) -> str:
        """A comment: a push may have started that run already."""
        return f"# run it for {self.ref}, unless the push has started it" if self.ref else "# run the job again"


Command = ShellCommand | InputChange | NextRun


def shell(*argv: str) -> ShellCommand:
    """A program and its arguments, quoted for a shell."""
    return ShellCommand(shlex.join(argv))


def usable(commands: tuple[Command, ...]) -> tuple[Command, ...]:
    """The commands, or none at all where one of them holds what can't be typed, such as a control character."""
    return commands if all(one.text.isprintable() for one in commands) else ()
