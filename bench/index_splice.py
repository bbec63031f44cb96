"""One entry into a large index: this project beside `helm repo index --merge`, each as a process of its own.

`python -m bench.index_splice` makes an index of 60 charts with 60 versions each, about 4 MB, and a chart's package, and
prints the medians of the time and of the largest memory.
"""

import hashlib
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from rehearsal.programs import PROJECT, program, run
from release_actions import index
from release_actions.index_entry import entry_of

CREATED = 1_700_000_000
URL = "https://example.org/charts"
RUNS = 5
ADD = "import sys; sys.path.insert(0, sys.argv.pop(1)); from bench.index_splice import add; add(*sys.argv[1:])"
DESCRIPTION = (
    "'A controller: it runs jobs on Kubernetes, retries them when they fail,\n      and cleans up behind them'"
)


class Cost(NamedTuple):
    """Seconds of wall time, and the largest resident memory in MB."""

    seconds: float
    memory: float


def large_index() -> str:
    """An index as helm writes it, of 3,600 entries."""
    lines = ["apiVersion: v1", "entries:"]
    for name in (f"chart-{number:02}" for number in range(60)):
        versions = [f"2.{minor}.0" for minor in reversed(range(60))]
        digests = [hashlib.sha256(f"{name} {version}".encode()).hexdigest() for version in versions]
        lines.append(f"  {name}:")
        lines += [
            ENTRY.format(name=name, version=version, digest=digest)
            for version, digest in zip(versions, digests, strict=True)
        ]
    return "\n".join([*lines, 'generated: "2024-01-01T00:00:00Z"', ""])


ENTRY = (
    """  - annotations:
      artifacthub.io/changes: |
        - kind: added
          description: "Something [new] in {version}"
        - kind: fixed
          description: Something else
      artifacthub.io/images: |
        - name: controller
          image: ghcr.io/example/{name}/controller:{version}
        - name: webhook
          image: ghcr.io/example/{name}/webhook:{version}
      artifacthub.io/prerelease: "false"
    apiVersion: v2
    appVersion: {version}
    created: "2024-01-01T00:00:00.123456789Z"
    description: """
    + DESCRIPTION
    + """
    digest: {digest}
    home: https://example.org/{name}
    keywords:
    - kubernetes
    - jobs
    kubeVersion: '>=1.28'
    maintainers:
    - email: someone@example.org
      name: Some One
      url: https://example.org/someone
    - email: another@example.org
      name: Another One
    name: {name}
    sources:
    - https://example.org/{name}
    type: application
    urls:
    - https://example.org/releases/download/{name}-{version}/{name}-{version}.tgz
    version: {version}"""
)


def add(old: str, package: str, new: str) -> None:
    """What the action does, from file to file."""
    file = Path(package)
    entry = entry_of(file.read_bytes(), urls=[f"{URL}/{file.name}"], created=CREATED)
    start = time.perf_counter()
    result = index.add(Path(old).read_bytes(), entry, generated=CREATED)
    print(json.dumps(time.perf_counter() - start))
    Path(new).write_bytes(result)


def measure(argv: list[str], output: Path) -> Cost:
    """Run a program to its end; its memory is told by the kernel."""
    start = time.perf_counter()
    with output.open("wb") as stdout:
        pid = os.posix_spawn(argv[0], argv, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, stdout.fileno(), 1)])
    _, status, usage = os.wait4(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0, argv
    return Cost(time.perf_counter() - start, usage.ru_maxrss / 1024)


def median(costs: Sequence[Cost]) -> Cost:
    return Cost(statistics.median(cost.seconds for cost in costs), max(cost.memory for cost in costs))


def main() -> None:
    """Measure both by turns and print them as a Markdown table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        old, charts, said = folder / "old.yaml", folder / "charts", folder / "said"
        old.write_text(large_index())
        (source := folder / "chart-30").mkdir()
        (source / "Chart.yaml").write_text("apiVersion: v2\nname: chart-30\nversion: 2.60.0\n")
        charts.mkdir()
        run([program("helm"), "package", "--destination", str(charts), str(source)])
        package = charts / "chart-30-2.60.0.tgz"
        merge = [program("helm"), "repo", "index", str(charts), f"--url={URL}", f"--merge={old}"]
        splice = [sys.executable, "-I", "-c", ADD, str(PROJECT), str(old), str(package), str(folder / "new.yaml")]
        ours, theirs, inside = [], [], []
        for _ in range(RUNS):
            theirs.append(measure(merge, said))
            ours.append(measure(splice, said))
            inside.append(json.loads(said.read_text()))
        size = old.stat().st_size / 1e6
    rows = {
        "`helm repo index --merge`": median(theirs),
        "this project, with Python's start": median(ours),
        "this project, in a running action": Cost(statistics.median(inside), median(ours).memory),
    }
    print(f"| one entry into {size:.1f} MB, 3,600 entries | seconds | MB | times faster |")
    print("| --- | ---: | ---: | ---: |")
    for label, cost in rows.items():
        print(f"| {label} | {cost.seconds:.2f} | {cost.memory:.0f} | {median(theirs).seconds / cost.seconds:.1f} |")


if __name__ == "__main__":
    main()
