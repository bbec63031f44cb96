"""Ask everything that can be known of a release before anything is built, all at once, and print one list.

A release can't be taken back. So what would stop it half-way (a release page made by hand, a registry that takes no
push, a chart that pulls another image) is asked for first. What does not answer is shown as unknown, and stops nothing.
"""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import msgspec

from release_actions.chart.places import read_charts
from release_actions.chart_repository.branch import IndexBranch
from release_actions.core.version import Version
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.github.client import GitHub
from release_actions.github.releases import Releases
from release_actions.image.published import Identity
from release_actions.oci.credentials import release_credentials
from release_actions.oci.reference import parse_reference
from release_actions.oci.registry import Registry
from release_actions.preflight import ask, questions, release_questions
from release_actions.preflight.release_questions import AskedRelease, Question
from release_actions.project.config import Config
from release_actions.project.matrix import built_images, chart_references, image_references
from release_actions.public_state.parts import ReleaseParts
from release_actions.runner.run import Run
from release_actions.steps.access import Access, ask_public
from release_actions.steps.chart_check import ChartIndex, CheckedChart, check_chart, open_chart_clients
from release_actions.steps.chart_plan import ChartRequest, plan_chart
from release_actions.steps.project import ProjectRequest
from release_actions.system.http import Transport
from release_actions.system.retry import RetryPolicy
from release_actions.system.workspace import WorkspaceFiles

_AT_ONCE = 16
# Who does not say at once whether it takes a push is unknown, and is asked again when there is something to push.
_BRIEF = RetryPolicy(attempts=2, longest_wait=2.0, longest_total=60.0)


class PreflightRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What will be released, and where. `registry` is for charts that name none of their own.

    A release without a page (`with_page`), without floating tags or an index branch is not asked about them.
    """

    version: Version
    project: ProjectRequest
    registry: str
    sync: bool = False
    exclude_images: tuple[str, ...] = ()
    index: ChartIndex | None = None
    with_page: bool = False
    floating_tags: tuple[str, ...] = ()


def look(request: PreflightRequest, access: Access, run: Run) -> list[questions.Answer]:
    """The answers to all questions about a release, which the run's page shows."""
    config = request.project.read(run.context.workspace)
    return _answers(config, request, access, run, lambda asked: _of_charts(asked, request, access, run))


def require_with_chart(
    config: Config, request: PreflightRequest, access: Access, run: Run, check: Callable[[], CheckedChart]
) -> CheckedChart:
    """What `check` makes of the only chart of a release, while all else is asked; raises one error of what is wrong."""
    checked: list[CheckedChart] = []

    def answer() -> str:
        checked.append(check())
        return ""

    answers = _answers(config, request, access, run, lambda _: [(f"Chart {config.charts[0].path}", answer)])
    if failure := questions.failure(answers):
        raise failure
    return checked[0] if checked else check()


def _answers(
    config: Config,
    request: PreflightRequest,
    access: Access,
    run: Run,
    of_charts: Callable[[AskedRelease], Iterable[Question]],
) -> list[questions.Answer]:
    version, files = request.version, WorkspaceFiles(run.context.workspace)
    names = [one.name for one in read_charts(files, [one.path for one in config.charts])]
    images = [parse_reference(one) for one in image_references(config, version)]
    charts = [parse_reference(one) for one in chart_references(config, request.registry, version, names)]
    branch, hosts = request.index.branch if request.index else "", [one.registry for one in (*images, *charts)]
    own = ReleaseParts(images=frozenset(images), charts=frozenset(charts), index_branch=branch)
    ask_public(version, access, run, own)
    with (
        release_credentials(run.temp, hosts, access.logins, run.mask) as credentials,
        Registry(credentials.login, pushing=not run.dry_run) as registry,
        GitHub(run.context.api_url, run.context.repository, access.token) as github,
        contextlib.closing(Transport(policy=_BRIEF)) as transport,
        ThreadPoolExecutor(max_workers=_AT_ONCE) as pool,
    ):
        identity = Identity(version, read_checkout(run.context.workspace).commit)
        asked = AskedRelease(config, identity, images, charts, registry, Releases(github))
        page, rights = request.with_page, list[Question]()
        if not run.dry_run:
            rights += release_questions.of_rights(asked, transport, credentials, with_page=page)
            if request.index:
                index = partial(_index, request.index, access, run)
                rights += release_questions.of_index(index, github, branch)
        all_questions: list[Question] = [
            ("Inputs", partial(ask.inputs_as_configured, files, request.project.config, **request.project.given)),
            *release_questions.of_checkout(asked, run.context.workspace),
            *of_charts(asked),
            *release_questions.of_release(asked, with_page=page, floating_tags=request.floating_tags),
            *rights,
        ]
        answers = list(pool.map(lambda one: ask.answered(*one), all_questions))
    run.summarize(questions.page(answers))
    for one in answers:
        run.info(f"{one.question}: {one.text}")
    return answers


def _of_charts(asked: AskedRelease, request: PreflightRequest, access: Access, run: Run) -> Iterator[Question]:
    """Everything that publish-chart checks, each chart in a folder of its own."""
    built = tuple(built_images(asked.config, asked.identity.version))
    for number, chart in enumerate(asked.config.charts):
        of_chart = ChartRequest(
            version=request.version,
            chart=chart.path,
            registry=chart.registry or request.registry,
            config=request.project.config,
            image_tag=request.project.image_tag,
            sync=request.sync,
            platforms=chart.platforms or request.project.platforms,
            exclude_images=(*chart.exclude_images, *request.exclude_images),
            pending_images=built,
        )
        own = Run(run.context, run.temp / f"chart-{number}")
        yield f"Chart {chart.path}", partial(_check_chart, of_chart, request.index, access, own)


def _check_chart(request: ChartRequest, index: ChartIndex | None, access: Access, run: Run) -> str:
    run.temp.mkdir()
    run.dry_run = True
    plan = plan_chart(request, run)
    with open_chart_clients(plan, access, run, index) as clients:
        check_chart(plan, clients, run)
    return ""


def _index(index: ChartIndex, access: Access, run: Run) -> IndexBranch:
    checkout, folder = read_checkout(run.context.workspace), run.temp / "right.git"
    remote = Remote(checkout, folder, token=access.token, server_url=run.context.server_url)
    return IndexBranch(remote, index.branch)
