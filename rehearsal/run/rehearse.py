"""A whole rehearsal: the loopback internet, BuildKit, the actions, and runs of a project's own workflows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rehearsal.act import event as events
from rehearsal.act import workflows
from rehearsal.act.event import Event
from rehearsal.act.export import export, for_act, local_repositories
from rehearsal.act.workflow_run import Outcome, Request, new_token, run_workflow
from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import PROJECT, run
from rehearsal.git.origin import Origin, stage
from rehearsal.git.worktree import WorkTree
from rehearsal.github import GitHub
from rehearsal.github.hub import BOT
from rehearsal.github.tokens import PERMISSIONS, Access, Kind
from rehearsal.hosts.internet import REGISTRY_HOSTS, Internet
from rehearsal.oci import published
from rehearsal.oci.buildkit import BuildKit
from rehearsal.run import caches
from rehearsal.run.maintainer import Manager
from rehearsal.run.render import render

ACTOR = "release-manager"

# What a job may do if its workflow leaves that to the repository's settings.
_USUAL = {"contents": "write", "packages": "write"}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a workflow, and the file that shows its job summaries as GitHub would."""

    workflow: str
    outcome: Outcome
    page: Path


class Rehearsal:
    """Everything a release needs, on this machine, below one folder; `show` gets each line of progress."""

    def __init__(
        self,
        folder: Path,
        *,
        show: Callable[[str], None],
        release_actions: Path = PROJECT,
        registries: frozenset[str] = REGISTRY_HOSTS,
    ) -> None:
        self.folder = folder
        self.show = show
        self.github = GitHub()
        self._own_token = self.github.token(
            Kind.PERSONAL, ACTOR, contents="write", workflows="write", pull_requests="write", issues="write"
        )
        self.internet = Internet(folder / "internet", token=self._own_token, registries=registries)
        self.buildkit = BuildKit(folder / "buildkit", self.internet.env())
        self._release_actions = release_actions
        self._caches = caches.environment()
        self._runs = 0

    def start(self) -> "Rehearsal":
        self.internet.start()
        self.github.start()
        self.github.join(self.internet)
        self.buildkit.start()
        exported = export(self.folder / "exported", self._release_actions)
        for_act(exported, self.folder / "release-actions")
        caches.keep_packages(exported)
        return self

    def stop(self) -> None:
        self.buildkit.stop()
        self.internet.stop()
        self.github.stop()

    def __enter__(self) -> "Rehearsal":
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_: object) -> None:
        self.stop()

    def env(self) -> dict[str, str]:
        """The environment of the runner's steps."""
        return {**self.internet.env(), **self.buildkit.env(), **self._caches}

    def stage(self, project: Path, name: str) -> Origin:
        """The project as `https://github.com/{name}`; see `stage.stage`."""
        origin = stage(project, self.internet.git, name)
        self.github.add(name, origin.path)
        return origin

    def clone(self, origin: Origin) -> WorkTree:
        """A release manager's clone of an origin, from which can be pushed."""
        url = origin.url.replace("https://", f"https://{ACTOR}:{self._own_token}@")
        return WorkTree.clone(url, self.folder / "clones" / origin.name, self.internet.env())

    def manager(self, origin: Origin) -> Manager:
        """The release manager on the repository's pages, where pull requests are opened and merged."""
        return Manager(self.github.url, origin.name, self._own_token)

    def push_tag(self, origin: Origin, tag: str, workflow: str | None = None) -> list[Run]:
        """What GitHub does when a tag that the origin has was pushed: runs each workflow that reacts to it.

        With a workflow (its file name, or its path in the repository), that one alone.

        Raises RehearsalError when nothing would run.
        """
        ref = f"refs/tags/{tag}"
        tag_object = origin.resolve(ref)
        if tag_object is None:
            raise RehearsalError(f"{origin.name} has no tag {tag!r}; its newest are: {', '.join(origin.newest_tags())}")
        event = events.tag_push(
            repository=origin.name,
            tag=tag,
            commit=origin.commit(ref),
            tag_object=tag_object,
            default_branch=origin.default_branch,
            actor=ACTOR,
        )
        return self._run_all(origin, event, workflow, lambda text: workflows.reacts_to_tag(text, tag))

    def dispatch(self, origin: Origin, ref: str, inputs: Mapping[str, str], workflow: str) -> Run:
        """What GitHub does when a workflow is started by hand on a full ref."""
        event = events.dispatch(
            repository=origin.name,
            ref=ref,
            commit=origin.commit(ref),
            inputs=inputs,
            default_branch=origin.default_branch,
            actor=ACTOR,
        )
        return self._run_all(origin, event, workflow, workflows.reacts_to_dispatch)[0]

    def push_branch(self, origin: Origin, branch: str, before: str) -> list[Run]:
        """What GitHub does when a branch has moved from a commit to where it is now, by a push or a merge."""
        ref = f"refs/heads/{branch}"
        event = events.branch_push(
            repository=origin.name,
            branch=branch,
            before=before,
            commits=origin.git("rev-list", "--reverse", f"{before}..{ref}").split(),
            default_branch=origin.default_branch,
            actor=ACTOR,
        )
        return self._run_all(origin, event, None, lambda text: workflows.reacts_to_branch(text, branch))

    def pull_request(self, origin: Origin, number: int, action: str) -> list[Run]:
        """What GitHub does when a person has done something to a pull request: `opened`, `reopened`, `labeled`."""
        pull = self.manager(origin).pull(number)
        event = events.pull_request(
            repository=origin.name,
            number=number,
            action=action,
            pull=pull,
            default_branch=origin.default_branch,
            actor=ACTOR,
        )
        base = pull["base"]["ref"]
        return self._run_all(origin, event, None, lambda text: workflows.reacts_to_pull_request(text, action, base))

    def published(self) -> tuple[published.Published, ...]:
        """All tags in all registries that were asked for."""
        return published.read(tuple(self.internet.registries), self.internet.env())

    def assume_images(self, references: list[str]) -> None:
        """Puts an image without content, for the usual two platforms, where each reference says one exists."""
        empty = self.folder / "empty"
        empty.mkdir(exist_ok=True)
        (empty / "Dockerfile").write_text("FROM scratch\nLABEL stand-in=rehearsal\n")
        for reference in references:
            options = ["--platform=linux/amd64,linux/arm64", "--provenance=false", "--push", f"--tag={reference}"]
            run(["buildx", "build", *options, str(empty)], env=self.env())

    def _run_all(self, origin: Origin, event: Event, workflow: str | None, reacts: Callable[[str], bool]) -> list[Run]:
        checkout = self.folder / "checkouts" / event.commit
        if not checkout.exists():
            run(["git", "clone", "--quiet", "--shared", "--no-checkout", "--", str(origin.path), str(checkout)])
            run(["git", "-C", str(checkout), "checkout", "--quiet", "--detach", event.commit])
        found = {str(path.relative_to(checkout)): path.read_text(errors="replace") for path in workflows.find(checkout)}
        started = [name for name, text in found.items() if reacts(text) and workflow in (None, name, Path(name).name)]
        if not started:
            there = ", ".join(found) or "none at all"
            wanted = workflow or "no workflow"
            raise RehearsalError(f"{wanted} of {origin.name} reacts to {event.name} of {event.ref}; there are: {there}")
        return [self._run(checkout, name, event, origin.name) for name in started]

    def _run(self, checkout: Path, workflow: str, event: Event, repository: str) -> Run:
        self._runs += 1
        folder = self.folder / "runs" / str(self._runs)
        release_actions = self.folder / "release-actions"
        own = _texts(checkout)
        texts = [*own, *_texts(release_actions)]
        actions, missing = local_repositories(texts, release_actions)
        for uses in sorted(missing):
            self.show(f"note: {uses} has no stand-in here; a job that uses it fails")
        token = self._token(checkout / workflow, repository)
        request = Request(
            checkout=checkout,
            workflow=checkout / workflow,
            event=event,
            repository=repository,
            actor=ACTOR,
            # The registries here ask for no login, but a workflow may insist on having one.
            secrets={"GITHUB_TOKEN": token, **dict.fromkeys(_names(workflows.used_secrets, own), new_token())},
            actions=actions,
            labels=_names(workflows.runner_labels, texts),
            env=self.env(),
        )
        try:
            outcome = run_workflow(request, folder, self.show)
        finally:
            self.github.revoke(token)
        page = folder / "summary.html"
        page.write_text(render(outcome.summary, f"{repository} {event.ref}"))
        return Run(workflow, outcome, page)

    def _token(self, workflow: Path, repository: str) -> str:
        """A token for one run, which may do what the jobs of its workflow may do together: act has one for all."""
        granted = workflows.permissions(workflow.read_text(errors="replace"))
        known = {name.replace("-", "_"): access for name, access in (_USUAL if granted is None else granted).items()}
        wanted: dict[str, Access] = {
            name: "write" if known[name] == "write" else "read"
            for name in PERMISSIONS
            if known.get(name, "none") != "none"
        }
        return self.github.token(Kind.ACTIONS, BOT, repository=repository, **wanted)


def _texts(repository: Path) -> list[str]:
    return [path.read_text(errors="replace") for path in workflows.find_uses(repository)]


def _names(find: Callable[[str], set[str]], texts: Sequence[str]) -> frozenset[str]:
    return frozenset().union(*map(find, texts))
