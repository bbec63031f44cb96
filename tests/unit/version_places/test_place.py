"""Version places: found exactly, judged by value and spelling, and edited without touching another byte."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from release_actions.core.errors import Code, ReleaseError
from release_actions.core.version import Spelling, Version, parse_tag
from release_actions.core.yaml_nodes import plain
from release_actions.version_places.locate import Match
from release_actions.version_places.place import File, FoundPlace, Place, chart_places, edit, find, parse_place, prove

RC = parse_tag("v1.5.0-rc.0")
GA = parse_tag("v1.5.0")


def edited(text: str, line: str, version: Version = RC, image_tag: Spelling = Spelling.TAG) -> str:
    place = parse_place(line)
    file = File(place.file, text)
    return edit(file, find(file, [place], image_tag), version).text


BADGES = (
    "![Version: {version}](https://img.shields.io/badge/Version-{version}-blue)"
    " ![AppVersion: {app}](https://img.shields.io/badge/AppVersion-{badge}-blue)\n"
)

EDITS = {
    "whole file": ("v1.4.0\n", "VERSION", "v1.5.0-rc.0\n"),
    "whole file, bare": ("1.4.0\n", "VERSION", "1.5.0-rc.0\n"),
    "whole file, no final newline": ("v1.4.0", "VERSION", "v1.5.0-rc.0"),
    "whole file, byte order mark and CRLF": ("\ufeffv1.4.0\r\n", "VERSION", "\ufeffv1.5.0-rc.0\r\n"),
    "whole file, empty": ("\n", "VERSION", "v1.5.0-rc.0\n"),
    "whole file, another spelling": ("1.4.0\n", "VERSION as tag", "v1.5.0-rc.0\n"),
    "whole file, PEP 440 as found": ("1.4.0rc1\n", "VERSION", "1.5.0rc0\n"),
    "yaml": ("image:\n  tag: v1.4.0 # keep\n", "v.yaml yaml image.tag", "image:\n  tag: v1.5.0-rc.0 # keep\n"),
    "yaml, single quotes": ("a: 'x'\n", "v.yaml yaml a", "a: 'v1.5.0-rc.0'\n"),
    "yaml, double quotes": ('a: "1\\u002e4"\n', "v.yaml yaml a", 'a: "v1.5.0-rc.0"\n'),
    "yaml, empty quotes": ('a: ""\n', "v.yaml yaml a as bare", 'a: "1.5.0-rc.0"\n'),
    "yaml, nothing": ("a:\nb: c\n", "v.yaml yaml a", "a: v1.5.0-rc.0\nb: c\n"),
    "yaml, nothing but a comment": ("a:  # later\n", "v.yaml yaml a", "a: v1.5.0-rc.0  # later\n"),
    "yaml, nothing in flow style": ("{a: , b: c}", "v.yaml yaml a", "{a: v1.5.0-rc.0, b: c}"),
    "yaml, null": ("a: ~\n", "v.yaml yaml a", "a: v1.5.0-rc.0\n"),
    "yaml, a number in quotes": ('a: "1.4"\n', "v.yaml yaml a", 'a: "v1.5.0-rc.0"\n'),
    "yaml, a chart's own version": ("version: 1.4\n", "c/Chart.yaml yaml version as bare", "version: 1.5.0-rc.0\n"),
    "yaml, a word that stands for a version": ("a: main\n", "v.yaml yaml a", "a: v1.5.0-rc.0\n"),
    "yaml, CRLF and other scripts": ("ü: 😀\r\na: x\r\n", "v.yaml yaml a", "ü: 😀\r\na: v1.5.0-rc.0\r\n"),
    "yaml, an item by number": ("a:\n- x\n- y\n", "v.yaml yaml a[1]", "a:\n- x\n- v1.5.0-rc.0\n"),
    "yaml, an empty item": ("- \n- y\n", "v.yaml yaml [0]", "- v1.5.0-rc.0 \n- y\n"),
    "yaml, an item by a key": (
        "a:\n- {name: x, tag: v1}\n- {name: op, tag: v2}\n",
        "v.yaml yaml a[name=op].tag",
        "a:\n- {name: x, tag: v1}\n- {name: op, tag: v1.5.0-rc.0}\n",
    ),
    "yaml, a key with dots": ('a:\n  b.c/d: "x"\n', 'v.yaml yaml a."b.c/d"', 'a:\n  b.c/d: "v1.5.0-rc.0"\n'),
    "yaml, an anchored value": ("a: &t v1\nb: *t\n", "v.yaml yaml a", "a: &t v1.5.0-rc.0\nb: *t\n"),
    "yaml, a value through its alias": ("a: &t v1\nb: *t\n", "v.yaml yaml b", "a: &t v1.5.0-rc.0\nb: *t\n"),
    "kustomize": (
        "images:\n  - name: ghcr.io/a/op\n    newTag: latest\n  - name: other\n    newTag: v1\n",
        "kustomization.yaml kustomize ghcr.io/a/op",
        "images:\n  - name: ghcr.io/a/op\n    newTag: v1.5.0-rc.0\n  - name: other\n    newTag: v1\n",
    ),
    "python": (
        'x = 1\n__version__ = "0.1"  # c\n',
        "a.py python __version__",
        'x = 1\n__version__ = "1.5.0rc0"  # c\n',
    ),
    "python, annotated": ("v: str='0.1'\r\n", "a.py python v", "v: str='1.5.0rc0'\r\n"),
    "python, another spelling": ('v = "0.1"\n', "a.py python v as bare", 'v = "1.5.0-rc.0"\n'),
    "python, an argument": (
        'setup(\n    name="op",\n    version="0.1",  # c\n)\n',
        "setup.py python version",
        'setup(\n    name="op",\n    version="1.5.0rc0",  # c\n)\n',
    ),
    "python, an argument on one line": ('setup(version="0.1",)', "a.py python version", 'setup(version="1.5.0rc0",)'),
    "python, an assignment beside an argument": (
        'version = "0.1"\nsetup(version="x")\n',
        "a.py python version",
        'version = "1.5.0rc0"\nsetup(version="x")\n',
    ),
    "badge": (
        "![x](https://img.shields.io/badge/Version-1.4.0--rc.1-informational?style=flat)",
        "README.md badge Version",
        "![x](https://img.shields.io/badge/Version-1.5.0--rc.0-informational?style=flat)",
    ),
    "badge and caption, spelled as the image tag": (
        BADGES.format(version="1.4.0", app="v1.4.0", badge="v1.4.0"),
        "README.md badge AppVersion",
        BADGES.format(version="1.4.0", app="v1.5.0-rc.0", badge="v1.5.0--rc.0"),
    ),
    "badge, spelled as a badge": (
        "![x](https://img.shields.io/badge/Version-1.4.0--rc.1-blue)",
        "README.md badge Version as badge",
        "![x](https://img.shields.io/badge/Version-1.5.0--rc.0-blue)",
    ),
    "yaml, JSON-style values": (
        '{"a":{"tag":"v1.4.0","other":"v1.4.0"},"b":["v1.4.0"]}',
        "v.yaml yaml a.tag",
        '{"a":{"tag":"v1.5.0-rc.0","other":"v1.4.0"},"b":["v1.4.0"]}',
    ),
    "yaml, a flow value in a block": (
        "a: {tag: v1.4.0, b: 1} # c\n",
        "v.yaml yaml a.tag",
        "a: {tag: v1.5.0-rc.0, b: 1} # c\n",
    ),
    "regex": (
        "VERSION ?= v1.4.0\nOTHER ?= v1.4.0\n",
        r"Makefile regex VERSION \?= (\S+)",
        "VERSION ?= v1.5.0-rc.0\nOTHER ?= v1.4.0\n",
    ),
    "regex, as found": ("\ufeffV = 1.4.0;\r\n", r"f regex V = (\S+);", "\ufeffV = 1.5.0-rc.0;\r\n"),
    "regex, with blanks before it": (
        "a:\n  tag: 1.4.0\ntag: 1\n",
        "f regex   tag: (.*)",
        "a:\n  tag: 1.5.0-rc.0\ntag: 1\n",
    ),
    "yaml, an empty key": (
        '{"packages": {"": {"v": "1.4.0"}}}',
        'p.json yaml packages."".v as bare',
        '{"packages": {"": {"v": "1.5.0-rc.0"}}}',
    ),
    "regex, spelled": ("x--y", r"f regex (.*) as badge", "1.5.0--rc.0"),
    "nothing to do": ("a: 'v1.5.0-rc.0'", "v.yaml yaml a", "a: 'v1.5.0-rc.0'"),
}


@pytest.mark.parametrize(("text", "line", "wanted"), EDITS.values(), ids=EDITS.keys())
def test_a_place_is_edited_and_nothing_else(text: str, line: str, wanted: str) -> None:
    assert edited(text, line) == wanted
    assert edited(wanted, line) == wanted


MISSING = {
    "whole file with more": ("v1.4.0\nv1.5.0\n", "VERSION", 1),
    "whole file with quotes": ("'v1.4.0'\n", "VERSION", 1),
    "no such key": ("image:\n  repository: x\n", "v.yaml yaml image.tag", 2),
    "no such item": ("a: [x]\n", "v.yaml yaml a[1]", 1),
    "a key in a list": ("a: [x]\n", "v.yaml yaml a.b", 1),
    "an index in a mapping": ("a: {b: c}\n", "v.yaml yaml a[0]", 1),
    "through a value": ("a: b\n", "v.yaml yaml a.b.c", 1),
    "a mapping": ("a: {b: c}\n", "v.yaml yaml a", 1),
    "a block": ("a: |\n  v1\n", "v.yaml yaml a", 1),
    "a whole reference": ("a: x\nimage: ghcr.io/x/op:v1.4.0\n", "v.yaml yaml image", 2),
    "a reference in quotes": ("images: ['op:v1.4.0']\n", "v.yaml yaml images[0]", 1),
    "a digest": ("image: op@sha256:0\n", "v.yaml yaml image", 1),
    "a whole number": ("spec: {replicas: 3}\n", "v.yaml yaml spec.replicas", 1),
    "a broken number": ("a: 1.4\n", "v.yaml yaml a", 1),
    "a switch": ("a: true\n", "v.yaml yaml a", 1),
    "a text": ("a: the version\n", "v.yaml yaml a", 1),
    "a text on two lines": ('a: "1.4\n  .0"\nb: c\n', "v.yaml yaml a", 1),
    "a number as a tag": ("images:\n- {name: op, newTag: 5}\n", "k.yaml kustomize op", 2),
    "a reference as a tag": ("images:\n- {name: op, newTag: 'x/op:v1'}\n", "k.yaml kustomize op", 2),
    "image not there": ("images: []\n", "k.yaml kustomize op", 1),
    "image twice": ("images:\n- {name: op, newTag: a}\n- {name: op, newTag: b}\n", "k.yaml kustomize op", 2),
    "image by digest": ("images:\n- {name: op, digest: a}\n", "k.yaml kustomize op", 2),
    "variable not there": ("a = '1'\n", "a.py python __version__", 1),
    "argument twice": ('a(v="1")\nb(v="2")\n', "a.py python v", 2),
    "variable twice": ("a = '1'\na = '2'\n", "a.py python a", 2),
    "no badge": ("![x](https://example.com/badge/Version-1.4.0-blue)", "README.md badge Version", 1),
    "another badge": ("https://img.shields.io/badge/AppVersion-1.4.0-blue", "README.md badge Version", 1),
    "regex on part of a line": ("VERSION = 1.4.0 # c\n", r"f regex VERSION = ([0-9.]+)", 1),
    "regex on two lines": ("v=1\nv=2\n", r"f regex v=(\d)", 2),
    "regex that takes in a quote": ('x: y\nimage: "op:latest"\n', r"f regex image: .*:(\S+)", 2),
    "regex without its group": ("v\n", r"f regex v(=.*)?", 1),
}


@pytest.mark.parametrize(("text", "line", "at"), MISSING.values(), ids=MISSING.keys())
def test_a_place_that_is_not_there_once_is_an_error_with_its_line(text: str, line: str, at: int) -> None:
    with pytest.raises(ReleaseError) as missing:
        edited(text, line)
    assert (missing.value.code, missing.value.line) == (Code.E_PLACE_MISSING, at)


UNREADABLE = [
    "",
    "VERSION twice",
    "VERSION as french",
    "v.yaml yaml",
    "v.yaml yaml a..b",
    f"v.py python {'a' * 101}",
    f"v.py python {'_' * 500}",
    f"v.txt regex ({'a' * 500})",
    "v.yaml yaml .a",
    "v.yaml yaml a[",
    "v.yaml yaml a[x]",
    "v.yaml yaml a b",
    "k.yaml kustomize a]b",
    "a.py python 1x",
    "a.py python x.*",
    "README.md badge a-b",
    "f regex (",
    "f regex x",
    "f regex (a)(b)",
    f"f regex ({'x' * 600})",
]


@pytest.mark.parametrize("line", UNREADABLE)
def test_a_malformed_place_is_an_error_of_the_input(line: str) -> None:
    with pytest.raises(ReleaseError) as unreadable:
        parse_place(line)
    assert unreadable.value.code is Code.E_INPUT


def test_a_place_has_one_word_on_where() -> None:
    with pytest.raises(ValueError, match="at most one"):
        Place(file="f", yaml="a", python="b")


CHART = """# a chart
apiVersion: v2
name: demo
version: 1.4.0
appVersion: "v1.4.0" # as the image
dependencies:
- name: redis
  version: 1.4.0
  appVersion: v1.4.0
