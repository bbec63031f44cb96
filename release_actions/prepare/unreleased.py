"""What a release branch has that no tag has yet, and what to make of it."""

from collections.abc import Sequence

import msgspec

from release_actions.core import markdown
from release_actions.core.text import short_id
from release_actions.core.version import MinorVersion, Version
from release_actions.history.change_class import ChangeClass, grouped
from release_actions.prepare.next_version import Kind, next_version

_SHOWN = 200


class Waiting(msgspec.Struct, frozen=True, rename={"kind": "class"}):
    """A commit that no tag has."""

    id: str
    kind: ChangeClass
    title: str


class Unreleased(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """A release branch: its last tag (empty before the first), the commits since, youngest first, and what to make.

    `make` is what prepare-release is asked for, empty when nothing is to be made; `next_tag` is what it would make.
    `elsewhere` are higher tags of this minor version that are not on the branch: with them nothing can be made.
    """

    branch: str
    tip: str
    last_tag: str
    make: str
    next_tag: str
    why: str
    commits: tuple[Waiting, ...]
    elsewhere: tuple[str, ...]


def view(
    branch: str,
    tip: str,
    minor: MinorVersion,
    *,
    on_it: Version | None,
    existing: Sequence[Version],
    commits: Sequence[Waiting],
) -> Unreleased:
    """What there is to make on a branch; `on_it` is the highest version whose tag is in its history."""
    elsewhere = tuple(
        one.tag for one in sorted(existing) if one.minor_version == minor and (on_it is None or one > on_it)
    )
    make, why = _suggest(on_it, commits) if not elsewhere else (None, f"{elsewhere[-1]} is not on the branch.")
    wanted = next_version(make, minor, existing).version.tag if make else ""
    return Unreleased(
        branch=branch,
        tip=tip,
        last_tag=on_it.tag if on_it else "",
        make=make or "",
        next_tag=wanted,
        why=why,
        commits=tuple(commits),
        elsewhere=elsewhere,
    )


def page(views: Sequence[Unreleased]) -> str:
    """All branches in a table, and below it the commits of each, by class."""
    rows = [
        (
            markdown.code(one.branch),
            markdown.code(one.last_tag) or "none",
            ", ".join(f"{len(some)} {kind.value}" for kind, some in _grouped(one).items()) or "0",
            markdown.code(one.next_tag) or "nothing",
            markdown.text(one.why),
        )
        for one in views
    ]
    table = markdown.table(("Branch", "Last tag", "Commits since", "Next", "Why"), rows)
    return "\n".join([table, *(_details(one) for one in views if one.commits)])


def _suggest(on_it: Version | None, commits: Sequence[Waiting]) -> tuple[Kind | None, str]:
    if on_it is None:
        return "candidate", "The branch has no version yet."
    if on_it.is_candidate:
        if any(one.kind is not ChangeClass.RELEASE for one in commits):
            return "candidate", "A release may not differ from its last candidate, so what is new needs one."
        return "release", "Nothing is new since the candidate, so it can become the release."
    wanted = sum(one.kind.reaches_users for one in commits)
    if wanted:
        return "patch", f"{wanted} of {len(commits)} commits since the release are for its users."
    return None, "Nothing since the release is for its users." if commits else "Nothing is new since the release."


def _grouped(one: Unreleased) -> dict[ChangeClass, list[Waiting]]:
    return grouped((commit.kind, commit) for commit in one.commits)


def _details(one: Unreleased) -> str:
    lines: list[str] = []
    for kind, commits in _grouped(one).items():
        lines.append(f"\n**{kind.value}**\n")
        lines += [
            f"- {markdown.code(short_id(commit.id))} {markdown.text(commit.title)}" for commit in commits[:_SHOWN]
        ]
        if len(commits) > _SHOWN:
            lines.append(f"- and {len(commits) - _SHOWN} more")
    return markdown.details(
        f"{one.branch}: {len(one.commits)} commits since {one.last_tag or 'it was cut'}", "\n".join(lines)
    )
