"""What there is of changes on branches, decided by content: the evidence for `fix_on_branch`, gathered from git.

Titles, numbers, trailers and equal patches only say which commits of a branch a change may have come with. Each of them
is then looked at: what does the change bring when it is merged there, and how much of it does that commit do?
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from release_actions.git.commits import Commit
from release_actions.git.program import Git
from release_actions.history.branch_history import BranchHistory, Case, Subject
from release_actions.history.content import Content
from release_actions.history.edit import LineEdit
from release_actions.history.fix_on_branch import (
    HALF,
    Brings,
    Came,
    Effect,
    Evidence,
    FixFinding,
    Later,
    in_parts,
    judge,
)
from release_actions.history.hints import Hints
from release_actions.history.names import By, Names
from release_actions.history.patch_lines import Fate, Lines, fate


class FixSearch:
    """Finds what there is of changes. `git` has the commits, `content` their trees; raises as `Content`."""

    def __init__(self, content: Content, names: Names, git: Git) -> None:
        self.content: Final = content
        self.names: Final = names
        self.git: Final = git
        self._hints = Hints(content)

    def find(self, wanted: Iterable[tuple[Subject, BranchHistory]]) -> list[FixFinding]:
        """What there is of each change on its branch."""
        cases = [Case(subject, branch) for subject, branch in wanted]
        by_branch: dict[str, list[Case]] = {}
        for case in cases:
            by_branch.setdefault(case.branch.name, []).append(case)
        self._fetch(cases)
        for some in by_branch.values():
            self._decide(some)
        return [case.finding for case in cases if case.finding]

    def _fetch(self, cases: Sequence[Case]) -> None:
        """Fetch at once the trees that all branches need, as they are much alike."""
        branches = {case.branch.name: case.branch for case in cases}.values()
        own = self.content.edits(self.git, [one for branch in branches for one in branch.own])
        edits = [*(case.subject.edit for case in cases), *own.values()]
        tips = [branch.tip.tree for branch in branches]
        self.content.clone.fetch_trees([*tips, *(tree for edit in edits for tree in edit)])

    def came(self, wanted: Sequence[tuple[Subject, Sequence[tuple[Commit, By]]]]) -> list[Came | None]:
        """Which of the commits named beside it each change came with, the first one that it did."""
        edits = self.content.edits(self.git, (one for _, named in wanted for one, _ in named))
        lines = self.content.lines([*(one.edit for one, named in wanted if named), *edits.values()])
        shares: list[dict[Commit, float]] = []
        unsure: list[tuple[LineEdit, str]] = []
        for subject, named in wanted:
            looked = [(one, by, lines[edits[one.id]]) for one, by in named if one.id in edits]
            share = {one: self._share(subject, one, by, (lines[subject.edit], own)) for one, by, own in looked}
            unsure += [
                (subject.edit, one.tree) for one, _, own in looked if not share[one] or own != lines[subject.edit]
            ]
            shares.append(share)
        effects = self.content.effects(unsure)
        found: list[Came | None] = []
        for (subject, named), share in zip(wanted, shares, strict=True):
            tried = ((one, by, effects.get((subject.edit, one.tree))) for one, by in named if one in share)
            came = (
                Came(one.id, by, effect is not None and effect.brings is Brings.NOTHING, share[one])
                for one, by, effect in tried
            )
            found.append(next((one for one in came if one.whole or one.share >= HALF), None))
        return found

    def alike(self, commits: Sequence[Commit], branch: BranchHistory) -> dict[str, list[str]]:
        """The changes of a branch that do the same to the same files as commits do, the youngest first, by commit."""
        same = self._same(self.content.edits(self.git, commits), branch.line[::-1])
        return {name: [one.id for one in some] for name, some in same.items()}

    def _same(self, wanted: dict[str, LineEdit], commits: Sequence[Commit]) -> dict[str, list[Commit]]:
        """Those of the commits that change the same lines of the same files as these edits, by the edits' names."""
        edits = self.content.edits(self.git, commits if wanted else ())
        files = self.content.files([*edits.values(), *wanted.values()])
        by_paths: dict[frozenset[str], list[Commit]] = {}
        for one in commits:
            if one.id in edits:
                by_paths.setdefault(frozenset(files[edits[one.id]]), []).append(one)
        near = {name: by_paths.get(frozenset(files[edit]), []) for name, edit in wanted.items()}
        known = [wanted[name] for name, some in near.items() if some]
        lines = self.content.lines([*known, *(edits[one.id] for some in near.values() for one in some)])
        return {
            name: [one for one in some if lines[wanted[name]] and lines[edits[one.id]] == lines[wanted[name]]]
            for name, some in near.items()
        }

    def _decide(self, cases: Sequence[Case]) -> None:
        """The findings of changes on one branch."""
        branch = cases[0].branch
        self._name(cases)
        self._keep_untouched([case for case in cases if case.came and not case.named])
        left = [case for case in cases if case.finding is None]
        edits = [case.subject.edit for case in left]
        effects = self.content.effects(((edit, branch.tip.tree) for edit in edits), branch.tip.tree)
        files = self.content.files(edits)
        unsettled = []
        for case in left:
            tip = effects[case.subject.edit, branch.tip.tree]
            if files[case.subject.edit] and tip.brings is not Brings.NOTHING:
                unsettled.append(case)
                continue
            evidence = Evidence(empty=not files[case.subject.edit], tip=tip, came=self._first_named(case))
            if evidence.came is None and not evidence.empty:
                alone = not self.content.lines([case.subject.edit])[case.subject.edit].added
                evidence = msgspec.structs.replace(evidence, removes_alone=alone)
            case.finding = judge(evidence)
        self._find_came(unsettled)
        self.follow([case for case in unsettled if case.came])
        self._judge(unsettled, effects)

    def _judge(self, cases: Sequence[Case], effects: dict[tuple[LineEdit, str], Effect]) -> None:
        """The findings of changes of which the tip has not all; those with commits of their own, one by one."""
        strangers = [case for case in cases if not case.came]
        tips = {case.subject.id: effects[case.subject.edit, case.branch.tip.tree] for case in cases}
        self._hints.read([(case.subject, case.branch) for case in strangers])
        for case in cases:
            tip = tips[case.subject.id]
            newer = older = elsewhere = ""
            if case.came is None:
                if tip.brings is not Brings.ALL:
                    newer, older = self._hints.versions(case.subject, case.branch)
                elsewhere = self._hints.elsewhere(case.subject, case.branch)
                absent = tip.absent and self._hints.is_absent(case.branch, tip.files)
                tip = msgspec.structs.replace(tip, absent=absent)
            case.finding = judge(
                Evidence(
                    empty=False,
                    tip=tip,
                    came=case.came,
                    later=case.later,
                    newer=newer,
                    older=older,
                    elsewhere=elsewhere,
                )
            )
        in_part = [case for case in cases if case.subject.parts and case.finding and not case.finding.standing.is_there]
        pieces = [(part, case.branch) for case in in_part for part in case.subject.parts]
        found = {(part.id, one.name): finding for (part, one), finding in zip(pieces, self.find(pieces), strict=True)}
        for case in in_part:
            assert case.finding is not None
            parts = {part.id: found[part.id, case.branch.name] for part in case.subject.parts}
            case.finding = in_parts(parts, case.finding)

    def _keep_untouched(self, cases: Sequence[Case]) -> None:
        """What a branch began with is there as long as none of its own commits changes the same files."""
        if not cases:
            return
        line = cases[0].branch.line
        edits = self.content.edits(self.git, line)
        files = self.content.files([*(case.subject.edit for case in cases), *edits.values()])
        touched = {path for edit in edits.values() for path in files[edit]}
        for case in cases:
            if touched.isdisjoint(files[case.subject.edit]):
                evidence = Evidence(empty=False, tip=Effect(Brings.NOTHING), came=case.came)
                case.finding = judge(evidence)

    def _name(self, cases: Sequence[Case]) -> None:
        """Find the commits of the branch that a change may have come with: the youngest first, by the best sign."""
        by_change: dict[str, list[tuple[Commit, By]]] = {}
        for commit in cases[0].branch.own:
            for change in self.names.consist_of(commit.id):
                by_change.setdefault(change, []).append((commit, By.HISTORY))
            named = self.names.named(commit)
            for change, by in named.items():
                by_change.setdefault(change, []).append((commit, by))
            if not named:
                for change in self.names.titled(commit):
                    by_change.setdefault(change, []).append((commit, By.TITLE))
        for case in cases:
            own = {commit for one in (case.subject, *case.subject.parts) for commit in self.commits_of(one.id)}
            if own & case.branch.inherited:
                case.came = Came(case.subject.id, By.HISTORY, whole=True, share=1.0)
            case.named = by_change.get(case.subject.id, [])

    def _share(self, subject: Subject, commit: Commit, by: By, lines: tuple[Lines, Lines]) -> float:
        """How much of a change a commit does, 0 where what connects them is not enough to believe it for that."""
        change, own = lines
        believed = by is not By.CONTENT
        if by is By.TITLE:  # the least of all reasons, so that both sides have to be alike
            believed = self.names.bears_alone(subject.id) and change.least_share(own) >= HALF
        if by is By.TRAILER:  # of a change of several commits it may name the first alone
            believed = {part.id for part in subject.parts} <= self.names.named(commit).keys()
        return change.share(own) if believed else 0

    def commits_of(self, change: str) -> tuple[str, ...]:
        found = self.names.changes.get(change)
        return found.commits if found else (change,)

    def _first_named(self, case: Case) -> Came | None:
        """The commit that is named as what has it, where nothing more has to be known."""
        if case.came or not case.named:
            return case.came
        commit, by = min(case.named, key=lambda one: tuple(By).index(one[1]))
        return Came(commit.id, by, whole=True, share=1.0)

    def _find_came(self, cases: Sequence[Case]) -> None:
        """Find the commits that changes came with: those that are named or, where none is, that do the same."""
        for case, came in zip(cases, self.came([(case.subject, case.named) for case in cases]), strict=True):
            case.came = came or case.came
        left = [case for case in cases if case.came is None and not case.subject.parts]
        same = self._same({case.subject.id: case.subject.edit for case in left}, cases[0].branch.own if cases else ())
        possible = [
            (case.subject, [(one, By.CONTENT) for one in same[case.subject.id] if not self.names.named(one)])
            for case in left
        ]
        for case, came in zip(left, self.came(possible), strict=True):
            case.came = came

    def follow(self, cases: Sequence[Case]) -> None:
        """Find out what became of changes after they came."""
        commits = {one.id: one for case in cases for one in case.branch.own}
        adapted = [commits[case.came.commit] for case in cases if case.came and not case.came.whole]
        picks = self.content.edits(self.git, adapted)
        later = {case.branch.name: self.content.edits(self.git, case.branch.line) for case in cases}
        known = [
            (case, case.came, case.subject.edit if case.came.whole else picks[case.came.commit])
            for case in cases
            if case.came
        ]
        edits = [one for case, _, edit in known for one in (edit, case.subject.edit)]
        files = self.content.files([*edits, *(one for some in later.values() for one in some.values())])
        touching: list[list[Commit]] = []
        for case, came, edit in known:
            paths, own = files[edit].keys() | files[case.subject.edit].keys(), later[case.branch.name]
            since = (one for one in case.branch.since(came.commit) if one.id in own)
            touching.append([one for one in since if not paths.isdisjoint(files[own[one.id]])])
        own = {name: edit for some in later.values() for name, edit in some.items()}
        lines = self.content.lines([*edits, *(own[one.id] for some in touching for one in some)])
        fates = []
        for (case, came, edit), some in zip(known, touching, strict=True):
            change = lines[edit] if came.whole else lines[edit].common(lines[case.subject.edit])
            fates.append((case, edit, fate(change, (lines[own[one.id]] for one in some)), some))
        for tree in dict.fromkeys(case.branch.tip.tree for case, _, _ in known):
            self._conclude([one for one in fates if one[0].branch.tip.tree == tree], tree)

    def _conclude(self, known: Sequence[tuple[Case, LineEdit, Fate, Sequence[Commit]]], tip: str) -> None:
        """What became of changes on one branch, given their picks, the fate of their lines, and the commits since."""
        effects = self.content.effects(((edit, tip) for _, edit, _, _ in known), tip)
        broken = {
            (edit, touching[became.first].tree)
            for _, edit, became, touching in known
            if became.first >= 0 and became.stands < HALF and effects[edit, tip].brings is Brings.CONFLICT
        }
        behind = self.content.effects(broken)
        for case, edit, became, touching in known:
            assert case.came is not None
            taken = {case.subject.id, case.came.commit, *self.commits_of(case.subject.id)}
            reverted_by = next((one.id for one in touching if taken & self.names.takes_back(one)), "")
            by = touching[became.first] if became.first >= 0 else None
            found = behind.get((edit, by.tree)) if by else None
            undone = found is not None and found.brings is Brings.ALL
            case.later = Later(effects[edit, tip], became, by.id if by else "", reverted_by, undone)
