"""One entry goes into an index, and nothing else changes."""

import io
import re
import tarfile
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from release_actions.chart.package import write
from release_actions.chart_repository import index
from release_actions.chart_repository.entry import IndexEntry, entry_of
from release_actions.core.errors import Code, ReleaseError
from release_actions.core.report import State
from release_actions.core.yaml_nodes import LOOSE, Node, parse

CREATED = 1_700_000_000
GENERATED = 1_800_000_000
DIGEST = "a" * 64


def entry(version: str = "1.5.0", name: str = "operator", extra: str = "") -> IndexEntry:
    chart = f"apiVersion: v2\nname: '{name}'\nversion: {version}\n{extra}"
    package = write({f"{name}/Chart.yaml": chart.encode()}, CREATED)
    return entry_of(package, urls=[f"https://example.org/{name}-{version}.tgz"], created=CREATED)


def item(version: str, name: str = "operator", digest: str = DIGEST, indent: str = "  ") -> str:
    lines = ["- apiVersion: v2", f"  digest: {digest}", f"  name: {name}", "  urls:", "  - https://example.org/a.tgz"]
    return "".join(f"{indent}{line}\n" for line in [*lines, f"  version: {version}"])


def whole(entries: str, after: str = 'generated: "2024-01-01T00:00:00Z"\n') -> str:
    return f"apiVersion: v1\nentries:\n{entries}{after}"


def add(text: str, one: IndexEntry) -> str:
    return index.add(text.encode(), one, generated=GENERATED).decode()


def values(text: str) -> Any:
    """What a YAML reader makes of an index, every scalar as text."""
    return plain_texts(parse(text, "index.yaml", limits=LOOSE))


def plain_texts(node: Node) -> Any:
    if isinstance(node.value, dict):
        return {key: plain_texts(child) for key, child in node.value.items()}
    return [plain_texts(child) for child in node.value] if isinstance(node.value, list) else node.value


def order(text: str, name: str = "operator") -> list[str]:
    return [one["version"] for one in values(text)["entries"][name]]


@pytest.mark.parametrize(
    ("there", "new", "expected"),
    [
        ("1.4.0 1.3.0", "1.5.0", "1.5.0 1.4.0 1.3.0"),
        ("1.6.0 1.4.0", "1.5.0", "1.6.0 1.5.0 1.4.0"),
        ("1.6.0 1.5.1", "1.5.0", "1.6.0 1.5.1 1.5.0"),
        ("1.5.0 1.4.0", "1.5.0-rc.1", "1.5.0 1.5.0-rc.1 1.4.0"),
        ("1.5.0-rc.10 1.5.0-rc.1", "1.5.0-rc.2", "1.5.0-rc.10 1.5.0-rc.2 1.5.0-rc.1"),
        ("1.4.0 1.9.0 1.3.0", "1.5.0", "1.5.0 1.4.0 1.9.0 1.3.0"),
        ("v1.6.0 v1.4.0", "1.5.0", "v1.6.0 1.5.0 v1.4.0"),
        ("1.6 1.4", "1.5.0", "1.6 1.5.0 1.4"),
        ("1.6.0 nonsense", "1.5.0", "1.6.0 1.5.0 nonsense"),
        ("\"1.6.0\" '1.4.0'", "1.5.0", "1.6.0 1.5.0 1.4.0"),
        ("1.6.0+build.1 1.5.0+build.7", "1.5.1", "1.6.0+build.1 1.5.1 1.5.0+build.7"),
    ],
)
def test_entries_are_sorted_as_helm_sorts_and_others_stay_where_they_are(there: str, new: str, expected: str) -> None:
    before = whole("  operator:\n" + "".join(item(version) for version in there.split()))
    assert order(add(before, entry(new))) == expected.split()


@pytest.mark.parametrize(
    ("there", "expected"),
    [(["a", "z"], ["a", "operator", "z"]), (["z"], ["operator", "z"]), (["a"], ["a", "operator"])],
)
def test_a_new_chart_is_placed_by_name(there: list[str], expected: list[str]) -> None:
    after = add(whole("".join(f"  {name}:\n{item('1.0.0', name)}" for name in there)), entry())
    assert list(values(after)["entries"]) == expected


