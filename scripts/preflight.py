"""Ask everything that can be known of a release before anything is built, all at once, and print one list.

A release can't be taken back. So what would stop it half-way (a release page made by hand, a registry that takes no
push, a chart that pulls another image) is asked for first. What does not answer is shown as unknown, and stops nothing.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Literal

import msgspec

from release_actions.chart.places import read_charts
from release_actions.chart_repository.branch import IndexBranch
from release_actions.core.version import parse_tag
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.github.client import GitHub
from release_actions.github.releases import Releases
from release_actions.image.published import Identity
from release_actions.oci.credentials import release_credentials
from release_actions.oci.reference import parse_reference
from release_actions.oci.registry import Registry
from release_actions.preflight import ask, questions, release_questions
from release_actions.preflight.release_questions import Asked, Question
from release_actions.project.charts import with_chart_folders
from release_actions.project.config import Config, with_inputs
from release_actions.project.matrix import built_images, chart_references, image_references
from release_actions.project.read import read_workspace_config
from release_actions.public_state.ask import PublicState
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.system.http import Transport
from release_actions.system.retry import RetryPolicy
from release_actions.system.workspace import WorkspaceFiles
from scripts import publish_chart
from scripts.publish_chart import Checked

_AT_ONCE = 16
# Who does not say at once whether it takes a push is unknown, and is asked again when there is something to push.
_BRIEF = RetryPolicy(attempts=2, longest_wait=2.0, longest_total=60.0)


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


def main(given: Inputs, run: Run) -> Outputs:
    """Ask all questions side by side; the run fails when one is answered badly."""
    answers = look(project(given, run), given, run, lambda asked: _of_charts(asked, given, run))
    run.failure = questions.failure(answers)
    return Outputs(wrong=sum(one.is_wrong for one in answers), unknown=sum(one.unknown for one in answers))


def require(
    given: inputs.Inputs, whole: dict[str, Any], build: tuple[str, str], run: Run, check: Callable[[], Checked]
) -> Checked:
    """What `check` makes of the only chart of a release, while all else is asked; raises one error of what is wrong.

    `whole` names image, chart and configuration file, `build` the context and the Dockerfile.
    """
    no_page = {"check_release_page": False, "floating_tags": (), "index_branch": "", "index_url": "", "sync": False}
    own = inputs.handed_on(given, Inputs, **whole, **no_page)
    config, checked = project(own, run), list[Checked]()
    images = (msgspec.structs.replace(one, context=build[0], file=build[1]) for one in config.images)

    def answer() -> str:
        checked.append(check())
        return ""

    config = msgspec.structs.replace(config, images=tuple(images))
    if failure := questions.failure(look(config, own, run, lambda _: [(f"Chart {config.charts[0].path}", answer)])):
        raise failure
    return checked[0] if checked else check()


def look(
    config: Config, given: Inputs, run: Run, of_charts: Callable[[Asked], Iterable[Question]]
) -> list[questions.Answer]:
    """The answers to all questions about a release, which the run's page shows."""
    version, files = parse_tag(given.tag or run.context.tag), WorkspaceFiles(run.context.workspace)
    names = [one.name for one in read_charts(files, [one.path for one in config.charts])]
    images = [parse_reference(one) for one in image_references(config, version)]
    charts = [parse_reference(one) for one in chart_references(config, given.registry, version, names)]
    run.ask_public = PublicState(
        *(run, version, given.token, given), images=images, charts=charts, index_branch=given.index_branch
    ).sentence
    with (
        release_credentials(run.temp, [one.registry for one in (*images, *charts)], given, run.mask) as credentials,
        Registry(credentials.login, pushing=not run.dry_run) as registry,
        GitHub(run.context.api_url, run.context.repository, given.token) as github,
        contextlib.closing(Transport(policy=_BRIEF)) as transport,
        ThreadPoolExecutor(max_workers=_AT_ONCE) as pool,
    ):
        identity = Identity(version, read_checkout(run.context.workspace).commit)
        asked = Asked(config, identity, images, charts, registry, Releases(github))
        page, rights = given.check_release_page, list[Question]()
        if not run.dry_run:
            rights += release_questions.of_rights(asked, transport, credentials, with_page=page)
            rights += release_questions.of_index(partial(_index, given, run), github, given.index_branch)
        all_questions: list[Question] = [
            ("Inputs", partial(ask.inputs_as_configured, files, given.config, **_project_inputs(given))),
            *release_questions.of_checkout(asked, run.context.workspace),
            *of_charts(asked),
            *release_questions.of_release(asked, with_page=page, floating_tags=given.floating_tags),
            *rights,
        ]
        answers = list(pool.map(lambda one: ask.answered(*one), all_questions))
    run.summarize(questions.page(answers))
    for one in answers:
        run.info(f"{one.question}: {one.text}")
    return answers


def project(given: Inputs, run: Run) -> Config:
    """What the project releases; patterns of charts are resolved."""
    config = with_inputs(read_workspace_config(run.context.workspace, given.config), **_project_inputs(given))
    return with_chart_folders(config, WorkspaceFiles(run.context.workspace))


def _project_inputs(given: Inputs) -> dict[str, Any]:
    return {name: getattr(given, name) for name in ("images", "charts", "platforms", "image_tag")}


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


def _index(given: Inputs, run: Run) -> IndexBranch:
    checkout, folder = read_checkout(run.context.workspace), run.temp / "right.git"
    remote = Remote(checkout, folder, token=given.token, server_url=run.context.server_url)
    return IndexBranch(remote, given.index_branch)
