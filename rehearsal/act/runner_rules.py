"""How GitHub's runner reads what a step writes: its files and the commands in its log.

These are the rules of actions/runner (`FileCommandManager.cs`, `ActionCommand.cs`, `ActionCommandManager.cs`), not
those of act, which trims carriage returns and knows fewer commands.
"""

import re
from dataclasses import dataclass, field

REGISTERED = {
    *("add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice"),
    *("remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning"),
}
Escapes = tuple[tuple[str, str], ...]

_DATA = (("%0D", "\r"), ("%0A", "\n"), ("%25", "%"))
_PROPERTY = (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%"))
_OLD = (("%3B", ";"), ("%0D", "\r"), ("%0A", "\n"), ("%5D", "]"), ("%25", "%"))


@dataclass(frozen=True, slots=True)
class Command:
    """A line of the log that the runner obeyed."""

    name: str
    data: str
    properties: dict[str, str] = field(default_factory=dict)


def read_outputs(text: str) -> dict[str, str]:
    """The outputs in a GITHUB_OUTPUT file; raises ValueError where the runner would fail the step.

    Lines end with a line feed alone: on Linux a carriage return belongs to the value.
    """
    outputs: dict[str, str] = {}
    lines = text.split("\n")
    ended = lines.pop() == ""
    if not ended:
        raise ValueError("the last line has no end")
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        if not line:
            continue
        equals, heredoc = line.find("="), line.find("<<")
        if equals >= 0 and (heredoc < 0 or equals < heredoc):
            name, _, value = line.partition("=")
        elif heredoc > 0 and line[heredoc + 2 :]:
            name, delimiter = line[:heredoc], line[heredoc + 2 :]
            end = next((number for number in range(at, len(lines)) if lines[number] == delimiter), None)
            if end is None:
                raise ValueError(f"no line is the delimiter {delimiter!r}")
            value, at = "\n".join(lines[at:end]), end + 1
        else:
            raise ValueError(f"not an output: {line!r}")
        outputs[name] = value
    return outputs


def read_commands(log: str) -> list[Command]:
    """The commands in a step's standard output, in order."""
    found = (_command(line) or _old_command(line) for line in re.split(r"\r\n|\r|\n", log))
    return [command for command in found if command]


def _command(line: str) -> Command | None:
    """`::name key=value,key=value::data`, at a line's start after white space."""
    start, _, rest = line.lstrip().partition("::")
    info, separator, data = rest.partition("::")
    if start or not separator:
        return None
    return _known(info, ",", data, _PROPERTY, _DATA)


def _old_command(line: str) -> Command | None:
    """`##[name key=value;key=value]data`, anywhere in a line."""
    _, prefix, rest = line.partition("##[")
    info, bracket, data = rest.partition("]")
    if not prefix or not bracket:
        return None
    return _known(info, ";", data, _OLD, _OLD)


def _known(info: str, separator: str, data: str, escapes: Escapes, data_escapes: Escapes) -> Command | None:
    name, _, listed = info.partition(" ")
    if name.lower() not in REGISTERED:
        return None
    pairs = (pair.partition("=") for pair in listed.strip().split(separator))
    properties = {key: _unescape(value, escapes) for key, _, value in pairs if key and value}
    return Command(name.lower(), _unescape(data, data_escapes), properties)


def _unescape(text: str, escapes: Escapes) -> str:
    for escaped, plain in escapes:
        text = text.replace(escaped, plain)
    return text
