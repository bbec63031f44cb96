"""Helm, cut off from the machine it runs on: no plugins, no user configuration, no cluster, no time zone.

It works on a private copy of a chart; what it says about that copy's files is told with the workspace's names.
"""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from release_actions.chart.metadata import lock_again
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import lines
from release_actions.core.yaml_nodes import RENDERED
from release_actions.system import process
from release_actions.system.retry import Retry, RetryPolicy

_INSTALL = "Put Helm 3.20.2 or newer, or 4.1.4 or newer, on PATH, for example with azure/setup-helm."
# Older ones take a chart name such as `..` from Chart.yaml and write outside the folder they were given.
_OLDEST = {3: (3, 20, 2), 4: (4, 1, 4)}
_NO_MEMORY = re.compile(r"\bout of memory\b|[cC]annot allocate memory|failed to create new OS thread")
_LESS = "Look for a template that repeats a text or a list very often, or reads large files of the chart."
_RENDER_FOR = "Set `kube-version` to a Kubernetes version that the chart supports."
_DOWNLOAD_SECONDS = 600.0
_DOWNLOADS = RetryPolicy(attempts=3, first_wait=2.0, longest_wait=10.0)
_NO_UPDATE = "Unable to get an update from "
_UNREACHABLE = re.compile(
    "connection refused|no such host|i/o timeout|TLS handshake timeout|connection reset|: 50[0234] |deadline exceeded"
)


BOUNDS = process.Bounds(memory=4 * 1024**3, output=RENDERED.size)
"""What a run of Helm may take; the manifests of a large chart have some 5 MB."""


class Folder(msgspec.Struct, frozen=True):
    """A private copy of a chart's folder: where it is, the chart's name, and its folder's name in the workspace."""

    path: Path
    name: str
    shown: str

    def file(self, name: str) -> str:
        """A file of the chart by its name in the workspace."""
        return str(Path(self.shown, name))


