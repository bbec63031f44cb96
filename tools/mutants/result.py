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
    NOT_TRIED = "not tried"


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
    """One line a module: how many edits were killed, survived (judged harmless, or just so), and were not tried."""
    modules = sorted({result.edit.module for result in results})
    width = max(map(len, ["module", *modules]))
    lines = [f"{'module':{width}}  {'  '.join(fate.value for fate in Fate)}"]
    for module in [*modules, ""]:
        count = Counter(result.fate for result in results if module in ("", result.edit.module))
        numbers = "  ".join(f"{count[fate]:{len(fate.value)}}" for fate in Fate)
        lines.append(f"{module or 'all':{width}}  {numbers}")
    return "\n".join(lines)


def survivors(results: Sequence[Result]) -> str:
    """The edits that survived and are not judged, as blocks for the judged list."""
    left = [notation(result.key, "WHY IT IS HARMLESS") for result in results if result.fate is Fate.SURVIVED]
    return "\n\n".join(left)


def problems(results: Sequence[Result]) -> list[str]:
    """Why the run fails: a kept edit survived or was not reached, or too many edits that change behaviour survived."""
    what = {Fate.SURVIVED: "survived", Fate.NOT_TRIED: "was not reached"}
    found = [
        f"the kept edit {result.edit.name} {what[result.fate]}"
        for result in results
        if result.edit.name and result.fate in what
    ]
    count = Counter(result.fate for result in results)
    changing = count[Fate.KILLED] + count[Fate.SURVIVED]
    if count[Fate.SURVIVED] > _MOST_SURVIVORS * changing:
        found.append(f"{count[Fate.SURVIVED]} of {changing} edits survived, which is more than {_MOST_SURVIVORS:.0%}")
    return found
