"""The runner's protocol: inputs, log, annotations, outputs and summary. The only module that speaks it.

An entry script has `Inputs`, `Outputs` and `main(inputs, run)`; `start` decodes the one, calls the last and writes
the other. On a laptop, outside Actions, the same things are printed for a person.
"""

import contextlib
import errno
import io
import json
import os
import re
import signal
import sys
import tempfile
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn, Protocol

import msgspec

from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import Report
from release_actions.core.text import lines, visible
from release_actions.runner import command_line, inputs, protocol, summary
from release_actions.runner.action_yml import ActionMetadata, action_path, read_action, with_defaults
from release_actions.runner.context import Context, read_context
from release_actions.runner.outputs import Outputs
from release_actions.system import private_folder

SUMMARY_LIMIT = 256 * 1024
"""The summary's size in bytes; GitHub drops a summary of more than 1 MiB altogether."""

_OUTPUT_NAME = re.compile(r"[a-z][a-z0-9-]*")
_CANCELLED = 130


class Script(Protocol):
    """An entry script: its `Inputs` type and the function that does the work."""

    __name__: str
    Inputs: type[inputs.Inputs]
    main: Callable[[Any, "Run"], Outputs]


class Run:
    """What an entry script has of its run: context, a private folder, a log, and the report of what it did."""

    def __init__(self, context: Context, temp: Path) -> None:
        self.context = context
        self.temp = temp
        self.report = Report()
        self.parts: list[str] = []
        self.dry_run = False
        self.failure: ReleaseError | None = None
        """What fails the run after its work is done: unlike an error that is raised, it leaves the outputs."""
        self.ask_public: Callable[[Code], str] = lambda _code: ""
        """Asks, when the run fails with a code, what of its release is public; the answer is a sentence."""
        self.public = ""

    @property
    def published(self) -> str:
        """What this run wrote, and what is public of the release, for an error message."""
        return f"{self.report.published()} {self.public}".strip()

    def info(self, message: str) -> None:
        """A line in the log."""
        for line in message.split("\n"):
            print(_harmless(line), flush=True)

    def echo(self, line: str) -> None:
        """A line that another program wrote: shown, but never obeyed as a workflow command."""
        print(f"│ {_harmless(line)}", flush=True)

    def warn(self, message: str, *, title: str = "", file: str = "", line: int = 0) -> None:
        """A warning on the run's page, at a file's line where there is one."""
        self._annotate("warning", message, title, file, line)

    def error(self, message: str, *, title: str = "", file: str = "", line: int = 0) -> None:
        """An error on the run's page; it doesn't end the run by itself."""
        self._annotate("error", message, title, file, line)

    def note(self, message: str, *, title: str = "", file: str = "", line: int = 0) -> None:
        """A notice on the run's page, for what is no problem."""
        self._annotate("notice", message, title, file, line)

    def mask(self, secret: str) -> None:
        """Have the runner hide a value, and its base64 form, in everything that is logged from now on."""
        if self.context.in_actions and secret:
            for form in (secret, b64encode(secret.encode()).decode()):
                protocol.command("add-mask", form)

    def summarize(self, part: str) -> None:
        """Add Markdown to the run's page, below the table of artefacts."""
        self.parts.append(part)

    @contextlib.contextmanager
    def group(self, title: str) -> Iterator[None]:
        """Fold the log of a piece of long work under a title."""
        if self.context.in_actions:
            protocol.command("group", visible(title))
        else:
            self.info(f"{title} …")
        try:
            yield
        finally:
            if self.context.in_actions:
                protocol.command("endgroup", "")
            sys.stdout.flush()

    def _annotate(self, level: str, message: str, title: str, file: str, line: int) -> None:
        properties = {"title": visible(title), "file": visible(file), "line": str(line) if line else ""}
        message = visible(message)
        if self.context.in_actions:
            protocol.command(level, message, {name: value for name, value in properties.items() if value})
            sys.stdout.flush()
        else:
            place = ":".join(part for part in (file, properties["line"]) if part)
            print(": ".join(part for part in (place, title or level, message) if part), file=sys.stderr)


def start(script: Script, root: Path, arguments: list[str]) -> int:
    """Run an entry script from inputs to outputs and return the exit code: 0, 1, or 130 when cancelled."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    _on_cancellation(_interrupt)
    context = read_context()
    run = Run(context, context.temp or Path(tempfile.gettempdir()))
    metadata = read_action(action_path(root, script.__name__))
    outputs, error = None, None
    try:
        with private_folder.private_folder(run.temp) as run.temp:
            try:
                outputs = _act(script, metadata, arguments, run)
                error = run.failure
            except (Exception, KeyboardInterrupt) as failure:
                error = _understood(failure, context)
            if error:
                run.public = run.ask_public(error.code)
    except (Exception, KeyboardInterrupt) as failure:
        error = error or _understood(failure, context)
    _on_cancellation(signal.SIG_IGN)
    return _finish(script, metadata, run, outputs, error)


def _on_cancellation(handler: Callable[[int, FrameType | None], NoReturn] | signal.Handlers) -> None:
    """What to do when the runner cancels: it sends SIGINT, SIGTERM 7.5 seconds later, SIGKILL after 2.5 more."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _act(script: Script, metadata: ActionMetadata, arguments: list[str], run: Run) -> Outputs:
    decoded = inputs.decode(_given_inputs(script, metadata, arguments), script.Inputs)
    for secret in inputs.secrets(decoded):
        run.mask(secret)
    run.dry_run = bool(getattr(decoded, "dry_run", False))
    return script.main(decoded, run)