class Helm:
    """The helm program with an environment of its own; made by `open_helm`."""

    def __init__(self, program: str, home: Path, environment: dict[str, str], bounds: process.Bounds) -> None:
        self._program = program
        self._home = home
        self._environment = environment
        self._bounds = bounds
        self.version = self._checked_version()

    def build_dependencies(self, chart: Folder, repositories: Sequence[str], *, plain_http: bool) -> None:
        """Download what Chart.lock names into the copy's `charts/`.

        `repositories` are the `https://` repositories in use; Helm wants to know them beforehand. Raises
        E_CHART_DEPENDENCY in Helm's words, for example when Chart.lock is not up to date with Chart.yaml, and
        E_REGISTRY_UNAVAILABLE when a repository can't be reached, also at further attempts.
        """
        known = [{"name": f"repository-{number}", "url": url} for number, url in enumerate(repositories)]
        # YAML is a superset of JSON.
        (self._home / "repositories.yaml").write_bytes(msgspec.json.encode({"repositories": known}))
        options = ["--plain-http"] if plain_http else []
        retry = Retry(policy=_DOWNLOADS)
        while True:
            done = self._run("dependency", "build", *options, str(chart.path), timeout=_DOWNLOAD_SECONDS)
            unreachable = "" if done.ok else _unreachable(f"{done.stdout}\n{done.stderr}")
            if not unreachable or not retry.wait():
                break
        if unreachable:
            raise ReleaseError(
                Code.E_REGISTRY_UNAVAILABLE,
                f"A repository of the dependencies of the chart `{chart.name}` can't be reached: "
                f"{' '.join(unreachable.split())}.",
                next_step="Run the job again once the repository answers.",
                file=chart.file("Chart.yaml"),
                details=done.tail(),
            )
        if not done.ok:
            raise ReleaseError(
                Code.E_CHART_DEPENDENCY,
                f"The dependencies of the chart `{chart.name}` can't be built from its Chart.lock: {_message(done)}",
                next_step=f"Run `helm dependency update {chart.shown}` and commit Chart.lock.",
                file=chart.file("Chart.lock"),
                details=done.tail(),
                commands=lock_again(chart.shown) if "out of sync" in done.stderr else (),
            )

    def lint(self, chart: Folder, values: Sequence[Path] = (), *, kube_version: str = "") -> tuple[str, ...]:
        """The warnings of `helm lint`.

        Raises E_CHART_LINT with all it printed when it finds errors, and E_CHART_RENDER when it needs too much memory.
        """
        done = self._render(chart, "lint", *_rendering(values, kube_version), str(chart.path))
        if not done.ok:
            errors = [line for line in lines(done.stdout) if line.startswith("[ERROR]")]
            file, line = _place(chart, errors[0] if errors else done.stderr)
            raise ReleaseError(
                Code.E_CHART_LINT,
                f"`helm lint` refuses the chart `{chart.name}`: {errors[0] if errors else _message(done)}",
                next_step=f"Run `helm lint {chart.shown}` and fix what it names.",
                file=file,
                line=line,
                details=tuple(errors) or done.tail(),
            )
        return tuple(line for line in lines(done.stdout) if line.startswith("[WARNING]"))

    def template(
        self,
        chart: Folder,
        values: Sequence[Path] = (),
        *,
        kube_version: str = "",
        api_versions: Sequence[str] = (),
        values_name: str = "",
    ) -> str:
        """The manifests of an installation, each under a comment `# Source: <chart>/templates/<file>`.

        `values_name` is how an error names the values. Raises E_CHART_RENDER with the template's file and line where
        Helm gives them, and with the template that is too large where there is one.
        """
        options = [*_rendering(values, kube_version), *(f"--api-versions={one}" for one in api_versions)]
        done = self._render(chart, "template", "release-name", str(chart.path), "--include-crds", *options)
        if not done.ok:
            said = _message(done)
            file, line = _place(chart, said)
            raise ReleaseError(
                Code.E_CHART_RENDER,
                f"The chart `{chart.name}` does not render with {values_name or 'its default values'}: {said}",
                next_step=_RENDER_FOR
                if "kubeVersion" in said
                else "Correct the template or its values; an API that it asks the cluster for goes into "
                "`api-versions`.",
                file=file,
                line=line,
                details=done.tail(),
            )
        return done.stdout

    def package(self, chart: Folder, folder: Path) -> Path:
        """The chart as Helm packs it, `.helmignore` obeyed, in a new file there; raises E_CHART_PACKAGE."""
        folder.mkdir()
        done = self._run("package", f"--destination={folder}", str(chart.path))
        made = list(folder.glob("*.tgz"))
        if not done.ok or len(made) != 1:
            raise ReleaseError(
                Code.E_CHART_PACKAGE,
                f"`helm package` can't pack the chart `{chart.name}`: {_message(done)}",
                next_step=f"Run `helm package {chart.shown}` and fix what it names.",
                file=chart.shown,
                details=done.tail(),
            )
        return made[0]

    def push(self, package: Path, namespace: str, *, plain_http: bool) -> str:
        """Push a package to `registry/namespace` and return the manifest's digest as Helm says it.

        The manifest says that the chart was created at the package file's time of modification, so the same file with
        the same time gives the same digest. Raises E_REGISTRY_LOGIN, E_REGISTRY_UNAVAILABLE, E_REGISTRY_RESPONSE and
        E_TIMEOUT; after each of them the chart may be there or not.
        """
        options = ["--plain-http"] if plain_http else []
        done = self._run("push", *options, str(package), f"oci://{namespace}", timeout=_DOWNLOAD_SECONDS)
        digest = re.search(r"^Digest: (sha256:[0-9a-f]{64})$", f"{done.stdout}\n{done.stderr}", re.MULTILINE)
        if not done.ok or digest is None:
            raise _push_error(namespace, done)
        return digest[1]

    def _render(self, chart: Folder, *arguments: str) -> process.Completed:
        """Raises E_CHART_RENDER for a chart that needs more memory or writes more than any honest one."""
        try:
            done = self._run(*arguments)
        except process.OutputError as error:
            sources = re.findall(rf"^# Source: {re.escape(chart.name)}/(\S+)", error.written, re.MULTILINE)
            file = chart.file(sources[-1]) if sources else chart.shown
            what = f"renders to more than {self._bounds.output} bytes, which are reached in {file}"
            raise _too_large(chart, what, file) from error
        if not done.ok and _NO_MEMORY.search(done.stderr):
            raise _too_large(chart, f"needs more than {self._bounds.memory} bytes of memory to render", chart.shown)
        return done

    def _run(self, *arguments: str, timeout: float = 120.0) -> process.Completed:
        argv = [self._program, *arguments]
        return process.run(argv, cwd=self._home, env=self._environment, timeout=timeout, bounds=self._bounds)

    def _checked_version(self) -> str:
        done = self._run("version", "--template={{.Version}}")
        found = re.match(r"v([0-9]{1,4})\.([0-9]{1,4})\.([0-9]{1,4})", done.stdout)
        if not done.ok or found is None:
            raise ReleaseError(Code.E_PROGRAM, "`helm version` does not work.", next_step=_INSTALL, details=done.tail())
        version = tuple(int(number) for number in found.groups())
        if version < _OLDEST.get(version[0], _OLDEST[3]):
            raise ReleaseError(Code.E_PROGRAM, f"Helm {found[0]} is too old.", next_step=_INSTALL)
        return found[0]


