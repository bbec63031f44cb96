"""The lines that changes remove and add, of many patches at once.

What a change brings is a multiset of lines, the ends of lines aside, and a file that was only renamed brings none. What
has no lines is counted as one: a binary content, a mode, a submodule's commit.
"""

import re
from collections import Counter
from collections.abc import Iterable

import msgspec

_PAIR = re.compile(r"([0-9a-f]{40,64}) ([0-9a-f]{40,64})")
_INDEX = re.compile(r"index ([0-9a-f]{40,64})\.\.([0-9a-f]{40,64})")
_HUNK = re.compile(r"@@ -[0-9]+(?:,([0-9]+))? \+[0-9]+(?:,([0-9]+))? @@")
_REMOVING = ("old mode ", "deleted file mode ", "rename from ")
_ADDING = ("new mode ", "new file mode ", "rename to ")


class Lines(msgspec.Struct, frozen=True):
    """The lines that a change removes and adds, each as often as it does; what it does both with is `moved`."""

    removed: Counter[str]
    added: Counter[str]
    moved: Counter[str] = msgspec.field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.removed or self.added)

    def share(self, other: "Lines") -> float:
        """How much of this change another one does as well, from 0 to 1; 0 for a change without lines."""
        both = (self.removed & other.removed).total() + (self.added & other.added).total()
        return both / ((self.removed.total() + self.added.total()) or 1)

    def least_share(self, other: "Lines") -> float:
        """How much of what this change removes, and of what it adds, another one does as well; the smaller of both."""
        sides = ((self.removed, other.removed), (self.added, other.added))
        return min(((own & its).total() / own.total() for own, its in sides if own), default=0)

    def common(self, other: "Lines") -> "Lines":
        """What both changes do."""
        return Lines(self.removed & other.removed, self.added & other.added)


NO_LINES = Lines(Counter(), Counter())
"""Of a change that changes nothing."""


class Fate(msgspec.Struct, frozen=True):
    """What later changes made of a change.

    `stands` is how much of what it added stands and `back` how much of what it removed is back, from 0 to 1. `lost` is
    how much of what it added was removed at any time. `first` is the first change that touches its lines, counted from
    0, or -1.
    """

    stands: float
    back: float
    lost: float
    first: int


def fate(change: Lines, later: Iterable[Lines]) -> Fate:
    """What became of a change's lines, given the changes after it, the oldest first; a moved line stands."""
    net: Counter[str] = Counter()
    gone: Counter[str] = Counter()
    first = -1
    for number, one in enumerate(later):
        touched = one.removed & change.added or one.added & change.removed or one.moved & change.added
        if touched and first < 0:
            first = number
        net.update(one.added)
        net.subtract(one.removed)
        gone.update(one.removed)
    added, removed = change.added.total() or 1, change.removed.total() or 1
    missing = sum(min(count, max(0, -net[line])) for line, count in change.added.items())
    back = sum(min(count, max(0, net[line])) for line, count in change.removed.items())
    return Fate(1 - missing / added, back / removed, (change.added & gone).total() / added, first)


def read_patches(told: str) -> dict[tuple[str, str], Lines]:
    """What `git diff-tree --stdin --patch -U0 --full-index` writes of pairs of trees: a line with both, its patch."""
    found: dict[tuple[str, str], Lines] = {}
    removed: Counter[str] = Counter()
    added: Counter[str] = Counter()
    left = [0, 0]
    ids = ("", "")
    for text in told.split("\n"):
        line = text.removesuffix("\r")
        if left[0] and line.startswith("-"):
            removed[line[1:]] += 1
            left[0] -= 1
        elif left[1] and line.startswith("+"):
            added[line[1:]] += 1
            left[1] -= 1
        elif hunk := _HUNK.match(line):
            left = [int(count or "1") for count in hunk.groups()]
        elif pair := _PAIR.fullmatch(line):
            removed, added = Counter(), Counter()
            found[pair[1], pair[2]] = Lines(removed, added)
        elif index := _INDEX.match(line):
            ids = (index[1], index[2])
        elif line.startswith("Binary files "):
            removed[f"\0{ids[0]}"] += 1
            added[f"\0{ids[1]}"] += 1
        elif line.startswith(_REMOVING):
            removed[f"\0{line}"] += 1
        elif line.startswith(_ADDING):
            added[f"\0{line}"] += 1
    return {pair: _net(one) for pair, one in found.items()}


def _net(raw: Lines) -> Lines:
    return Lines(raw.removed - raw.added, raw.added - raw.removed, raw.removed & raw.added)