@pytest.mark.parametrize(
    "before",
    [
        index.EMPTY.decode(),
        "apiVersion: v1\nentries: {}\n",
        "apiVersion: v1\nentries: {} # none yet\ngenerated: x\n",
        "apiVersion: v1\nentries:\n",
        "apiVersion: v1\nentries: null\ngenerated: 2024-01-01T00:00:00Z\n",
        "---\n# ours\napiVersion: v1\nentries:\n  # no charts\n\ngenerated: x\n",
        "apiVersion: v1\r\nentries: {}\r\ngenerated: x\r\n",
        "\ufeffapiVersion: v1\nentries: {}\n",
        "apiVersion: v1\nentries:\n  operator: []\n",
        "apiVersion: v1\nentries:\n  operator:\n",
        "apiVersion: v1\nentries:\n  operator: null # all withdrawn\n  z:\n  - version: 1.0.0\n",
        "apiVersion: v1\npublicKeys:\n- a\n- b\nentries: {}\nserverInfo:\n  contextPath: /v1\n",
        'entries: {}\ngenerated: "2024-01-01T00:00:00Z"\napiVersion: v1\n',
    ],
)
def test_an_index_without_entries(before: str) -> None:
    one = entry()
    after = add(before, one)
    assert values(after)["entries"]["operator"] == values(one.text)["operator"]
    assert {key: value for key, value in values(after).items() if key not in {"entries", "generated"}} == {
        key: value for key, value in values(before).items() if key not in {"entries", "generated"}
    }
    assert after.count("\r") in {0, after.count("\n")}


@pytest.mark.parametrize("indent", ["  ", "    ", "      "], ids=len)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
def test_lists_are_as_deep_as_they_were_and_lines_end_as_they_did(indent: str, end: str) -> None:
    before = whole("  operator:\n" + item("1.6.0", indent=indent) + item("1.4.0", indent=indent)).replace("\n", end)
    after = add(before, entry())
    assert order(after) == ["1.6.0", "1.5.0", "1.4.0"]
    assert re.findall(r"(?m)^( +)- apiVersion", after) == [indent] * 3
    assert after.count("\n") == after.count(end)


@pytest.mark.parametrize("end", ["...\n", "...\r\n", "... # the end\n\n  # of it\n"])
@pytest.mark.parametrize(
    "after", ['generated: "2024-01-01T00:00:00Z"\n', ""], ids=["entries in between", "entries last"]
)
def test_the_end_of_the_document_may_be_written(end: str, after: str) -> None:
    before = whole("  operator:\n" + item("1.4.0"), after)
    assert add(before + end, entry()) == add(before, entry()) + end


def test_the_same_package_is_the_same_and_another_one_is_a_conflict() -> None:
    one = entry()
    after = add(whole("  operator:\n" + item("1.4.0")), one)
    assert index.find(after.encode(), one) == index.IndexLookup(State.SAME, one.digest)
    other = entry(extra="description: another\n")
    assert index.find(after.encode(), other) == index.IndexLookup(State.CONFLICT, one.digest)
    with pytest.raises(ReleaseError, match=r"has operator 1\.5\.0 already") as caught:
        add(after, other)
    assert caught.value.code is Code.E_VERSION_EXISTS
    assert caught.value.details == (f"there: sha256:{one.digest}", f"here:  sha256:{other.digest}")


@pytest.mark.parametrize("spelled", ["v1.5.0", "1.5.0+build.1", '"1.5.0"', "'1.5.0'", "1.5.0 # ours", "!!str 1.5.0"])
def test_a_version_is_there_however_it_is_spelled(spelled: str) -> None:
    if spelled.startswith("!"):
        with pytest.raises(ReleaseError, match="there is a tag"):
            index.find(whole("  operator:\n" + item(spelled)).encode(), entry())
    else:
        found = index.find(whole("  operator:\n" + item(spelled)).encode(), entry())
        assert found == index.IndexLookup(State.CONFLICT, DIGEST)