"""


def test_a_chart_has_a_bare_version_and_an_app_version_like_the_image_tag() -> None:
    file = File("charts/demo/Chart.yaml", CHART)
    for image_tag, wanted in ((Spelling.TAG, "v1.5.0-rc.0"), (Spelling.BARE, "1.5.0-rc.0")):
        places = find(file, chart_places(file.name, image_tag, app_version=True), image_tag)
        assert edit(file, places, RC).text == CHART.replace(
            "version: 1.4.0\nappV", "version: 1.5.0-rc.0\nappV"
        ).replace('"v1.4.0"', f'"{wanted}"')


JUDGED = {
    "right": ("v1.5.0", (True, GA)),
    "spelled wrong": ("1.5.0", (False, GA)),
    "another version": ("v1.4.9", (False, Version(1, 4, 9))),
    "no version": ("latest", (False, None)),
    "nothing": ("''", (False, None)),
    "a longer one": ("v1.5.0.1", (False, None)),
}


@pytest.mark.parametrize(("text", "judged"), JUDGED.values(), ids=JUDGED.keys())
def test_a_place_is_right_in_value_and_spelling(text: str, judged: tuple[bool, Version | None]) -> None:
    [found] = find(File("v.yaml", f"a: {text}\n"), [Place(file="v.yaml", yaml="a")], Spelling.TAG)
    assert (found.is_right(GA), found.version) == judged


def test_two_places_for_the_same_value_are_one_edit() -> None:
    file = File("v.yaml", "tag: v1.4.0\n")
    places = [Place(file="v.yaml", yaml="tag"), Place(file="v.yaml", regex="tag: (.*)")]
    assert edit(file, find(file, places, Spelling.TAG), RC).text == "tag: v1.5.0-rc.0\n"


CONTRADICTIONS = {
    "one value in two spellings": [
        Place(file="v.yaml", yaml="tag", spelling=Spelling.TAG),
        Place(file="v.yaml", yaml="tag", spelling=Spelling.BARE),
    ],
    "overlapping": [Place(file="v.yaml", yaml="tag"), Place(file="v.yaml", regex="tag: v(.*)")],
}


@pytest.mark.parametrize("places", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
def test_places_that_contradict_each_other_are_refused(places: list[Place]) -> None:
    file = File("v.yaml", "tag: v1.4.0\n")
    with pytest.raises(ReleaseError) as refused:
        edit(file, find(file, places, Spelling.TAG), RC)
    assert refused.value.code is Code.E_UNSAFE_EDIT


UNPROVEN = {
    "another value": "tag: v1.5.0-rc.0\nother: changed\n",
    "another quoting": "tag: v1.5.0-rc.0\nother: 'same'\n",
    "a key more": "tag: v1.5.0-rc.0\nother: same\nmore: x\n",
    "a key renamed": "tag: v1.5.0-rc.0\nOther: same\n",
    "another kind": "tag: v1.5.0-rc.0\nother: [same]\n",
    "the wrong version": "tag: v1.5.0-rc.1\nother: same\n",
}


@pytest.mark.parametrize("after", UNPROVEN.values(), ids=UNPROVEN.keys())
def test_an_edit_that_changed_more_is_caught(after: str) -> None:
    before = File("v.yaml", "tag: v1.4.0\nother: same\n")
    places = find(before, [Place(file="v.yaml", yaml="tag")], Spelling.TAG)
    with pytest.raises(ReleaseError) as caught:
        prove(before, File("v.yaml", after), places, RC)
    assert caught.value.code is Code.E_UNSAFE_EDIT


VERSIONS = st.builds(Version, *[st.integers(0, 40)] * 3, st.none() | st.integers(0, 12))
SCALARS = st.one_of(
    st.text("abc .0-_é😀", max_size=9).map(lambda text: f"'{text}'"),
    st.text("abc.0-", min_size=1, max_size=9).map(lambda text: f"x{text}x"),
    st.sampled_from(['""', "", "~", "1.10", '"a # b"', "[version: 1.4.0]", "{version: 1.4.0, tag: x}"]),
)
COMMENTS = st.sampled_from(["", " # version: 1.4.0", "  #é", "   "])


@st.composite
def charts(draw: st.DrawFn) -> str:
    """A Chart.yaml in any order and style, with comments, blank lines and dependencies that have versions too."""
    values = {"apiVersion": "v2", "name": "demo", "version": "1.4.0", "appVersion": "v1.4.0"}
    lines = [
        f"{key}: {quote}{value}{quote}{draw(COMMENTS)}"
        for key, value in values.items()
        for quote in [draw(st.sampled_from(["", "'", '"']))]
    ]
    lines += [f"{key}: {draw(SCALARS)}" for key in draw(st.sets(st.sampled_from(["home", "icon", "descrïption"])))]
    if draw(st.booleans()):
        lines.append(f"dependencies:\n- name: a\n  version: 1.4.0{draw(COMMENTS)}\n- version: '1.4.0'\n  name: b")
    lines = draw(st.permutations([*lines, "# version: 1.4.0", "", "annotations:\n    version: v1.4.0"]))
    text = (
        draw(st.sampled_from(["", "\ufeff", "# é\n", "---\n"])) + "\n".join(lines) + draw(st.sampled_from(["", "\n"]))
    )
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(deadline=None)
@given(text=charts(), version=VERSIONS, image_tag=st.sampled_from([Spelling.TAG, Spelling.BARE]))
def test_any_chart_changes_in_two_values_alone(text: str, version: Version, image_tag: Spelling) -> None:
    before = File("Chart.yaml", text)
    places = find(before, chart_places("Chart.yaml", image_tag, app_version=True), image_tag)
    after = edit(before, places, version)
    expected: dict[str, Any] = plain(before.root)
    assert plain(after.root) == {**expected, "version": version.bare, "appVersion": version.spelled(image_tag)}
    again = find(after, [found.place for found in places], image_tag)
    assert _outside(before.text, places) == _outside(after.text, again)
    assert edit(after, again, version).text == after.text


def _outside(text: str, places: list[FoundPlace]) -> list[str]:
    """The text around the places' values, quotes included."""
    pieces, end = [], 0
    matches: list[Match] = sorted((found.match for found in places), key=lambda match: match.start)
    for match in matches:
        pieces.append(text[end : match.start + len(match.before)])
        end = match.end - len(match.after)
    return [*pieces, text[end:]]
