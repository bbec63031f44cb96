"""What each action says of the job's permissions: the comment at the top of its action.yml, which people read too.

GitHub's metadata has no key for it, and refuses no comment:

    # Permissions of the job:
    #   contents: read # to see that the tag has not moved
    #   contents: write # with index-branch: to push to it
    #   pull-requests: write # with mode pull-request|both, without dry-run: to open one

An action that needs none says `# Permissions of the job: none`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Access = Literal["read", "write"]

# Those that a job can ask for and that the actions have a use for ("Workflow syntax", `permissions`).
NAMES = ("checks", "contents", "issues", "packages", "pull-requests", "statuses")
_HEAD = re.compile(r"# Permissions of the job:( none)?")
_LINE = re.compile(r"#   (?P<name>[a-z-]+): (?P<access>read|write) # (?P<reason>(?:(?P<when>with.+?): )?to .+)")
_WHEN = re.compile(r"(?P<how>with|without) (?P<input>[a-z-]+)(?: (?P<values>[a-z|-]+))?")


@dataclass(frozen=True, slots=True)
class Condition:
    """What an input has to be: one of `values` or to have one among its words, or with none of them just be given.

    Without `wanted` that is what it must not be.
    """

    input: str
    values: tuple[str, ...]
    wanted: bool

    def holds(self, given: Mapping[str, str]) -> bool:
        """Whether that is so, or may be: what an expression comes to is only known in the run."""
        text = given.get(self.input, "")
        if "${{" in text:
            return True
        words = set(text.split()) - {"false"}
        return bool(words & set(self.values) if self.values else words) == self.wanted


@dataclass(frozen=True, slots=True)
class Permission:
    """One line: a permission as workflows spell it, the conditions, which have to hold together, and what it is for."""

    name: str
    access: Access
    conditions: tuple[Condition, ...]
    reason: str

    def holds(self, given: Mapping[str, str]) -> bool:
        """Whether it is needed with these inputs."""
        return all(condition.holds(given) for condition in self.conditions)

    def __str__(self) -> str:
        return f"{self.name}: {self.access} # {self.reason}"


def read_permissions(manifest: Path) -> tuple[Permission, ...]:
    """What an action.yml says; raises ValueError when it says nothing, or not in this form."""
    lines = manifest.read_text(encoding="utf-8").splitlines()
    comment = lines[: next(number for number, line in enumerate(lines) if not line.startswith("#"))]
    heads = [number for number, line in enumerate(comment) if _HEAD.fullmatch(line)]
    if len(heads) != 1:
        raise ValueError(f"{manifest} does not begin with one comment `# Permissions of the job:`")
    found = tuple(_permission(line) for line in comment[heads[0] + 1 :])
    if bool(found) == comment[heads[0]].endswith("none"):
        raise ValueError(f"{manifest} says neither permissions nor `none`")
    return found


def needed(permissions: Iterable[Permission], given: Mapping[str, str]) -> dict[str, Access]:
    """What a job has to grant an action with these inputs, defaults among them."""
    return strongest((one.name, one.access) for one in permissions if one.holds(given))


def strongest(granted: Iterable[tuple[str, Access]]) -> dict[str, Access]:
    """Of every permission the most that is asked for."""
    return dict(sorted(granted))  # the last one counts, and `write` comes after `read`


def _permission(line: str) -> Permission:
    match = _LINE.fullmatch(line)
    if match is None or match["name"] not in NAMES:
        raise ValueError(f"not a permission with its reason: {line!r}")
    conditions = tuple(_condition(one) for one in match["when"].split(", ")) if match["when"] else ()
    return Permission(match["name"], "write" if match["access"] == "write" else "read", conditions, match["reason"])


def _condition(text: str) -> Condition:
    match = _WHEN.fullmatch(text)
    if match is None:
        raise ValueError(f"not a condition: {text!r}")
    values = tuple(match["values"].split("|")) if match["values"] else ()
    return Condition(match["input"], values, match["how"] == "with")
