"""Edits of a module that follow from its syntax: what a careless change would swap, drop or empty.

Left alone are annotations, decorators, docstrings, `assert` and imports: an edit there is refused by the type checker,
or means nothing when the program runs.
"""

import ast
import random
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from tools.mutants.edits import Edit

_SWAPPED = {
    "==": "!=",
    "!=": "==",
    "<": "<=",
    "<=": "<",
    ">": ">=",
    ">=": ">",
    "is": "is not",
    "is not": "is",
    "in": "not in",
    "not in": "in",
    "and": "or",
    "or": "and",
    "+": "-",
    "-": "+",
    "*": "+",
    "|": "&",
    "&": "|",
}
_OPERATOR = re.compile(r"\bis\s+not\b|\bnot\s+in\b|\b(?:is|in|and|or)\b|[=!<>]=|[<>+*|&-]")

Found = tuple[int, int, str]
"""Bytes `start` to `end` of a module, and what they become."""


def drawn_edits(module: str, source: bytes, count: int, seed: int) -> list[Edit]:
    """So many edits of a module, in the order of their lines; for one seed always the same."""
    reader = _Reader(source)
    found = list(dict.fromkeys(reader.edits(reader.tree, "")))
    random.Random(f"{seed} {module}").shuffle(found)
    chosen: list[Edit] = []
    for (start, end, text), place in found:
        edit = Edit(module, start, end, text, place=place or "module")
        if len(chosen) < count and _is_program(edit.apply(source)):
            chosen.append(edit)
    return sorted(chosen, key=lambda edit: (edit.start, edit.end, edit.text))


def _is_program(source: bytes) -> bool:
    try:
        ast.parse(source)
    except SyntaxError:
        return False
    return True


class _Reader:
    """A module's syntax tree, and where its nodes are."""

    def __init__(self, source: bytes) -> None:
        self.tree = ast.parse(source)
        self._source = source
        self._lines = [0, *(match.end() for match in re.finditer(rb"\n", source))]

    def edits(self, node: ast.AST, place: str) -> Iterator[tuple[Found, str]]:
        """Each edit at a node and below it, with the name of the function or class that it is in."""
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            place = f"{place}.{node.name}".lstrip(".")
        if isinstance(node, ast.expr):
            found = self._expression(node, is_constant=not place)
        elif isinstance(node, ast.comprehension):
            found = (self._instead(one, "True") for one in node.ifs)
        else:
            found = self._statement(node)
        for one in found:
            yield one, place
        for child in _children(node):
            yield from self.edits(child, place)

    def _statement(self, node: ast.AST) -> Iterator[Found]:
        match node:
            case ast.If():
                yield from (self._instead(node.test, value) for value in ("True", "False"))
            case ast.While():  # the other way is only a loop without an end
                yield self._instead(node.test, "False")
            case ast.Return() | ast.Raise() | ast.Continue() | ast.Break() | ast.AugAssign() | ast.Delete():
                yield self._instead(node, "pass")
            case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()):
                yield self._instead(node, "pass")

    def _expression(self, node: ast.expr, *, is_constant: bool) -> Iterator[Found]:
        match node:
            case ast.Compare():
                yield from self._swapped([node.left, *node.comparators])
            case ast.BoolOp():
                yield from self._swapped(node.values)
            case ast.BinOp() if not is_constant and not _has_text(node):  # there it is a type, `str | None`
                yield from self._swapped([node.left, node.right])
            case ast.UnaryOp(op=ast.Not()):
                yield self._instead(node, self._text(*self._span(node.operand)))
            case ast.IfExp():
                yield from (self._instead(node.test, value) for value in ("True", "False"))
            case ast.Constant():
                if (other := _other_constant(node.value)) is not None:
                    yield self._instead(node, other)
            case ast.JoinedStr():
                yield self._instead(node, '""')
            case ast.Call():
                yield from self._without_arguments(node)

    def _swapped(self, operands: Sequence[ast.expr]) -> Iterator[Found]:
        """Each operator between two operands; parentheses may stand there too."""
        for left, right in pairwise(operands):
            start, end = self._span(left)[1], self._span(right)[0]
            between = self._text(start, end)
            if (found := _OPERATOR.search(between)) and (other := _SWAPPED.get(" ".join(found[0].split()))):
                yield start + found.start(), start + found.end(), other

    def _without_arguments(self, call: ast.Call) -> Iterator[Found]:
        """The call without each argument that has a name, and without the last of several that have none."""
        named = [one.value for one in call.keywords]
        arguments = sorted([*call.args, *named], key=self._span)
        for number, argument in enumerate(arguments):
            if argument in named or (number and number == len(arguments) - 1):
                start = self._span(arguments[number - 1])[1] if number else self._span(call.func)[1] + 1
                end = self._span(argument)[1]
                if not set("()#") & set(self._text(start, self._span(argument)[0])):
                    yield start, end, ""

    def _instead(self, node: ast.AST, text: str) -> Found:
        return (*self._span(node), text)

    def _text(self, start: int, end: int) -> str:
        return self._source[start:end].decode()

    def _span(self, node: ast.AST) -> tuple[int, int]:
        assert isinstance(node, ast.expr | ast.stmt)
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        start = self._lines[node.lineno - 1] + node.col_offset
        return start, self._lines[node.end_lineno - 1] + node.end_col_offset


def _has_text(node: ast.BinOp) -> bool:
    """Whether it joins a written text, which no other operator does."""
    return any(isinstance(one, ast.JoinedStr | ast.Constant) for one in (node.left, node.right) if not _is_number(one))


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def _other_constant(value: object) -> str | None:
    if isinstance(value, bool):
        return str(not value)
    if isinstance(value, int | float):
        return str(value + 1 if value < 10 else value // 2)
    if isinstance(value, str | bytes) and value:
        return '""' if isinstance(value, str) else 'b""'
    return None


def _children(node: ast.AST) -> list[ast.AST]:
    """The nodes below one in which something may be edited."""
    match node:
        case ast.FunctionDef():
            found: list[ast.AST | None] = [*node.args.defaults, *node.args.kw_defaults, *_shorter(node.body)]
        case ast.ClassDef():
            found = [*node.body]
        case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
            found = [node.value]
        case ast.Expr(value=ast.Constant()) | ast.Assert() | ast.Import() | ast.ImportFrom() | ast.JoinedStr():
            found = []
        case _:
            found = [*ast.iter_child_nodes(node)]
    return [one for one in found if one is not None]


def _shorter(body: list[ast.stmt]) -> list[ast.AST]:
    """A function's statements; of a `return` at its end only what it gives, as it can't be left out."""
    *first, last = body
    return [*first, last.value if isinstance(last, ast.Return) and last.value else last]
