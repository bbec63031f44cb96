"""Which edits follow from the syntax of a module."""

import pytest

from tools.mutants.draw import drawn_edits

ALL = 1000


def edited(source: str) -> set[str]:
    """Every version of a module with one edit."""
    return {edit.apply(source.encode()).decode() for edit in drawn_edits("m.py", source.encode(), ALL, seed=1)}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("if x:", {"if True:", "if False:"}),
        ("while x:", {"while False:"}),
        ("if not x:", {"if True:", "if False:", "if x:"}),
        ("if x == y:", {"if True:", "if False:", "if x != y:"}),
        ("if x is not y:", {"if True:", "if False:", "if x is y:"}),
        ("if x  not  in y:", {"if True:", "if False:", "if x  in y:"}),
        ("if (x) < (y):", {"if True:", "if False:", "if (x) <= (y):"}),
        ("if x and y:", {"if True:", "if False:", "if x or y:"}),
    ],
)
def test_conditions(line: str, expected: set[str]) -> None:
    rest = "\n        call()\n"
    head = "def f(x, y):\n    "
    versions = edited(f"{head}{line}{rest}")
    assert {version.removeprefix(head).removesuffix(rest) for version in versions if version.endswith(rest)} == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("call()", {"pass"}),
        ("raise Error", {"pass"}),
        ("x += y", {"pass"}),
        ("x = y", set()),
        ("x = y + z", {"x = y - z"}),
        ("x = y | z", {"x = y & z"}),
        ("x = 'a' + y", {'x = "" + y'}),
        ("x = f'{y}'", {'x = ""'}),
        ("x = True", {"x = False"}),
        ("x = 5", {"x = 6"}),
        ("x = 600", {"x = 300"}),
        ("x = ''", set()),
        ("x = a if b else c", {"x = a if True else c", "x = a if False else c"}),
        ("x = f(a, b)", {"x = f(a)"}),
        ("x = f(a)", set()),
        ("x = f(a=b)", {"x = f()"}),
        ("x = f(a, b=c, d=e)", {"x = f(a, d=e)", "x = f(a, b=c)"}),
        ("x = [a for a in b if c]", {"x = [a for a in b if True]"}),
        ("x = größe + 5", {"x = größe - 5", "x = größe + 6"}),
        ("assert x == y", set()),
        ("'''Say what it is.'''", set()),
        ("x: int | str = y", set()),
        ("import x", set()),
    ],
)
def test_statements(line: str, expected: set[str]) -> None:
    head, rest = "def f():\n    ", "\n    end = x\n"
    assert {one.removeprefix(head).removesuffix(rest) for one in edited(f"{head}{line}{rest}")} == expected


def test_types_at_the_top_of_a_module_are_left_alone() -> None:
    assert edited("Names = str | None\n") == set()


def test_the_last_return_gives_something_still() -> None:
    assert edited("def f(x):\n    return x\n") == set()
    assert edited("def f(x):\n    for y in x:\n        return y\n") == {"def f(x):\n    for y in x:\n        pass\n"}


def test_a_seed_always_draws_the_same_and_another_one_others() -> None:
    source = "".join(f"def f{number}(x):\n    if x == {number}:\n        call()\n" for number in range(30)).encode()
    drawn = {seed: drawn_edits("m.py", source, 10, seed) for seed in (1, 2)}
    assert [len(edits) for edits in drawn.values()] == [10, 10]
    assert drawn[1] == drawn_edits("m.py", source, 10, 1)
    assert drawn[1] != drawn[2]


def test_an_edit_is_called_by_its_function_and_lines_wherever_it_is() -> None:
    source = "class C:\n    def f(self, x):\n        if x:\n            call()\n"
    for text in (source, f"\n\n{source}"):
        keys = {edit.key(text.encode()) for edit in drawn_edits("m.py", text.encode(), ALL, 1)}
        assert ("m.py: C.f", "if x:", "if False:") in keys
