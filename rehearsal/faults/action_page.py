"""The part of docs/faults.md about single actions: a table of what was done to each, and what came of it."""

from collections.abc import Mapping, Sequence

from rehearsal.faults.action_race import ActionRace
from rehearsal.faults.action_trial import ActionTally

BEGINS = "## Single actions\n"
"""The heading with which the part begins; it goes on to the end of the page."""

_INTRODUCTION = """
The other actions that write are disturbed one at a time in the same way, and what is there is read from the servers'
storage. The sentence about what was written is held against that. Then the action is run again, every fifth time twice.
The root action is the image and the chart in one step.
"""


def action_part(tallies: Mapping[str, ActionTally], races: Sequence[ActionRace], seed: int) -> str:
    """The part, from its heading on."""
    faults, kills = (sum(getattr(one, what) for one in tallies.values()) for what in ("faults", "kills"))
    command = f"make faults-actions ARGS='--faults {faults} --kills {kills} --seed {seed}'"
    header = [
        *("Action", "Faults", "Kills", "Runs disturbed", "Left nothing / a part / all", "Complete after one re-run"),
        *("Sentences, untrue ones", "Second re-runs, their writes", "Problems"),
    ]
    rows = [_row(name, one) for name, one in tallies.items()]
    raced = [(one.name, one.racers, one.rounds, one.ended_as_one) for one in races]
    return "\n".join(
        [
            BEGINS,
            _INTRODUCTION.lstrip("\n"),
            _table(header, rows),
            f"A run like this one: `{command}`.\n",
            "Identical runs at once end as one: all succeed, and nothing is there twice.\n",
            _table(("Action", "Runs at once", "Rounds", "Rounds that ended as one"), raced),
        ]
    )


def with_actions(page: str, old: str) -> str:
    """A new page about releases, with the part about single actions that an old one has."""
    _, heading, part = old.partition(BEGINS)
    return f"{page}\n{heading}{part}" if heading else page


def with_part(old: str, part: str) -> str:
    """An old page with a new part about single actions."""
    return f"{old.partition(BEGINS)[0].rstrip()}\n\n{part}"


def _row(name: str, one: ActionTally) -> tuple[object, ...]:
    left = " / ".join(str(one.left[what]) for what in ("nothing", "in part", "complete"))
    done = (one.faults, one.kills, one.trials, left, f"{one.completed} of {one.trials}")
    return (name, *done, f"{one.sentences}, {one.untrue}", f"{one.repeated}, {one.writes}", len(one.problems))


def _table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
