"""Whether a commit belongs on a release branch, by its title, its labels and its files, and what is told of it.

An exception is made by a label, which counts only from people who may write, together with a line in the pull
request's description that gives the reason: `release-branch-exception: the CVE needs it`.
"""

import re
from collections.abc import Container, Iterable, Sequence

import msgspec

from release_actions.core import markdown
from release_actions.core.text import lines, short_id
from release_actions.guard.detect import is_aside
from release_actions.guard.detect_go import level
from release_actions.guard.findings import GuardFinding
from release_actions.history.change_class import ChangeClass, bump, by_labels, classify
from release_actions.history.names import By
from release_actions.project.config import Guard

NOT_FIRST = "not-on-default-branch"
"""What starts the line, in a commit's message or a description, that says why a change is on no default branch."""

# Files such as `__init__.py` and `version.go` are where programs have their version.
_PROGRAM = re.compile(r"(?:.*/)?(?!(?:__init__|setup|_*version_*)\.)[^/]*\.(?:go|py|rs|java|ts|js|sh)", re.DOTALL)
_BUMPS = frozenset({ChangeClass.DEPENDENCY_PATCH, ChangeClass.DEPENDENCY_MINOR, ChangeClass.DEPENDENCY_MAJOR})
_LONGEST_REASON = 300
_MOST_LINES = 2_000
_SHOWN = 300
_SHOWN_FINDINGS = 20


class CommitOrigin(msgspec.Struct, frozen=True, omit_defaults=True, rename="kebab"):
    """The default branch's change that a commit came from, by which sign, and the commit that took it back there."""

    commit: str
    by: By
    undone_by: str = ""


class PullRequestInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The pull request that brings a commit, 0 where there is none; `body` is its description.

    `objection` is why its label for an exception does not count, in one sentence.
    """

    number: int = 0
    title: str = ""
    body: str = ""
    labels: tuple[str, ...] = ()
    objection: str = ""


class CommitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A commit and what is known of it; `undone` is one that another commit of the same branch takes back exactly.

    `picked` are the commits it says it was picked from that are not on the default branch.
    """

    id: str
    title: str
    message: str
    paths: tuple[str, ...]
    findings: tuple[GuardFinding, ...]
    request: PullRequestInfo = PullRequestInfo()
    origin: CommitOrigin | None = None
    picked: tuple[str, ...] = ()
    merge: bool = False
    undone: bool = False


class JudgedCommit(msgspec.Struct, frozen=True, kw_only=True, rename="kebab"):
    """What became of a commit; `reason` is why it is allowed all the same, empty unless it needs one."""

    commit: str
    title: str
    pull_request: int
    classes: tuple[ChangeClass, ...]
    belongs: bool
    problems: tuple[str, ...]
    findings: tuple[GuardFinding, ...]
    origin: CommitOrigin | None
    reason: str = ""


def judge(commit: CommitFacts, rules: Guard, default_branch: str, places: Container[str] = ()) -> JudgedCommit:
    """Whether a commit belongs on a release branch; `places` are the files that a version is written in."""
    kind = _kind(commit)
    classes = () if commit.undone else _classes(commit, kind)
    unwanted = [one for one in classes if one not in rules.allow]
    if ChangeClass.SECURITY is kind:
        unwanted = [one for one in unwanted if one not in _BUMPS]
    findings = tuple(one for one in commit.findings if one.kind in unwanted)
    by_file = {one.kind for one in findings}
    problems = [f"{one.file}:{one.line}: {one.what} ({one.kind.value})" for one in findings]
    problems += [f"It is of the class {one.value}." for one in unwanted if one not in by_file]
    request = commit.request
    excepted = rules.label in request.labels and not request.objection
    reason = _reason(request.body, rules.label) if excepted else ""
    if _must_be_first(commit, kind, rules, places):
        why = _reason(commit.message, NOT_FIRST) or _reason(request.body, NOT_FIRST)
        if not why:
            problems.append(_missing(commit, default_branch))
        elif not problems:
            return _judged(commit, classes, (_missing(commit, default_branch),), findings, why)
    if problems and request.objection:
        problems.append(request.objection)
    return _judged(commit, classes, tuple(problems), findings, reason if problems else "")


def page(branch: str, commits: Sequence[JudgedCommit], rules: Guard) -> str:
    """All commits in a table, what does not belong, and the exceptions as release notes can have them."""
    rows = [
        (
            markdown.code(short_id(one.commit)),
            markdown.text(one.title[:_SHOWN]),
            ", ".join(kind.value for kind in one.classes) or "—",
            f"{one.origin.by.value} {markdown.code(short_id(one.origin.commit))}" if one.origin else "",
            "✅" if one.belongs and not one.reason else "☑️ exception" if one.belongs else "❌",
        )
        for one in commits[:_SHOWN]
    ]
    table = markdown.table(("Commit", "Title", "Class", "On the default branch", "Belongs"), rows)
    left = f"\nand {len(commits) - _SHOWN} more\n" if len(commits) > _SHOWN else ""
    parts = [f"### {markdown.code(branch)}\n\n{table}{left}"]
    wrong = [one for one in commits if not one.belongs]
    if wrong:
        told = "\n".join(_told(one) for one in wrong[:_SHOWN])
        parts.append(f"**What does not belong**\n\n{told}\n\n{_help(rules)}\n")
    exceptions = [one for one in commits if one.reason]
    if exceptions:
        told = "\n".join(
            f"- {markdown.text(one.title[:_SHOWN])} ({_name(one)}): {markdown.text(one.reason)}" for one in exceptions
        )
        parts.append(f"**Exceptions, for the release notes**\n\n{told}\n")
    return "\n".join(parts)