def open_helm(home: Path, logins: Mapping[str, str], bounds: process.Bounds = BOUNDS) -> Helm:
    """Helm with a private home (made here); `logins` are the environment variables that lead to registry logins.

    Raises E_PROGRAM when helm is not on PATH, too old, or doesn't start.
    """
    program = process.find("helm", next_step=_INSTALL)
    home.mkdir()
    environment = process.environment(
        **logins,
        HELM_CONFIG_HOME=str(home),
        HELM_CACHE_HOME=str(home / "cache"),
        HELM_DATA_HOME=str(home / "data"),
        HELM_PLUGINS=str(home / "plugins"),
        HELM_REPOSITORY_CONFIG=str(home / "repositories.yaml"),
        KUBECONFIG=str(home / "no-cluster"),
        TZ="UTC",  # the time that `helm push` writes into a manifest is local time
    )
    return Helm(program, home, environment, bounds)


def parse_kube_version(text: str) -> str:
    """A Kubernetes version as Helm takes it, or nothing; raises E_INPUT."""
    if text and not re.fullmatch(r"v?[0-9]+\.[0-9]+(\.[0-9]+)?([-+][0-9A-Za-z.+-]+)?", text, re.ASCII):
        raise ReleaseError(
            Code.E_INPUT, f"{text!a} is not a Kubernetes version.", next_step="Write `kube-version` such as `1.34.0`."
        )
    return text


def _rendering(values: Sequence[Path], kube_version: str) -> list[str]:
    options = [f"--values={path}" for path in values]
    return [*options, f"--kube-version={kube_version}"] if kube_version else options


def _unreachable(said: str) -> str:
    """What Helm says of a repository that can't be reached, a line or two; or nothing."""
    lines = said.split("\n")
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if _NO_UPDATE in line:
            return f"{line[line.index(_NO_UPDATE) :]}\n{after}"
        if _UNREACHABLE.search(line):
            return line
    return ""


def _message(done: process.Completed) -> str:
    """What Helm gives as the reason, on one line."""
    said = done.stderr.strip() or done.stdout.strip()
    reason = said.partition("Error: ")[2] or said
    return " ".join(reason.partition("\n\nUse --debug flag")[0].split()).rstrip(".") + "."


def _too_large(chart: Folder, what: str, file: str) -> ReleaseError:
    return ReleaseError(Code.E_CHART_RENDER, f"The chart `{chart.name}` {what}.", next_step=_LESS, file=file)


def _place(chart: Folder, said: str) -> tuple[str | None, int | None]:
    """The first file of the chart that Helm names, by its name in the workspace, and the line where it gives one."""
    prefix = rf"(?:{re.escape(chart.name)}/|\[ERROR\] )"
    for file, line in re.findall(rf"{prefix}([\w./-]+\.\w+)(?::([0-9]+))?", said):
        if (chart.path / file).is_file():
            return chart.file(file), int(line) if line else None
    return None, None


def _push_error(namespace: str, done: process.Completed) -> ReleaseError:
    said = _message(done)
    status = re.search(r"status code ([0-9]{3})", said)
    number = int(status[1]) if status else 0
    if number in (401, 403) or "basic credential not found" in said:
        code, next_step = Code.E_REGISTRY_LOGIN, "Give the job's token `packages: write`, or a login that may push."
    elif number == 429 or number >= 500 or (not status and not done.ok):
        code, next_step = Code.E_REGISTRY_UNAVAILABLE, "Run the job again once the registry answers."
    else:
        code, next_step = Code.E_REGISTRY_RESPONSE, "Check that the registry accepts OCI artefacts, then run again."
    return ReleaseError(code, f"`helm push` to {namespace} failed: {said}", next_step=next_step, details=done.tail())
