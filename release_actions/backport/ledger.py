"""Which fixes there are on release branches, and what there is of each of them on every branch.

A fix is a change of the default branch that a commit of a release branch is a pick of, or that a label requests; or it
is a change that release branches alone have. A merge and its commits are one change.
"""

from collections.abc import Iterable, Mapping, Sequence

from release_actions.backport.matrix import KnownFix
from release_actions.core.text import short_id
from release_actions.git.commits import Commit, no_parent, read_commits
from release_actions.git.program import Git
from release_actions.history.branch_history import BranchHistory, Subject, named
from release_actions.history.change_class import classify
from release_actions.history.content import Content
from release_actions.history.edit import LineEdit
from release_actions.history.evidence import FixSearch
from release_actions.history.fix_on_branch import HALF, FixFinding, Standing, Undone, with_default
from release_actions.history.names import By, Mention, Names
from release_actions.history.on_default import undone_changes
from release_actions.history.picks import plain_title


class FixReader:
    """Reads fixes. `git` has the commits, `content` their trees; raises as `Content`."""

    def __init__(self, content: Content, git: Git) -> None:
        self._content = content
        self._git = git

    def read(
        self, default: BranchHistory, branches: Sequence[BranchHistory], requested: Iterable[str]
    ) -> list[KnownFix]:
        """All fixes, those of the default branch first and youngest first; `requested` are commits of that branch."""
        everything = [*default.own, *(one for branch in branches for one in branch.own)]
        changes = default.changes()
        names = Names(changes, everything)
        presence = FixSearch(self._content, names, self._git)
        wanted = {change for one in requested for change in names.changes_of(one)}
        of_branches = [one for branch in branches for one in _fixes(branch, names)]
        origins, own = self._origins(names, presence, of_branches, default)
        wanted |= origins
        alone = self._alone(own, branches)
        names = Names([*changes, *alone], everything)
        presence = FixSearch(self._content, names, self._git)
        subjects = self._subjects([*(one.id for one in changes if one.id in wanted), *(one.id for one in alone)])
        work = [(one, branch) for one in subjects for branch in branches]
        found = dict(zip(((one.id, branch.name) for one, branch in work), presence.find(work), strict=True))
        undone = undone_changes(presence, [one for one in subjects if one.id in wanted], default)
        return [
            KnownFix(
                commit=one.id,
                title=names.changes[one.id].title,
                on_default=one.id in wanted,
                commits=names.changes[one.id].commits,
                findings={branch.name: self._finding(one.id, branch, found, undone, default) for branch in branches},
            )
            for one in subjects
        ]

    def _finding(
        self,
        change: str,
        branch: BranchHistory,
        found: Mapping[tuple[str, str], FixFinding],
        undone: Mapping[str, Undone],
        default: BranchHistory,
    ) -> FixFinding:
        """What there is of a change, given what the default branch did to it."""
        own, taken = found[change, branch.name], undone.get(change)
        if taken and taken.superseded and own.standing.is_lacking:
            newer = found.get((taken.by, branch.name))
            if newer and newer.standing.is_there:
                reason = f"{default.name} replaced its lines with {short_id(taken.by)}, which the branch has."
                return FixFinding(standing=Standing.NOT_NEEDED, reason=reason, undone=taken)
        inherited = taken is not None and taken.by in branch.inherited
        return with_default(own, taken, default.name, inherited=inherited)

    def _origins(
        self, names: Names, presence: FixSearch, commits: Sequence[Commit], default: BranchHistory
    ) -> tuple[set[str], list[Commit]]:
        """The default branch's changes that commits are picks of, with their twins, and the commits that are not."""
        origins: set[str] = set()
        titled: list[Commit] = []
        left: list[Commit] = []
        for commit in commits:
            said = names.named(commit)
            origins.update(said)
            if not said:
                (titled if names.titled(commit) else left).append(commit)
        pairs = [(commit, change) for commit in titled for change in names.titled(commit)]
        subjects = {one.id: one for one in self._subjects(dict.fromkeys(change for _, change in pairs))}
        came = presence.came([(subjects[change], [(commit, By.TITLE)]) for commit, change in pairs])
        sure = {commit.id for (commit, _), one in zip(pairs, came, strict=True) if one}
        for commit in titled:
            if commit.id in sure:
                origins.update(names.titled(commit))
            else:
                left.append(commit)
        alike = presence.alike(left, default)
        origins.update(found[0] for found in alike.values() if found)
        # People take changes of one title for one, so what there is of the others is told as well.
        origins.update(other for one in tuple(origins) for other in names.with_title_of(one))
        return origins, [one for one in left if not alike.get(one.id)]

    def _alone(self, commits: Sequence[Commit], branches: Sequence[BranchHistory]) -> list[Mention]:
        """The changes that release branches alone have, each once: picks of one another are one."""
        ids = {one.id for one in commits}
        changes: dict[str, Mention] = {}
        for branch in branches:
            for one in reversed(branch.changes()):
                members = [commit for commit in branch.own if commit.id in one.commits]
                if (len(one.commits) == 1 and one.id in ids) or (
                    len(one.commits) > 1 and all(commit.id in ids for commit in members if len(commit.parents) < 2)
                ):
                    changes[one.id] = one
                elif len(one.commits) > 1:
                    changes.update((commit.id, named(commit, ())) for commit in members if commit.id in ids)
        names = Names(list(changes.values()), commits)
        by_id = {one.id: one for branch in branches for one in branch.own}
        edits = self._edits([by_id[one] for one in changes])
        lines = self._content.lines(edits.values())
        first: dict[str, str] = {}
        for one in reversed(changes.values()):
            own, title = lines[edits[one.id]], plain_title(one.title)
            for other, found in first.items():
                its = lines[edits[other]]
                linked = plain_title(changes[other].title) == title or other in names.named(by_id[one.id])
                alike = max(own.share(its), its.share(own)) >= HALF
                if (linked and alike) or (own and own == its):
                    first[one.id] = found
                    break
            else:
                first[one.id] = one.id
        return [one for one in changes.values() if first[one.id] == one.id]

    def _subjects(self, changes: Iterable[str]) -> list[Subject]:
        return [Subject(id=name, edit=edit) for name, edit in self._edits(read_commits(self._git, changes)).items()]

    def _edits(self, commits: Sequence[Commit]) -> dict[str, LineEdit]:
        """What commits change, by id; raises E_GIT where the server's history ends at one of them."""
        edits = self._content.edits(self._git, commits)
        for one in commits:
            if one.id not in edits:
                raise no_parent(one)
        return edits


def _fixes(branch: BranchHistory, names: Names) -> list[Commit]:
    """The commits of a branch that reach users, without merges and reverts of what came to the branch later."""
    came_later = {one.id for one in branch.own} | (names.changes.keys() - branch.inherited)
    return [
        one
        for one in branch.own
        if len(one.parents) < 2 and classify(one.title).reaches_users and not names.takes_back(one) & came_later
    ]
