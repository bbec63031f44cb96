"""Runs a workflow with act, on this machine itself."""

import os
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from rehearsal.act import run_log
from rehearsal.act.event import Event
from rehearsal.act.step import Annotation
from rehearsal.base.programs import program

# The labels of GitHub's own Linux runners. A workflow can also compute a label, so all of them are known.
_LABELS = frozenset(
    (
        "ubuntu-latest",
        "ubuntu-slim",
        "ubuntu-26.04",
        "ubuntu-26.04-arm",
        "ubuntu-24.04",
        "ubuntu-24.04-arm",
        "ubuntu-22.04",
        "ubuntu-22.04-arm",
    )
)


@dataclass(frozen=True, slots=True)
class Request:
    """One run: which workflow of which checkout, started by what, in which environment.

    `actions` says for each `owner/name@ref` which folder stands in for it; `labels` are runners beside GitHub's own.
    """

    checkout: Path
    workflow: Path
    event: Event
    repository: str
    actor: str
    secrets: Mapping[str, str]
    actions: Mapping[str, Path]
    labels: frozenset[str]
    env: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run: `summary` is the Markdown of its page, `log` has all that was printed."""

    exit_code: int
    jobs: tuple[run_log.Job, ...]
    annotations: tuple[Annotation, ...]
    summary: str
    log: Path


def run_workflow(request: Request, folder: Path, show: Callable[[str], None]) -> Outcome:
    """Runs the workflow to its end in a new folder; `show` gets each line of its log as it comes."""
    folder.mkdir(parents=True)
    (folder / "event.json").write_bytes(msgspec.json.encode(request.event.payload))
    log = folder / "log.txt"
    records = []
    with log.open("w") as file, _started(request, folder) as act:
        assert act.stdout
        for line in act.stdout:
            record = run_log.parse(line)
            records.append(record)
            for text in run_log.shown(record):
                file.write(f"{text}\n")
                show(text)
    return Outcome(
        exit_code=act.returncode or int(run_log.passed_over(records)),
        jobs=run_log.jobs(records),
        annotations=run_log.annotations(records),
        summary=run_log.summary(records),
        log=log,
    )


def new_token() -> str:
    """A token as GitHub would give to a run; it is worth something on loopback alone."""
    return f"ghs_{secrets.token_hex(18)}"


@contextmanager
def _started(request: Request, folder: Path) -> Iterator["subprocess.Popen[str]"]:
    artifacts = folder / "artifacts"
    artifacts.mkdir()
    # As a file: an environment variable would reach every step, which on GitHub has no token unless it is given one.
    secret_file = folder / "secrets"
    secret_file.touch(mode=0o600)
    secret_file.write_text("".join(f"{name}={value}\n" for name, value in request.secrets.items()))
    with subprocess.Popen(
        [program("setpriv"), "--pdeathsig=TERM", "--", program("act"), *_arguments(request, folder)],
        cwd=folder,
        env={
            **request.env,
            "ACT_DISABLE_VERSION_CHECK": "1",
            "REHEARSAL_ARTIFACTS": str(artifacts),
            "XDG_CACHE_HOME": str(folder / "cache"),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as act:
        try:
            yield act
            act.wait()
        finally:
            act.terminate()
            secret_file.unlink()


def _arguments(request: Request, folder: Path) -> list[str]:
    event, none = request.event, folder / "none"
    variables = {
        "GITHUB_REPOSITORY": request.repository,
        "GITHUB_REPOSITORY_OWNER": request.repository.partition("/")[0],
        "GITHUB_REF": event.ref,
        "SHA_REF": event.commit,  # what act calls the value of GITHUB_SHA
        "GITHUB_RUN_ID": str(10**9 + secrets.randbelow(10**9)),
    }
    return [
        event.name,
        "--json",
        f"--directory={request.checkout}",
        f"--workflows={request.workflow}",
        f"--eventpath={folder / 'event.json'}",
        f"--actor={request.actor}",
        f"--secret-file={folder / 'secrets'}",
        # Otherwise act reads files of its own conventions from the project, which GitHub would not.
        f"--env-file={none}",
        f"--input-file={none}",
        f"--var-file={none}",
        f"--action-cache-path={folder / 'cache'}",
        "--no-cache-server",
        "--no-skip-checkout",
        "--container-daemon-socket=-",
        f"--concurrent-jobs={os.cpu_count() or 1}",
        *(f"--platform={label}=-self-hosted" for label in sorted(_LABELS | request.labels)),
        *(f"--local-repository={name}={path}" for name, path in sorted(request.actions.items())),
        *(f"--env={name}={value}" for name, value in variables.items()),
    ]
