"""What act says about a run, line by line: for people to read, and what came of it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from rehearsal.act.runner_rules import read_commands
from rehearsal.act.step import Annotation, annotation

_ANNOTATIONS = ("error", "warning", "notice")
_TERMINAL_CODE = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|[=>])")
# act passes over a job for whose runner it has no machine; on GitHub that job would run.
_PASSED_OVER = "Skipping unsupported platform"


_NAMES = {"step_id": "stepID", "step_result": "stepResult", "job_result": "jobResult"}


class Record(msgspec.Struct, frozen=True, rename=_NAMES):
    """One line of act's JSON log. `step_id` has a second part inside a composite action."""

    msg: str
    job: str = ""
    step: str = ""
    step_id: tuple[str, ...] = ()
    stage: str = ""
    step_result: str = ""
    job_result: str = ""
    level: str = ""
    raw_output: bool = False
    # Of a workflow command (`::error file=…::…`), and of a summary:
    command: str = ""
    arg: str = ""
    raw: str = ""
    content: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """A job: its name, after those of the workflows that called it, and its result in GitHub's words."""

    name: str
    result: str


def parse(line: str) -> Record:
    """One line of act's output; what is not act's own JSON was printed by a program."""
    try:
        return msgspec.json.decode(line, type=Record)
    except msgspec.DecodeError:
        return Record(msg=line, raw_output=True)


def shown(record: Record) -> Iterator[str]:
    """The lines of a run's page that a record is worth: steps, their output and results."""
    for line in _lines(record):
        yield f"[{record.job.strip()}] {line}" if record.job else line


def jobs(records: Sequence[Record]) -> tuple[Job, ...]:
    """All jobs that came to an end, in that order."""
    return tuple(Job(record.job.strip(), record.job_result) for record in records if record.job_result)


def annotations(records: Sequence[Record]) -> tuple[Annotation, ...]:
    """All remarks of all steps, in order."""
    # What act itself takes for the message begins after the last `::` of a line, and GitHub's begins after the second.
    lines = (record.raw for record in records if record.command in _ANNOTATIONS)
    return tuple(annotation(command) for line in lines for command in read_commands(line))


def summary(records: Sequence[Record]) -> str:
    """The Markdown of the run's page: the summaries of all steps, one below the other."""
    summaries = [record for record in records if record.command == "summary"]
    # act reports the summary of a composite action's step again as that of the whole action.
    inner = {(record.job, record.step_id[:-1]) for record in summaries}
    return "\n".join(record.content for record in summaries if (record.job, record.step_id) not in inner)


def passed_over(records: Sequence[Record]) -> bool:
    """Whether a job did not run because its runner is not played here."""
    return any(_PASSED_OVER in record.msg for record in records)


def _lines(record: Record) -> Iterator[str]:
    whole_step = len(record.step_id) == 1
    if record.raw_output:
        for line in record.msg.rstrip("\r\n").split("\n"):
            yield f"  | {_as_seen(line)}"
    elif record.command in _ANNOTATIONS:
        yield f"  | {record.raw.strip()}"
    elif record.command == "group":
        yield f"  | ▼ {record.arg.strip()}"
    elif record.job_result:
        yield f"job: {record.job_result}"
    elif record.step_result and whole_step and (record.stage == "Main" or record.step_result == "failure"):
        yield f"{'✓' if record.step_result == 'success' else '✗'} {_title(record)}"
    elif not record.command and (record.level in ("error", "fatal") or _PASSED_OVER in record.msg):
        yield from record.msg.strip().splitlines()
    elif whole_step and record.stage == "Main" and record.msg.startswith("⭐"):
        yield f"▶ {_title(record)}"


def _title(record: Record) -> str:
    return (record.step.strip().splitlines() or [""])[0]


def _as_seen(line: str) -> str:
    """A line as a terminal shows it: without codes, and only what was written last over the same place."""
    return _TERMINAL_CODE.sub("", line.rstrip("\r").rpartition("\r")[2])