GOOD = item("1.4.0")


REFUSED = {
    "zero bytes": ("", "it is empty"),
    "blank lines": (" \n\n", "it is empty"),
    "HTML": ("<!DOCTYPE html>\n<html></html>\n", "it is HTML"),
    "JSON": ('{"apiVersion": "v1", "entries": {}}\n', "it is JSON"),
    "a JSON list": ("[]\n", "it is JSON"),
    "plain text": ("nothing here\n", "line 1: there is no plain `key:`"),
    "no entries": ("apiVersion: v1\n", "no `entries`"),
    "no apiVersion": ("entries: {}\n", "no `apiVersion`"),
    "empty apiVersion": ("apiVersion:\nentries: {}\n", "no `apiVersion`"),
    "entries empty and not": ("apiVersion: v1\nentries: []\n  - a\n", "line 3"),
    "entries a list": ("apiVersion: v1\nentries:\n  - a\n", "line 3: `entries` is no mapping of charts"),
    "entries in flow style": ("apiVersion: v1\nentries: {operator: []}\n", "line 2: `entries` is not written"),
    "entries with an anchor": ("apiVersion: v1\nentries: &all\n  operator:\n", "line 2: `entries` is not written"),
    "a chart in flow style": (whole("  operator: [{version: 1.4.0}]\n"), "line 3"),
    "a chart that is text": (whole("  operator: text\n"), "line 3"),
    "a chart that is a mapping": (
        whole("  operator:\n    version: 1.4.0\n"),
        "line 3: the entries of the chart `operator` are no list",
    ),
    "apiVersion twice": (whole("  operator:\n" + GOOD + "apiVersion: v1\n"), "the key `apiVersion` a second time"),
    "entries twice": (
        whole("  operator:\n" + GOOD) + "entries:\n",
        "line 11: there is the key `entries` a second time",
    ),
    "the chart twice": (
        whole("  operator:\n" + GOOD + "  operator:\n" + GOOD),
        "line 10: there is the chart `operator` a second",
    ),
    "the chart twice, once quoted": (
        whole("  operator:\n" + GOOD + '  "operator":\n' + GOOD),
        "line 10: there is the chart `operator` a second",
    ),
    "a chart's name in escapes": (whole('  "oper\\x61tor":\n' + GOOD), "line 3"),
    "the version twice": (
        whole("  operator:\n" + item("1.5.0") + item("1.5.0")),
        "line 10: there is operator 1.5.0 a second time",
    ),
    "the version twice, once with v": (
        whole("  operator:\n" + item("1.5.0") + item("v1.5.0")),
        "line 10: there is operator 1.5.0 a second time",
    ),
    "no version": (whole("  operator:\n  - name: operator\n"), "line 4: the entry that starts here has no `version`"),
    "no digest": (whole("  operator:\n  - version: 1.5.0\n"), "line 4: the entry that starts here has no `digest`"),
    "two versions in one entry": (
        whole("  operator:\n  - version: 1.4.0\n    version: 1.3.0\n"),
        "line 5: there is the key 'version' a second",
    ),
    "an entry that is text": (whole("  operator:\n  - text\n"), "line 4"),
    "a second document": (whole("  operator:\n" + GOOD + "---\nentries: {}\n"), "line 10: a second document starts"),
    "more after the document's end": (
        whole("  operator:\n" + GOOD + "...\na: b\n"),
        "line 10: a second document starts",
    ),
    "a document after the document's end": (
        whole("  operator:\n" + GOOD + "...\n---\na: b\n"),
        "line 10: a second document starts",
    ),
    "an anchor": (whole("  operator:\n  - &first\n    version: 1.4.0\n"), "line 4: there is an anchor"),
    "a merge key": (whole("  operator:\n  - <<: *first\n    version: 1.4.0\n"), "line 4"),
    "tabs": (whole("\toperator:\n\t- version: 1.4.0\n"), "line 3: there is no plain `key:`"),
    "a tab after a dash": (whole("  operator:\n  -\tversion: 1.4.0\n"), "line 4|line 3"),
    "a line before the charts' column": (whole("  operator:\n" + GOOD + " x: y\n"), "line 10: a line is less indented"),
    "cut off": (whole("  operator:\n" + GOOD)[:-1], "it ends in the middle of a line"),
    "control characters": (whole("  operator:\n  - description: \x07\n    version: 1.4.0\n"), "control characters"),
    "a line end of YAML 1.1": (whole("  operator:\n  - description: \x85\n    version: 1.4.0\n   x: y\n"), "line"),
    "a quoted text over the file": (
        whole('  operator:\n  - description: "\nentries:\n"\n    version: 1.4.0\n'),
        "line",
    ),
    "a quoted text over a chart": (
        whole('  a:\n  - description: "\n  operator:\n  - x: "\n    version: 1.4.0\n'),
        "line 5",
    ),
    "a flow list over a chart": (
        whole("  a:\n  - description: [\n  operator:\n  - x, y ]\n    version: 1.4.0\n"),
        "line 5",
    ),
}