def _kind(commit: CommitFacts) -> ChangeClass:
    """What labels say is said on purpose; a title that says nothing leaves it to the pull request's."""
    if commit.paths and all(map(is_aside, commit.paths)):
        return ChangeClass.DOCS
    labelled = by_labels(commit.request.labels)
    titles = (classify(commit.title), classify(commit.request.title))
    said = next((one for one in titles if one is not ChangeClass.OTHER), ChangeClass.OTHER)
    if ChangeClass.SECURITY in (labelled, said):
        return ChangeClass.SECURITY
    # A feature is often labelled as documentation or tests too, which it brings along.
    weak = labelled in (ChangeClass.DOCS, ChangeClass.DEPENDENCY) and said is not ChangeClass.OTHER
    return said if weak or labelled is None else labelled


def _classes(commit: CommitFacts, kind: ChangeClass) -> tuple[ChangeClass, ...]:
    found = {one.kind for one in commit.findings}
    said: set[ChangeClass]
    if commit.merge:
        said = set()
    elif kind is not ChangeClass.DEPENDENCY:
        said = {kind}
    else:
        versions = bump(commit.title)
        said = {level(*versions)} if versions else (found & _BUMPS) or {ChangeClass.DEPENDENCY_MINOR}
    return tuple(one for one in ChangeClass if one in said | found)


def _must_be_first(commit: CommitFacts, kind: ChangeClass, rules: Guard, places: Container[str]) -> bool:
    """What is about the branch itself need not: its version places, its documentation, its dependencies."""
    if commit.origin and commit.origin.undone_by:
        return rules.default_branch_first
    if not rules.default_branch_first or commit.origin or commit.merge or commit.undone or not commit.paths:
        return False
    if any(one.kind not in _BUMPS for one in commit.findings):
        return True
    if kind is ChangeClass.DOCS:
        return not all(map(is_aside, commit.paths))
    if kind is ChangeClass.RELEASE:
        return any(_PROGRAM.fullmatch(path) and path not in places for path in commit.paths)
    return kind is not ChangeClass.DEPENDENCY


def _missing(commit: CommitFacts, default_branch: str) -> str:
    if commit.origin:
        taken = short_id(commit.origin.undone_by)
        return f"It was on {default_branch}, which took it back with {taken}."
    if commit.picked:
        names = ", ".join(short_id(one) for one in commit.picked)
        return f"It says it was picked from {names}, which is not on {default_branch} or does something else."
    return f"It is not on {default_branch}."


def _reason(text: str, name: str) -> str:
    """What stands behind `name:` on a line of its own, unless that is a comment or nothing."""
    for line in lines(text.replace("\r\n", "\n"))[:_MOST_LINES]:
        start, colon, reason = line.lstrip(" \t*_->`").partition(":")
        if colon and start.strip("*_` ").lower() == name.lower():
            return "" if reason.strip().startswith("<!--") else reason.strip(" \t*_`")[:_LONGEST_REASON]
    return ""


def _judged(
    commit: CommitFacts,
    classes: tuple[ChangeClass, ...],
    problems: tuple[str, ...],
    findings: tuple[GuardFinding, ...],
    reason: str,
) -> JudgedCommit:
    return JudgedCommit(
        commit=commit.id,
        title=commit.title,
        pull_request=commit.request.number,
        classes=classes,
        belongs=not problems or bool(reason),
        problems=problems,
        findings=findings,
        origin=commit.origin,
        reason=reason,
    )


def _told(one: JudgedCommit) -> str:
    problems: Iterable[str] = one.problems[:_SHOWN_FINDINGS]
    more = len(one.problems) - _SHOWN_FINDINGS
    lines = [
        f"- {_name(one)} {markdown.text(one.title[:_SHOWN])}",
        *(f"  - {markdown.text(each)}" for each in problems),
    ]
    return "\n".join([*lines, f"  - and {more} more"] if more > 0 else lines)


def _name(one: JudgedCommit) -> str:
    return f"#{one.pull_request}" if one.pull_request else markdown.code(short_id(one.commit))


def _help(rules: Guard) -> str:
    label, line = markdown.code(rules.label), markdown.code(f"{rules.label}: the reason")
    return f"To make an exception, set the label {label} on the pull request and write {line} into its description."
