"""One release as release.yml makes it: the actions of its jobs in order, each a process of its own."""

import itertools
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from signal import Signals

from rehearsal.act.forked import ForkServer, Process
from rehearsal.act.step import Job, Result
from rehearsal.faults.project import CHART, CHARTS, IMAGE, INDEX_BRANCH, NAME, PLATFORMS, TAG
from rehearsal.faults.registry_login import USER

LAST = 7
"""The number of the last step, the verification."""

# A build tells the digest of what it pushed, which is wrapped up with its attestation; once the image is published,
# that of its platform there. The check of the chart tells the digest of what is published, if something is.
_BEFORE_PUBLISHING = (1, 2, 3)

_LONGEST = 120.0
_CANCELLED = 130

Steps = tuple[tuple[str, Result], ...]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a release's run ended: its steps so far by name, and whether the last one had to be ended by force."""

    steps: Steps
    complete: bool
    hung: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether every step was run, and none failed."""
        return self.complete and self.code == 0

    @property
    def good(self) -> Steps:
        """The steps that need not be run again."""
        return tuple((name, result) for name, result in self.steps if result.code == 0)

    @property
    def killed(self) -> bool:
        """Whether the last step ended by a signal, or by being cancelled."""
        return self.hung or self.code < 0 or self.code == _CANCELLED

    @property
    def code(self) -> int:
        """The exit code of the last step."""
        return self.steps[-1][1].code

    @property
    def error(self) -> str:
        """The error's code, if there was one."""
        return self.steps[-1][1].error

    @property
    def outputs(self) -> dict[str, str]:
        """All outputs by step and name, but those that differ between runs by their nature."""
        return {
            f"{number} {name}: {key}": text
            for number, (name, result) in enumerate(self.steps)
            for key, text in result.outputs.items()
            if key not in ("result", "package") and number not in _BEFORE_PUBLISHING
        }


class Release:
    """A run of the release on a runner: `folder` has its temporary folder, `workspace` is the tag's checkout.

    `forks` starts the steps, `token` is the job's own.
    """

    def __init__(
        self, folder: Path, *, workspace: Path, cache: Path, forks: ForkServer, env: Mapping[str, str], token: str
    ) -> None:
        self.job = Job(folder, cache)
        self._workspace = workspace
        self._forks = forks
        self._env = {**env, "GITHUB_REPOSITORY": NAME, "GITHUB_API_URL": "https://api.github.com", "HOME": env["HOME"]}
        self.token = token
        self.login = {"registry-username": USER, "registry-password": token}
        self._running: Process | None = None
        self._lock = threading.Lock()

    def run(self, tag: str = TAG, *, done: Steps = (), last: int = LAST) -> Ended:
        """Run the steps until one fails or is killed, up to the one of the number `last`.

        Those that were done in an earlier attempt are not run again, as when failed jobs are re-run.
        """
        steps = list(done)
        for name, inputs in itertools.islice(self._steps(tag, steps), len(done), last + 1):
            result = self.step(name, inputs)
            if result is None:
                return Ended(tuple(steps), complete=False, hung=True)
            steps.append((name, result))
            if result.code != 0:
                return Ended(tuple(steps), complete=False)
        return Ended(tuple(steps), complete=True)

    def kill(self, number: Signals) -> None:
        """Send a signal to the step that runs."""
        with self._lock:
            if self._running:
                self._running.kill(number)

    def _steps(self, tag: str, done: list[tuple[str, Result]]) -> Iterator[tuple[str, dict[str, str]]]:
        project = {"images": IMAGE, "charts": "charts/op", "registry": f"oci://{CHARTS}", "index-branch": INDEX_BRANCH}
        yield "validate_tag", {"tag": tag, "token": self.token, **project}
        parts = {"release-parts": done[0][1].outputs["release-parts"]}
        image = {"tag": tag, "image": IMAGE, **parts, **self.login}
        for platform in PLATFORMS:
            yield "build_push_image", {**image, "platforms": platform, "digest-only": "true"}
        digests = "\n".join(result.outputs["digest"] for _, result in done[1:3])
        index = {"index-branch": INDEX_BRANCH, "index-url": "https://kubeflow.github.io/op", "token": self.token}
        own = {"pending-images": f"{IMAGE}:{tag} {','.join(PLATFORMS)}"}
        chart = {"tag": tag, "chart": "charts/op", "registry": f"oci://{CHARTS}", **own, **index, **parts, **self.login}
        yield "publish_chart", {**chart, "dry-run": "true"}
        yield "build_push_image", {**image, "platforms": ",".join(PLATFORMS), "digests": digests}
        yield "publish_chart", chart
        artefacts = {"images": f"{IMAGE}:{tag}", "charts": f"{CHART}:{tag[1:]}"}
        commit = done[0][1].outputs["commit"]
        yield "publish_release", {"tag": tag, "commit": commit, "token": self.token, **artefacts, **parts, **self.login}
        yield "verify_release", {"tag": tag, "token": self.token, **project, **self.login}

    def step(self, name: str, inputs: dict[str, str]) -> Result | None:
        """How a step ended; None when it was ended by force, as it didn't end by itself."""
        files = self.job.answers()
        folder = files["GITHUB_OUTPUT"].parent
        environment = {
            **self.job.environment(files, self._workspace),
            **self._env,
            "INPUTS": json.dumps(self.job.inputs(name, inputs)),
        }
        running = self._forks.begin([name], env=environment, cwd=self._workspace, output=folder)
        with self._lock:
            self._running = running
        code = running.wait(_LONGEST)
        with self._lock:
            self._running = None
        if code is None:
            return None
        return self.job.read(files, code, (folder / "stdout").read_bytes(), (folder / "stderr").read_bytes())
