"""Patterns of paths."""

import pytest

from release_actions.core.patterns import fits


@pytest.mark.parametrize(
    ("pattern", "fitting", "others"),
    [
        ("pkg/*.go", ["pkg/a.go"], ["pkg/x/a.go", "a.go", "pkg/a.md", "x/pkg/a.go"]),
        ("config/**", ["config/a", "config/x/y/a"], ["config", "other/config/a"]),
        ("**/*.go", ["a.go", "x/a.go", "x/y/a.go"], ["a.md", "x/a.md"]),
        ("a/**/b.yaml", ["a/b.yaml", "a/x/b.yaml", "a/x/y/b.yaml"], ["b.yaml", "a/x/c.yaml", "a/b.yaml/x"]),
        ("**", ["a", "x/a"], []),
        ("**/**/a", ["a", "x/a", "x/y/z/a"], ["b"]),
        ("a?/[bc].go", ["ax/b.go"], ["a/b.go", "ax/d.go", "AX/b.go"]),
        ("values.yaml", ["values.yaml"], ["x/values.yaml"]),
    ],
)
def test_what_a_pattern_takes_in(pattern: str, fitting: list[str], others: list[str]) -> None:
    assert [path for path in (*fitting, *others) if fits(path, pattern)] == fitting


def test_a_pattern_of_many_parts_takes_no_time_to_speak_of() -> None:
    assert not fits("/".join(["a"] * 300), "/".join(["**", "a"] * 100 + ["b"]))
