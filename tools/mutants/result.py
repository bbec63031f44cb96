"""What became of the edits, compared with the list of survivors that are judged harmless."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import Enum

from tools.mutants.edits import Edit, Key
from tools.mutants.lists import notation

_MOST_SURVIVORS = 0.10


class Fate(Enum):
    """What became of an edit; its value is the column of the table."""

    KILLED = "killed"
    HARMLESS = "harmless"
    SURVIVED = "survived"


@dataclass(frozen=True)
class Result:
    """An edit, its key in the judged list, what became of it, and the id of the test that noticed it, if one did."""

    edit: Edit
    key: Key
    fate: Fate
    noticed_by: str = ""


def fate_of(key: Key, noticed_by: str, judged: Collection[Key]) -> Fate:
    """What became of an edit that this test noticed, or none."""
    if noticed_by:
        return Fate.KILLED
    return Fate.HARMLESS if key in judged else Fate.SURVIVED


def table(results: Sequence[Result]) -> str:
    """One line a module: how many edits were killed, survived and are judged harmless, and just survived."""
    modules = sorted({result.edit.module for result in results})
    width = max(map(len, ["module", *modules]))
    lines = [f"{'module':{width}}  killed  harmless  survived"]
    for module in [*modules, ""]:
        count = Counter(result.fate for result in results if module in ("", result.edit.module))
        lines.append(
            f"{module or 'all':{width}}  {count[Fate.KILLED]:6}  {count[Fate.HARMLESS]:8}  {count[Fate.SURVIVED]:8}"
        )
    return "\n".join(lines)


def survivors(results: Sequence[Result]) -> str:
    """The edits that survived and are not judged, as blocks for the judged list."""
    left = [notation(result.key, "WHY IT IS HARMLESS") for result in results if result.fate is Fate.SURVIVED]
    return "\n\n".join(left)


def problems(results: Sequence[Result], kept: Sequence[Edit]) -> list[str]:
    """Why the run fails: a kept edit survived or was not reached, or too many edits that change behaviour survived."""
    fates = {result.edit.name: result.fate for result in results}
    found = [
        f"the kept edit {edit.name} {'survived' if edit.name in fates else 'was not reached'}"
        for edit in kept
        if fates.get(edit.name, Fate.SURVIVED) is Fate.SURVIVED
    ]
    count = Counter(result.fate for result in results)
    changing = count[Fate.KILLED] + count[Fate.SURVIVED]
    if count[Fate.SURVIVED] > _MOST_SURVIVORS * changing:
        found.append(f"{count[Fate.SURVIVED]} of {changing} edits survived, which is more than {_MOST_SURVIVORS:.0%}")
    return found
