"""Which files a .dockerignore leaves out of a build."""

import pytest

from release_actions.image.dockerignore import parse_ignored


@pytest.mark.parametrize(
    ("text", "left_out", "sent"),
    [
        ("", (), ("a.bin", "docs/a.bin")),
        ("docs", ("docs", "docs/a.bin", "docs/b/c.bin"), ("docs.bin", "src/docs/a.bin")),
        ("/docs/\r\n", ("docs/a.bin",), ("src/docs/a.bin",)),
        ("./a/../docs", ("docs/a.bin",), ("a/b.bin",)),
        ("*.bin", ("a.bin",), ("docs/a.bin", "a.bin.txt")),
        ("**/*.bin", ("a.bin", "docs/a.bin", "docs/b/c.bin"), ("a.txt",)),
        ("docs/**", ("docs/a.bin", "docs/b/c.bin"), ("docs", "a.bin")),
        ("**", ("a.bin", "docs/a.bin"), ()),
        ("a?.[bc]in", ("ab.bin", "ab.cin"), ("a.bin", "abc.bin", "ab.din")),
        ("[^a].bin", ("b.bin",), ("a.bin",)),
        ("\\*.bin", ("*.bin",), ("a.bin",)),
        ("[z-a].bin", ("[z-a].bin",), ("b.bin",)),
        ("*\n!cmd", ("docs/a.bin", "a.bin"), ("cmd", "cmd/a.bin")),
        ("docs\n!docs/b\ndocs/b/c.bin", ("docs/a.bin", "docs/b/c.bin"), ("docs/b/d.bin",)),
        ("!docs\ndocs", ("docs/a.bin",), ()),
        ("# docs\n #docs", ("#docs",), ("docs/a.bin", "# docs")),
        ("\ufeffdocs", ("docs/a.bin",), ()),
        ("!\n.\n/", (), ("docs/a.bin",)),
    ],
)
def test_a_file_is_left_out_by_the_last_pattern_that_fits(
    text: str, left_out: tuple[str, ...], sent: tuple[str, ...]
) -> None:
    is_left_out = parse_ignored(text)
    assert [path for path in (*left_out, *sent) if is_left_out(path)] == list(left_out)
