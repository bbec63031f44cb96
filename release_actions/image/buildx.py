"""Building and tagging images with `docker buildx`, the only program that writes to image repositories here.

Images are pushed by digest alone; a tag is set afterwards, to a digest that is already there.
"""

import contextlib
import os
import random
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from release_actions.core.errors import Code, ReleaseError
from release_actions.image.build import Build
from release_actions.image.buildx_errors import build_failure, reason_of, registry_failure
from release_actions.oci.credentials import Credentials
from release_actions.oci.reference import Reference, parse_digest
from release_actions.system import process
from release_actions.system.process import Completed

_LONGEST = 5.5 * 3600  # a job on GitHub's own runners ends after six hours
_WAITS = (10.0, 60.0)
_JITTER = random.SystemRandom()
# Which builder is used, and how it is reached: the runner's to say.
_KEPT = (
    *("BUILDX_BUILDER", "BUILDX_CONFIG", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_TLS_VERIFY", "DOCKER_CERT_PATH"),
    *("KUBECONFIG", "KUBERNETES_SERVICE_HOST", "KUBERNETES_SERVICE_PORT", "SSH_AUTH_SOCK"),
)
_BUILT_IN = re.compile(r"^Driver:\s+docker\s*$", re.MULTILINE)


class Buildx:
    """The buildx program with a builder; `echo` gets each line of its progress, `pause` waits some seconds."""

    def __init__(
        self,
        program: Sequence[str],
        builder: str,
        environment: Mapping[str, str],
        *,
        echo: Callable[[str], None],
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._program = tuple(program)
        self._builder = builder
        self._environment = environment
        self._echo = echo
        self._pause = pause

    def push(self, build: Build, names: Sequence[Reference], metadata_file: Path) -> str:
        """Build and push to every repository by digest, no tag set; the digest is that of the image or index.

        Raises E_BUILD with the Dockerfile's line where there is one, E_REGISTRY_LOGIN and E_REGISTRY_UNAVAILABLE.
        """
        variables = {_variable(number): secret.value for number, secret in enumerate(build.secrets)}
        with self._capable_builder() as builder:
            arguments = build_arguments(build, names, builder, metadata_file)
            # BuildKit tries a push again by itself, but not at 429. What was built is in its cache by then.
            for wait in (*_WAITS, None):
                done = self._run(arguments, variables, cwd=build.workspace)
                if done.ok:
                    break
                failure = build_failure(done, names, build)
                if failure.code is not Code.E_REGISTRY_UNAVAILABLE or wait is None:
                    raise failure
                self._pause(_JITTER.uniform(wait / 2, wait))
        return _pushed_digest(metadata_file)

    def tag(self, tagged: Reference, sources: Sequence[Reference], annotations: Mapping[str, str]) -> None:
        """Set a tag: one source without annotations keeps its digest, otherwise an index of them all is made.

        Raises E_REGISTRY_LOGIN and E_REGISTRY_UNAVAILABLE.
        """
        done = self._run(tag_arguments(tagged, sources, annotations, self._builder))
        if not done.ok:
            raise registry_failure(done, [tagged])

    @contextlib.contextmanager
    def _capable_builder(self) -> Iterator[str]:
        """The chosen builder; or one made for this build, as the builder inside Docker can't push by digest."""
        if self._builder or not _BUILT_IN.search(self._run(["inspect"]).stdout):
            yield self._builder
            return
        name = f"release-actions-{secrets.token_hex(4)}"
        made = self._run(["create", "--driver=docker-container", "--bootstrap", f"--name={name}"])
        if not made.ok:
            raise ReleaseError(
                Code.E_PROGRAM,
                f"No BuildKit builder could be started: {reason_of(made)}.",
                next_step="Check that Docker runs on this runner, or name a builder that exists in `builder`.",
            )
        try:
            yield name
        finally:
            self._run(["rm", "--force", name])

    def _run(
        self, arguments: Sequence[str], variables: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> Completed:
        environment = {**self._environment, **(variables or {})}
        argv = [*self._program, *arguments]
        return process.run(argv, cwd=cwd, env=environment, timeout=_LONGEST, echo=self._echo)


def find_buildx(credentials: Credentials, builder: str, echo: Callable[[str], None]) -> Buildx:
    """The `docker buildx` plugin, else a `buildx` or `docker-buildx` on PATH; raises E_PROGRAM when there is none."""
    if builder and not re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9_.-]*", builder):
        raise ReleaseError(
            Code.E_INPUT, f"{builder[:200]!a} is not the name of a builder.", next_step="See `docker buildx ls`."
        )
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # Buildx would run git in the workspace, whose configuration may name programs.
    own = {"BUILDX_GIT_INFO": "false", "BUILDX_METADATA_PROVENANCE": "disabled"}
    environment = process.environment(**kept, **credentials.environment, **own)
    docker = shutil.which("docker")
    if docker and process.run([docker, "buildx", "version"], env=environment).ok:
        return Buildx([docker, "buildx"], builder, environment, echo=echo)
    for name in ("buildx", "docker-buildx"):
        if found := shutil.which(name):
            return Buildx([found], builder, environment, echo=echo)
    raise ReleaseError(
        Code.E_PROGRAM,
        "There is no `docker buildx` on this runner.",
        next_step="Run this job on a runner with Docker, or install buildx in a folder on PATH.",
    )


def build_arguments(build: Build, names: Sequence[Reference], builder: str, metadata_file: Path) -> list[str]:
    """The arguments of `buildx build`, each value in one word with its flag."""
    repositories = ",".join(reference.name for reference in names)
    output = f'type=image,"name={repositories}",push=true,push-by-digest=true,name-canonical=true,unpack=false'
    # An annotation of the index is possible only where one is made, which one platform alone does not ensure.
    level = "index,manifest" if len(build.platforms) > 1 else "manifest"
    return [
        "build",
        "--progress=plain",
        *([f"--builder={builder}"] if builder else []),
        f"--platform={','.join(map(str, build.platforms))}",
        f"--file=./{build.file}",
        *([f"--target={build.target}"] if build.target else []),
        f"--build-arg=SOURCE_DATE_EPOCH={build.epoch}",
        *(f"--build-arg={argument}" for argument in build.arguments),
        *(f"--label={key}={value}" for key, value in build.labels.items()),
        *(f"--annotation={level}:{key}={value}" for key, value in build.labels.items()),
        *(f"--secret=id={secret.id},env={_variable(number)}" for number, secret in enumerate(build.secrets)),
        f"--provenance={f'mode={build.provenance}' if build.provenance else 'false'}",
        f"--sbom={'true' if build.sbom else 'false'}",
        f"--output={output},oci-mediatypes=true,rewrite-timestamp=true",
        f"--metadata-file={metadata_file}",
        "--",
        f"./{build.context}",
    ]


def tag_arguments(
    tagged: Reference, sources: Sequence[Reference], annotations: Mapping[str, str], builder: str
) -> list[str]:
    """The arguments of `buildx imagetools create`, which by default would wrap a lone manifest in an index."""
    return [
        "imagetools",
        "create",
        "--progress=plain",
        *([f"--builder={builder}"] if builder else []),
        "--prefer-index=false",
        *(f"--annotation=index:{key}={value}" for key, value in annotations.items()),
        f"--tag={tagged}",
        "--",
        *(str(source) for source in sources),
    ]


class _Metadata(msgspec.Struct, frozen=True):
    digest: str = msgspec.field(name="containerimage.digest")


def _pushed_digest(metadata_file: Path) -> str:
    try:
        return parse_digest(msgspec.json.decode(metadata_file.read_bytes(), type=_Metadata).digest)
    except (OSError, msgspec.DecodeError, ReleaseError) as error:
        raise ReleaseError(
            Code.E_PROGRAM,
            "`docker buildx build` did not say which digest it pushed.",
            next_step="Use buildx 0.13 or newer with a BuildKit builder (`docker buildx create --use`).",
        ) from error


def _variable(number: int) -> str:
    return f"RELEASE_ACTIONS_SECRET_{number}"