@pytest.mark.parametrize(("before", "says"), REFUSED.values(), ids=REFUSED)
def test_an_index_that_is_not_plain_is_refused(before: str, says: str) -> None:
    with pytest.raises(ReleaseError, match=says) as caught:
        add(before, entry())
    assert caught.value.code is Code.E_INDEX


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(ReleaseError, match="line 2: it is not UTF-8"):
        index.find(b"apiVersion: v1\nentries: \xff\n", entry())


def test_a_huge_index_is_refused_before_it_is_read() -> None:
    with pytest.raises(ReleaseError, match=f"more than {index.LIMIT} bytes"):
        index.find(b"\n" * (60 * 1024 * 1024), entry())


def test_an_entry_is_reproducible() -> None:
    assert entry() == entry()
    assert values(entry().text)["operator"][0]["created"] == "2023-11-14T22:13:20Z"


def test_a_package_without_its_chart_is_refused() -> None:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz"):
        pass
    with pytest.raises(ReleaseError, match=r"no Chart\.yaml") as caught:
        entry_of(packed.getvalue(), urls=[], created=0)
    assert caught.value.code is Code.E_CHART_PACKAGE


LINES = [
    *(
        "- a",
        "- - b",
        "entries:",
        "  operator:",
        "  - version: 1.5.0",
        "version: 9.9.9",
        "# no comment",
        "#",
        "---",
        "...",
    ),
    *('"', "'", '"open', "it's", "''", '""', "key: 'a''b'", 'key: "a\\"b"', "[", "]", "{}", "{", "&a", "*a", "!t", "?"),
    *("a: b: c", "a #b", "%", "@", "`", "|", ">", "\t", " lead", "trail ", "", "é😀", "\u2028", "\x85", "<<: a", "~"),
]
texts = st.one_of(
    st.lists(st.sampled_from(LINES), min_size=1, max_size=6).map("\n".join),
    st.lists(st.sampled_from(LINES), min_size=1, max_size=30).map(" ".join),
    st.text(st.characters(exclude_categories=["C"], exclude_characters="\ufeff"), max_size=100),
)
styles = st.sampled_from(["", "'", '"', "|", ">"])


class Styled(str):
    """A text and how it is to be written."""

    __slots__ = ("style",)
    style: str


def styled(text: str, style: str) -> Styled:
    made = Styled(text)
    made.style = style
    return made


class Dumper(yaml.SafeDumper):
    """Writes each text in its own style."""


Dumper.add_representer(
    Styled, lambda dumper, data: dumper.represent_scalar("tag:yaml.org,2002:str", str(data), data.style or None)
)
scalars = st.builds(styled, texts, styles)
numbers = st.lists(st.integers(0, 30), unique=True, max_size=5)
fields = st.fixed_dictionaries(
    {"description": scalars},
    optional={
        "annotations": st.dictionaries(st.sampled_from(["a", "b/c", "version", "- d"]), scalars, max_size=3),
        "keywords": st.lists(scalars, max_size=3),
        "appVersion": scalars,
    },
)


