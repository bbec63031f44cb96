"""The life of a minor version, as its release manager lives it: workflows are started, pull requests merged.

From the branch to the first patch, with fixes that go back to two branches, through the example workflows as they are.
The first thing that is not as it must be ends it with a RehearsalError that says so.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from rehearsal.base.errors import RehearsalError
from rehearsal.base.programs import PROJECT
from rehearsal.demo.cancel import cancelled_at
from rehearsal.demo.changes import (
    BOTH,
    FEATURE,
    FIXES,
    LATER_FIX,
    NEW,
    OLD,
    PROMOTION,
    TWIN_TITLE,
    TWINS,
    VALUES,
    Change,
    Edit,
)
from rehearsal.projects.example import NAME, create, say_version
from rehearsal.run.maintainer import Method
from rehearsal.run.rehearse import Rehearsal, Run
from release_actions.core.errors import Code

_EXAMPLES = (
    *("create-release-branch", "prepare-release", "unreleased"),
    *("cherry-pick", "guard-release-branch", "backport-report", "support-matrix"),
)


def project(folder: Path, release: str, files: Mapping[str, str]) -> Path:
    """The example operator with the example workflows, at v1.4.0 on release-1.4 and on its way to v1.5.0 on main.

    `release` is what prepare-release.yml gives to the release, beside the tag; `files` are others than the example's.
    """
    texts = {name: (PROJECT / "examples" / f"{name}.yml").read_text() for name in _EXAMPLES}
    texts["prepare-release"] = texts["prepare-release"].partition("      images: ")[0] + release
    tree = create(folder, {**{f".github/workflows/{name}.yml": text for name, text in texts.items()}, **files})
    say_version(tree, "v1.4.0")
    tree.branch(OLD)
    tree.tag("v1.4.0")
    tree.branch("main")
    say_version(tree, "v1.5.0-rc.0")
    return folder


class Life:
    """What is played, and where it is printed: `tell` gets each heading and each line of what came of it."""

    def __init__(self, rehearsal: Rehearsal, folder: Path, tell: Callable[[str], None]) -> None:
        self._rehearsal = rehearsal
        self._tell = tell
        self._origin = rehearsal.stage(folder, NAME)
        self._github = rehearsal.github.repository(NAME)
        self._manager = rehearsal.manager(self._origin)
        self._contributor = rehearsal.clone(self._origin)
        self._proposed = 0

    def play(self) -> None:
        """Everything, in its order."""
        self.promote_a_gate()
        self.cut_the_branch()
        self.make_the_candidate()
        taken = [self.fix(change) for change in FIXES]
        self.take_back_by_hand(taken[-1])
        self.aim_a_feature_at_the_branch()
        self.make_the_release()
        self.fix(LATER_FIX)
        self.fix(TWINS[0])
        self.take_back_and_pick_again(self.fix(TWINS[1]))
        self.make_the_patches()
        self.look_back()
        self.show_what_is_supported()

    def promote_a_gate(self) -> None:
        self._tell(f"{PROMOTION.title!r} promotes a feature gate on main")
        self._merge(self._propose(PROMOTION, "main"), "squash")

    def cut_the_branch(self) -> None:
        self._tell("The release branch of the next minor version is cut")
        self._start("create-release-branch", next="minor")
        self._must(f"{NEW} begins where main is", self._at(NEW) == self._at("main"))
        self._must("a label asks for cherry-picks to it", f"cherry-pick/{NEW}" in self._github.labels)
        (pull,) = self._manager.open_pulls("main")
        self._must(f"#{pull['number']} moves main on", pull["title"] == "Set the version to v1.6.0-rc.0")
        self._merge(pull["number"], "squash")
        self._must("which nobody takes back", not self._manager.open_pulls(NEW))

    def make_the_candidate(self) -> None:
        self._tell("A candidate is made, in one step")
        self._start("prepare-release", make="candidate", push="true")
        self._must("v1.5.0-rc.0 is published", self._published() == {"v1.5.0-rc.0": True})

    def fix(self, change: Change) -> int:
        """The number of the fix's pull request; where its labels say so, it is taken back at once."""
        self._tell(f"{change.title!r} lands on main")
        number = self._propose(change, "main")
        self._merge(number, change.method)
        self._accept_picks(number, change.labels)
        return number

    def take_back_by_hand(self, number: int) -> None:
        self._tell(f"#{number} is taken back by hand, which is cancelled in the middle, and started again")
        request = {"pull-requests": str(number), "branches": " ".join(BOTH)}
        with cancelled_at(self._rehearsal.internet, "POST", "/pulls", "cherry_pick"):
            cut = _errors(self._run("cherry-pick", **request))
        self._must("it names the branches that it has written", all(f"-{number}-to-{one}" in cut for one in BOTH))
        self._must(f"but {NEW} has no pull request yet", not self._manager.open_pulls(NEW))
        self._start("cherry-pick", **request)
        self._accept_picks(number, BOTH)

    def take_back_and_pick_again(self, number: int) -> None:
        """A pick is reverted on the branch, under its title alone, and requested once more."""
        self._tell(f"The pick of #{number} is reverted on {NEW}, and requested again")
        (edit,) = TWINS[1].edits
        title = f'Revert "[{NEW}] {TWIN_TITLE}"'
        self._manager.merge(self._propose(Change(title, (Edit(edit.file, edit.new, edit.old),)), NEW))
        self._manager.ask("DELETE", f"/git/refs/heads/cherry-pick-{number}-to-{NEW}")
        report = self._start("backport-report").outcome.summary
        twins = [line for line in report.splitlines() if TWIN_TITLE in line and line.startswith("|")]
        self._must("the report has a row for each of the two", len(twins) == 2)
        self._must("and says of one that it was taken back", sum("❌ taken back" in one for one in twins) == 1)
        self._start("cherry-pick", **{"pull-requests": str(number), "branches": NEW})
        self._accept_picks(number, (NEW,))

    def aim_a_feature_at_the_branch(self) -> None:
        self._tell(f"{FEATURE.title!r} is aimed at {NEW}")
        number = self._propose(FEATURE, NEW)
        (guard,) = self._rehearsal.pull_request(self._origin, number, "opened")
        found = [(one.level, one.file) for one in guard.outcome.annotations]
        self._must(f"the guard warns of {VALUES}", ("warning", VALUES) in found)
        self._manager.close(number)

    def make_the_release(self) -> None:
        self._tell("The release is made, but not of what nobody has tried")
        refused = self._run("prepare-release", make="release", push="true")
        untried = Code.E_CANDIDATE_DIFFERS.name
        self._must(f"{untried}, as fixes came after the candidate", untried in _errors(refused))
        self._start("prepare-release", make="candidate", push="true")
        self._must("v1.5.0-rc.1 is published", "v1.5.0-rc.1" in self._published())
        self._start("prepare-release", make="release")
        (pull,) = self._manager.open_pulls(NEW)
        self._must(f"#{pull['number']} proposes it", pull["title"] == "Prepare v1.5.0")
        self._manager.merge(pull["number"])
        self._start("prepare-release", make="release")
        self._must("v1.5.0 is published, and the latest", self._latest() == "v1.5.0")
        (notes,) = (one.body or "" for one in self._github.releases.values() if one.tag == "v1.5.0")
        changes = ("`PoliteGreeting` default changed: It is on by default now.", "promoted: From Alpha to Beta.")
        self._must("its notes begin with the feature gate since v1.4.0", all(one in notes for one in changes))

    def make_the_patches(self) -> None:
        self._tell("Both branches get a patch")
        self._start("prepare-release", make="patch", push="true")
        self._must("v1.5.1 is published, and the latest", self._latest() == "v1.5.1")
        self._start("prepare-release", **{"make": "patch", "release-branch": OLD, "push": "true"})
        self._must("v1.4.1 is published", self._published().get("v1.4.1") is False)
        self._must("and v1.5.1 still the latest", self._latest() == "v1.5.1")

    def look_back(self) -> None:
        self._tell("What is where, and what is left to do")
        report = self._start("backport-report").outcome.summary
        lines = {title: [one for one in report.splitlines() if title in one] for title in map(_subject, FIXES)}
        there = [[line.count("✅ there") for line in found] for found in lines.values()]
        self._must("each of the three fixes is on both branches", all(each and set(each) == {2} for each in there))
        unreleased = self._start("unreleased").outcome.summary
        self._must("nothing waits for a version", unreleased.count("Nothing is new since the release") == len(BOTH))
        since = len(self._rehearsal.internet.proxy.calls)
        self._start("prepare-release", make="v1.5.1", push="true")
        self._must("v1.5.1 again: nothing is written", not self._rehearsal.internet.writes(since))

    def show_what_is_supported(self) -> None:
        """The support matrix gets the new minor version, by a pull request that is there once."""
        self._tell("Which versions are supported, and until when")
        self._start("support-matrix")
        (pull,) = self._manager.open_pulls("main")
        self._must(f"#{pull['number']} proposes the matrix", pull["title"] == "Update the support matrix")
        self._start("support-matrix")
        self._must("and no other one does", len(self._manager.open_pulls("main")) == 1)
        self._merge(pull["number"], "squash")
        self._contributor.git("fetch", "--quiet", "origin")
        page = self._contributor.git("show", "refs/remotes/origin/main:docs/support-matrix.md")
        lines = [line for line in page.splitlines() if line.startswith("|")]
        for line in lines:
            self._tell(f"   {line}")
        new, old = lines[2:]
        self._must("1.5 is supported, with v1.5.1", all(one in new for one in ("| 1.5 |", "`v1.5.1`", "| supported |")))
        self._must("1.4 until 1.6 is released", all(one in old for one in ("`v1.4.1`", "with the release of 1.6")))

    def _propose(self, change: Change, base: str) -> int:
        """A contributor's pull request."""
        self._proposed += 1
        words = re.findall(r"[a-z]+", _subject(change).lower())
        branch = f"{'-'.join(words)}-{self._proposed}"
        self._contributor.git("fetch", "--quiet", "origin")
        self._contributor.git("checkout", "--quiet", "-B", branch, f"refs/remotes/origin/{base}")
        for edit in change.edits:
            file = self._contributor.folder / edit.file
            file.write_text(file.read_text().replace(edit.old, edit.new))
            self._contributor.commit(change.title)
        self._contributor.push()
        return self._manager.open(branch, base, change.title, [f"cherry-pick/{one}" for one in change.labels])

    def _merge(self, number: int, method: Method) -> None:
        """Merge a pull request to main, and let run what that starts."""
        before = self._at("main")
        self._manager.merge(number, method)
        for one in self._rehearsal.push_branch(self._origin, "main", before):
            self._must_succeed(one)

    def _accept_picks(self, number: int, branches: Sequence[str]) -> None:
        """Let the guard look at what was proposed to each branch, and merge it."""
        for branch in branches:
            (pull,) = self._manager.open_pulls(branch)
            self._must(
                f"#{pull['number']} takes it to {branch}",
                pull["head"]["ref"] == f"cherry-pick-{number}-to-{branch}",
            )
            # One that a workflow has opened with its own token starts no workflows by itself.
            self._manager.reopen(pull["number"])
            (guard,) = self._rehearsal.pull_request(self._origin, pull["number"], "reopened")
            self._must_succeed(guard)
            self._must("and the guard has nothing against it", not guard.outcome.annotations)
            self._manager.merge(pull["number"], "rebase")

    def _start(self, workflow: str, **inputs: str) -> Run:
        """A workflow that is started by hand, and has to succeed."""
        done = self._run(workflow, **inputs)
        self._must_succeed(done)
        return done

    def _run(self, workflow: str, **inputs: str) -> Run:
        given = ", ".join(f"{name}: {value}" for name, value in inputs.items())
        self._tell(f"   ▸ {workflow}{f' ({given})' if given else ''}")
        return self._rehearsal.dispatch(self._origin, "refs/heads/main", inputs, f"{workflow}.yml")

    def _must_succeed(self, one: Run) -> None:
        if one.outcome.exit_code:
            raise RehearsalError(f"{one.workflow} failed: {_errors(one)}\n{one.outcome.log}")

    def _must(self, what: str, holds: object) -> None:
        if not holds:
            raise RehearsalError(f"this is not so: {what}")
        self._tell(f"   ✓ {what}")

    def _at(self, branch: str) -> str:
        return self._origin.commit(f"refs/heads/{branch}")

    def _published(self) -> dict[str, bool]:
        """The tags of all releases that anybody can see, and whether each is a candidate's."""
        return {one.tag: one.prerelease for one in self._github.releases.values() if not one.draft}

    def _latest(self) -> str:
        latest = self._github.latest_release
        return self._github.releases[latest].tag if latest else ""


def _subject(change: Change) -> str:
    return change.title.partition(": ")[2]


def _errors(one: Run) -> str:
    return "\n".join(f"{note.title}: {note.message}" for note in one.outcome.annotations if note.level == "error")
