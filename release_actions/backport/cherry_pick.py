"""Commits picked onto other branches in a private bare repository, without a working tree.

A pick is a three-way merge of trees: what is between a commit's parent and the commit, onto the branch. It needs trees
and the files that change, and no history at all.
"""

from collections.abc import Sequence

import msgspec

from release_actions.backport.conflict import Conflict, hunks, labelled, read_messages
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.text import short_id
from release_actions.git.commits import Commit, no_parent, read_commits
from release_actions.git.person import Person
from release_actions.git.tree_merge import Merged
from release_actions.history.content import Content
from release_actions.history.picks import Change, commit_message


class Picked(msgspec.Struct, frozen=True):
    """The commit that the picks lead to; the branch's own tip when all of them were empty.

    `made` are the commits that were picked, `empty` those that change nothing there. With a `conflict`, the picks
    before it are in `tip`.
    """

    tip: Commit
    made: tuple[Commit, ...] = ()
    empty: tuple[Commit, ...] = ()
    conflict: Conflict | None = None


class CherryPicker:
    """Makes picks in the repository of `content`; with `signs_off` their messages say so (developercertificate.org)."""

    def __init__(self, content: Content, committer: Person, *, signs_off: bool = False) -> None:
        self._content = content
        self._committer = committer
        self._signs_off = signs_off
        self._git = content.clone.git
        self._commits: dict[str, Commit] = {}

    def pick(self, change: Change, onto: Commit, commits: Sequence[str] = ()) -> Picked:
        """Pick a change's commits, or some of them, onto a tip, in their order, as `git cherry-pick -x` does.

        Commits that change nothing there are left out. The same pick makes the same commits on every run. Raises E_GIT
        and E_REMOTE_UNAVAILABLE.
        """
        like = onto.tree
        made: list[Commit] = []
        empty: list[Commit] = []
        wanted = self.commits(commits or change.commits)
        edits = self._content.edits(self._git, wanted)
        for commit in wanted:
            if commit.id not in edits:
                raise no_parent(commit)
            pair = (edits[commit.id], onto.tree)
            self._content.prepare([pair])
            [merged] = self._content.merged([pair], like)
            if merged.error:
                raise ReleaseError(
                    Code.E_GIT,
                    f"{short_id(commit.id)} can't be merged onto the branch.",
                    next_step="Look at what git says above, and pick it by hand.",
                    details=(merged.error,),
                )
            if not merged.clean:
                return Picked(onto, tuple(made), tuple(empty), self._conflict(commit, merged))
            if merged.tree == onto.tree:
                empty.append(commit)
            else:
                onto = self.commit(change, commit, onto, merged.tree)
                made.append(commit)
        return Picked(onto, tuple(made), tuple(empty))

    def commits(self, ids: Sequence[str]) -> list[Commit]:
        """Commits by their full ids, each read once; raises E_GIT."""
        new = [one for one in dict.fromkeys(ids) if one not in self._commits]
        self._commits.update(zip(new, read_commits(self._git, new), strict=True))
        return [self._commits[one] for one in ids]

    def commit(self, change: Change, commit: Commit, onto: Commit, tree: str) -> Commit:
        """A picked commit, by the original's author; its time is that of the younger one, not of this run."""
        author, message, who = commit, commit.message, self._committer
        if change.mainline:
            # A merge is by whoever merged, and says little; the change is by the author of what was merged.
            [author] = read_commits(self._git, commit.parents[1:2])
            message = change.title
        message = commit_message(message, commit.id, str(who) if self._signs_off else "")
        committed_at = max(commit.committed_at, onto.committed_at)
        git = self._git.within(
            self._content.clone.folder,
            GIT_AUTHOR_NAME=author.author.strip(" .,:;<>\"\\'") or author.email.partition("@")[0] or "unknown",
            GIT_AUTHOR_EMAIL=author.email,
            GIT_AUTHOR_DATE=f"@{author.author_date}",
            GIT_COMMITTER_NAME=who.name,
            GIT_COMMITTER_EMAIL=who.email,
            GIT_COMMITTER_DATE=f"@{committed_at} +0000",
        )
        made = git.run("commit-tree", "-p", onto.id, "-F", "-", tree, stdin=message).strip()
        return Commit(
            id=made,
            tree=tree,
            parents=(onto.id,),
            author=author.author,
            email=author.email,
            author_date=author.author_date,
            committed_at=committed_at,
            message=message,
        )

    def _conflict(self, commit: Commit, merged: Merged) -> Conflict:
        labels = {merged.ours: "HEAD", merged.theirs: f"{commit.id[:7]} ({commit.title})"}
        files = {labelled(name, labels): hunks(self._text(merged.tree, name), labels) for name in merged.conflicts}
        return Conflict(commit.id, read_messages(merged.messages, labels), files, merged.tree)

    def _text(self, tree: str, name: str) -> str:
        """A file with conflict markers; nothing for one that was deleted or is no text."""
        answer = self._git.start("cat-file", "blob", f"{tree}:{name}")
        return answer.stdout if answer.ok and "\0" not in answer.stdout else ""