def _finish(
    script: Script, metadata: ActionMetadata, run: Run, outputs: Outputs | None, error: ReleaseError | None
) -> int:
    """Say how it went: on the log, in the outputs, on the run's page."""
    if error:
        _show(error, run)
    try:
        write_outputs(outputs, script.__name__, run, error)
        _write_summary(metadata.name, run, error)
    except Exception as failure:
        error = _understood(failure, run.context)
        _show(error, run)
    return 0 if error is None else _CANCELLED if error.code is Code.E_CANCELLED else 1


def _given_inputs(script: Script, metadata: ActionMetadata, arguments: list[str]) -> dict[str, str]:
    text = os.environ.pop("INPUTS", None)
    if text is None:
        given = command_line.parse(script.__name__, metadata, arguments)
    else:
        try:
            given = msgspec.json.decode(text, type=dict[str, str])
        except (msgspec.DecodeError, UnicodeError) as error:
            raise ReleaseError(
                Code.E_INPUT,
                f"INPUTS is not a JSON object of strings: {error}.",
                next_step="Set it to `toJSON(inputs)`.",
            ) from error
    return with_defaults(metadata, given)


def _show(error: ReleaseError, run: Run) -> None:
    for line in error.details:
        run.echo(line)
    if error.commands:
        run.info("\n".join(["What to do next:", *(one.text for one in error.commands)]))
    message = f"{error.what} {run.published} Next: {error.next_step}"
    run.error(message, title=error.code.heading, file=error.file or "", line=error.line or 0)


def _write_summary(title: str, run: Run, error: ReleaseError | None) -> None:
    page = summary.page(title, run.report, run.parts, error, dry_run=run.dry_run, public=run.public)
    if os.environ.get("GITHUB_STEP_SUMMARY"):
        protocol.append("STEP_SUMMARY", markdown.cut(page, SUMMARY_LIMIT))


def write_outputs(outputs: Outputs | None, name: str, run: Run, error: ReleaseError | None) -> None:
    values = (
        {}
        if outputs is None
        else {key.replace("_", "-"): value for key, value in msgspec.structs.asdict(outputs).items()}
    )
    for key, value in {**values, "result": _result(name, run, error)}.items():
        assert _OUTPUT_NAME.fullmatch(key)
        text = _output_text(value)
        if os.environ.get("GITHUB_OUTPUT"):
            protocol.output(key, text)
        elif not run.context.in_actions:
            print(f"{key}={text}")


def _output_text(value: Any) -> str:
    """The value as JSON unless it is text already; in a file's name there can be bytes that are no text."""
    if value is None:
        return ""
    text = (
        value
        if isinstance(value, str)
        else json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
    )
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


def _result(name: str, run: Run, error: ReleaseError | None) -> dict[str, Any]:
    failure: dict[str, Any] | None = None
    if error:
        place = {"file": error.file, "line": error.line} if error.file else {}
        sentences = {"what": error.what, "published": run.report.published(), "next": error.next_step}
        public = {"public": run.public} if run.public else {}
        commands = {"commands": msgspec.to_builtins(error.commands)} if error.commands else {}
        failure = {"code": error.code.name, **sentences, **public, **place, **commands}
    return {
        "action": name.replace("_", "-"),
        "outcome": "failure" if error else "success",
        "dry-run": run.dry_run,
        "error": failure,
        "artefacts": msgspec.to_builtins(run.report.artefacts),
    }


def _harmless(line: str) -> str:
    """A line that the runner prints and never takes for a command (`::name::` at its start, `##[name]` anywhere)."""
    plain = visible(line.replace("\r", "")).replace("##[", "## [")
    return f"│ {plain}" if plain.lstrip().startswith("::") else plain


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _understood(failure: BaseException, context: Context) -> ReleaseError:
    """The failure as a person is told about it."""
    if isinstance(failure, ReleaseError):
        return failure
    if isinstance(failure, KeyboardInterrupt):
        return _cancelled()
    if isinstance(failure, OSError) and failure.errno in (errno.ENOSPC, errno.EDQUOT):
        return _no_space(failure)
    return _defect(failure, context)


def _cancelled() -> ReleaseError:
    return ReleaseError(
        Code.E_CANCELLED, "The run was cancelled.", next_step="Run the job again; it goes on where this one stopped."
    )


def _no_space(failure: OSError) -> ReleaseError:
    return ReleaseError(
        Code.E_NO_SPACE,
        f"No space is left on the disk ({failure.filename}).",
        next_step="Free disk space, then run again.",
    )


def _defect(failure: BaseException, context: Context) -> ReleaseError:
    frame = traceback.extract_tb(failure.__traceback__)[-1]
    trace = traceback.format_exception(failure) if context.debug else []
    return ReleaseError(
        Code.E_INTERNAL,
        f"{type(failure).__name__} in {Path(frame.filename).name}:{frame.lineno}: {failure}.",
        next_step="Report this at kubeflow/release-actions with the log of a run that has debug logging on.",
        details=tuple(lines("".join(trace))),
    )
