"""sync-chart-version over many charts, beside yq on the same files."""

import os
import sysconfig
from functools import partial
from pathlib import Path

from bench.measure import PYTHON, Cost, Row, by_turns, measure
from rehearsal.base.programs import PROJECT, program
from scripts.run import packages_folder

CHART = """\
# The operator and all that it needs.
apiVersion: v2
name: chart-{number}
description: 'An operator: it runs jobs, retries them and cleans up'
type: application
version: 1.4.{number} # the tag without its v
appVersion: "v1.4.{number}"
kubeVersion: '>=1.28.0-0'
home: https://example.org/chart-{number}
keywords: [operator, jobs]
maintainers:
  - name: Some One
    email: someone@example.org
dependencies:
  - name: common
    version: 2.0.0
    repository: oci://ghcr.io/example/charts
annotations:
  artifacthub.io/changes: |
    - version: 1.0.0
"""
BARE, TAG = "1.5.0-rc.0", "v1.5.0-rc.0"
SIZES = (100, 1000, 5000)


def rows(folder: Path) -> list[Row]:
    """Time for 1,000 charts, and memory for few and for many."""
    cache = folder / "cache"
    cache.mkdir()
    packages_folder(cache).symlink_to(sysconfig.get_path("purelib"))
    costs = {size: compare(folder / str(size), cache, size, times=3 if size == 1000 else 1) for size in SIZES}
    ours, once, each = costs[1000]
    what, yq = "sync-chart-version, 1,000 charts", "`yq`, all files in one call"
    times = [
        Row(what, ours.seconds, "s", "`yq -i`, a call for each file", each.seconds, "ratio < 1"),
        Row(what, ours.seconds, "s", yq, once.seconds, "ratio < 1"),
    ]
    memory = [
        Row(f"its memory, {size:,} charts", costs[size][0].memory, "MB", yq, costs[size][1].memory, "flat")
        for size in SIZES
    ]
    return times + memory


def compare(workspace: Path, cache: Path, size: int, *, times: int) -> list[Cost]:
    """What it costs to give every chart the version: ours, yq in one call, and for 1,000 charts yq in as many."""
    files = [workspace / "charts" / f"chart-{number}" / "Chart.yaml" for number in range(size)]
    for file in files:
        file.parent.mkdir(parents=True)
    listing = workspace / "files"
    listing.write_text("\n".join(map(str, files)))
    env = {**os.environ, "RELEASE_ACTIONS_CACHE": str(cache), "GITHUB_WORKSPACE": str(workspace)}
    sync = [
        PYTHON,
        "-I",
        str(PROJECT / "scripts" / "run.py"),
        "sync_chart_version",
        f"--tag={TAG}",
        "--charts=charts/*",
    ]
    expression = f'.version = "{BARE}" | .appVersion = "{TAG}"'
    yq = program("yq")
    # In one call `-i` would put all files into the first; writing each result to its own name is the way around.
    once = [yq, "--no-doc", "--split-exp=filename", expression, *map(str, files)]
    each = [program("xargs"), "-n1", "-a", str(listing), yq, "-i", expression]

    def run(command: list[str]) -> Cost:
        for number, file in enumerate(files):
            file.write_text(CHART.format(number=number))
        cost = measure(command, env)
        assert all(BARE in file.read_text() for file in files)
        return cost

    commands = [sync, once, each] if size == 1000 else [sync, once]
    return by_turns(times, *(partial(run, command) for command in commands))
