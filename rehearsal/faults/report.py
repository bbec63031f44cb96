"""The report of many trials, as a page of Markdown."""

from collections.abc import Sequence

from rehearsal.faults.injector import SIGNALS, Kind, Moment
from rehearsal.faults.races import Race
from rehearsal.faults.trial import Tally

_HOW = ("success", "failure", "killed")
_INTRODUCTION = """\
# Faults

What becomes of a release that is disturbed. One release is made as `release.yml` makes it, each step a process of
its own: validate-tag, build-push-image for each of two platforms, the check of the chart, the join under the version's
tag, publish-chart to OCI and to a `gh-pages` index, publish-release, verify-release. All of its calls, to the registry,
to git and to GitHub's API, go through the proxy of the [rehearsal](rehearsal.md), and faults and kills are put at calls
by their number. BuildKit, Helm, git and the registry are the real ones.

After the disturbed run somebody who knows nothing of the actions looks at what is public, by reading the servers' own
storage, and holds it against what the failure says is public. Then the failed steps are re-run once (or all of them, in
every fifth trial), and everything is looked at again.
"""


def page(tally: Tally, races: list[Race], seed: int) -> str:
    """The whole page; it has no date, but it does have the seed."""
    command = f"make faults ARGS='--faults {tally.faults.total()} --kills {tally.kills.total()} --seed {seed}'"
    parts = [
        _INTRODUCTION,
        _summary(tally),
        f"A run like this one: `{command}`. The order of calls that are made at the same time differs between runs.\n",
        _faults(tally),
        _kills(tally),
        _outcomes(tally),
        _errors(tally),
        _races(races),
        _limits(),
    ]
    return "\n".join(parts)


def _summary(tally: Tally) -> str:
    half = sum(count for (_, completeness), count in tally.outcomes.items() if completeness == "half-published")
    rows = [
        ("Faults injected", tally.faults.total(), ""),
        ("Calls that they hit", tally.hit.total(), ""),
        ("Kills", tally.kills.total(), ""),
        ("Releases disturbed", tally.trials, ""),
        ("Half-published afterwards", half, "0"),
        ("Failures that say what is public", tally.sentences, ""),
        ("Parts that they say are there, not there, unknown", _parts(tally), ""),
        ("Failures that say so wrongly", tally.wrong_sentences, "0"),
        ("Complete after one re-run", tally.completed, f"{tally.trials}"),
        ("Second re-runs", tally.repeated, ""),
        ("Writes of all second re-runs", tally.writes, "0"),
        ("Runs searched for their token", tally.searched, ""),
        ("Problems of any kind", len(tally.problems), "0"),
    ]
    return _table(("", "Found", "Must be"), rows)


def _parts(tally: Tally) -> str:
    return ", ".join(str(tally.public[kind]) for kind in ("there", "not there", "unknown"))


def _faults(tally: Tally) -> str:
    rows = [(kind.value, tally.faults[kind.value], tally.hit[kind.value]) for kind in Kind]
    return "## Faults by kind\n\n" + _table(("Fault", "Injected", "Calls hit"), rows)


def _kills(tally: Tally) -> str:
    rows = [(number.name, *(tally.kills[number.name, moment.value] for moment in Moment)) for number in SIGNALS]
    return "## Kills\n\n" + _table(("Signal", *(moment.value.capitalize() for moment in Moment)), rows)


def _outcomes(tally: Tally) -> str:
    outcomes = sorted({completeness for _, completeness in tally.outcomes})
    rows = [(how, *(tally.outcomes[how, completeness] for completeness in outcomes)) for how in _HOW]
    return "## What was public after the disturbed run\n\n" + _table(("The run ended with", *outcomes), rows)


def _errors(tally: Tally) -> str:
    return "## What the runs said\n\n" + _table(("Error", "Runs"), tally.errors.most_common())


def _races(races: list[Race]) -> str:
    rows = [(one.what, one.racers, one.rounds, one.one_winner, one.told) for one in races]
    header = ("Commit point", "Racers", "Rounds", "Rounds with one winner", "Losers told")
    return "## Races: one version, other content for each racer\n\n" + _table(header, rows)


def _limits() -> str:
    return """\
## What this does not show

- Pauses end after some milliseconds here, and a silent host is given up after three seconds; how long the actions wait
  in earnest is tested elsewhere.
- Steps are forked from a process that has imported everything. Their start and the installation of their packages are
  tested elsewhere.
- A trial begins with the step that is disturbed; what the steps before it made is put in place.
- The jobs of a run are not interleaved.
- Who sets the chart's tag in OCI is decided by the git tag, which points to one commit: each racer has a commit of its
  own there. OCI has no compare-and-swap, so that nothing decides between two contents of one commit, such as changes
  that were never committed: both may find nothing there, and both set the tag. The same is true of two commits when the
  git tag is moved from one to the other in the moment between the look at it and the push.
"""


def _table(header: tuple[str, ...], rows: Sequence[tuple[object, ...]]) -> str:
    lines = [header, tuple("---" if number == 0 else "---:" for number in range(len(header))), *rows]
    return "".join(f"| {' | '.join(str(cell) for cell in line)} |\n" for line in lines)
