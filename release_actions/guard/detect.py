"""What a commit changes for users, found in its files and not in its title.

New fields and defaults of custom resources, keys and defaults of values.yaml, permissions, flags, feature gates, and
versions of dependencies. A file that was moved or copied brings nothing new: what any changed file had before counts.
"""

import re
from collections.abc import Sequence

from release_actions.guard import detect_go, detect_yaml
from release_actions.guard.findings import FileChange, GuardFinding

_MOST = 500
_ASIDE = re.compile(
    r"(?:.*/)?(?:docs?|examples?|tests?|testdata|e2e|ci|hack|\.[^/]+)/.*"
    r"|.*\.(?:md|rst)|(?:.*/)?(?:OWNERS|LICENSE|NOTICE|Makefile|\.[^/]+)|.*_test\.go|(?:.*/)?test_[^/]*\.py",
    re.DOTALL,
)


def is_aside(path: str) -> bool:
    """Whether a file is documentation, an example, a test or part of the project's own tooling: nothing users run."""
    return _ASIDE.fullmatch(path) is not None


def may_tell(path: str) -> bool:
    """Whether a file can hold anything that is looked for, so that it is worth reading."""
    return not is_aside(path) and (detect_yaml.may_tell(path) or detect_go.may_tell(path))


def find(changes: Sequence[FileChange]) -> list[GuardFinding]:
    """What the files of one commit bring, by file and line; never more than 500 findings, and never an error."""
    read = [one for one in changes if may_tell(one.path)]
    found = [*detect_yaml.find(read), *detect_go.find(read)]
    return sorted(found, key=lambda one: (one.file, one.line, one.what))[:_MOST]
