"""What came of runs, in a few lines each."""

from collections.abc import Iterable

from rehearsal.run.rehearse import Run


def tell(runs: Iterable[Run]) -> None:
    """Prints the jobs of each run, its annotations, and where its page is."""
    for one in runs:
        for job in one.outcome.jobs:
            print(f"   {'✓' if job.result == 'success' else '✗'} {job.name.rpartition('/Release/')[2]}")
        for remark in one.outcome.annotations:
            place = f" {remark.file}:{remark.line}" if remark.file else ""
            print(f"   {remark.level}{place}: {remark.message}")
        print(f"   page: {one.page}\n")
