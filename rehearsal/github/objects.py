"""Commits and annotated tags as git stores them (gitformat-signature(5), git-mktag(1))."""

import re
from dataclasses import dataclass
from datetime import datetime, timezone

from rehearsal.github.bare import Bare

_PERSON = re.compile(r"(?P<name>.*?) ?<(?P<email>[^>]*)> (?P<time>\d+) [+-]\d{4}")
_SIGNATURE = re.compile(r"-----BEGIN (?:PGP|SSH) SIGNATURE-----\n.*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Person:
    """Who wrote, committed or tagged; `date` is in UTC, as `2026-11-23T03:40:00Z`."""

    name: str
    email: str
    date: str

    @property
    def line(self) -> str:
        """As it stands in an object."""
        seconds = int(datetime.fromisoformat(self.date.replace("Z", "+00:00")).timestamp())
        return f"{_one_line(self.name)} <{_one_line(self.email)}> {seconds} +0000"


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit; `signature` is empty when it has none."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str
    signature: str

    @property
    def title(self) -> str:
        return self.message.partition("\n")[0]


@dataclass(frozen=True, slots=True)
class Tag:
    """An annotated tag: the object it names, and who made it when."""

    sha: str
    name: str
    object: str
    kind: str
    tagger: Person
    message: str
    signature: str


def read_commit(git: Bare, sha: str) -> Commit:
    headers, message = _parse(git.run("cat-file", "commit", sha))
    return Commit(
        sha,
        headers["tree"][0],
        tuple(headers.get("parent", ())),
        _person(headers["author"][0]),
        _person(headers["committer"][0]),
        message,
        "\n".join(headers.get("gpgsig", ())),
    )


def read_tag(git: Bare, sha: str) -> Tag:
    headers, message = _parse(git.run("cat-file", "tag", sha))
    signature = _SIGNATURE.search(message)
    return Tag(
        sha,
        headers["tag"][0],
        headers["object"][0],
        headers["type"][0],
        _person(headers.get("tagger", ["nobody <> 0 +0000"])[0]),
        message,
        signature[0] if signature else "",
    )


def write_commit(
    git: Bare, tree: str, parents: tuple[str, ...], message: str, *, author: Person, committer: Person
) -> str:
    lines = [
        f"tree {tree}",
        *(f"parent {parent}" for parent in parents),
        f"author {author.line}",
        f"committer {committer.line}",
        "",
        message,
    ]
    return git.store("commit", "\n".join(lines).encode())


def write_tag(git: Bare, name: str, message: str, *, target: str, kind: str, tagger: Person) -> str:
    lines = [f"object {target}", f"type {kind}", f"tag {name}", f"tagger {tagger.line}", "", message]
    text = "\n".join(lines)
    return git.store("tag", (text if text.endswith("\n") else f"{text}\n").encode())


def _parse(content: bytes) -> tuple[dict[str, list[str]], str]:
    head, _, message = content.decode(errors="replace").partition("\n\n")
    headers: dict[str, list[str]] = {}
    name = ""
    for line in head.split("\n"):
        if line.startswith(" "):
            headers[name].append(line[1:])
        else:
            name, _, value = line.partition(" ")
            headers.setdefault(name, []).append(value)
    return headers, message.removesuffix("\n")


def _person(line: str) -> Person:
    match = _PERSON.fullmatch(line)
    if match is None:
        return Person(line, "", "1970-01-01T00:00:00Z")
    moment = datetime.fromtimestamp(int(match["time"]), timezone.utc)
    return Person(match["name"], match["email"], timestamp(moment))


def timestamp(moment: datetime) -> str:
    """GitHub's spelling of a moment, in UTC and whole seconds."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _one_line(text: str) -> str:
    return re.sub(r"[<>\n\0]", "", text).strip()
