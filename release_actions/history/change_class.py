"""What kind of change a commit is, as far as its title tells.

Titles follow Conventional Commits in one project, `[Fix] …` or plain sentences in the next, so the rules go from what
is said on purpose (a type, a bracket) to what a word gives away. The first rule that fits decides.
"""

import re
from collections.abc import Iterable
from enum import Enum, unique
from typing import Final, TypeVar

from release_actions.core.version import spelled_version
from release_actions.history.picks import plain_title

T = TypeVar("T")


@unique
class ChangeClass(str, Enum):
    """A kind of change; the value is how reports and the configuration spell it.

    A title alone gives one of the first eight. `DEPENDENCY` is an update of which it does not say how large it is, so
    that it is no class that a project could allow; the last seven are found in files.
    """

    SECURITY = "security"
    FIX = "fix"
    FEATURE = "feature"
    DEPENDENCY = "dependency"
    DEPENDENCY_PATCH = "dependency-patch"
    DEPENDENCY_MINOR = "dependency-minor"
    DEPENDENCY_MAJOR = "dependency-major"
    DOCS = "docs"
    RELEASE = "release"
    OTHER = "other"
    CRD_FIELD = "crd-field"
    VALUES_KEY = "values-key"
    FLAG = "flag"
    FEATURE_GATE = "feature-gate"
    RBAC_VERB = "rbac-verb"
    CHANGED_DEFAULT = "changed-default"
    UNREADABLE = "unreadable"

    @property
    def reaches_users(self) -> bool:
        """Whether a release is worth making for it."""
        return self not in (ChangeClass.DOCS, ChangeClass.RELEASE)


def classify(title: str) -> ChangeClass:
    """The class of a commit by its title; `[release-1.5]`, `(#12)` and the like say nothing and are passed over."""
    title = title[:_LONGEST]
    plain = plain_title(title)
    marked = _marked(title, plain)
    if marked is not None:
        return marked
    if _is_version(plain):
        return ChangeClass.RELEASE
    for pattern, found in _WORDS:
        if pattern.search(plain):
            return found
    return ChangeClass.OTHER


def by_labels(labels: Iterable[str]) -> ChangeClass | None:
    """The class that labels such as `kind/bug` or `enhancement` name, the weightiest one, or None."""
    named = {_BY_LABEL.get(label.lower().rpartition("/")[2]) for label in labels}
    return next((one for one in ChangeClass if one in named), None)


def bump(title: str) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """The two versions of a title such as `Bump x from 1.2.3 to 1.3.0`, as numbers, or None."""
    found = _FROM_TO.search(title[:_LONGEST])
    if found is None:
        return None
    before, after = (tuple(int(number) for number in one.split(".")) for one in found.groups())
    return before, after


def grouped(classified: Iterable[tuple[ChangeClass, T]]) -> dict[ChangeClass, list[T]]:
    """Things by the class that is given with each, in the order of the classes; classes without any are left out."""
    groups: dict[ChangeClass, list[T]] = {one: [] for one in ChangeClass}
    for found, thing in classified:
        groups[found].append(thing)
    return {one: some for one, some in groups.items() if some}


_LONGEST = 300
_TYPES: Final = {
    ChangeClass.SECURITY: "security sec cve",
    ChangeClass.FIX: "fix bugfix bug hotfix revert perf",
    ChangeClass.FEATURE: "feat feature enhancement",
    ChangeClass.DEPENDENCY: "deps dep dependencies dependabot",
    ChangeClass.DOCS: "docs doc ci test tests build chore style refactor e2e workflow lint",
    ChangeClass.RELEASE: "release",
}
_BY_TYPE: Final = {word: found for found, words in _TYPES.items() for word in words.split()}
_BY_LABEL: Final = {
    **dict.fromkeys(("security", "cve"), ChangeClass.SECURITY),
    **dict.fromkeys(("bug", "bugfix", "fix", "regression"), ChangeClass.FIX),
    **dict.fromkeys(("feature", "enhancement", "api-change"), ChangeClass.FEATURE),
    **dict.fromkeys(("dependencies", "dependency"), ChangeClass.DEPENDENCY),
    **dict.fromkeys(("documentation", "docs", "test", "testing", "ci"), ChangeClass.DOCS),
}
_FROM_TO = re.compile(
    r"\bfrom v?(\d{1,9}(?:\.\d{1,9}){0,3})\S* to v?(\d{1,9}(?:\.\d{1,9}){0,3})", re.ASCII | re.IGNORECASE
)
_BRACKET = re.compile(r"\[([a-z0-9]+)\]", re.IGNORECASE)
_CONVENTIONAL = re.compile(r"([a-z0-9]+)(?:\(([a-z0-9 _./-]+)\))?!?: ", re.IGNORECASE)
_BUMP = r"(?:bump|upgrade|update)s? (?:the )?[@\w./-]+(?: \S+){0,6}? (?:from \S+ )?to \S*\d"
_WORDS: Final = tuple(
    (re.compile(rf"\b(?:{words})"), found)
    for words, found in (
        (r"cve-\d{4}-\d+|ghsa-|security (?:fix|issue|patch)|vulnerabilit", ChangeClass.SECURITY),
        (rf"{_BUMP}|dependabot|bump .*\bgroup\b|(?:update|bump) (?:\w+ )?dependenc", ChangeClass.DEPENDENCY),
        (
            r"fix(?:es|ed|ing)?\b|bug\b|revert|prevent|avoid|do(?:n't| not)|handle|correct(?:s|ed|ly)?\b",
            ChangeClass.FIX,
        ),
        (r"docs?\b|documentation|readme|typo|changelog|tests?\b|e2e|ci\b|workflows?\b|owners\b", ChangeClass.DOCS),
        (r"add(?:s|ed)?\b|support|implement|introduce|allow|enable|expose|new\b", ChangeClass.FEATURE),
    )
)
_ABOUT_A_VERSION = re.compile(
    r"(?:.*\bofficial )?(?:prepare|release|cut|tag)(?: for)?(?: release)?(?: version)? (?P<version>\S+)"
    r"|(?:bump|set|move|update|change) (?:the )?(?:chart )?versions? (?:from \S+ )?to (?P<moved>\S+)"
)


def _marked(title: str, plain: str) -> ChangeClass | None:
    """What a title says on purpose: `fix(chart): …`, `chore(deps): …`, `[Feature] …`."""
    for word in _BRACKET.findall(title):
        if word.lower() in _BY_TYPE and word.lower() != "release":
            return _BY_TYPE[word.lower()]
    found = _CONVENTIONAL.match(plain)
    if found is None:
        return None
    kind, scope = found[1].lower(), (found[2] or "").lower()
    if scope in ("deps", "deps-dev", "security"):
        return ChangeClass.SECURITY if scope == "security" else ChangeClass.DEPENDENCY
    if scope == "release" or _is_version(plain[found.end() :]):
        return ChangeClass.RELEASE
    return _BY_TYPE.get(kind)


def _is_version(plain: str) -> bool:
    """Whether a title is about nothing but a version: `Prepare v1.5.0-rc.0`, `Release 1.5.0`."""
    found = _ABOUT_A_VERSION.fullmatch(plain)
    return found is not None and spelled_version((found["version"] or found["moved"]).strip("`.,")) is not None
