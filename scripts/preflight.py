"""Ask everything that can be known of a release before anything is built, all at once, and print one list.

A release can't be taken back. So what would stop it half-way (a release page made by hand, a registry that takes no
push, a chart that pulls another image) is asked for first. What does not answer is shown as unknown, and stops nothing.
"""

import contextlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Literal

import msgspec

from release_actions.chart.places import read_charts
from release_actions.core.version import Spelling, parse_tag, versions_of
from release_actions.git.checkout import read_checkout
from release_actions.github.client import GitHub
from release_actions.github.releases import Releases
from release_actions.image.floating import parse_scopes, releases_by_precedence
from release_actions.image.published import Identity
from release_actions.oci.credentials import Credentials, release_credentials
from release_actions.oci.reference import Reference, parse_name, parse_reference
from release_actions.oci.registry import Registry
from release_actions.preflight import ask, questions
from release_actions.project.charts import with_chart_folders
from release_actions.project.config import Config, with_inputs
from release_actions.project.matrix import built_images, chart_references, image_references
from release_actions.project.read import read_workspace_config
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.system.http import Transport
from release_actions.system.retry import RetryPolicy
from release_actions.system.workspace import WorkspaceFiles
from scripts import publish_chart

_AT_ONCE = 16
# Who does not say at once whether it takes a push is unknown, and is asked again when there is something to push.
_BRIEF = RetryPolicy(attempts=2, longest_wait=2.0, longest_total=60.0)

Question = tuple[str, Callable[[], str]]
"""What is asked, and who answers: a note, or an error that is raised."""


class Inputs(inputs.Inputs, frozen=True):
    """What will be released, and where."""

    tag: str
    images: Lines
    charts: Lines
    registry: str
    platforms: Words
    image_tag: Literal["", "tag", "bare"]
    sync: bool
    exclude_images: Lines
    index_branch: str
    index_url: str
    check_release_page: bool
    floating_tags: Words
    config: str
    token: Secret
    registry_username: str
    registry_password: Secret
    ghcr_token: Secret
    dry_run: bool


class Outputs(outputs.Outputs, frozen=True):
    """How many questions have an answer that stops the release, and how many have none."""

    wrong: int
    unknown: int


class Asked(msgspec.Struct, frozen=True):
    """What is released, and who is asked about it."""

    config: Config
    identity: Identity
    images: list[Reference]
    charts: list[Reference]
    registry: Registry
    releases: Releases


def main(given: Inputs, run: Run) -> Outputs:
    """Ask all questions side by side; the run fails when one is answered badly."""
    config, version = project(given, run), parse_tag(given.tag or run.context.tag)
    files = WorkspaceFiles(run.context.workspace)
    names = [one.name for one in read_charts(files, [one.path for one in config.charts])]
    images = [parse_reference(one) for one in image_references(config, version)]
    charts = [parse_reference(one) for one in chart_references(config, given.registry, version, names)]
    with (
        release_credentials(run.temp, [one.registry for one in (*images, *charts)], given, run.mask) as credentials,
        Registry(credentials.login, pushing=not run.dry_run) as registry,
        GitHub(run.context.api_url, run.context.repository, given.token) as github,
        contextlib.closing(Transport(policy=_BRIEF)) as transport,
        ThreadPoolExecutor(max_workers=_AT_ONCE) as pool,
    ):
        identity = Identity(version, read_checkout(run.context.workspace).commit)
        asked = Asked(config, identity, images, charts, registry, Releases(github))
        rights = [] if run.dry_run else _of_rights(asked, given, transport, credentials)
        all_questions = [*_of_checkout(asked, run), *_of_charts(asked, given, run), *_of_release(asked, given), *rights]
        answers = list(pool.map(lambda one: ask.answered(*one), all_questions))
    run.summarize(questions.page(answers))
    for one in answers:
        run.info(f"{one.question}: {one.text}")
    run.failure = questions.failure(answers)
    return Outputs(wrong=sum(one.is_wrong for one in answers), unknown=sum(one.unknown for one in answers))


def project(given: Inputs, run: Run) -> Config:
    """What the project releases; patterns of charts are resolved."""
    files = WorkspaceFiles(run.context.workspace)
    config = with_inputs(
        read_workspace_config(run.context.workspace, given.config),
        images=given.images,
        charts=given.charts,
        platforms=given.platforms,
        image_tag=given.image_tag,
    )
    return with_chart_folders(config, files)


def _of_checkout(asked: Asked, run: Run) -> Iterator[Question]:
    workspace = run.context.workspace
    charts = [one.path for one in asked.config.charts]
    contexts = [one.context for one in asked.config.images]
    yield "Changed files", lambda: ask.changed_files(workspace)
    yield "Git LFS", lambda: ask.lfs_pointers(workspace, charts, contexts)


def _of_charts(asked: Asked, given: Inputs, run: Run) -> Iterator[Question]:
    """Everything that publish-chart checks, each chart in a folder of its own."""
    built = tuple(built_images(asked.config, asked.identity.version))
    for number, chart in enumerate(asked.config.charts):
        of_chart = inputs.handed_on(
            given,
            publish_chart.Inputs,
            chart=chart.path,
            registry=chart.registry or given.registry,
            values=(),
            platforms=chart.platforms or given.platforms,
            exclude_images=(*chart.exclude_images, *given.exclude_images),
            pending_images=built,
            image_paths=(),
            kube_version="",
            api_versions=(),
            package_in_branch=True,
            check_tag=False,
            dry_run=True,
        )
        own = Run(run.context, run.temp / f"chart-{number}")
        yield f"Chart {chart.path}", partial(_check_chart, of_chart, own)


def _check_chart(given: publish_chart.Inputs, run: Run) -> str:
    run.temp.mkdir()
    run.dry_run = True
    plan = publish_chart.prepare(given, run)
    with publish_chart.clients(plan, given, run) as tools:
        publish_chart.check(plan, tools, run)
    return ""


def _of_release(asked: Asked, given: Inputs) -> Iterator[Question]:
    version, spelling = asked.identity.version, Spelling(asked.config.image_tag)
    if given.check_release_page:
        yield "GitHub release", partial(ask.release_page, asked.releases, version, asked.identity.commit, asked.charts)
    for image in asked.images:
        yield f"Image {image}", partial(ask.image_tag, asked.registry, image, asked.identity)
    scopes = [] if version.is_candidate else parse_scopes(given.floating_tags)
    existing = versions_of(asked.releases.tags()) if scopes else []
    for scope in scopes:
        if releases_by_precedence(scope, version, [*existing, version])[0] == version:
            for image in asked.images:
                floating = image.tagged(scope.tag(version, spelling))
                yield f"Floating tag {floating}", partial(ask.floating_tag, asked.registry, floating, image, version)


def _of_rights(asked: Asked, given: Inputs, transport: Transport, credentials: Credentials) -> Iterator[Question]:
    if given.check_release_page:
        yield "Right to make the GitHub release", partial(ask.right_to_release, asked.releases, asked.identity.version)
    for one in dict.fromkeys(parse_name(one.name) for one in (*asked.images, *asked.charts)):
        yield f"Right to push to {one.name}", partial(ask.right_to_push, transport, credentials.login, one)
