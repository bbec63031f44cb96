"""One entry into a large index: this project beside `helm repo index --merge`, each as a process of its own.

The index has 60 charts with 60 versions each, about 4 MB.
"""

import hashlib
import json
import statistics
import sys
import time
from pathlib import Path

from bench.measure import Cost, Row, by_turns, measure
from rehearsal.base.programs import PROJECT, program, run
from release_actions.chart_repository import index
from release_actions.chart_repository.entry import entry_of

CREATED = 1_700_000_000
URL = "https://example.org/charts"
RUNS = 5
ADD = "import sys; sys.path.insert(0, sys.argv.pop(1)); from bench.index_splice import add; add(*sys.argv[1:])"
DESCRIPTION = (
    "'A controller: it runs jobs on Kubernetes, retries them when they fail,\n      and cleans up behind them'"
)


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


def rows(folder: Path) -> list[Row]:
    """Time and memory for one entry more."""
    old, charts, source, said = folder / "old.yaml", folder / "charts", folder / "chart-30", folder / "said"
    old.write_text(large_index())
    source.mkdir()
    (source / "Chart.yaml").write_text("apiVersion: v2\nname: chart-30\nversion: 2.60.0\n")
    charts.mkdir()
    run([program("helm"), "package", "--destination", str(charts), str(source)])
    package = charts / "chart-30-2.60.0.tgz"
    merge = [program("helm"), "repo", "index", str(charts), f"--url={URL}", f"--merge={old}"]
    splice = [sys.executable, "-I", "-c", ADD, str(PROJECT), str(old), str(package), str(folder / "new.yaml")]
    inside: list[float] = []

    def add_once() -> Cost:
        cost = measure(splice, output=said)
        inside.append(json.loads(said.read_text()))
        return cost

    ours, theirs = by_turns(RUNS, add_once, lambda: measure(merge))
    what, peer = f"index entry, {old.stat().st_size / 1e6:.0f} MB and 3,600 entries", "`helm repo index --merge`"
    return [
        Row(what, statistics.median(inside), "s", peer, theirs.seconds, "ratio < 0.1"),
        Row("the same with Python's start", ours.seconds, "s", peer, theirs.seconds, ""),
        Row("its memory", ours.memory, "MB", peer, theirs.memory, ""),
    ]