@st.composite
def indexes(draw: st.DrawFn) -> str:
    """An index as some emitter or other would write it, or a hand."""
    charts = {}
    for name in draw(st.lists(st.sampled_from(["a", "operator", "z-1", "123", "b.c"]), unique=True)):
        charts[name] = [
            {**draw(fields), "digest": DIGEST, "name": name, "version": f"1.{number}.0"} for number in draw(numbers)
        ]
    document = {"apiVersion": "v1", "entries": charts, "generated": "2024-01-01T00:00:00Z", "annotations": draw(fields)}
    width, sort_keys = draw(st.sampled_from([20, 80, 100_000])), draw(st.booleans())
    # Raw line ends of YAML 1.1 may be refused.
    allow_unicode = draw(st.booleans()) and not re.search(r"\\x85|\\u202[89]", ascii(document))
    written = yaml.dump(
        document, Dumper=Dumper, default_flow_style=False, width=width, allow_unicode=allow_unicode, sort_keys=sort_keys
    )
    if draw(st.booleans()):  # lists inside the key's column
        written = re.sub(r"(?m)^  (?=[- ] )", "    ", written) if not re.search(r"[|>]", written) else written
    return written.replace("\n", draw(st.sampled_from(["\n", "\r\n"])))


@settings(max_examples=150, deadline=None)
@given(indexes(), st.integers(0, 31), st.sampled_from(["operator", "m", "123"]))
def test_the_new_index_means_the_old_one_and_the_entry(before: str, minor: int, name: str) -> None:
    one = entry(f"1.{minor}.0", name, extra="description: d\n")
    wanted = values(before)
    there = [item["version"] for item in wanted["entries"].get(name) or []]
    if one.version in there:
        assert index.find(before.encode(), one).state is State.CONFLICT
        return
    after = add(before, one)
    assert one.version in order(after, name)
    found = values(after)
    assert found.pop("generated") == "2027-01-15T08:00:00Z"
    del wanted["generated"]
    ours = [item for item in found["entries"][name] if item["version"] == one.version]
    assert ours == values(one.text)[name]
    found["entries"][name] = [item for item in found["entries"][name] if item["version"] != one.version]
    if not found["entries"][name] and name not in wanted["entries"]:
        del found["entries"][name]
    assert found == wanted
    # A chart that had no entry kept its name's line.
    empty = re.compile(rf"(?m)^  ['\"]?{name}['\"]?:\n(?! *-)")
    assert empty.sub("", without(after, one)) == empty.sub("", without(before, one))


def without(text: str, one: IndexEntry) -> str:
    """An index without an entry, `generated`, and what stands for an empty list or mapping."""
    text = re.sub(r"(?m)^generated: .*\n|(?<=:) (?:\[\]|\{\})$", "", text.replace("\r\n", "\n"))
    name, *lines = (re.escape(line.strip(" ")) for line in one.text.splitlines())
    ours = "".join(rf" *{line}\n" for line in lines)
    new_chart = rf"(?m)^  {name}\n{ours}(?! *-)"
    return re.sub(rf"(?m)^{ours}", "", re.sub(new_chart, "", text, count=1), count=1)


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(texts, texts, max_size=5), st.lists(texts, max_size=4), texts)
def test_an_entry_says_what_chart_yaml_says(annotations: dict[str, str], keywords: list[str], description: str) -> None:
    chart = {"annotations": annotations, "apiVersion": "v2", "description": description, "keywords": keywords}
    # Quoted, as Helm reads more plain texts as numbers (`0E0`) than PyYAML does.
    written = {**chart, "name": "operator", "version": "1.5.0"}
    text = yaml.safe_dump(written, allow_unicode=False, default_style='"')
    made = entry_of(write({"operator/Chart.yaml": text.encode()}, 0), urls=["u"], created=0)
    found = parse(made.text, "index.yaml", limits=LOOSE)
    again = yaml.safe_load(made.text)["operator"][0]
    assert {key: again[key] for key in chart} == chart
    assert list(again) == sorted(again)
    assert len(found.child("operator").sequence()) == 1
