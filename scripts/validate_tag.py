"""Check that a tag is a release of this project, and compute everything the rest of the release needs to know."""

from typing import Literal

from release_actions.chart.places import read_charts
from release_actions.core import markdown
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import some
from release_actions.core.together import check_all
from release_actions.core.version import Spelling, Version, is_latest, missing_before, parse_tag, previous, versions_of
from release_actions.git import tag_check
from release_actions.git.checkout import read_checkout
from release_actions.git.remote import Remote
from release_actions.project.charts import with_chart_folders
from release_actions.project.config import Config, with_inputs
from release_actions.project.fix_commands import Places
from release_actions.project.matrix import (
    Matrix,
    build_matrix,
    built_images,
    chart_matrix,
    chart_references,
    image_matrix,
    image_references,
)
from release_actions.project.next_tag import NextTag
from release_actions.project.read import read_workspace_config
from release_actions.project.release_branch_names import branch_of
from release_actions.public_state.ask import PublicState, of_workspace
from release_actions.runner import inputs, outputs
from release_actions.runner.inputs import Lines, Secret, Words
from release_actions.runner.run import Run
from release_actions.system.workspace import WorkspaceFiles
from scripts.sync_chart_version import plan as check_places

_SHOWN = 10


class Inputs(inputs.Inputs, frozen=True):
    """The tag, how it is checked, and what the release is made of."""

    tag: str
    token: Secret
    check_branch: bool
    branch: str
    require_candidate: bool
    check_places: bool
    charts: Lines
    places: Lines
    images: Lines
    platforms: Words
    registry: str
    image_tag: Literal["", "tag", "bare"]
    config: str


class Outputs(outputs.Outputs, frozen=True):
    """The version in every spelling, where it stands among the others, and the matrices of the jobs to come."""

    tag: str
    version: str
    major: int
    minor: int
    patch: int
    prerelease: str
    is_prerelease: bool
    is_latest: bool
    previous_tag: str
    release_branch: str
    commit: str
    image_tag: str
    chart_version: str
    app_version: str
    pep440_version: str
    matrix: Matrix
    images: Matrix
    charts: Matrix
    pending_images: str
    built_images: str
    chart_references: str


def main(inputs: Inputs, run: Run) -> Outputs:
    """Validate the tag: first what the tag alone says, then its repository, then its files."""
    version = parse_tag(inputs.tag or run.context.tag)
    config = project(inputs, run)
    branch = branch_of(config.branch, version.minor_version)
    own, packed = of_workspace(config, version, inputs.registry, run.context.workspace)
    public = PublicState(run, version, inputs.token, None, images=own, charts=packed)
    run.ask_public = public.sentence

    checkout = read_checkout(run.context.workspace)
    remote = Remote(checkout, run.temp / "remote.git", token=inputs.token, server_url=run.context.server_url)
    refs = remote.refs(run.warn)
    versions = versions_of(refs.tags)
    with next_tag(inputs, config, version, run, public).advise():
        check_all(
            lambda: tag_check.check_tag(version, branch if inputs.check_branch else "", checkout, remote, refs),
            lambda: check_sequence(version, versions, run, require_candidate=inputs.require_candidate),
            lambda: inputs.check_places and check_places(config, version, run, check=True),
        )

    before = previous(version, versions)
    image_tag = version.spelled(Spelling(config.image_tag))
    charts = read_charts(WorkspaceFiles(run.context.workspace), [one.path for one in config.charts])
    names = [one.name for one in charts]
    outputs = Outputs(
        tag=version.tag,
        version=version.bare,
        major=version.major,
        minor=version.minor,
        patch=version.patch,
        prerelease=version.bare.partition("-")[2],
        is_prerelease=version.is_candidate,
        is_latest=is_latest(version, versions),
        previous_tag=before.tag if before else "",
        release_branch=branch,
        commit=checkout.commit,
        image_tag=image_tag,
        chart_version=version.bare,
        app_version=image_tag,
        pep440_version=version.pep440,
        matrix=build_matrix(config),
        images=image_matrix(config),
        charts=chart_matrix(config, inputs.registry),
        pending_images="\n".join(image_references(config, version)),
        built_images="\n".join(built_images(config, version)),
        chart_references="\n".join(chart_references(config, inputs.registry, version, names)),
    )
    run.summarize(page(outputs, inputs, places=len(run.report.artefacts)))
    return outputs


def project(inputs: Inputs, run: Run) -> Config:
    """What the project releases, by its configuration file and the inputs that win over it; patterns are resolved."""
    files = WorkspaceFiles(run.context.workspace)
    config = with_inputs(
        read_workspace_config(run.context.workspace, inputs.config),
        images=inputs.images,
        charts=inputs.charts,
        places=inputs.places,
        platforms=inputs.platforms,
        image_tag=inputs.image_tag,
        branch=inputs.branch,
    )
    return with_chart_folders(config, files)


def next_tag(inputs: Inputs, config: Config, version: Version, run: Run, public: PublicState) -> NextTag:
    """What to cut where this tag can't be released."""
    places = Places(
        there_are=inputs.check_places and bool(config.charts or config.places),
        charts=inputs.charts,
        places=inputs.places,
        image_tag=inputs.image_tag,
        config=inputs.config,
    )
    return NextTag(
        version=version,
        pattern=config.branch if inputs.check_branch else "",
        places=places,
        context=run.context,
        folder=run.temp / "next.git",
        token=inputs.token,
        needs_candidate=inputs.require_candidate,
        is_unpublished=public.is_nothing,
    )


def check_sequence(version: Version, versions: list[Version], run: Run, *, require_candidate: bool) -> None:
    """Warn of versions that were left out; raises E_NO_CANDIDATE for a release without any candidate."""
    candidates = [one for one in versions if one.is_candidate and one.release == version]
    if require_candidate and not version.is_candidate and not candidates:
        raise ReleaseError(
            Code.E_NO_CANDIDATE,
            f"`{version.tag}` had no release candidate.",
            next_step="Cut a candidate and try it first, or set `require-candidate: false`.",
        )
    missing = missing_before(version, versions)
    if missing:
        names = some([one.tag for one in missing], _SHOWN)
        run.warn(f"Before {version.tag} these tags are missing: {names}.", title="Gap in the versions")


def page(outputs: Outputs, inputs: Inputs, *, places: int) -> str:
    """What the run's summary says."""
    rows = [
        ("Tag", outputs.tag, "✅ on the remote"),
        ("Commit", outputs.commit, "✅ what the tag points to, and checked out"),
        ("Release branch", outputs.release_branch, "✅ has the commit" if inputs.check_branch else "off"),
        ("Previous tag", outputs.previous_tag or "none", "✅ in sequence"),
        ("Version places", str(places), "✅ all say this version" if inputs.check_places else "off"),
        ("Image tag, appVersion", outputs.image_tag, ""),
        ("Chart version", outputs.chart_version, ""),
        ("Python version", outputs.pep440_version, ""),
        ("Latest release", "yes" if outputs.is_latest else "no", ""),
    ]
    table = markdown.table(("", "", "Check"), ((what, markdown.code(value), check) for what, value, check in rows))
    jobs = [f"{one['image']} for {one['platform']} on {one['runner']}" for one in outputs.matrix["include"]]
    jobs += [f"{one['path']} to {one['registry'] or 'no registry'}" for one in outputs.charts["include"]]
    folded = markdown.details("What is built and published", markdown.block("\n".join(jobs))) if jobs else ""
    return f"{table}\n{folded}"
