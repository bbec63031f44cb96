"""Who makes commits and tags: a name and a mail address."""

import re

import msgspec

from release_actions.core.errors import Code, ReleaseError

_WRITTEN = re.compile(r"([^<>\x00-\x1f\x7f]*[^<>\s\x00-\x1f\x7f]) <([^<>\s\x00-\x1f\x7f]+@[^<>\s\x00-\x1f\x7f]+)>")


class Person(msgspec.Struct, frozen=True):
    """Who makes commits and tags."""

    name: str
    email: str

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>"


def parse_person(text: str) -> Person:
    """A person, written as `Name <mail>`; raises E_INPUT."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        raise ReleaseError(
            Code.E_INPUT,
            f"The author {text[:200]!a} is not a name and a mail address.",
            next_step="Write `commit-author: Jane Doe <jane@example.com>`.",
        )
    return Person(found[1], found[2])
