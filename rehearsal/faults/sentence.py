"""The sentence about what a run has written, held against what is there; no code of the product is used."""

import re
from collections.abc import Set

_NOTHING = "Nothing was published or written by this run."
_PARTS = re.compile(
    r"(Written before the failure|Unknown, because the attempt itself failed|Not written): (.*?)\."
    r"(?= Written before| Unknown, because| Not written: |$)"
)


def false_claims(sentence: str, before: Set[str], after: Set[str]) -> list[str]:
    """What is not true of a sentence; `before` and `after` are the names of what was and is there."""
    named: dict[str, set[str]] = {start: set(names.split(", ")) for start, names in _PARTS.findall(sentence)}
    written, unknown, left = (
        named.get(start, set())
        for start in ("Written before the failure", "Unknown, because the attempt itself failed", "Not written")
    )
    wrong = [f"{name} is not there, and was said to be written" for name in sorted(written - after)]
    wrong += [f"{name} is there, and was said not to be written" for name in sorted(left & (after - before))]
    wrong += [f"{name} is new, and nothing was said of it" for name in sorted(after - before - written - unknown)]
    if not named and sentence != _NOTHING:
        wrong.append(f"it can't be understood: {sentence}")
    return wrong
