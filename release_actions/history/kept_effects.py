"""What changes brought to trees in an earlier run: it holds for the same trees, and for those that are alike there.

Pure: which paths two trees differ in is asked elsewhere.
"""

from collections.abc import Iterable, Mapping

import msgspec

from release_actions.history.edit import LineEdit
from release_actions.history.fix_on_branch import Effect


class KeptEffect(msgspec.Struct, frozen=True, array_like=True):
    """What a change brings to a tree, merged as the attribute files of the tree `attributes` say."""

    edit: LineEdit
    tree: str
    attributes: str
    effect: Effect


class KeptEffects:
    """Effects by change and tree; `older` has the tree of a branch's tip in that run, by that of its tip now."""

    def __init__(self, effects: Iterable[KeptEffect] = (), older: Mapping[str, str] | None = None) -> None:
        self._known = {(one.edit, one.tree, one.attributes): one.effect for one in effects}
        self._older = older or {}

    def same(self, edit: LineEdit, tree: str, attributes: str) -> Effect | None:
        """What a change brings to just this tree."""
        return self._known.get((edit, tree, attributes))

    def before(self, edit: LineEdit, tree: str, attributes: str) -> tuple[str, Effect] | None:
        """The tree that a branch had in that run, and what a change brought to it."""
        older = self._older.get(tree)
        found = older and self._known.get((edit, older, self._older.get(attributes, attributes)))
        return (older, found) if older and found else None
