"""YAML read strictly: what is refused, where, and that every place is exact."""

import math
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from release_actions.core import yaml_nodes
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.yaml_nodes import LOOSE, Limits, Node, parse, parse_all, plain


@pytest.fixture(params=[yaml.CLoader, yaml.Loader], ids=["libyaml", "pure"])
def _loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_nodes, "LOADER", request.param)


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


REFUSED = {
    "duplicate key": ("name: a\nversion: 1\nname: b\n", Code.E_YAML, 3),
    "duplicate key, quoted once": ("name: a\n'name': b\n", Code.E_YAML, 2),
    "duplicate key, nested": ("a:\n  - b: 1\n    b: 2\n", Code.E_YAML, 3),
    "anchor": ("a: &x 1\n", Code.E_YAML, 1),
    "alias": ("a: 1\nb: *x\n", Code.E_YAML, 2),
    "merge key": ("a: 1\n<<: {b: 2}\n", Code.E_YAML, 2),
    "tag": ("a: !!python/object:os.system x\n", Code.E_YAML, 1),
    "two documents": ("a: 1\n---\nb: 2\n", Code.E_YAML, 3),
    "no document": ("# nothing\n", Code.E_YAML, 1),
    "number as key": ("a: 1\n80: x\n", Code.E_YAML, 2),
    "null as key": ("? \n: x\n", Code.E_YAML, 1),
    "mapping as key": ("{a: 1}: x\n", Code.E_YAML, 1),
    "tab as indentation": ("a:\n\tb: 1\n", Code.E_YAML, 2),
    "unclosed quote": ('a: "b\n', Code.E_YAML, 2),
    "control character": ("a: \x01\n", Code.E_YAML, 1),
    "alias bomb": (bomb(9), Code.E_YAML, 1),
    "too long": ("a: " + "x" * 256 * 1024, Code.E_YAML_LIMIT, 1),
    "too many nodes": ("[" + "x," * 20_000 + "]", Code.E_YAML_LIMIT, 1),
    "too deep in flow style": ("[" * 100_000, Code.E_YAML_LIMIT, 1),
    "too deep in block style": ("\n".join(" " * n + "a:" for n in range(200)), Code.E_YAML_LIMIT, 33),
    "too deep in lists": ("- " * 5_000 + "x", Code.E_YAML_LIMIT, 1),
}


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(("text", "code", "line"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_plain_is_refused_with_its_line(text: str, code: Code, line: int) -> None:
    with pytest.raises(ReleaseError) as refused:
        parse(text, "charts/demo/Chart.yaml")
    assert refused.value.code is code
    assert refused.value.file == "charts/demo/Chart.yaml"
    assert refused.value.line == line


LOOSELY_REFUSED = {
    "alias bomb": (bomb(9), Code.E_YAML_LIMIT),
    "merging twice": ("a: &a {k: v}\nb: {<<: *a, <<: *a}\n", Code.E_YAML),
    "merging a scalar": ("a: &a x\nb:\n  <<: *a\n", Code.E_YAML),
    "alias to itself": ("a: &a [*a]\n", Code.E_YAML),
    "alias before its anchor": ("a: *a\nb: &a x\n", Code.E_YAML),
    "alias of another document": ("a: &a x\n---\nb: *a\n", Code.E_YAML),
    "a chain of aliases deeper than any nesting": (
        "- &a0 x\n" + "".join(f"- &a{n} [*a{n - 1}]\n" for n in range(1, 200)),
        Code.E_YAML_LIMIT,
    ),
}


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(("text", "code"), LOOSELY_REFUSED.values(), ids=LOOSELY_REFUSED.keys())
def test_aliases_have_limits_too(text: str, code: Code) -> None:
    with pytest.raises(ReleaseError) as refused:
        parse_all(text, "values.yaml", limits=LOOSE)
    assert refused.value.code is code


@pytest.mark.usefixtures("_loader")
def test_scalars_stay_the_text_that_was_written() -> None:
    node = parse("version: 1.10\ncountry: no\ntime: 1:30\nzero: 012\nempty:\n", "f")
    assert {key: child.text() for key, child in node.mapping().items()} == {
        "version": "1.10",
        "country": "no",
        "time": "1:30",
        "zero": "012",
        "empty": "",
    }


EXACT = {
    "plain": ("a: 1.5.0 # why\n", "1.5.0", "1.5.0", 1),
    "single quotes": ("# c\n\na: '1.5.0'\n", "1.5.0", "'1.5.0'", 3),
    "double quotes with escapes": ('a: "1\\u002e5"\n', "1.5", '"1\\u002e5"', 1),
    "after a byte order mark": ("\ufeffa: b\n", "b", "b", 1),
    "after other scripts": ("# naïve ü 中 😀\na: ö😀\n", "ö😀", "ö😀", 2),
    "after a byte order mark and CRLF": ("\ufeff# ü\r\na: 'b'\r\n", "b", "'b'", 2),
    "in flow style": ("{ä: 1, a: b}", "b", "b", 1),
    "without a final newline": ("a: b", "b", "b", 1),
    "empty": ("x: y\na:\n", "", "", 2),
    "empty before a comment": ("a:  # later\n", "", "", 1),
}


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(("text", "value", "token", "line"), EXACT.values(), ids=EXACT.keys())
def test_a_scalar_knows_its_place_to_the_character(text: str, value: str, token: str, line: int) -> None:
    node = parse(text, "f").child("a")
    assert node.text() == value
    assert text[node.start : node.end] == token
    assert node.line == line


ANCHORED = {
    "plain": ("x: &one 1.5.0\n", "1.5.0"),
    "quoted": ("x: &one  '1.5.0' # c\n", "'1.5.0'"),
    "empty": ("x: &one\ny: *one\n", ""),
    "flow": ("x: &one {y: z}\n", "{y: z}"),
}


@pytest.mark.usefixtures("_loader")
@pytest.mark.parametrize(("text", "token"), ANCHORED.values(), ids=ANCHORED.keys())
def test_an_anchor_is_not_part_of_the_value(text: str, token: str) -> None:
    node = parse(text, "f", limits=LOOSE).child("x")
    assert text[node.start : node.end] == token


WORDS = st.text("abc.-üé中😀0123 ", min_size=1, max_size=8).map(lambda word: f"x{word}x")


@pytest.mark.usefixtures("_loader")
@settings(deadline=None)
@given(
    start=st.sampled_from(["", "\ufeff", "# ü\n", "\ufeff# 😀\r\n", "%YAML 1.1\n---\n", "\n\n"]),
    values=st.lists(WORDS, min_size=1, max_size=5),
    newline=st.sampled_from(["\n", "\r\n"]),
)
def test_places_are_exact_in_any_mix_of_scripts(start: str, values: list[str], newline: str) -> None:
    text = start + newline.join(f"kü{n}: '{value}'" for n, value in enumerate(values))
    for child, value in zip(parse(text, "f").mapping().values(), values, strict=True):
        assert child.text() == value
        assert text[child.start : child.end] == f"'{value}'"


@pytest.mark.usefixtures("_loader")
def test_several_documents_with_anchors_and_merge_keys() -> None:
    text = (
        "# Source: a.yaml\n---\n---\na: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\n80: port\n---\nlist: [~, no, 1.5, 0x10]\n"
    )
    first, second = parse_all(text, "rendered.yaml")
    assert plain(first) == {"a": {"x": 1, "y": 2}, "b": {"y": 3, "x": 1}, "80": "port"}
    assert plain(second) == {"list": [None, "no", 1.5, 16]}
    assert first.line == 4


TYPED = {
    "~": None,
    "null": None,
    "true": True,
    "no": "no",
    "012": 12,
    "0o17": 15,
    "1:30": "1:30",
    "1_000": "1_000",
    "-.5e3": -500.0,
    "+.inf": math.inf,
    "'1'": "1",
    "1.5.0": "1.5.0",
    "9" * 5000: math.inf,
}


@pytest.mark.parametrize(("text", "value"), TYPED.items(), ids=[text[:10] for text in TYPED])
def test_plain_types_as_yaml_1_2_does(text: str, value: object) -> None:
    typed = plain(parse(text, "f"))
    assert typed == value
    assert type(typed) is type(value)


WRONG_SHAPE = {
    "no child": lambda node: node.child("b"),
    "not a mapping": lambda node: node.child("list").mapping(),
    "not a list": lambda node: node.child("text").sequence(),
    "not a single value": lambda node: node.child("list").text(),
}


@pytest.mark.parametrize("read", WRONG_SHAPE.values(), ids=WRONG_SHAPE.keys())
def test_a_wrong_shape_is_an_error_with_its_line(read: Callable[[Node], object]) -> None:
    with pytest.raises(ReleaseError) as wrong:
        read(parse("\ntext: a\nlist: [b]\n", "values.yaml"))
    assert wrong.value.code is Code.E_YAML
    assert wrong.value.file == "values.yaml"
    assert wrong.value.line


def test_limits_can_be_set() -> None:
    assert parse("[[[x]]]", "f", limits=Limits(depth=3)).sequence()
    with pytest.raises(ReleaseError, match="deeper than 2"):
        parse("[[[x]]]", "f", limits=Limits(depth=2))
